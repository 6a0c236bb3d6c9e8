"""Ranked sentences to quotes: what articles say alike once, what they say otherwise side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from index.agreement import Statement, differ, same
from index.outlets import speaker
from index.records import Article, Quote, Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Ranked:
    """A sentence that answers, with its probability to do so and its unit vector, (d,), if there is one."""

    probability: float
    article: Article
    span: Span
    vector: npt.NDArray[np.float32] | None = None

    @cached_property
    def statement(self) -> Statement:
        """What it says, for comparing."""
        return Statement(self.span.of(self.article.text), self.article.published, self.article.title)


@dataclass(frozen=True, slots=True)
class Composed:
    """Quotes in the order in which to show them, and whether some of them give different figures."""

    quotes: tuple[Quote, ...]
    disagree: bool


def compose(ranked: Iterable[Ranked], *, most: int, least: float, on_times: bool = False) -> Composed:
    """Up to `most` quotes, best first, each of at least the probability `least`.

    A statement that several articles make is one quote, the best, with the others in `also`, one
    of each outlet: an outlet that repeats itself is still one. Beside a quote stand those of other
    articles that say the same with another figure, whatever their probability, the newest first if
    all are dated; how many articles say so counts for nothing. `on_times`, for a question that
    asks when, takes times for figures.
    """
    left = sorted((each for each in ranked if each.statement.tokens), key=lambda each: -each.probability)
    quotes: list[Quote] = []
    disagree = False
    while left and len(quotes) < most and left[0].probability >= least:
        best = left[0]
        together = [_take(best, left)]
        for other in [each for each in left if _differ(best, each, on_times=on_times)]:
            if other in left and len(quotes) + len(together) < most:
                together.append(_take(other, left))
        disagree = disagree or len(together) > 1
        quotes += _newest_first(together)
    return Composed(tuple(quotes), disagree)


def _take(best: Ranked, left: list[Ranked]) -> Quote:
    """The quote of a sentence, which is taken from those left with all that say the same."""
    alike = [each for each in left if each is best or _same(best, each)]
    left[:] = [each for each in left if not any(each is taken for taken in alike)]
    others = {speaker(each.article): each.article for each in reversed(alike)}  # the likeliest of each
    others.pop(speaker(best.article))
    also = sorted(others.values(), key=[each.article for each in alike].index)
    return Quote(best.article, best.span, score=round(best.probability, 4), also=tuple(also))


def _same(one: Ranked, other: Ranked) -> bool:
    return same(one.statement, other.statement, _cosine(one, other))


def _differ(one: Ranked, other: Ranked, *, on_times: bool) -> bool:
    if one.article.id == other.article.id:
        return False
    return differ(one.statement, other.statement, _cosine(one, other), on_times=on_times)


def _cosine(one: Ranked, other: Ranked) -> float | None:
    if one.vector is None or other.vector is None:
        return None
    return float(one.vector @ other.vector)


def _newest_first(quotes: list[Quote]) -> list[Quote]:
    """Quotes by their articles' dates; as they are if one has none."""
    if any(quote.article.published is None for quote in quotes):
        return quotes
    return sorted(quotes, key=lambda quote: quote.article.published or date.min, reverse=True)
