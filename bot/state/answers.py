"""What the bot has answered, so that buttons and replies find it again; and what people thought of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.state.database import Database

KEY_BYTES: Final = 9
LIFETIME: Final = 30 * 86_400.0  # seconds
MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """A question in full, and a note of its answer that JSON can hold; None if there was none."""

    question: str
    note: Any


@dataclass(frozen=True, slots=True)
class Opinions:
    """How many found answers good, and how many did not."""

    good: int
    bad: int


class Answers:
    """Answers by keys of their own, and by the message that told them, with what people thought of them.

    The oldest are forgotten in time.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, chat: int, question: str, note: Any) -> str:  # noqa: ANN401  what JSON can hold
        """Keep an answer given in a chat; returns its key."""
        key, now = token_urlsafe(KEY_BYTES), self._database.clock()
        with self._database.transaction():
            self._database.run(
                "INSERT INTO answers (key, chat, question, note, made) VALUES (?, ?, ?, ?, ?)",
                (key, chat, question, json.dumps(note, ensure_ascii=False), now),
            )
            self._database.run("DELETE FROM answers WHERE made < ?", (now - LIFETIME,))
            self._database.run("DELETE FROM opinions WHERE given < ?", (now - LIFETIME,))
            self._database.run(
                "DELETE FROM answers WHERE number <= (SELECT max(number) FROM answers) - ?", (MOST,)
            )
        return key

    def sent(self, key: str, message: int) -> None:
        """Remember which message of its chat told an answer."""
        self._database.run("UPDATE answers SET message = ? WHERE key = ?", (message, key))

    def get(self, key: str) -> StoredAnswer | None:
        """The answer of that key, if it is still known."""
        rows = self._database.run("SELECT question, note FROM answers WHERE key = ?", (key,))
        return StoredAnswer(rows[0][0], json.loads(rows[0][1])) if rows else None

    def question_of(self, chat: int, message: int) -> str | None:
        """The question in full that a message of the bot's answers."""
        answer = self.told_by(chat, message)
        return answer.question if answer else None

    def told_by(self, chat: int, message: int) -> StoredAnswer | None:
        """The answer that a message of the bot's tells, if it is still known."""
        rows = self._database.run(
            "SELECT question, note FROM answers WHERE chat = ? AND message = ?", (chat, message)
        )
        return StoredAnswer(rows[-1][0], json.loads(rows[-1][1])) if rows else None

    def rate(self, key: str, person: int, *, good: bool) -> None:
        """Keep a person's opinion of an answer, instead of the one they had before."""
        self._database.run(
            "INSERT OR REPLACE INTO opinions (answer, person, good, given) VALUES (?, ?, ?, ?)",
            (key, person, good, self._database.clock()),
        )

    def opinions(self) -> Opinions:
        """What people thought of the answers of the last thirty days."""
        ((good, bad),) = self._database.run(
            "SELECT count(*) FILTER (WHERE good), count(*) FILTER (WHERE NOT good) "
            "FROM opinions WHERE given >= ?",
            (self._database.clock() - LIFETIME,),
        )
        return Opinions(good, bad)
