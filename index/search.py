"""A question to passages: by meaning, by keywords, and both fused into one list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

import numpy as np
import numpy.typing as npt

from index.abbreviations import spelled_out
from index.encoder import Encoder
from index.evidence import Wanted, wanted
from index.fusion import fuse
from index.inference import Vectors
from index.keywords import neighbours, question_terms
from index.lexicon import bundled_lexicon
from index.months import MONTH, WEEKDAY
from index.records import Hit, Origin, Within
from index.snapshot import Snapshot
from index.tables import Rows
from index.text import fold, language_of, same_language
from index.wording import Wording

_DEPTH, _KEYWORD_DEPTH = 150, 60  # passages that meaning and keywords may propose
_NAME = re.compile(r"\b[A-Z][\w&'-]*")  # capitals are all that marks a name in Latin script
# A sentence's first word has one anyhow, and nobody is called December.
_SURELY_NAME = re.compile(rf"(?<=[\w,] )(?!(?:I|{WEEKDAY}|{MONTH})\b)[A-Z][\w&'-]*")
_CERTAIN = 0.9  # of a name's writing in the other language: the square root of a probability


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each measure counts."""

    passage: float = 1.0
    sentence: float = 1.0
    keywords: float = 0.7


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Form:
    """A question as it is asked of the articles in one language.

    `text` is what the models read: abbreviations are spelled out, and names are as those articles
    write them where only their sound tells. `vector` (d,) is what it means, and `wording` its terms.
    """

    text: str
    vector: Vectors
    wording: Wording


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for a snapshot.

    `own` and `across` are its forms for articles in its language and in the other; `foreign`
    (passages,) says which passages are in the other, and `keyword_scores` (passages,) how well
    the terms fit each. `wanted` is what kind of answer it asks for.
    """

    language: str
    own: Form
    across: Form
    foreign: npt.NDArray[np.bool_]
    keyword_scores: npt.NDArray[np.float32]
    wanted: Wanted

    def crosses(self, language: str) -> bool:
        """Whether an article's language is another than the question's."""
        return not same_language(self.language, language)

    def form(self, row: int) -> Form:
        """The form for the article of a passage."""
        return self.across if self.foreign[row] else self.own

    def vectors(self) -> list[Vectors]:
        """Those of its forms, once where they are the same."""
        return list({form.text: form.vector for form in (self.own, self.across)}.values())


def prepare(question: str, snapshot: Snapshot, encoder: Encoder) -> Query:
    """Fold, split, translate and encode a question."""
    text, language = spelled_out(question), language_of(question)
    keywords, names = snapshot.keywords, question_terms(" ".join(_NAME.findall(question)))
    terms = list(dict.fromkeys(question_terms(question)))
    foreign = snapshot.chinese != language.startswith("zh")
    sure = question_terms(" ".join(_SURELY_NAME.findall(question)))
    certain, translations, abroad = list[str](), list[dict[str, float]](), text
    lexicon = bundled_lexicon()
    named = lexicon.names(text) if language.startswith("zh") else []
    sure += [pair for name in named for pair in neighbours(name)]
    if foreign.any():
        spellings = [] if language.startswith("zh") else lexicon.spellings(text, keywords)
        translations, abroad = lexicon.translate(text, keywords, spellings), lexicon.respelt(text, spellings)
        certain = [name for name in sure if lexicon.certainty(name) >= _CERTAIN]
        certain += [
            pair for name in named if lexicon.certainty(name) >= _CERTAIN for pair in neighbours(name)
        ]
        certain += [*lexicon.heard(spellings), *lexicon.people(text)]
    translated, rarity = keywords.translated(translations, foreign)
    texts = list(dict.fromkeys((text, abroad)))
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    own = Wording.of([{term: 1.0} for term in terms], [keywords.rarity(term) for term in terms], names, sure)
    across = Wording.of(translations, rarity.tolist(), names, certain)
    return Query(
        language,
        Form(text, vectors[text], own),
        Form(abroad, vectors[abroad], across),
        foreign,
        np.where(foreign, translated, keywords.scores(terms)),
        wanted(fold(question).text),
    )


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
    weights: Weights = WEIGHTS,
) -> tuple[Found, ...]:
    """The `count` best passages for a question, best first, of all articles but those in `without`.

    `within` restricts them further, before anything is ranked.

    Both ways of searching propose passages; then every proposal is scored by all three
    measures: the passage's cosine, its best sentence's cosine, and BM25, in the other language
    over the lexicon's translations. Scores are compared within a language, because an English
    question is nearer to every English passage than to the Chinese one that answers it; then
    each language gives its best in turn.
    """
    dense, lexical = _proposed(query, snapshot, within)
    if not weights.keywords:
        lexical = []
    rows = snapshot.rows_without(_in_order(snapshot, {*dense, *lexical}), without)
    chinese = snapshot.chinese[rows]
    scored = [_scored(query, snapshot, rows[own], weights) for own in (chinese, ~chinese)]
    origins = _Origins(frozenset(dense), frozenset(lexical))
    best = islice(_in_turn(scored), count)
    found = (Found(row, Hit(snapshot.passage(row), score, origins.of(row))) for row, score in best)
    return tuple(sorted(found, key=lambda each: -each.hit.score))


def _proposed(query: Query, snapshot: Snapshot, within: Within | None) -> tuple[list[int], list[int]]:
    """The rows that meaning and keywords propose; those that a filter leaves are all compared."""
    if within is None:
        near = [snapshot.nearest(vector, _DEPTH) for vector in query.vectors()]
        rows = np.flatnonzero(query.keyword_scores)
    else:
        rows = snapshot.rows_within(within)
        near = [snapshot.nearest_of(rows, vector, _DEPTH) for vector in query.vectors()]
    return [row for each in near for row in each], _by_keywords(query, rows)


def _in_order(snapshot: Snapshot, rows: Iterable[int]) -> Rows:
    """Rows by their articles' ids and offsets, so that ties fall alike however the index is put together."""
    version, tables = snapshot.holdings.version, snapshot.tables
    ordered = sorted(rows, key=lambda row: (version(tables.article_number(row)), tables.span(row)))
    return np.array(ordered, dtype=np.int64)


def _by_keywords(query: Query, rows: Rows) -> list[int]:
    """Those of some rows that fit the question's terms best, of each language as many."""
    own = query.foreign[rows]
    scores = query.keyword_scores[rows]
    return [int(rows[at]) for group in (own, ~own) for at in _best(scores * group, _KEYWORD_DEPTH)]


def _scored(query: Query, snapshot: Snapshot, rows: Rows, weights: Weights) -> list[tuple[int, float]]:
    """Rows, of one language, with their fused scores, best first."""
    if not len(rows):
        return []
    vector = query.form(rows[0]).vector
    scores = fuse(
        [
            (snapshot.tables.passage_cosines(vector, rows), weights.passage),
            (_best_sentences(vector, snapshot, rows), weights.sentence),
            (query.keyword_scores[rows], weights.keywords),
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
    found = snapshot.tables.sentence_cosines(vector, sentence_rows)
    starts = np.cumsum([0, *(len(each) for each in ranges[:-1])])
    best: Vectors = np.maximum.reduceat(found, starts)
    return best
