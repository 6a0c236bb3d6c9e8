"""How well a library answers: questions with known answers in, what came of each of them out.

cases = [Case("1", "玄戒O1有多少個電晶體？", ("190億",))]
evaluation = evaluate(library, cases, hide=True)
evaluation.groups[0].by_name["first_quote"].value
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import islice, zip_longest
from typing import Protocol

import numpy as np

from index.answering import Best
from index.errors import QuestionError
from index.judging import Case
from index.measures import (
    NOT_FOUND,
    Bin,
    Floats,
    Measure,
    Table,
    measures,
    refused_at,
    reliability,
    risk_coverage,
)
from index.records import Hit, Progress, Quote

_DEPTH = 20  # passages in which the answer is looked for
_QUOTES = 3
_NOTHING: frozenset[str] = frozenset()
_THRESHOLDS = np.linspace(0, 1, 101)


class Asked(Protocol):
    """What is asked of a library to evaluate it."""

    def best(
        self, question: str, *, quotes: int = 3, passages: int = 20, without: frozenset[str] = frozenset()
    ) -> Best:
        """The best quotes and passages, of all articles but those whose ids are in `without`."""


# --- asking ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case: up to three quotes, best first, whatever their confidence.

    `shown` says which are sure enough to be shown, and `right` which answer. `rank` is the
    first passage's that answers, from 1; 0 if none of the first twenty does. `seconds` is how
    long the quotes took.
    """

    case: Case
    rank: int
    quotes: tuple[Quote, ...]
    shown: tuple[bool, ...]
    right: tuple[bool, ...]
    seconds: float

    @property
    def confidence(self) -> float:
        """How likely the first quote is to be right, 0 to 1, as far as the library can tell."""
        return self.quotes[0].score if self.quotes else 0.0

    @property
    def refused(self) -> bool:
        """Whether a person would be told that the articles do not say it."""
        return not any(self.shown)

    @property
    def first(self) -> bool:
        """Whether the first quote answers."""
        return any(self.right[:1])


def evaluate(
    library: Asked,
    cases: Sequence[Case],
    *,
    hide: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Evaluation:
    """Ask every case; with `hide` also each answerable one again with its article left out."""
    if not cases:
        raise QuestionError("there are no questions; give at least one")
    again = [replace(case, hidden=True) for case in cases if hide and case.answerable and case.article]
    asked = [*cases, *again]
    outcomes = []
    library.best(asked[0].question)  # loads the models, which is no question's own time
    for done, case in enumerate(asked):
        progress(Progress("ask", done, len(asked)))
        outcomes.append(_outcome(library, case))
    progress(Progress("ask", len(asked), len(asked)))
    return Evaluation(tuple(outcomes))


def _outcome(library: Asked, case: Case) -> Outcome:
    without = frozenset({case.article.id}) if case.hidden and case.article else _NOTHING
    start = time.perf_counter()
    best = library.best(case.question, quotes=_QUOTES, passages=_DEPTH, without=without)
    seconds = time.perf_counter() - start
    return Outcome(
        case,
        _rank(best.passages, case) if case.answerable else NOT_FOUND,
        best.quotes,
        best.shown,
        tuple(map(case.is_right, best.quotes)),
        seconds,
    )


def _rank(hits: Sequence[Hit], case: Case) -> int:
    for rank, hit in enumerate(hits, 1):
        if (case.article is None or hit.passage.article.id == case.article.id) and case.holds(
            hit.passage.text
        ):
            return rank
    return NOT_FOUND


# --- what came of it ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of the questions with the same languages, or of all ("all")."""

    languages: str
    questions: int
    measures: tuple[Measure, ...]

    @property
    def by_name(self) -> dict[str, Measure]:
        """The figures by their names."""
        return {each.name: each for each in self.measures}


class Fault(Enum):
    """What can be wrong with an answer, the worst first."""

    WRONG_QUOTE = "wrong quote"
    REFUSED = "wrongly refused"
    ANSWERED = "wrongly answered"


@dataclass(frozen=True)
class Evaluation:
    """What came of every case, and the figures and curves that sum it up."""

    outcomes: tuple[Outcome, ...]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The figures of all questions; then by language, the largest group first, if there are several."""
        languages = [outcome.case.languages for outcome in self.outcomes]
        kinds = sorted(set(languages), key=lambda each: (-languages.count(each), each))
        return (
            self._group("all", self.outcomes),
            *(
                self._group(kind, [each for each in self.outcomes if each.case.languages == kind])
                for kind in kinds
                if len(kinds) > 1
            ),
        )

    def _group(self, languages: str, outcomes: Sequence[Outcome]) -> Group:
        return Group(languages, len(outcomes), measures(_table(outcomes)))

    @cached_property
    def _table(self) -> Table:
        return _table(self.outcomes)

    def risk_coverage(self) -> tuple[Floats, Floats]:
        """The share answered, and of these the share answered wrongly, surest first."""
        return risk_coverage(self._table.confidence, self._table.first)

    def reliability(self) -> tuple[Bin, ...]:
        """How often the first quote is right, by confidence."""
        return reliability(self._table.confidence, self._table.first)

    def refusals(self) -> tuple[Floats, Floats, Floats]:
        """Thresholds from 0 to 1; the share of answerable and of other questions each refuses."""
        confidence, answerable = self._table.confidence, self._table.answerable
        return (
            _THRESHOLDS,
            refused_at(confidence[answerable], _THRESHOLDS),
            refused_at(confidence[~answerable], _THRESHOLDS),
        )

    def milliseconds(self) -> Floats:
        """How long each question took."""
        return self._table.seconds * 1000

    def worst(self, count: int = 100) -> tuple[tuple[Fault, Outcome], ...]:
        """The answers to read first: a fair share of every fault, and of each the worst first.

        Wrong quotes and wrong answers are the worse the surer they were; wrong refusals of
        questions whose right quote was at hand come before those where it was not.
        """
        faults: dict[Fault, list[Outcome]] = {fault: [] for fault in Fault}
        for outcome in self.outcomes:
            if (fault := _fault(outcome)) is not None:
                faults[fault].append(outcome)
        chosen = dict(zip(Fault, _shares([len(each) for each in faults.values()], count), strict=True))
        return tuple(
            (fault, outcome)
            for fault, outcomes in faults.items()
            for outcome in sorted(outcomes, key=_badness, reverse=True)[: chosen[fault]]
        )


def _fault(outcome: Outcome) -> Fault | None:
    if not outcome.case.answerable:
        return None if outcome.refused else Fault.ANSWERED
    if outcome.refused:
        return Fault.REFUSED
    return None if outcome.first else Fault.WRONG_QUOTE


def _badness(outcome: Outcome) -> tuple[bool, float]:
    return outcome.refused and outcome.first, outcome.confidence


def _shares(available: Sequence[int], count: int) -> list[int]:
    """How many to take of each kind when one is taken of each in turn until there are `count`."""
    turns: Iterator[int | None] = (
        kind for turn in zip_longest(*([at] * size for at, size in enumerate(available))) for kind in turn
    )
    taken = list(islice((kind for kind in turns if kind is not None), count))
    return [taken.count(kind) for kind in range(len(available))]


def _table(outcomes: Sequence[Outcome]) -> Table:
    groups: dict[str, int] = {}
    return Table(
        group=np.array([groups.setdefault(_together(each.case), len(groups)) for each in outcomes]),
        answerable=np.array([each.case.answerable for each in outcomes]),
        hidden=np.array([each.case.hidden for each in outcomes]),
        rank=np.array([each.rank for each in outcomes]),
        confidence=np.array([each.confidence for each in outcomes]),
        refused=np.array([each.refused for each in outcomes]),
        first=np.array([each.first for each in outcomes]),
        three=np.array([any(each.right) for each in outcomes]),
        seconds=np.array([each.seconds for each in outcomes]),
    )


def _together(case: Case) -> str:
    """What questions that are drawn together share: their article, or nothing but themselves."""
    return f"article {case.article.id}" if case.article else f"case {case.id}"
