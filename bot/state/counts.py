"""How many questions there were on each day, how they ended and how long they took; nothing of who asked."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.state.database import Database

KEPT: Final = 400  # days
# Durations are counted in bins, each a twentieth wider than the one before: a percentile read from
# them is right to about 2.5 percent, and a day takes some hundred rows however many questions came.
WIDTH: Final = 1.05
LEAST: Final = 0.001  # seconds; what is quicker is counted as this
ANSWERED: Final = "answered"
NOT_FOUND: Final = "not_found"


@dataclass(frozen=True, slots=True)
class Day:
    """The questions of one day: answered, not in the articles, and all others (refused, failed, ...)."""

    day: date
    answered: int = 0
    not_found: int = 0
    others: int = 0

    @property
    def questions(self) -> int:
        """All of them."""
        return self.answered + self.not_found + self.others


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The seconds that half of the questions took at most, and that 95 of a hundred did."""

    half: float
    most: float


class Counts:
    """Counts of questions by the days of this machine's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, outcome: str, seconds: float) -> None:
        """Count a question that ended just now, and the seconds until its answer."""
        today = self._today()
        place = round(math.log(max(seconds, LEAST) / LEAST, WIDTH))
        with self._database.transaction():
            self._add("counts", (today.isoformat(), outcome))
            self._add("durations", (today.isoformat(), place))
            oldest = (today - timedelta(days=KEPT)).isoformat()
            self._database.run("DELETE FROM counts WHERE day < ?", (oldest,))
            self._database.run("DELETE FROM durations WHERE day < ?", (oldest,))

    def days(self, number: int) -> tuple[Day, ...]:
        """The last days, today being the last; a day without a question is among them."""
        today = self._today()
        days = [today - timedelta(days=back) for back in reversed(range(number))]
        found: dict[date, dict[str, int]] = defaultdict(dict)
        for day, outcome, questions in self._database.run(
            "SELECT day, outcome, questions FROM counts WHERE day >= ?", (days[0].isoformat(),)
        ):
            found[date.fromisoformat(day)][outcome] = questions
        return tuple(_day(day, found[day]) for day in days)

    def percentiles(self, number: int) -> Percentiles | None:
        """How long the questions of the last days took; None if there were none."""
        first = self._today() - timedelta(days=number - 1)
        rows = self._database.run(
            "SELECT place, sum(questions) FROM durations WHERE day >= ? GROUP BY place ORDER BY place",
            (first.isoformat(),),
        )
        return Percentiles(_percentile(rows, 0.5), _percentile(rows, 0.95)) if rows else None

    def _add(self, table: str, key: tuple[str, str | int]) -> None:
        self._database.run(
            f"INSERT INTO {table} VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET questions = questions + 1",  # noqa: S608 - our own names
            key,
        )

    def _today(self) -> date:
        return datetime.fromtimestamp(self._database.clock()).astimezone().date()


def _day(day: date, outcomes: dict[str, int]) -> Day:
    others = sum(count for outcome, count in outcomes.items() if outcome not in {ANSWERED, NOT_FOUND})
    return Day(day, outcomes.get(ANSWERED, 0), outcomes.get(NOT_FOUND, 0), others)


def _percentile(rows: Iterable[tuple[int, int]], share: float) -> float:
    """The seconds of the bin in which that share of all is reached; `rows` are its number and its count."""
    rows = list(rows)
    needed, reached = share * sum(count for _, count in rows), 0
    for place, count in rows:
        reached += count
        if reached >= needed:
            return float(LEAST * WIDTH**place)
    raise ValueError("there is nothing to take a percentile of")
