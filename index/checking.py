"""Before a generation goes live: what has just been written is found, by meaning and by its words.

The checks go the way that questions go, over a snapshot of the whole generation. What they raise
keeps the old generation live.
"""

from __future__ import annotations

import numpy as np

from index.archive import ROUNDING
from index.errors import LibraryDamaged
from index.keywords import terms
from index.snapshot import Snapshot
from index.tables import Rows
from index.writing import Tell

_NEAR = 150  # passages among which a vector must find its own
_SAMPLE = 50  # articles that are looked for by meaning; the vectors of a base have all been by then
_BLOCK = 4096  # vectors looked at together

_AGAIN = "the old index stays live; run `articlebot index` again"


def check(snapshot: Snapshot, first: int, articles: int, tell: Tell) -> None:
    """Check a generation of so many articles, the rows of which are new from `first` on.

    Raises LibraryDamaged.
    """
    _check_counts(snapshot, articles)
    rows = first + np.flatnonzero(snapshot.alive[first:])
    _check_lengths(snapshot, rows)
    _, heads = np.unique(snapshot.tables.articles[rows], return_index=True)
    for done, row in enumerate(rows[heads]):
        tell(done / len(heads))
        _check_words(snapshot, int(row))
    for row in rows[heads][:: max(1, len(heads) // _SAMPLE)]:
        _check_nearest(snapshot, int(row))
    tell(1.0)


def _check_counts(snapshot: Snapshot, articles: int) -> None:
    alive = int(snapshot.alive.sum())
    if (len(snapshot.holdings), alive) != (articles, snapshot.manifest.passages):
        raise LibraryDamaged(
            f"the index holds {len(snapshot.holdings)} articles in {alive} passages instead of {articles} in "
            f"{snapshot.manifest.passages}; {_AGAIN}"
        )


def _check_lengths(snapshot: Snapshot, rows: Rows) -> None:
    """A vector of another length than one finds another than itself, or nothing."""
    for start in range(0, len(rows), _BLOCK):
        vectors = snapshot.tables.passage_vectors(rows[start : start + _BLOCK])
        off = ~(np.abs(np.linalg.norm(vectors, axis=1) - 1) < ROUNDING)  # true of what is no number
        if off.any():
            row = int(rows[start + int(off.argmax())])
            raise LibraryDamaged(
                f"the vector of a passage of {snapshot.article_of(row).title!r} has not the length of one; "
                f"{_AGAIN}"
            )


def _check_words(snapshot: Snapshot, row: int) -> None:
    """The words of a passage's first sentence, cut from the archive, lead to it."""
    outline = snapshot.outline(row)
    text = outline.passage.article.text
    # A word at the edge of a sentence may go on beyond it.
    words = {*terms(outline.sentences[0].of(text))} & {*terms(outline.passage.text)}
    for word in words:
        holding = snapshot.keywords.holding(word)[0]
        place = int(np.searchsorted(holding, row))
        if place == len(holding) or holding[place] != row:
            raise LibraryDamaged(
                f"the article {outline.passage.article.title!r} is not found by its own {word!r}; {_AGAIN}"
            )


def _check_nearest(snapshot: Snapshot, row: int) -> None:
    if not _finds_itself(snapshot, row):
        raise LibraryDamaged(
            f"a passage of {snapshot.article_of(row).title!r} is not found by its own vector; {_AGAIN}"
        )


def _finds_itself(snapshot: Snapshot, row: int) -> bool:
    """A passage is among those nearest to its own vector, unless as many are just as near."""
    vector = snapshot.tables.passage_vectors(np.array([row]))[0]
    found = snapshot.nearest(vector, _NEAR)
    if row in found:
        return True
    farthest = snapshot.tables.passage_cosines(vector, np.array(found[-1:], dtype=np.int64))
    return bool(farthest.size and farthest[0] >= 1 - ROUNDING)


def unreachable(snapshot: Snapshot) -> int:
    """How many passages are not found by their own vectors, all of them looked for one by one."""
    return sum(not _finds_itself(snapshot, int(row)) for row in np.flatnonzero(snapshot.alive))
