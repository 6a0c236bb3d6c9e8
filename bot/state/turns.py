"""What was asked last, so that a follow-up finds what it refers to; after half an hour it is forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from bot.state.scopes import key_of

if TYPE_CHECKING:
    from bot.state.database import Database
    from bot.state.scopes import Place

MOST: Final = 3
LIFETIME: Final = 30 * 60.0  # seconds of silence


class Turns:
    """The last questions of each conversation, as they were understood, oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, place: Place) -> tuple[str, ...]:
        """The questions that a new one there may refer to."""
        rows = self._database.run(
            "SELECT questions FROM turns WHERE chat = ? AND person = ? AND topic = ? AND touched > ?",
            (*key_of(place), self._database.clock() - LIFETIME),
        )
        return tuple(json.loads(rows[0][0])) if rows else ()

    def add(self, place: Place, question: str) -> None:
        """Note a question that was asked there."""
        with self._database.transaction():
            self._database.run("DELETE FROM turns WHERE touched <= ?", (self._database.clock() - LIFETIME,))
            questions = json.dumps((*self.of(place), question)[-MOST:], ensure_ascii=False)
            self._database.run(
                "INSERT OR REPLACE INTO turns (chat, person, topic, questions, touched) "
                "VALUES (?, ?, ?, ?, ?)",
                (*key_of(place), questions, self._database.clock()),
            )

    def forget(self, place: Place) -> None:
        """Begin afresh there."""
        self._database.run("DELETE FROM turns WHERE chat = ? AND person = ? AND topic = ?", key_of(place))

    def move_chat(self, old: int, new: int) -> None:
        """A chat has another id from now on; what was asked under the new one already stays."""
        with self._database.transaction():
            self._database.run("UPDATE OR IGNORE turns SET chat = ? WHERE chat = ?", (new, old))
            self._database.run("DELETE FROM turns WHERE chat = ?", (old,))
