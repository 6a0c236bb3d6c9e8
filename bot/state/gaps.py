"""Questions that the articles did not answer, without who asked, so that admins see which are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.state.database import Database

KEPT: Final = 30  # days
MOST: Final = 20_000  # questions; whoever asks about everything cannot fill the disk
LONGEST: Final = 300  # characters of a question


@dataclass(frozen=True, slots=True)
class Gap:
    """A question as it was last worded, how often it was asked without an answer, and when last."""

    question: str
    times: int
    last: date


class Gaps:
    """Unanswered questions of the last days; one that is answered later is a gap no more.

    `key` is what all wordings of a question have in common. If it is not `kept`, nothing is
    remembered, and what was remembered before is forgotten.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.kept = True

    def switch_off(self) -> None:
        """Remember none from now on, and forget those there are."""
        self.kept = False
        self._database.run("DELETE FROM gaps")

    def note(self, key: str, question: str) -> None:
        """Note that a question was asked today and the articles did not answer it."""
        if not self.kept:
            return
        today = self._today()
        with self._database.transaction():
            self._database.run(
                "INSERT INTO gaps (key, day, question, times) VALUES (?, ?, ?, 1) "
                "ON CONFLICT DO UPDATE SET times = times + 1, question = excluded.question",
                (key, today.isoformat(), question[:LONGEST]),
            )
            oldest = (today - timedelta(days=KEPT - 1)).isoformat()
            self._database.run("DELETE FROM gaps WHERE day < ?", (oldest,))
            self._database.run("DELETE FROM gaps WHERE number <= (SELECT max(number) FROM gaps) - ?", (MOST,))

    def close(self, key: str) -> None:
        """Note that the articles answer a question now."""
        if self._database.run("SELECT 1 FROM gaps WHERE key = ? LIMIT 1", (key,)):
            self._database.run("DELETE FROM gaps WHERE key = ?", (key,))

    def commonest(self, count: int) -> tuple[Gap, ...]:
        """The questions asked most often without an answer, those asked last first among equals."""
        oldest = (self._today() - timedelta(days=KEPT - 1)).isoformat()
        rows = self._database.run(
            # SQLite takes the bare column from the row that has the maximum
            "SELECT question, sum(times) AS all_times, max(day) AS last FROM gaps WHERE day >= ? "
            "GROUP BY key ORDER BY all_times DESC, last DESC, question LIMIT ?",
            (oldest, count),
        )
        return tuple(Gap(question, times, date.fromisoformat(last)) for question, times, last in rows)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._database.clock()).astimezone().date()
