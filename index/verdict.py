"""Which sentence answers, once the likeliest passages were read with the question.

Searching and ranking are quick and look at words and vectors; the reader looks at question
and passage together, and is slow. So it reads only the passages whose best sentence ranks
highest. What it says and what was known before are combined by a linear score with one set
of weights where question and article share a language and one where they do not.
`index/training/verdict.py` fits them on questions that the reader was not trained on, answerable
and not, and writes `models/verdict.json`. It orders sentences; how likely the first one is to answer
at all is told by more than itself (`index/certainty.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from index.inference import MODELS
from index.linear import Linear
from index.outlets import speaker
from index.passages import Window, window
from index.ranking import Candidate, candidates, ranking
from index.reader import Reader, Reading
from index.records import Span
from index.search import Found, Query
from index.snapshot import Snapshot

PASSAGES: Final = 20  # whose sentences are ranked
READ: Final = 6  # of them are read
LEAD: Final = 3.0  # of the words marked over any others of the sentence; nine in ten are then right
MODEL: Final = MODELS / "verdict.json"
FEATURES: Final = (
    "ranking",  # the log-odds of before
    "reader",  # the reader's
    "passage",  # the reader's best in the passage
    "words",  # how well the likeliest words of the sentence fit
    "lead",  # of the reader's log-odds over its best of the other passages
)
Features = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate that was read: what is known of it now, (len(FEATURES),), and its likeliest answer."""

    candidate: Candidate
    features: Features
    highlight: Span | None


@cache
def verdict() -> Linear:
    """The bundled weights."""
    return Linear.load(MODEL, FEATURES)


def consider(
    query: Query, snapshot: Snapshot, found: Sequence[Found], reader: Reader, *, ranked: Linear | None = None
) -> list[Considered]:
    """Read the likeliest of the passages found; their sentences, in the order of the passages read.

    `ranked` says which are likeliest, if not the bundled ranking.
    """
    offered, line = candidates(query, snapshot, tuple(found)), ranked or ranking()
    before = [line.score(each.features, crossing=not each.same_language) for each in offered]
    rows = _likeliest(offered, before)
    windows = {row: window(snapshot.outline(row)) for row in rows}
    readings = _readings(query, windows, reader)
    best = {row: float(made.scores.max()) for row, made in readings.items()}
    return [
        Considered(
            each,
            _features(score, each, readings[each.row], best),
            _highlight(each, readings[each.row], windows[each.row]),
        )
        for each, score in zip(offered, before, strict=True)
        if each.row in readings
    ]


def _readings(query: Query, windows: Mapping[int, Window], reader: Reader) -> dict[int, Reading]:
    """What the reader makes of each row's window, with the question in the form for its article."""
    texts = {row: query.form(row).text for row in windows}
    readings: dict[int, Reading] = {}
    for text in dict.fromkeys(texts.values()):
        rows = [row for row in windows if texts[row] == text]
        readings.update(zip(rows, reader.read(text, [windows[row] for row in rows]), strict=True))
    return readings


def _likeliest(offered: Sequence[Candidate], scores: Sequence[float]) -> list[int]:
    """The rows of the passages to read, the one with the best candidate first.

    What an outlet has said in a better passage it need not say again: were its copies read, they
    would leave no room for what others say.
    """
    order = sorted(range(len(offered)), key=lambda at: -scores[at])
    best = {offered[at].row: offered[at] for at in reversed(order)}
    said: dict[tuple[tuple[str, str], str], int] = {}
    for row in dict.fromkeys(offered[at].row for at in order):
        said.setdefault((speaker(best[row].article), best[row].words), row)
    return list(said.values())[:READ]


def _features(before: float, candidate: Candidate, made: Reading, best: dict[int, float]) -> Features:
    others = [score for row, score in best.items() if row != candidate.row]
    own = float(made.scores[candidate.place])
    return np.array(
        [
            before,
            own,
            best[candidate.row],
            made.sure[candidate.place],
            own - max(others, default=0.0),
        ],
        dtype=np.float32,
    )


def _highlight(candidate: Candidate, made: Reading, read: Window) -> Span | None:
    """The reader's words as a span of the article, where it is sure which of the sentence they are."""
    words = made.words[candidate.place]
    if words is None or made.lead[candidate.place] < LEAD:
        return None
    shift = candidate.span.start - read.sentences[candidate.place].start
    return Span(words.start + shift, words.end + shift)
