"""Draw how far the probabilities keep their word, for the model card, from what `articlebot eval` measured.

    articlebot --library OUT/zh/library eval OUT/zh/drcd.jsonl --hide --json > drcd.json
    python -m index.training.pictures drcd.json cmrc.json en-asks-zh.json [--out index/models/reliability.svg]

Left the reliability diagram: the questions of all sets together by the probability of their
first quote, and how often it was right; a grey line for each set. Right risk against coverage:
answering only the surest questions, what share is wrong, a line for each set; with `--hide` half
of them have no right answer. The name of a set is that of its file. The picture has a white
ground of its own, so that it can be read on a dark page as well.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

from index.inference import MODELS
from index.measures import BINS, Bin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE = (9.6, 4.4)  # inches
_STYLE: Final[dict[Any, object]] = {
    "svg.hashsalt": "reliability",  # the same file each time
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.fonttype": "none",  # text stays text, and the file small
}
_FAINT, _STRONG = "#aaaaaa", "#1f5fa8"


@dataclass(frozen=True, slots=True)
class Curves:
    """What was measured of one set."""

    name: str
    bins: tuple[Bin, ...]
    coverage: tuple[float, ...]
    risk: tuple[float, ...]

    @classmethod
    def of(cls, name: str, record: Mapping[str, Any]) -> Curves:
        """A set's curves, as `articlebot eval --json` prints them."""
        curves = record["curves"]
        bins = tuple(
            Bin(each["confidence"], each["right"], each["questions"]) for each in curves["reliability"]
        )
        risks = curves["risk_coverage"]
        return cls(name, bins, tuple(risks["coverage"]), tuple(risks["risk"]))

    @property
    def questions(self) -> int:
        """How many were asked."""
        return sum(each.count for each in self.bins)


def together(bins: Sequence[Bin]) -> tuple[Bin, ...]:
    """The bins of several sets as one set's: those of the same step of confidence are joined."""
    ordered = sorted(bins, key=lambda each: each.confidence)
    return tuple(_joined(list(own)) for _, own in groupby(ordered, key=_step))


def _step(each: Bin) -> int:
    return min(int(each.confidence * BINS), BINS - 1)


def _joined(bins: Sequence[Bin]) -> Bin:
    count = sum(each.count for each in bins)
    return Bin(
        sum(each.confidence * each.count for each in bins) / count,
        sum(each.right * each.count for each in bins) / count,
        count,
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """How far confidence is from the share that is right, averaged over the questions."""
    return sum(each.count * abs(each.confidence - each.right) for each in bins) / sum(
        each.count for each in bins
    )


def draw(sets: Sequence[Curves], out: Path) -> None:
    """Write both drawings of some sets side by side as one SVG file."""
    with mpl.rc_context(_STYLE):
        picture = Figure(figsize=_SIZE, layout="constrained", facecolor="white")
        left, right = picture.subplots(1, 2)
        _reliability(left, sets)
        _risk_against_coverage(right, sets)
        picture.savefig(out, metadata={"Date": None})


def _reliability(axes: Axes, sets: Sequence[Curves]) -> None:
    axes.plot([0, 1], [0, 1], "--", color="black", linewidth=1, label="a probability that keeps its word")
    for each in sets:
        axes.plot([one.confidence for one in each.bins], [one.right for one in each.bins], color=_FAINT, lw=1)
    bins = together([one for each in sets for one in each.bins])
    across, up = [each.confidence for each in bins], [each.right for each in bins]
    label = f"{sum(each.questions for each in sets):,} questions, off by {calibration_error(bins):.3f}"
    axes.plot(across, up, color=_STRONG, label=label)
    most = max(each.count for each in bins)
    axes.scatter(across, up, [20 + 180 * each.count / most for each in bins], color=_STRONG)
    axes.legend(loc="lower right")
    _shares(axes, "probability given to the first quote", "share that was right")


def _risk_against_coverage(axes: Axes, sets: Sequence[Curves]) -> None:
    for each in sets:
        axes.plot(each.coverage, each.risk, label=f"{each.name} ({each.questions:,})")
    axes.legend(loc="upper left")
    _shares(axes, "share of questions answered, surest first", "of these answered wrongly")


def _shares(axes: Axes, across: str, up: str) -> None:
    axes.set(xlabel=across, ylabel=up, xlim=(0, 1), ylim=(0, 1.02))
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.yaxis.set_major_formatter("{x:.0%}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, as the arguments say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("measured", type=Path, nargs="+", help="what `articlebot eval --json` printed")
    parser.add_argument("--out", type=Path, default=MODELS / "reliability.svg")
    options = parser.parse_args(arguments)
    sets = [Curves.of(file.stem, json.loads(file.read_text(encoding="utf-8"))) for file in options.measured]
    draw(sets, options.out)
    print(f"wrote {options.out}: {options.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
