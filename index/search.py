"""A question to passages: by meaning, by keywords, and both fused into one list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np
import numpy.typing as npt

from index.abbreviations import spelled_out
from index.encoder import Encoder
from index.evidence import Wanted, wanted
from index.fusion import fuse
from index.inference import Vectors
from index.keywords import question_terms
from index.records import Hit, Origin, Within
from index.snapshot import Snapshot
from index.tables import Rows, cosines
from index.text import fold, language_of

_DEPTH, _KEYWORD_DEPTH = 150, 60  # passages that meaning and keywords may propose
# How much each measure counts; BM25 is silent across languages.
_PASSAGE, _SENTENCE, _KEYWORDS = 1.0, 1.0, 0.7

_NAME = re.compile(r"\b[A-Z][\w&'-]*")  # capitals are all that marks a name in Latin script


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready: its terms with their rarity, its vector, what it wants, the names in it.

    `text` is what the models read: abbreviations are spelled out.
    """

    text: str
    language: str
    terms: dict[str, float]
    vector: Vectors
    wanted: Wanted
    names: frozenset[str]


def prepare(question: str, snapshot: Snapshot, encoder: Encoder) -> Query:
    """Fold, split and encode a question."""
    terms = {term: snapshot.keywords.rarity(term) for term in question_terms(question)}
    text = spelled_out(question)
    vector = encoder.encode([text])[0]
    names = frozenset(question_terms(" ".join(_NAME.findall(question))))
    return Query(text, language_of(question), terms, vector, wanted(fold(question).text), names)


@dataclass(frozen=True, slots=True)
class Found:
    """A hit and its row in the snapshot's tables."""

    row: int
    hit: Hit


def search(
    query: Query,
    snapshot: Snapshot,
    count: int,
    *,
    without: frozenset[str] = frozenset(),
    within: Within | None = None,
) -> tuple[Found, ...]:
    """The `count` best passages for a question, best first, of all articles but those in `without`.

    `within` restricts them further, before anything is ranked.

    Both ways of searching propose passages; then every proposal is scored by all three
    measures: the passage's cosine, its best sentence's cosine, and BM25. Scores are compared
    within a language, because an English question is nearer to every English passage than to
    the Chinese one that answers it; then each language gives its best in turn.
    """
    keyword_scores = snapshot.keywords.scores(list(query.terms))
    dense, lexical = _proposed(query, snapshot, keyword_scores, within)
    rows = snapshot.rows_without(np.array(sorted({*dense, *lexical}), dtype=np.int64), without)
    chinese = snapshot.is_chinese(rows)
    scored = [_scored(query, snapshot, rows[own], keyword_scores) for own in (chinese, ~chinese)]
    origins = _Origins(frozenset(dense), frozenset(lexical))
    best = islice(_in_turn(scored), count)
    found = (Found(row, Hit(snapshot.passage(row), score, origins.of(row))) for row, score in best)
    return tuple(sorted(found, key=lambda each: -each.hit.score))


def _proposed(
    query: Query, snapshot: Snapshot, keyword_scores: npt.NDArray[np.float32], within: Within | None
) -> tuple[Sequence[int], Sequence[int]]:
    """The rows that meaning and keywords propose; those that a filter leaves are all compared."""
    if within is None:
        near = snapshot.store.nearest(query.vector, min(_DEPTH, len(snapshot.tables)))
        return [*near, *snapshot.manifest.stragglers], _best(keyword_scores, _KEYWORD_DEPTH)
    rows = snapshot.rows_within(within)
    order = np.argsort(-cosines(query.vector, snapshot.tables.passage_vectors, rows), kind="stable")
    lexical = [int(rows[at]) for at in _best(keyword_scores[rows], _KEYWORD_DEPTH)]
    return [int(row) for row in rows[order[:_DEPTH]]], lexical


def _scored(
    query: Query, snapshot: Snapshot, rows: Rows, keyword_scores: npt.NDArray[np.float32]
) -> list[tuple[int, float]]:
    """Rows with their fused scores, best first."""
    if not len(rows):
        return []
    scores = fuse(
        [
            (cosines(query.vector, snapshot.tables.passage_vectors, rows), _PASSAGE),
            (_best_sentences(query.vector, snapshot, rows), _SENTENCE),
            (keyword_scores[rows], _KEYWORDS),
        ]
    )
    order = np.argsort(-scores, kind="stable")
    return [(int(rows[at]), float(scores[at])) for at in order]


def _in_turn(lists: Sequence[Sequence[tuple[int, float]]]) -> Iterator[tuple[int, float]]:
    """The firsts of all lists, then the seconds, and so on."""
    for row in zip_longest(*lists):
        yield from (each for each in row if each is not None)


@dataclass(frozen=True, slots=True)
class _Origins:
    dense: frozenset[int]
    lexical: frozenset[int]

    def of(self, row: int) -> Origin:
        if row in self.dense and row in self.lexical:
            return Origin.BOTH
        return Origin.DENSE if row in self.dense else Origin.KEYWORDS


def _best(scores: npt.NDArray[np.float32], count: int) -> Sequence[int]:
    """The rows of the `count` highest scores above zero."""
    count = min(count, len(scores))
    top = np.argpartition(-scores, count - 1)[:count] if count else np.array([], dtype=np.int64)
    return [int(row) for row in top if scores[row] > 0]


def _best_sentences(vector: Vectors, snapshot: Snapshot, rows: Rows) -> Vectors:
    """Each passage's highest cosine among its sentences, (rows,)."""
    ranges = [snapshot.tables.sentence_rows(int(row)) for row in rows]
    sentence_rows = np.fromiter((row for each in ranges for row in each), dtype=np.int64)
    found = cosines(vector, snapshot.tables.sentence_vectors, sentence_rows)
    starts = np.cumsum([0, *(len(each) for each in ranges[:-1])])
    best: Vectors = np.maximum.reduceat(found, starts)
    return best
