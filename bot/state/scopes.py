"""Which article people are asking about, until they say otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.database import Database


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation goes on: a chat, who asks in it, and the topic; 0 is nobody, or no topic."""

    chat: int
    person: int = 0
    topic: int = 0


class Scopes:
    """The one article that a conversation is kept within, by its id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def article(self, place: Place) -> str | None:
        """The article that questions there are kept within; None if they go to all articles."""
        rows = self._database.run(
            "SELECT article FROM scopes WHERE chat = ? AND person = ? AND topic = ?", key_of(place)
        )
        return str(rows[0][0]) if rows else None

    def keep(self, place: Place, article: str) -> None:
        """Keep questions there within an article, instead of the one before."""
        self._database.run(
            "INSERT OR REPLACE INTO scopes (chat, person, topic, article) VALUES (?, ?, ?, ?)",
            (*key_of(place), article),
        )

    def leave(self, place: Place) -> None:
        """Let questions there go to all articles again."""
        self._database.run("DELETE FROM scopes WHERE chat = ? AND person = ? AND topic = ?", key_of(place))

    def move_chat(self, old: int, new: int) -> None:
        """A chat has another id from now on; what was chosen under the new one already stays."""
        with self._database.transaction():
            self._database.run("UPDATE OR IGNORE scopes SET chat = ? WHERE chat = ?", (new, old))
            self._database.run("DELETE FROM scopes WHERE chat = ?", (old,))


def key_of(place: Place) -> tuple[int, int, int]:
    """The columns that stand for a place."""
    return place.chat, place.person, place.topic
