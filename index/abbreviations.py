"""Abbreviations of the business press, spelled out for the models, which know few of them. Pure.

"R&D" is three tokens that stand nowhere near 研发; "research and development" does.
"""

from __future__ import annotations

import re

_MEANINGS = {
    "R&D": "research and development",
    "M&A": "mergers and acquisitions",
    "IPO": "initial public offering of shares",
    "EV": "electric vehicle",
    "EVs": "electric vehicles",
    "YoY": "compared with a year earlier",
    "CEO": "chief executive",
    "CFO": "chief financial officer",
    "COO": "chief operating officer",
    "CTO": "chief technology officer",
    "Q1": "first quarter",
    "Q2": "second quarter",
    "Q3": "third quarter",
    "Q4": "fourth quarter",
}
# Between letters of other words it is no abbreviation; beside Chinese it is.
_ABBREVIATION = re.compile(rf"(?<![A-Za-z0-9&])(?:{'|'.join(map(re.escape, _MEANINGS))})(?![A-Za-z0-9&])")


def spelled_out(question: str) -> str:
    """The question with the abbreviations it holds in words; those of lower case may be other words."""
    return _ABBREVIATION.sub(lambda match: _MEANINGS[match[0]], question)
