"""Reading aids: what a figure or a date of a quote says, for who asked in another language.

A Chinese quote's 2000億元 is "200 billion yuan" to who asked in English, an English one's
"1.2 million" is 120萬 to who asked in Chinese. An aid stands beside its quote, never inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from index.figures import chinese, english
from index.records import Aid, Span

MOST = 6
_AROUND = 24  # characters beside a quote, so that a figure that is cut by its edge is not read in part

_EXPLAINED: dict[str, Callable[[str], Iterator[Aid]]] = {
    "en": chinese.explained,
    "zh-Hant": partial(english.explained, language="zh-Hant"),
    "zh-Hans": partial(english.explained, language="zh-Hans"),
}


def aids(article_text: str, span: Span, language: str) -> tuple[Aid, ...]:
    """Say the figures and dates of a quote in the language of who asked; at most six, in order.

    `span` is the quote within `article_text`, and so are the spans of the aids: inside it,
    apart from each other. A figure that comes again is explained once. `language` is "en",
    "zh-Hant" or "zh-Hans"; who asked in any other gets none.
    """
    if (explained := _EXPLAINED.get(language)) is None:
        return ()
    start = max(0, span.start - _AROUND)
    found = (
        Aid(Span(start + each.span.start, start + each.span.end), each.text)
        for each in explained(article_text[start : span.end + _AROUND])
    )
    inside = sorted((aid for aid in found if span.contains(aid.span)), key=lambda aid: aid.span)
    once = {(aid.span.of(article_text), aid.text): aid for aid in reversed(inside)}
    return tuple(sorted(once.values(), key=lambda aid: aid.span))[:MOST]
