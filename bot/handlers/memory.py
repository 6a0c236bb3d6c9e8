"""What a chat remembers of its last questions, so that a follow-up finds what it refers to.

It is kept in memory only, a little of it, and not for long; what a reply to an answer goes on from
stands in the state. Knows nothing of Telegram.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

TURNS: Final = 3
FORGOTTEN_AFTER: Final = 30 * 60.0  # seconds of silence


@dataclass(slots=True)
class _Conversation:
    questions: tuple[str, ...] = ()
    touched: float = 0.0


@dataclass(slots=True)
class Memory:
    """The last questions of one chat, for each who asks in it, as they were understood.

    `who` tells the conversations of a chat apart: a person, or a person in a topic. Times are
    seconds of a clock that never goes back.
    """

    _conversations: dict[Hashable, _Conversation] = field(default_factory=dict)

    def turns(self, who: Hashable, now: float) -> tuple[str, ...]:
        """The questions that a new one may refer to, oldest first."""
        conversation = self._conversations.get(who)
        if conversation is None or now - conversation.touched > FORGOTTEN_AFTER:
            return ()
        return conversation.questions

    def remember(self, who: Hashable, question: str, now: float) -> None:
        """Note a question as it was understood; conversations that fell silent are dropped."""
        for other, conversation in list(self._conversations.items()):
            if now - conversation.touched > FORGOTTEN_AFTER:
                del self._conversations[other]
        past = self._conversations.get(who, _Conversation()).questions
        self._conversations[who] = _Conversation((*past, question)[-TURNS:], now)

    def forget(self, who: Hashable) -> None:
        """Begin afresh."""
        self._conversations.pop(who, None)
