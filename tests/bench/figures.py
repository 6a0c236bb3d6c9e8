"""What was measured, beside what was wanted, as a table or as JSON. Pure."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: our figure, the target if there is one, and the stock bot's if it was measured.

    Less is better unless `more_is_better`. `note` says what the figure was taken from.
    """

    measure: str
    ours: float
    unit: str
    target: float | None = None
    more_is_better: bool = False
    theirs: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        if self.target is None:
            return None
        return self.ours >= self.target if self.more_is_better else self.ours <= self.target

    @property
    def ratio(self) -> float | None:
        """Ours over theirs, where there is such a number."""
        return self.ours / self.theirs if self.theirs else None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the values do not exceed.

    The nearest-rank percentile: always one that was measured, never between two.
    """
    if not values:
        raise ValueError("nothing was measured, so there is no percentile of it")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(sections: Iterable[Sequence[Row]], *, title: str, caption: str) -> Table:
    """The rows for a terminal, one section for each measure."""
    made = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    made.add_column("measure", no_wrap=True)
    for column in ("articlebot", "target", "stock LlamaIndex", "ours / theirs"):
        made.add_column(column, justify="right", no_wrap=True)
    made.add_column("from")
    for rows in sections:
        for row in rows:
            made.add_row(*_cells(row))
        made.add_section()
    return made


def _cells(row: Row) -> tuple[str, ...]:
    style = {None: "", True: "[green]", False: "[bold red]"}[row.met]
    ours = f"{style}{_figure(row.ours)} {row.unit}".rstrip()
    bound = "≥" if row.more_is_better else "≤"
    return (
        row.measure,
        ours if row.met is None else f"{ours} {'✓' if row.met else '✗'}",
        "" if row.target is None else f"{bound} {_figure(row.target)}",
        "" if row.theirs is None else _figure(row.theirs),
        "" if row.ratio is None else _figure(row.ratio),
        row.note,
    )


def _figure(value: float) -> str:
    """Three digits that count, and no more decimals than two."""
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def as_json(rows: Iterable[Row]) -> list[dict[str, object]]:
    """The rows for other tools, with `met` and `ratio` worked out."""
    return [{**asdict(row), "met": row.met, "ratio": row.ratio} for row in rows]
