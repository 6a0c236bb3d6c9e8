"""Measures of an evaluation as people read them; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index import Measure

NONE = "–"


def figure(measure: Measure) -> str:
    """Write a measure's value with its unit, as in "71.2%"; a dash where there was nothing to measure."""
    if measure.value is None:
        return NONE
    unit = {"share": "%", "ms": " ms"}.get(measure.unit, "")
    return f"{_number(measure, measure.value)}{unit}"


def interval(measure: Measure) -> str:
    """Write the bounds of a measure's interval, as in "68.1 – 74.0"."""
    if measure.low is None or measure.high is None:
        return ""
    return f"{_number(measure, measure.low)} – {_number(measure, measure.high)}"


def percent(share: float) -> str:
    """Write a share, 0 to 1, in whole percent."""
    return f"{share:.0%}"


def _number(measure: Measure, value: float) -> str:
    if measure.unit == "share":
        return f"{value * 100:.1f}"
    return f"{value:,.0f}" if measure.unit == "ms" and value >= 10 else f"{value:.3f}"  # noqa: PLR2004 - two digits that count
