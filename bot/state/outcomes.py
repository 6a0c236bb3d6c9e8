"""Outcomes of questions by names that tell nothing of them, so that the next process has them at hand."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final

from bot.state.database import StateError

if TYPE_CHECKING:
    from bot.state.database import Database

LOG = logging.getLogger(__name__)
MOST: Final = 1_000
LIFETIME: Final = 86_400.0  # seconds


class Outcomes:
    """Notes by name, of which the oldest are forgotten; an `index.Memory`.

    Unlike the other subjects it raises nothing: without it an answer only takes longer.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> Any | None:  # noqa: ANN401  what JSON can hold
        """What was kept under a name within a day."""
        try:
            rows = self._database.run(
                "SELECT note FROM outcomes WHERE name = ? AND made > ?",
                (name, self._database.clock() - LIFETIME),
            )
        except StateError as error:
            LOG.warning("what was found lately could not be looked up: %s", error)
            return None
        return json.loads(rows[0][0]) if rows else None

    def put(self, name: str, note: Any) -> None:  # noqa: ANN401
        """Keep a note."""
        now, values = self._database.clock(), json.dumps(note, ensure_ascii=False)
        try:
            with self._database.transaction():
                self._database.run(
                    "INSERT OR REPLACE INTO outcomes (name, note, made) VALUES (?, ?, ?)", (name, values, now)
                )
                self._database.run("DELETE FROM outcomes WHERE made <= ?", (now - LIFETIME,))
                self._database.run(
                    "DELETE FROM outcomes WHERE number <= (SELECT max(number) FROM outcomes) - ?", (MOST,)
                )
        except StateError as error:
            LOG.warning("what was found could not be kept for the next start: %s", error)
