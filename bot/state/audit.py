"""What admins did: who, when, what, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from bot.state.database import Database

KEPT: Final = 10_000
LONGEST: Final = 200  # characters of what was done

Outcome = Literal["done", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing an admin did. `at` is in seconds since the epoch; `what` is the command as sent."""

    at: float
    admin: int
    what: str
    outcome: Outcome


class Audit:
    """The deeds of admins, the oldest of very many forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, admin: int, what: str, outcome: Outcome) -> None:
        """Write down what an admin did."""
        with self._database.transaction():
            self._database.run(
                "INSERT INTO deeds (at, admin, what, outcome) VALUES (?, ?, ?, ?)",
                (self._database.clock(), admin, what[:LONGEST], outcome),
            )
            self._database.run(
                "DELETE FROM deeds WHERE number <= (SELECT max(number) FROM deeds) - ?", (KEPT,)
            )

    def latest(self, count: int, *, admin: int | None = None) -> tuple[Deed, ...]:
        """The latest deeds, the newest first; those of one admin if one is given."""
        rows = self._database.run(
            "SELECT at, admin, what, outcome FROM deeds WHERE ?1 IS NULL OR admin = ?1 "
            "ORDER BY number DESC LIMIT ?2",
            (admin, count),
        )
        return tuple(Deed(*row) for row in rows)

    def refused(self, admin: int, what: str, *, within: float) -> int:
        """How often an admin was refused this in the last seconds."""
        ((count,),) = self._database.run(
            "SELECT count(*) FROM deeds WHERE admin = ? AND what = ? AND outcome = 'refused' AND at > ?",
            (admin, what, self._database.clock() - within),
        )
        return int(count)
