"""An evaluation as one HTML page with drawings and the worst answers to read.

The page needs no network and no scripts. The drawings are SVG inside it, in colours that the
page's style sheet gives them, so that they follow the reader's light or dark. The only module
that knows matplotlib and Jinja.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from bot.figures import figure, interval, percent
from index import Evaluation, Fault, Outcome, Quote, language_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WORST = 100
_TEMPLATE = "report.html"
_SIZE = (6.4, 3.8)  # inches; it is the proportions that matter, the page scales them
# Stand for the page's own colours, which a style sheet knows and matplotlib does not.
_INK, _ONE, _OTHER, _FAINT = "#010101", "#020202", "#030303", "#040404"
_COLOURS = {_INK: "var(--ink)", _ONE: "var(--one)", _OTHER: "var(--other)", _FAINT: "var(--faint)"}
_STYLE: Final[dict[Any, object]] = {
    "svg.fonttype": "none",  # text stays text
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.edgecolor": _FAINT,
    "axes.labelcolor": _INK,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _FAINT,
    "grid.linewidth": 0.5,
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "legend.frameon": False,
    "lines.linewidth": 2,
}
_FRONT_MATTER = re.compile(r"\A.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
_SIZE_OF_PAGE = re.compile(r'(<svg[^>]*?) width="[^"]*"| height="[^"]*"(?=[^>]*viewBox)')
_GROUP_IDS = re.compile(r'<g id="[^"]*"')
_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd"}


@dataclass(frozen=True, slots=True)
class _Read:
    """One of the worst answers, as the page shows it.

    `quotes` are the first one and the right one, if there is one; `wanted` is the sentence that
    holds the answer, where it is not among them.
    """

    number: int
    fault: str
    outcome: Outcome
    language: str
    quotes: tuple[tuple[str, Quote], ...]
    wanted: str | None
    why: str


def page(evaluation: Evaluation, about: Mapping[str, object]) -> str:
    """Make the page; `about` says what was evaluated: file, library, model, articles, passages, day."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"figure": figure, "interval": interval, "percent": percent}
    worst = evaluation.worst(WORST)
    return environment.get_template(_TEMPLATE).render(
        about=about,
        groups=evaluation.groups,
        of=evaluation.groups[0].by_name,
        drawings=_drawings(evaluation),
        worst=[_read(number, fault, outcome) for number, (fault, outcome) in enumerate(worst, 1)],
    )


# --- the worst answers ----------------------------------------------------------------------


def _read(number: int, fault: Fault, outcome: Outcome) -> _Read:
    case, quotes = outcome.case, _quotes(outcome)
    wanted = None if case.hidden else case.sentence()
    return _Read(
        number,
        fault.value,
        outcome,
        language_of(case.question),
        quotes,
        None if wanted in {quote.text for _, quote in quotes} else wanted,
        _why(fault, outcome),
    )


def _quotes(outcome: Outcome) -> tuple[tuple[str, Quote], ...]:
    told = "Quoted" if not outcome.refused else "Would have quoted"
    chosen = [(told, quote) for quote in outcome.quotes[:1]]
    if not outcome.first and any(outcome.right):
        at = outcome.right.index(True)
        chosen.append((f"Right, but {_ORDINALS[at + 1]}", outcome.quotes[at]))
    return tuple(chosen)


def _why(fault: Fault, outcome: Outcome) -> str:
    sure = percent(outcome.confidence)
    if fault is Fault.ANSWERED:
        reason = "its article was left out" if outcome.case.hidden else "the articles do not say it"
        return f"A refusal was right, because {reason}; yet the quote was given {sure}."
    if fault is Fault.WRONG_QUOTE:
        return f"The first quote was given {sure}, and does not hold the answer. {_where(outcome)}"
    if outcome.first:
        return f"The quote was right, and at {sure} not sure enough to be shown."
    return f"It was refused, the best quote having {sure}. {_where(outcome)}"


def _where(outcome: Outcome) -> str:
    if any(outcome.right):
        return f"The {_ORDINALS[outcome.right.index(True) + 1]} quote does."
    if not outcome.rank:
        return "No passage that holds the answer was among the first twenty: searching failed."
    found = _ORDINALS.get(outcome.rank, f"{outcome.rank}th")
    return f"A passage that holds it was the {found} found: the wrong sentence was chosen."


# --- the drawings ---------------------------------------------------------------------------


def _drawings(evaluation: Evaluation) -> dict[str, Markup]:
    drawings = {
        "risk": _risk_against_coverage,
        "reliability": _reliability,
        "refusals": _refusals,
        "times": _times,
    }
    with mpl.rc_context(_STYLE):
        return {name: _drawn(name, draw, evaluation) for name, draw in drawings.items()}


def _drawn(name: str, draw: Callable[[Axes, Evaluation], None], evaluation: Evaluation) -> Markup:
    picture = Figure(figsize=_SIZE, layout="constrained")
    draw(picture.subplots(), evaluation)
    written = StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):  # the same page each time, and no id twice in it
        picture.savefig(written, format="svg")
    svg = _GROUP_IDS.sub("<g", _FRONT_MATTER.sub("", written.getvalue()))
    svg = _SIZE_OF_PAGE.sub(r"\1", svg)
    for sentinel, colour in _COLOURS.items():
        svg = svg.replace(sentinel, colour)
    return Markup(svg)  # noqa: S704 - matplotlib's own, and no word of an article is in it


def _risk_against_coverage(axes: Axes, evaluation: Evaluation) -> None:
    coverage, risk = evaluation.risk_coverage()
    axes.plot(coverage, risk, color=_ONE)
    answered = np.mean([not each.refused for each in evaluation.outcomes])
    if answered:
        at = max(round(answered * len(risk)) - 1, 0)
        axes.plot(coverage[at], risk[at], "o", color=_OTHER, label="where the library stands")
        axes.legend()
    _shares(axes, "share of questions answered, surest first", "of these answered wrongly")


def _reliability(axes: Axes, evaluation: Evaluation) -> None:
    bins = evaluation.reliability()
    axes.plot([0, 1], [0, 1], "--", color=_INK, linewidth=1, label="a probability that keeps its word")
    axes.plot([each.confidence for each in bins], [each.right for each in bins], color=_ONE, linewidth=1)
    most = max(each.count for each in bins)
    sizes = [20 + 180 * each.count / most for each in bins]
    axes.scatter([each.confidence for each in bins], [each.right for each in bins], sizes, color=_ONE)
    axes.legend()
    _shares(axes, "probability given to the first quote", "share that was right")


def _refusals(axes: Axes, evaluation: Evaluation) -> None:
    thresholds, answerable, others = evaluation.refusals()
    if any(each.case.answerable for each in evaluation.outcomes):
        axes.plot(thresholds, answerable, color=_OTHER, label="answerable: wrongly refused")
    if not all(each.case.answerable for each in evaluation.outcomes):
        axes.plot(thresholds, others, color=_ONE, label="not answerable: rightly refused")
    axes.legend()
    _shares(axes, "least probability at which to answer", "share refused")


def _times(axes: Axes, evaluation: Evaluation) -> None:
    axes.hist(evaluation.milliseconds(), bins=40, color=_ONE)
    axes.set_xlabel("milliseconds")
    axes.set_ylabel("questions")
    axes.set_xlim(left=0)


def _shares(axes: Axes, across: str, up: str) -> None:
    axes.set(xlabel=across, ylabel=up, xlim=(0, 1), ylim=(0, 1.02))
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.yaxis.set_major_formatter("{x:.0%}")
