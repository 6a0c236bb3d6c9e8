"""Two bots' answers to the same questions, side by side. Pure."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from tests.bench.figures import Row
from tests.bench.gold import Found, Question, holds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Founds = list[list[Found]]


def compared(known: Sequence[Question], ours: Founds, theirs: Founds) -> list[Row]:
    """How often each holds the answer, by where the question is from; and how much one has to read."""
    both = list(zip(known, ours, theirs, strict=True))
    rows = []
    for group in dict.fromkeys(question.group for question in known):
        here = [each for each in both if each[0].group == group]
        sayable = [each for each in here if each[0].answers]
        unsayable = [each for each in here if not each[0].answers]
        rows += [
            *_share(f"{group}: the first holds the answer", sayable, _first_holds),
            *_share(f"{group}: one of three does, or they do together", sayable, holds),
            *_share(f"{group}: refused, not in the articles", unsayable, _is_refused),
        ]
    return [*rows, _length(ours, theirs)]


def _first_holds(question: Question, found: list[Found]) -> bool:
    return holds(question, found[:1])


def _is_refused(_: Question, found: list[Found]) -> bool:
    return not found


def _share(
    measure: str,
    asked: Sequence[tuple[Question, list[Found], list[Found]]],
    succeeds: Callable[[Question, list[Found]], bool],
) -> list[Row]:
    """One row, or none where nothing of the kind was asked."""
    if not asked:
        return []
    ours = statistics.mean(succeeds(question, found) for question, found, _ in asked)
    theirs = statistics.mean(succeeds(question, found) for question, _, found in asked)
    note = f"{len(asked)} questions"
    return [Row(measure, ours * 100, "%", theirs=theirs * 100, more_is_better=True, note=note)]


def _length(ours: Founds, theirs: Founds) -> Row:
    quotes, chunks = ([len(found[0].text) for found in each if found] for each in (ours, theirs))
    return Row(
        "characters of the first quote or chunk",
        statistics.mean(quotes or [0]),
        "",
        theirs=statistics.mean(chunks or [0]),
    )
