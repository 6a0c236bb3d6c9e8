"""An article in a few of its own sentences: those nearest to what all of them say together.

The vectors of its sentences were made for searching. Their mean stands for the article, as in
centroid summaries (Radev et al. 2004, https://doi.org/10.1016/j.ipm.2003.10.006); a news story
tells what matters first, so the first sentences are preferred. Furniture has no vectors.
"""

from __future__ import annotations

import numpy as np

from index.inference import Vectors
from index.passages import weight
from index.records import Quote, Within
from index.snapshot import Snapshot

_EARLY = 0.15  # of a cosine, for the first sentence; a third of it for the third
_ALIKE = 0.9  # the cosine from which a sentence adds nothing to one that is taken
_SHORTEST, _LONGEST = 12, 150  # in Chinese characters or their equivalent: no heading, no list
_STOPS = "。！？!?.…」』”\"')）"


def summary(snapshot: Snapshot, article: str, count: int) -> tuple[Quote, ...]:
    """Up to `count` sentences of an article that is there, in their order."""
    rows = snapshot.rows_within(Within(articles=frozenset((article,))))
    if not len(rows):
        return ()
    of = snapshot.article_of(int(rows[0]))
    found = [row for each in rows for row in snapshot.tables.sentence_rows(int(each))]
    whole = [row for row in found if _is_whole(snapshot.tables.sentence(row).of(of.text))] or found
    vectors = snapshot.tables.sentence_vectors(np.array(whole, dtype=np.int64))
    return tuple(Quote(of, snapshot.tables.sentence(whole[at])) for at in sorted(_central(vectors, count)))


def _is_whole(words: str) -> bool:
    return words[-1] in _STOPS and _SHORTEST <= weight(words) <= _LONGEST


def _central(vectors: Vectors, count: int) -> list[int]:
    """The places of the sentences nearest to the mean, best first, none like another."""
    mean = vectors.mean(axis=0)
    near = vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-6))
    scores = near + _EARLY / (1 + np.arange(len(vectors)))
    taken: list[int] = []
    for at in np.argsort(-scores, kind="stable"):
        if len(taken) < count and all(float(vectors[at] @ vectors[other]) < _ALIKE for other in taken):
            taken.append(int(at))
    return taken
