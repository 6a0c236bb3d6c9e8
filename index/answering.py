"""A question to an `Answer`, or to `NotFound` where the articles do not say it."""

from __future__ import annotations

import re

from index.encoder import Encoder
from index.errors import QuestionError
from index.quoting import best_quotes
from index.ranking import Ranking, candidates
from index.records import Answer, Article, NotFound
from index.search import Found, prepare, search
from index.snapshot import Snapshot

LONGEST_QUESTION = 1000
PASSAGES = 20  # whose sentences are ranked
_NEAREST = 3
_BESIDE = 0.5  # of the best quote's probability: a weaker one beside it is noise to who reads it
_WORD = re.compile(r"\w")


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


def answer(
    question: str, snapshot: Snapshot, encoder: Encoder, *, quotes: int, confidence: float | None
) -> Answer | NotFound:
    """Answer a checked question from one snapshot, with up to `quotes` quotes of at least `confidence`."""
    ranking = Ranking.load()
    query = prepare(question, snapshot, encoder)
    found = search(query, snapshot, PASSAGES)
    ranked = [
        (probability, each.article, each.span)
        for each in candidates(query, snapshot, found)
        if (probability := ranking.probability(each)) >= ranking.threshold(each, confidence)
    ]
    if not ranked:
        return NotFound(question, _nearest(found))
    least = _BESIDE * max(probability for probability, _, _ in ranked)
    return Answer(question, best_quotes(ranked, most=quotes, confidence=least))


def _nearest(found: tuple[Found, ...]) -> tuple[Article, ...]:
    articles = dict.fromkeys(each.hit.passage.article for each in found)
    return tuple(articles)[:_NEAREST]
