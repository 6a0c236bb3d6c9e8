"""Ranked sentences to quotes: none that only says again what a better one says. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from index.records import Article, Quote, Span
from index.text import fold

Ranked = tuple[float, Article, Span]
"""A sentence with its probability to answer."""


def best_quotes(ranked: Iterable[Ranked], *, most: int, confidence: float) -> tuple[Quote, ...]:
    """Up to `most` quotes of at least `confidence`, best first.

    A sentence whose words all stand in a row in a better quote (the same one, whatever its
    script or punctuation, or a part of it) is left out.
    """
    quotes: list[Quote] = []
    said: list[str] = []
    for probability, article, span in sorted(ranked, key=lambda each: -each[0]):
        if probability < confidence or len(quotes) >= most:
            break
        words = "".join(filter(str.isalnum, fold(span.of(article.text)).text))
        if words and not any(words in better for better in said):
            said.append(words)
            quotes.append(Quote(article, span, score=round(probability, 4)))
    return tuple(quotes)
