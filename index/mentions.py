"""Which articles mention nobody whom a question names.

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
from index.wording import Wording

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
            mentioned = _mentioned(wording, snapshot, articles).max(axis=1)
            found |= {row for row, most in zip(own, mentioned, strict=True) if most < _TRACE}
    return frozenset(found)


def _mentioned(wording: Wording, snapshot: Snapshot, articles: Sequence[int]) -> npt.NDArray[np.float64]:
    """How much of each certain name each article holds, (articles, terms); the parts of a word add up."""
    firsts, ends = (np.searchsorted(snapshot.tables.articles, articles, side) for side in ("left", "right"))
    held = np.zeros((len(articles), len(wording.certain)))
    for word, shares in wording.written.items():
        named = [(number, share) for number, share in shares if wording.certain[number]]
        if named:
            rows, _ = snapshot.keywords.holding(word)
            mentions = np.searchsorted(rows, firsts) < np.searchsorted(rows, ends)
            for number, share in named:
                held[:, number] += share * mentions
    return held
