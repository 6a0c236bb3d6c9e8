"""How likely the first sentence is to answer, and so whether to refuse.

The verdict (`index/verdict.py`) says which of the sentences that were read fits a question best. Where the
articles do not answer it, one of them fits best all the same. What gives it away is what its
article leaves unsaid: of a question about Huguenots, a text on Toronto holds "settled" and
"bought" and no Huguenots. So beside all that the verdict knows, the question's terms are looked
for in the passage and in the article as a whole. A linear score of that is the log-odds that the
first sentence answers; the others are as much less likely as the verdict has them.
`index/training/certainty.py` fits it on questions asked with and without the whole article that
answers them, and writes `models/certainty.json` together with the refusal thresholds. Hardly any of
those questions is about somebody whom no article mentions, as people's are; so that is a rule beside it
(`STRANGER`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from index.inference import MODELS
from index.keywords import terms
from index.linear import Linear, logistic
from index.mentions import mentioned, strangers
from index.ranking import FEATURES as RANKED
from index.ranking import Candidate
from index.reader import Reader
from index.records import Span
from index.search import Found, Query
from index.snapshot import Snapshot
from index.verdict import FEATURES as VERDICT
from index.verdict import Considered, consider, verdict
from index.wording import coverage

STRANGER: Final = 3.0  # off all log-odds where an article mentions nobody whom the question names
MODEL: Final = MODELS / "certainty.json"
_OF_PASSAGE: Final = ("passage_coverage", "rarest_missing", "names_missing", "passage_cosine")
_RANKED: Final = [RANKED.index(name) for name in _OF_PASSAGE]
FEATURES: Final = (
    *VERDICT,
    *_OF_PASSAGE,
    "article_coverage",  # of the question's terms, weighted by rarity
    "article_rarest_missing",  # how much of the rarest term is missing: 1 if it is, 0 if none is
    "article_missing",  # the same against a term that stands nowhere in the library
    "article_name_missing",  # how much of one of the names is, at most
    "stranger",  # whether it mentions nobody whom the question names
)
Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with the probability that it answers, and the answer's words in it, if it does."""

    candidate: Candidate
    probability: float
    highlight: Span | None

    def is_sure(self, confidence: float | None) -> bool:
        """Whether it is likely enough to be quoted: as wanted, or as calibrated."""
        crossing = not self.candidate.same_language
        return self.probability >= certainty().threshold(crossing=crossing, wanted=confidence)


@cache
def certainty() -> Linear:
    """The bundled weights."""
    return Linear.load(MODEL, FEATURES)


def judge(query: Query, snapshot: Snapshot, found: Sequence[Found], reader: Reader) -> list[Judged]:
    """The sentences of the likeliest passages, in the order of the passages read."""
    considered = consider(query, snapshot, found, reader)
    if not considered:
        return []
    strange = strangers(query, snapshot, {each.candidate.row for each in considered})
    scores = np.array(order(considered, strange))
    first = int(scores.argmax())
    best = considered[first]
    sure = certainty().score(known(query, snapshot, best, strange), crossing=not best.candidate.same_language)
    probabilities = logistic(sure - _off(best, strange)) * _shares(scores)
    return [
        Judged(each.candidate, float(probability), each.highlight)
        for each, probability in zip(considered, probabilities, strict=True)
    ]


def _shares(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The probabilities of log-odds, (n,), each as a share of the highest, next to nothing as that may be."""
    unlikely = np.logaddexp(0.0, -scores)
    shares: npt.NDArray[np.float64] = np.exp(unlikely.min() - unlikely)
    return shares


def order(considered: Sequence[Considered], strange: frozenset[int]) -> list[float]:
    """The verdict's log-odds of what was read, less where an article is in a row of `strange`."""
    return [
        verdict().score(each.features, crossing=not each.candidate.same_language) - _off(each, strange)
        for each in considered
    ]


def _off(each: Considered, strange: frozenset[int]) -> float:
    return STRANGER if each.candidate.row in strange else 0.0


def known(query: Query, snapshot: Snapshot, each: Considered, strange: frozenset[int]) -> Features:
    """What is known of a candidate, its passage and its whole article, (len(FEATURES),)."""
    row, wording = each.candidate.row, query.form(each.candidate.row).wording
    (held,) = mentioned(wording, snapshot, [snapshot.tables.article_number(row)])
    held = np.maximum(held, wording.held(frozenset(terms(each.candidate.article.title))))
    missing = float((wording.rarity * (1 - held)).max(initial=0.0))
    rarest = float(wording.rarity.max(initial=0.0))
    own = [
        coverage(wording.rarity, held),
        missing / rarest if rarest else 0.0,
        missing / snapshot.keywords.rarity(""),
        float((1 - held[wording.names]).max(initial=0.0)),
        float(row in strange),
    ]
    return np.array([*each.features, *each.candidate.features[_RANKED], *own], dtype=np.float32)
