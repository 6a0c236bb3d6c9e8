"""A picture of the questions a day. Run as a program of its own, so that the bot keeps its memory small.

    python bot/picture.py < days.json > picture.png

`days.json` is a list of [date, answered, not in the articles, others]. There are no words in the
picture, only numbers: it is sent in any language, and no font has to be there. Of the bot's
modules it alone knows matplotlib, beside the report.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import sys
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from bot.state import Day

LOG = logging.getLogger(__name__)
PATIENCE: Final = 60.0  # seconds; the first picture on a machine looks for its fonts

# As the caption's squares have them, and told apart by brightness too.
ANSWERED, NOT_FOUND, OTHERS = "#3b82c4", "#f0912d", "#9aa3ad"
_INK, _FAINT = "#20262e", "#d9dde2"
_SIZE: Final = (6.0, 4.5)  # inches, at 200 dots each: what a phone shows from edge to edge
_DOTS: Final = 200
_LABELS: Final = 6  # dates below the bars, at most
_STYLE: Final[dict[Any, object]] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
    "font.size": 12,
    "figure.facecolor": "white",
    "axes.edgecolor": _FAINT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _FAINT,
    "grid.linewidth": 0.6,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}

Row = tuple[date, int, int, int]


async def picture_of(days: Sequence[Day]) -> bytes | None:
    """The picture as a PNG; None if it cannot be drawn, which is logged."""
    rows = [(day.day.isoformat(), day.answered, day.not_found, day.others) for day in days]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", __file__,  # by its place: another `bot` may lie where the bot was started
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        picture, complaints = await asyncio.wait_for(
            process.communicate(json.dumps(rows).encode()), timeout=PATIENCE
        )
    except TimeoutError:
        process.kill()
        await process.wait()
        LOG.warning("the picture of the questions took longer than %.0f s", PATIENCE)
        return None
    if process.returncode:
        LOG.warning(
            "the picture of the questions could not be drawn: %s", complaints.decode(errors="replace")
        )
        return None
    return picture


def draw(rows: Sequence[Row]) -> bytes:
    """Bars of the questions of each day above, the share that the articles did not answer below."""
    import matplotlib as mpl  # noqa: PLC0415 - the bot itself never imports it
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    written = BytesIO()
    with mpl.rc_context(_STYLE):
        picture = Figure(figsize=_SIZE, layout="constrained")
        bars, share = picture.subplots(2, sharex=True, height_ratios=(3, 1))
        _bars(bars, rows)
        _share(share, rows)
        picture.savefig(written, format="png", dpi=_DOTS)
    return written.getvalue()


def _bars(axes: Axes, rows: Sequence[Row]) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - as above

    places, floor = range(len(rows)), [0] * len(rows)
    columns = ([row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows])
    for heights, colour in zip(columns, (ANSWERED, NOT_FOUND, OTHERS), strict=True):
        axes.bar(places, heights, bottom=floor, color=colour, width=0.8)
        floor = [under + height for under, height in zip(floor, heights, strict=True)]
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(0, max(1.0, 1.05 * max(floor)))
    axes.grid(visible=False, axis="x")


def _share(axes: Axes, rows: Sequence[Row]) -> None:
    shares = [_of(not_found, answered + not_found) for _, answered, not_found, _ in rows]
    axes.plot(range(len(rows)), shares, color=NOT_FOUND, linewidth=1.5, marker="o", markersize=4)
    axes.set(ylim=(-0.05, 1.05), yticks=(0, 0.5, 1), xlim=(-0.6, len(rows) - 0.4))
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.grid(visible=False, axis="x")
    step = math.ceil(len(rows) / _LABELS)
    labelled = list(range(len(rows) - 1, -1, -step))  # today is always among them
    axes.set_xticks(labelled, [rows[at][0].strftime("%m-%d") for at in labelled])


def _of(part: int, whole: int) -> float:
    """The share, or a gap in the line where there is nothing to share."""
    return part / whole if whole else math.nan


def main() -> None:
    """Read the days, write the picture."""
    rows = [(date.fromisoformat(day), *counts) for day, *counts in json.load(sys.stdin)]
    sys.stdout.buffer.write(draw(rows))


if __name__ == "__main__":
    main()
