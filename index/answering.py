"""A question to an `Answer`, or to `NotFound` where the articles do not say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np

from index.certainty import Judged, judge
from index.dialogue import understood
from index.encoder import Encoder
from index.errors import QuestionError
from index.figures import aids
from index.filters import filtered
from index.inference import Vectors
from index.outcomes import Outcomes, Settled, Words
from index.quoting import Ranked, compose
from index.reader import Reader
from index.records import Aid, Answer, Article, Hit, NotFound, Quote, Within
from index.search import Found, Query, prepare, search
from index.snapshot import Snapshot
from index.text import same_language
from index.verdict import PASSAGES

LONGEST_QUESTION = 1000
_NEAREST = 3
_BESIDE = 0.5  # of the best quote's probability: a weaker one beside it is noise to who reads it
_LONGEST_HIGHLIGHT = 0.7  # of a quote; more of it in bold would point at nothing
_MOST_RANKED = 24  # sentences that are compared with each other to be quoted
_WORD = re.compile(r"\w")
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Models:
    """What a question is answered with."""

    encoder: Encoder
    reader: Reader


def checked(question: str) -> str:
    """The question without the white space around it; QuestionError if it cannot be asked."""
    question = question.strip()
    if not question:
        raise QuestionError("the question is empty; ask for something, such as who, when or how much")
    if not _WORD.search(question):
        raise QuestionError(f"the question {question[:20]!r} holds no words; ask for something in words")
    if any("\ud800" <= character <= "\udfff" for character in question):
        raise QuestionError("the question holds half a character (a lone surrogate); send it as UTF-8")
    if len(question) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question is {len(question):,} characters long; ask in at most {LONGEST_QUESTION:,}"
        )
    return question


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a question before anything is refused: the sentences that were read, best first."""

    query: Query
    found: tuple[Found, ...]
    judged: tuple[Judged, ...]


def hear(
    question: str,
    snapshot: Snapshot,
    models: Models,
    *,
    without: frozenset[str] = NOTHING,
    within: Within | None = None,
    depth: int = PASSAGES,
) -> Heard:
    """Search `depth` passages for a checked question in all articles but some, and read the likeliest."""
    query = prepare(question, snapshot, models.encoder)
    found = search(query, snapshot, depth, without=without, within=within)
    judged = judge(query, snapshot, found, models.reader)
    return Heard(query, found, tuple(sorted(judged, key=lambda each: -each.probability)))


def answer(
    question: str,
    snapshot: Snapshot,
    models: Models,
    outcomes: Outcomes,
    *,
    quotes: int,
    confidence: float | None,
    today: date,
    turns: Sequence[str] = (),
    without: frozenset[str] = NOTHING,
    within: Within | None = None,
) -> Answer | NotFound:
    """Answer a checked question from one snapshot, with up to `quotes` quotes of at least `confidence`.

    `turns` are the questions before it, to which it may refer. Its own words ("last week", told
    from `today`) may restrict the articles further than `within` does.
    """
    meant = understood(question, turns)
    asked, within = _filtered(question if meant is None else meant, snapshot, today, within)
    if within is not None and not len(snapshot.rows_within(within)):
        return NotFound(question, understood=meant, within=within, none_within=True)
    search = partial(hear, asked[:LONGEST_QUESTION], snapshot, models, without=without, within=within)
    kept = outcomes.get(
        Words(asked, within, without, quotes, confidence),
        snapshot,
        lambda: _settled(search(), snapshot, quotes=quotes, confidence=confidence),
    )
    if not kept.quotes:
        return NotFound(question, kept.nearest, meant, within)
    return Answer(question, kept.quotes, understood=meant, disagree=kept.disagree, within=within)


def is_at_hand(
    question: str,
    snapshot: Snapshot,
    outcomes: Outcomes,
    *,
    quotes: int,
    confidence: float | None,
    today: date,
    turns: Sequence[str],
    within: Within | None,
) -> bool:
    """Whether answering a checked question would need no reading, since it was asked lately."""
    meant = understood(question, turns)
    asked, within = _filtered(question if meant is None else meant, snapshot, today, within)
    return outcomes.has(Words(asked, within, NOTHING, quotes, confidence), snapshot)


def _settled(heard: Heard, snapshot: Snapshot, *, quotes: int, confidence: float | None) -> Settled:
    """What is shown of what was heard: the quotes that are sure, or what came nearest."""
    sure = [each for each in heard.judged if each.is_sure(confidence)]
    if not sure:
        return Settled(nearest=_nearest(heard.found))
    least = _BESIDE * sure[0].probability
    return Settled(*_quotes(heard.query, snapshot, sure, most=quotes, least=least))


def _filtered(
    question: str, snapshot: Snapshot, today: date, within: Within | None
) -> tuple[str, Within | None]:
    """The question without its words on where and when, and what these and `within` leave."""
    read = filtered(question, today, snapshot.holdings.outlets)
    both = (within or Within()).and_also(read.within or Within())
    return read.text, None if both.everything else both


def passages(heard: Heard, count: int) -> tuple[Hit, ...]:
    """The best passages: those that were read by their best sentence's probability, then the others."""
    likely: dict[int, float] = {}
    for each in heard.judged:  # best first
        likely.setdefault(each.candidate.row, each.probability)
    hits = [replace(each.hit, score=likely.get(each.row, 0.0)) for each in heard.found]
    return tuple(sorted(hits, key=lambda hit: -hit.score)[:count])


@dataclass(frozen=True, slots=True)
class Best:
    """What came nearest, however unlikely, best first: quotes, which of them are `shown`, and passages."""

    quotes: tuple[Quote, ...]
    shown: tuple[bool, ...]
    passages: tuple[Hit, ...]


def best(heard: Heard, snapshot: Snapshot, *, quotes: int, hits: int) -> Best:
    """The best quotes and passages, sure or not."""
    made, _ = _quotes(heard.query, snapshot, heard.judged, most=quotes, least=0.0)
    sure = {(each.candidate.article.id, each.candidate.span) for each in heard.judged if each.is_sure(None)}
    shown = tuple((quote.article.id, quote.span) in sure for quote in made)
    return Best(made, shown, passages(heard, hits))


def _quotes(
    query: Query, snapshot: Snapshot, judged: Sequence[Judged], *, most: int, least: float
) -> tuple[tuple[Quote, ...], bool]:
    """The quotes that sentences come to, with the answer's words and reading aids."""
    ranked = [
        Ranked(each.probability, each.candidate.article, each.candidate.span, _vector(snapshot, each))
        for each in judged[:_MOST_RANKED]
    ]
    composed = compose(ranked, most=most, least=least, on_times="date" in query.wanted.kinds)
    known = {(each.candidate.article.id, each.candidate.span): each for each in judged}
    return tuple(
        _explained(quote, known[quote.article.id, quote.span], query.language) for quote in composed.quotes
    ), composed.disagree


def _vector(snapshot: Snapshot, judged: Judged) -> Vectors:
    row = snapshot.tables.sentence_rows(judged.candidate.row)[judged.candidate.place]
    vector: Vectors = snapshot.tables.sentence_vectors(np.array([row]))[0]
    return vector


def _explained(quote: Quote, judged: Judged, language: str) -> Quote:
    """A quote with the answer's words marked, where they are less than all, and its figures explained."""
    words = judged.highlight
    if words is not None and (
        not quote.span.contains(words) or not 0 < len(words) <= _LONGEST_HIGHLIGHT * len(quote.span)
    ):
        words = None
    return replace(quote, highlight=words, aids=_aids(quote, language))


def _aids(quote: Quote, language: str) -> tuple[Aid, ...]:
    if same_language(language, quote.article.language):
        return ()
    return aids(quote.article.text, quote.span, language)


def _nearest(found: tuple[Found, ...]) -> tuple[Article, ...]:
    articles = dict.fromkeys(each.hit.passage.article for each in found)
    return tuple(articles)[:_NEAREST]
