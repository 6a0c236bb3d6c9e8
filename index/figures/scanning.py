"""Finding what can be explained in a text: patterns, each with what reads its matches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from index.records import Aid, Span

Reader = Callable[[re.Match[str]], str | None]


def scan(text: str, kinds: tuple[tuple[re.Pattern[str], Reader], ...]) -> Iterator[Aid]:
    """What the readers say of their patterns' matches, of each in order; None says nothing.

    The kind that is named first has the first right to the words, so that aids never overlap.
    """
    taken: list[Span] = []
    for pattern, read in kinds:
        for match in pattern.finditer(text):
            span = Span(*match.span("words" if "words" in pattern.groupindex else 0))
            if any(span.start < other.end and other.start < span.end for other in taken):
                continue
            if (said := read(match)) is not None:
                taken.append(span)
                yield Aid(span, said)
