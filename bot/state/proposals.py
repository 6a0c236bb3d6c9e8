"""Articles that admins were shown and have neither added nor dismissed yet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.state.database import Database

KEY_BYTES: Final = 9
LIFETIME: Final = 7 * 86_400.0  # seconds
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may be added, as JSON can hold it, and the one person who may decide about it."""

    person: int
    articles: Any


class Proposals:
    """Proposals by their keys; what is decided is forgotten, and the oldest are in time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, person: int, articles: Any) -> str:  # noqa: ANN401  what JSON can hold
        """Keep what a person is to decide about; returns its key."""
        key, now = token_urlsafe(KEY_BYTES), self._database.clock()
        with self._database.transaction():
            self._database.run(
                "INSERT INTO proposals (key, person, articles, made) VALUES (?, ?, ?, ?)",
                (key, person, json.dumps(articles, ensure_ascii=False), now),
            )
            self._database.run("DELETE FROM proposals WHERE made < ?", (now - LIFETIME,))
            self._database.run(
                "DELETE FROM proposals WHERE number <= (SELECT max(number) FROM proposals) - ?", (MOST,)
            )
        return key

    def get(self, key: str) -> Proposal | None:
        """The proposal of that key, if nothing was decided about it."""
        rows = self._database.run("SELECT person, articles FROM proposals WHERE key = ?", (key,))
        return Proposal(rows[0][0], json.loads(rows[0][1])) if rows else None

    def forget(self, key: str) -> None:
        """Forget what was decided about, its words too."""
        self._database.run("DELETE FROM proposals WHERE key = ?", (key,))
