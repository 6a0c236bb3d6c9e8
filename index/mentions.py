"""What whole articles mention of a question, and which of them mention nobody whom it names.

A sentence that fits a question in all but whom it is about misleads most: Xiaomi's budget, where
Apple's is asked for. Its passage need not say the name, but its article hardly ever leaves it out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from index.search import Query
from index.snapshot import Snapshot
from index.wording import Shares, Wording

_TRACE: Final = 0.25  # of a name; less is no mention


def strangers(query: Query, snapshot: Snapshot, rows: Collection[int]) -> frozenset[int]:
    """Those of some rows whose article mentions none of the question's names.

    Only names count of which it is certain how the article's language writes them; where there are
    none, nobody is a stranger.
    """
    found = set[int]()
    for wording, foreign in ((query.own.wording, False), (query.across.wording, True)):
        own = [row for row in rows if bool(query.foreign[row]) is foreign]
        if own and wording.certain.any():
            articles = [snapshot.tables.article_number(row) for row in own]
            most_of = _named(wording, snapshot, articles).max(axis=1)
            found |= {row for row, most in zip(own, most_of, strict=True) if most < _TRACE}
    return frozenset(found)


def mentioned(wording: Wording, snapshot: Snapshot, articles: Sequence[int]) -> Shares:
    """How much of each term the articles of these numbers hold, each as a whole, (articles, terms)."""
    held = np.zeros((len(articles), len(wording.rarity)))
    for word, shares in wording.written.items():
        mentions = _holding(word, snapshot, articles)
        for number, share in shares:
            held[:, number] = np.maximum(held[:, number], share * mentions)
    return held


def _named(wording: Wording, snapshot: Snapshot, articles: Sequence[int]) -> Shares:
    """How much of each certain name each article holds, (articles, terms); the parts of a word add up."""
    held = np.zeros((len(articles), len(wording.certain)))
    for word, shares in wording.written.items():
        named = [(number, share) for number, share in shares if wording.certain[number]]
        if named:
            mentions = _holding(word, snapshot, articles)
            for number, share in named:
                held[:, number] += share * mentions
    return held


def _holding(word: str, snapshot: Snapshot, articles: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Which of the articles hold a word, (articles,)."""
    firsts, ends = (np.searchsorted(snapshot.tables.articles, articles, side) for side in ("left", "right"))
    rows, _ = snapshot.keywords.holding(word)
    holding: npt.NDArray[np.bool_] = np.searchsorted(rows, firsts) < np.searchsorted(rows, ends)
    return holding
