"""What a chat remembers of its last questions, so that a follow-up finds what it refers to.

It is kept in memory only, a little of it, and not for long. Knows nothing of Telegram.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

TURNS: Final = 3
FORGOTTEN_AFTER: Final = 30 * 60.0  # seconds of silence
ANSWERS: Final = 50  # of the bot's messages that a reply can go on from


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
    _answered: OrderedDict[int, str] = field(default_factory=OrderedDict)

    def turns(self, who: Hashable, now: float, *, reply_to: int | None = None) -> tuple[str, ...]:
        """The questions that a new one may refer to, oldest first.

        A reply to an answer goes on from that answer's question, whosever it was.
        """
        if reply_to is not None and reply_to in self._answered:
            return (self._answered[reply_to],)
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

    def remember_answer(self, message: int, question: str) -> None:
        """Note which question a message of the bot's answers."""
        self._answered[message] = question
        while len(self._answered) > ANSWERS:
            self._answered.popitem(last=False)

    def forget(self, who: Hashable) -> None:
        """Begin afresh; replies to earlier answers still go on from them."""
        self._conversations.pop(who, None)
