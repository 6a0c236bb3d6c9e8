"""Which sentence answers, and how likely: a calibrated combination of what is known of it.

A linear score over plain features, with one set of weights where question and article
share a language and one where they do not. The weights are fitted by `index/training/ranking.py`
on training questions, answerable and not, and written to `models/ranking.json`. The
likeliest passages are then read (`index/verdict.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from index.evidence import KINDS, counts, figures, fits
from index.inference import MODELS, Vectors
from index.keywords import terms
from index.linear import Linear
from index.records import Article, Span
from index.search import Found, Query
from index.snapshot import Snapshot
from index.text import fold
from index.wording import Shares, coverage

FEATURES = (
    "sentence_cosine",
    "neighbour_cosine",
    "passage_cosine",
    "lead",  # of the cosine over the passages' usual best one
    "sentence_coverage",  # of the question's terms, weighted by rarity
    "focus_coverage",  # the same without the terms of the article's title: what is asked of the subject
    "local_coverage",  # the same with rarity among the candidates of its language: what tells them apart
    "passage_coverage",
    "rarest_missing",
    "names_missing",  # of the question's names in Latin script, in passage and title
    "figures_missing",  # of the question's figures, in passage and title
    "passage_rank",
    "counts",
    "asks_back",
    "no_stop",
    "length",
    *KINDS,
)

Features = npt.NDArray[np.float32]

MODEL = MODELS / "ranking.json"
_HEADING = 40  # characters; a longer line says something
_LINE_ENDS = ("", "\n")
_STOPS = "。！？!?.；;…」』”’\"')）"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that could be quoted, and what is known of it: (len(FEATURES),).

    It is number `place` of the sentences of the passage in `row`.
    """

    article: Article
    span: Span
    row: int
    place: int
    features: Features
    same_language: bool

    @property
    def words(self) -> str:
        """Its letters and digits in a row, folded: what makes two of them copies."""
        return "".join(filter(str.isalnum, fold(self.span.of(self.article.text)).text))


@cache
def ranking() -> Linear:
    """The bundled weights."""
    return Linear.load(MODEL, FEATURES)


def candidates(query: Query, snapshot: Snapshot, found: tuple[Found, ...]) -> list[Candidate]:
    """Every sentence of the passages found, with its features, in the passages' order.

    Lines that only head what follows are left out.
    """
    read = [_Read.of(query, snapshot, each) for each in found]
    if not read:
        return []
    background = float(np.median([each.cosines.max() for each in read]))
    local = {crosses: _local_rarity(read, crosses=crosses) for crosses in (False, True)}
    return [
        Candidate(
            each.article,
            span,
            each.row,
            at,
            _features(query, each, at, _Around(rank, background, local[each.crosses])),
            not each.crosses,
        )
        for rank, each in enumerate(read)
        for at, span in enumerate(each.spans)
        if not _is_heading(each.article.text, span)
    ]


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage taken apart: its sentences with their cosines and terms, and what they share.

    `held` says how much of each of the question's terms a sentence holds, (sentences, terms),
    and `focus` is the terms' rarity as far as the article's title does not hold them.
    """

    row: int
    article: Article
    crosses: bool
    spans: tuple[Span, ...]
    lengths: tuple[int, ...]
    cosines: Vectors
    held: Shares
    rarity: Shares
    focus: Shares
    passage_cosine: float
    passage_coverage: float
    rarest_missing: float
    names_missing: float
    figures_missing: float

    @classmethod
    def of(cls, query: Query, snapshot: Snapshot, found: Found) -> _Read:
        article = found.hit.passage.article
        crosses = query.crosses(article.language)
        form = query.form(found.row)
        wording, vector = form.wording, form.vector
        rows = snapshot.tables.sentence_rows(found.row)
        spans = tuple(snapshot.tables.sentence(row) for row in rows)
        words = [frozenset(terms(span.of(article.text))) for span in spans]
        held = np.array([wording.held(each) for each in words])
        title = wording.held(frozenset(terms(article.title)))
        present = np.maximum(held.max(axis=0), title)
        given = figures(fold(f"{article.title}\n{found.hit.passage.text}\n{article.published or ''}").text)
        return cls(
            found.row,
            article,
            crosses,
            spans,
            tuple(map(len, words)),
            snapshot.tables.sentence_cosines(vector, np.fromiter(rows, dtype=np.int64)),
            held,
            wording.rarity,
            wording.rarity * (1 - title),
            float(snapshot.tables.passage_cosines(vector, np.array([found.row]))[0]),
            coverage(wording.rarity, present),
            _rarest_missing(wording.rarity, present),
            float((1 - present[wording.names]).mean()) if wording.names.any() else 0.0,
            _missing(query.wanted.figures, given),
        )


@dataclass(frozen=True, slots=True)
class _Around:
    """What a candidate's features are measured against."""

    rank: int
    background: float
    local_rarity: Shares


def _local_rarity(read: Sequence[_Read], *, crosses: bool) -> Shares:
    """How well each of the question's terms tells a language's candidate sentences apart, (terms,)."""
    tables = [each.held for each in read if each.crosses is crosses]
    if not tables:
        return np.empty(0)
    held = np.concatenate(tables)
    holding = held.sum(axis=0)
    return np.where(holding > 0, np.log((len(held) + 1) / (holding + 0.5)), 0.0)


def _is_heading(text: str, span: Span) -> bool:
    """Whether a sentence is a short line of its own, without a stop and without a figure."""
    words = span.of(text)
    if len(words) >= _HEADING or words[-1] in _STOPS or any(map(str.isdigit, words)):
        return False
    before, after = text[: span.start].rstrip(" \t"), text[span.end :].lstrip(" \t")
    return before[-1:] in _LINE_ENDS and after[:1] in _LINE_ENDS


def _features(query: Query, read: _Read, at: int, around: _Around) -> Features:
    text = read.spans[at].of(read.article.text)
    folded, held = fold(text).text, read.held[at]
    near = [float(read.cosines[each]) for each in (at - 1, at + 1) if 0 <= each < len(read.cosines)]
    return np.array(
        [
            read.cosines[at],
            max(near, default=float(read.cosines[at])),
            read.passage_cosine,
            read.cosines[at] - around.background,
            coverage(read.rarity, held),
            coverage(read.focus, held),
            coverage(around.local_rarity, held),
            read.passage_coverage,
            read.rarest_missing,
            read.names_missing,
            read.figures_missing,
            1 / (1 + around.rank),
            counts(query.wanted, folded),
            folded.rstrip("\"')").endswith("?"),
            text[-1] not in _STOPS,
            min(read.lengths[at], 120) / 60,
            *fits(query.wanted, folded),
        ],
        dtype=np.float32,
    )


def _missing(named: frozenset[str], present: frozenset[str]) -> float:
    return len(named - present) / len(named) if named else 0.0


def _rarest_missing(rarity: Shares, held: Shares) -> float:
    """How much of the rarest term is missing: 1 if the rarest is, 0 if none is."""
    rarest = float(rarity.max(initial=0.0))
    return float((rarity * (1 - held)).max(initial=0.0)) / rarest if rarest else 0.0
