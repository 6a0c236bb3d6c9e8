"""How good answers are, in numbers with 95% intervals: what was asked goes in as arrays. Pure.

Refusing well is measured as selective prediction: the surer of its first quote an answer is,
the more often that quote should be right.

[1] Geifman & El-Yaniv 2017, https://arxiv.org/abs/1705.08500 (risk against coverage)
[2] Geifman, Uziel & El-Yaniv 2019, https://arxiv.org/abs/1805.08206 (the area under it)
[3] Guo et al. 2017, https://arxiv.org/abs/1706.04599 (reliability diagram, expected calibration error)
[4] Clopper & Pearson 1934, https://doi.org/10.1093/biomet/26.4.404 (exact bounds of a share)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

FALSE_REFUSALS = 0.05  # of answerable questions: the trade-off at which refusals are compared
NOT_FOUND = 0  # the rank of a passage that was not found
BINS = 10
_DRAWS = 1000
_SEED = 7
_CONFIDENCE = 0.95
_SPREAD = (2.5, 97.5)  # percentiles: what the confidence leaves on either side


@dataclass(frozen=True, slots=True)
class Table:
    """What came of n questions, an array of n each.

    `group` numbers questions that belong together, as those about one article do. `hidden`
    are asked with their article left out, so they are not `answerable`. `rank` is the first
    passage's that answers, from 1, or NOT_FOUND.
    """

    group: Rows
    answerable: Booleans
    hidden: Booleans
    rank: Rows
    confidence: Floats
    refused: Booleans
    first: Booleans
    three: Booleans
    seconds: Floats

    def take(self, rows: Rows) -> Table:
        """The table of some of its rows, in their order; a row may come several times."""
        return Table(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its `value` and 95% interval from `low` to `high`, over `count` questions.

    `unit` is "share" (0 to 1), "ms" or "" (a plain number). All three figures are None where
    there is no question to measure by.
    """

    name: str
    about: str
    unit: str
    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions answered with about the same confidence, and the share whose first quote was right."""

    confidence: float
    right: float
    count: int


# --- selective prediction -------------------------------------------------------------------


def risk_coverage(confidence: Floats, right: Booleans) -> tuple[Floats, Floats]:
    """The share of questions answered, and of these the share answered wrongly, surest first [1].

    Equal confidences share their mistakes, so that the order they came in does not matter.
    """
    _, tie, count = np.unique(-confidence, return_inverse=True, return_counts=True)
    wrong = (np.bincount(tie, ~right) / count)[np.sort(tie)]
    answered = np.arange(1, len(wrong) + 1)
    return answered / len(wrong), np.cumsum(wrong) / answered


def area_under_risk_coverage(confidence: Floats, right: Booleans) -> float:
    """The risk averaged over all coverages [2]; 0 is best."""
    return _mean(risk_coverage(confidence, right)[1])


def reliability(confidence: Floats, right: Booleans) -> tuple[Bin, ...]:
    """How often the first quote is right, by confidence in equal steps; empty steps are left out [3]."""
    step = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    return tuple(
        Bin(float(confidence[own].mean()), float(right[own].mean()), int(own.sum()))
        for own in (step == each for each in range(BINS))
        if own.any()
    )


def calibration_error(confidence: Floats, right: Booleans) -> float:
    """How far confidence is from the share that is right, averaged over the questions [3]."""
    bins = reliability(confidence, right)
    apart = sum(each.count * abs(each.confidence - each.right) for each in bins)
    return apart / len(confidence) if len(confidence) else math.nan


def threshold_refusing(confidence: Floats, most: float) -> float:
    """The highest threshold below which at most a share of `most` of the questions lies."""
    return float(np.sort(confidence)[int(most * len(confidence))]) if len(confidence) else math.nan


def refused_at(confidence: Floats, thresholds: Floats) -> Floats:
    """The share of questions that each threshold would refuse."""
    return np.searchsorted(np.sort(confidence), thresholds) / max(len(confidence), 1)


# --- the figures ----------------------------------------------------------------------------

_Among = Callable[[Table], Booleans]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A figure to be taken: of which questions, and how; NaN where a draw holds none of them."""

    name: str
    about: str
    unit: str
    among: _Among
    value: Callable[[Table], float]


def measures(table: Table) -> tuple[Measure, ...]:
    """Every figure with its interval: the bootstrap's, drawing groups of questions, not single ones.

    Questions about one article tend to succeed or fail together; drawn one by one they would
    make the intervals too narrow.
    """
    drawn = np.array([_values(table.take(rows)) for rows in _draws(table.group)])
    return tuple(
        _measure(kind, value, column, int(kind.among(table).sum()))
        for kind, value, column in zip(_KINDS, _values(table), drawn.T, strict=True)
    )


def _measure(kind: _Kind, value: float, drawn: Floats, count: int) -> Measure:
    known = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not len(known):
        return Measure(kind.name, kind.about, kind.unit, None, None, None, count)
    low, high = np.percentile(known, _SPREAD)
    if kind.unit == "share":
        low, high = _seldom(value, float(low), float(high), count)
    return Measure(kind.name, kind.about, kind.unit, value, float(low), float(high), count)


def _seldom(value: float, low: float, high: float, count: int) -> tuple[float, float]:
    """The bounds of a share, exact where it is none or all: there every draw is alike [4]."""
    least = ((1 - _CONFIDENCE) / 2) ** (1 / count)
    return (least if value == 1 else low), (1 - least if value == 0 else high)


def _values(table: Table) -> list[float]:
    return [kind.value(table) for kind in _KINDS]


def _draws(group: Rows) -> Iterator[Rows]:
    generator = np.random.default_rng(_SEED)
    _, own = np.unique(group, return_inverse=True)
    count = int(own.max()) + 1
    for _ in range(_DRAWS):
        times = np.bincount(generator.integers(count, size=count), minlength=count)
        yield np.repeat(np.arange(len(own)), times[own])


def _mean(values: npt.NDArray[np.generic]) -> float:
    return float(np.mean(values.astype(np.float64))) if len(values) else math.nan


def _answerable(table: Table) -> Booleans:
    return table.answerable


def _unanswerable(table: Table) -> Booleans:
    return ~table.answerable & ~table.hidden


def _hidden(table: Table) -> Booleans:
    return table.hidden


def _all(table: Table) -> Booleans:
    return np.ones(len(table.rank), dtype=np.bool_)


def _found(most: int) -> _Kind:
    def value(table: Table) -> float:
        rank = table.rank[table.answerable]
        return _mean((rank != NOT_FOUND) & (rank <= most))

    about = "first passage" if most == 1 else f"first {most} passages"
    return _Kind(f"passage_recall_{most}", f"answer stands in the {about}", "share", _answerable, value)


def _refused(name: str, about: str, among: _Among) -> _Kind:
    return _Kind(name, about, "share", among, lambda table: _mean(table.refused[among(table)]))


def _refused_at_five(name: str, about: str, among: _Among) -> _Kind:
    def value(table: Table) -> float:
        least = _threshold(table)
        return math.nan if math.isnan(least) else _mean(table.confidence[among(table)] < least)

    return _Kind(name, about, "share", among, value)


def _threshold(table: Table) -> float:
    return threshold_refusing(table.confidence[table.answerable], FALSE_REFUSALS)


def _milliseconds(name: str, about: str, at: float) -> _Kind:
    def value(table: Table) -> float:
        return float(np.percentile(table.seconds, at)) * 1000

    return _Kind(name, about, "ms", _all, value)


_KINDS = (
    *map(_found, (1, 5, 20)),
    _Kind(
        "first_quote",
        "first quote holds the answer",
        "share",
        _answerable,
        lambda table: _mean(table.first[table.answerable]),
    ),
    _Kind(
        "three_quotes",
        "one of three quotes does",
        "share",
        _answerable,
        lambda table: _mean(table.three[table.answerable]),
    ),
    _refused("answerable_refused", "answerable, wrongly refused", _answerable),
    _refused("unanswerable_refused", "no answer, rightly refused", _unanswerable),
    _refused("hidden_refused", "article left out, rightly refused", _hidden),
    _Kind("threshold_5", "threshold refusing 5% of answerable", "", _answerable, _threshold),
    _refused_at_five("answerable_refused_5", "with it: answerable, wrongly refused", _answerable),
    _refused_at_five("unanswerable_refused_5", "with it: no answer, rightly refused", _unanswerable),
    _refused_at_five("hidden_refused_5", "with it: left out, rightly refused", _hidden),
    _Kind(
        "aurc",
        "area under risk against coverage",
        "",
        _all,
        lambda table: area_under_risk_coverage(table.confidence, table.first),
    ),
    _Kind(
        "calibration_error",
        "expected calibration error",
        "",
        _all,
        lambda table: calibration_error(table.confidence, table.first),
    ),
    _milliseconds("milliseconds_median", "a question takes, median", 50),
    _milliseconds("milliseconds_p95", "a question takes, 95 in 100 at most", 95),
)
