"""Lines of a text that were broken by width, not by meaning. Pure.

In hard-wrapped text (e-mails, plain-text books, some PDFs) a line end is a space. What
gives such text away is that a program filled its lines: the first word of the next line
would not have fitted on this one. A list of headlines has lines of like length, too, but
almost never that property.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.characters import display_width
from index.records import Span

_NARROWEST, _WIDEST = 40, 120  # columns that programs wrap lines at
_WORD = re.compile(r"[^\s\u2e80-\U0003ffff-]+-?|[^\s][，。、；：！？）」』”’》]*")
_BEGINS_ANEW = re.compile(
    r"[ \t\u3000]|[-*•·●■◆>#|]|\(?\d{1,3}[.)、]|[(（]?[一二三四五六七八九十]{1,3}[)）、]"
)
_LOWER_CASE_WORD = re.compile(r"[a-z]+\b")
_STOPS = "。！？!?；;.」”』\"':：…"
_HANGING = "，。、；：！？）」』”’》"


@dataclass(frozen=True, slots=True)
class _Break:
    """A line end between two lines of a block: where it is, and whether it looks made by width."""

    offset: int
    needed: int  # the columns that this line and the next one's first word would have taken
    full: int  # the columns of the block's widest line
    stopped: bool
    carries_on: bool  # the next line begins in the middle of an English sentence

    @property
    def filled(self) -> bool:
        return self.needed > self.full


def wrapped_line_ends(text: str) -> frozenset[int]:
    """Offsets of the line ends that only width put there, inside a sentence or between two."""
    blocks = [_breaks(text, block) for block in _blocks(text)]
    wrapped = [breaks for breaks in blocks if _is_wrapped(breaks)]
    column = max((breaks[0].full for breaks in wrapped), default=None)
    ends = {each.offset for breaks in wrapped for each in breaks if each.filled}
    for breaks in blocks:
        if len(breaks) == 1 and _is_wrapped_pair(breaks[0], column):
            ends.add(breaks[0].offset)
    return frozenset(ends)


def _blocks(text: str) -> Iterator[list[Span]]:
    """Runs of lines with no blank line between them."""
    block: list[Span] = []
    start = 0
    for line in [*text.split("\n"), ""]:
        if line and not line.isspace():
            block.append(Span(start, start + len(line)))
        elif block:
            yield block
            block = []
        start += len(line) + 1


def _breaks(text: str, block: list[Span]) -> list[_Break]:
    if len(block) < 2 or max(map(len, block)) > _WIDEST:  # noqa: PLR2004 - a break is between two
        return []
    lines = [span.of(text).rstrip() for span in block]
    full = max(display_width(line[:-1] if line[-1] in _HANGING else line) for line in lines)
    if not _NARROWEST <= full <= _WIDEST:
        return []
    return [
        _Break(
            span.end,
            _needed(line, following),
            full,
            stopped=line[-1] in _STOPS,
            carries_on=bool(_LOWER_CASE_WORD.match(following)),
        )
        for span, (line, following) in zip(block, pairwise(lines), strict=False)
    ]


def _needed(line: str, following: str) -> int:
    if _BEGINS_ANEW.match(following):
        return 0
    word = _WORD.match(following)
    assert word is not None  # a line begins with something, and white space begins anew
    gap = 1 if word[0].isascii() and line[-1].isascii() and not line.endswith("-") else 0
    return display_width(line) + gap + display_width(word[0].rstrip(_HANGING))


def _is_wrapped(breaks: list[_Break]) -> bool:
    """Whether enough lines are full, and few of those end with their sentence or short without one."""
    filled = [each for each in breaks if each.filled]
    stopped = sum(each.stopped for each in filled)
    unexplained = sum(not each.filled and not each.stopped for each in breaks)
    return len(filled) > 1 and stopped * 3 <= len(filled) and unexplained * 4 <= len(breaks)


def _is_wrapped_pair(only: _Break, column: int | None) -> bool:
    """Two lines prove little: they need a wrapped text around them, or a sentence that goes on."""
    if only.stopped or not only.filled:
        return False
    return only.carries_on if column is None else only.full <= column < only.needed
