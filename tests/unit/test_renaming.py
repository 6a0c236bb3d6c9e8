"""Questions about somebody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.text import fold
from index.training import renaming
from index.training.cases import Case
from index.training.renaming import names_in, renamed

HARBOUR = Case(
    "How much did Harbour Wheels pay in March?", "Harbour Wheels paid 200 yuan.", "200 yuan", "Bicycles"
)
MUSEUM = Case(
    "When does the Museum of Clocks open?", "The Museum of Clocks opens at noon.", "at noon", "Museum"
)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("How much did Harbour Wheels pay in March?", ["Harbour Wheels"]),
        ("Did I see the University of Nanlan?", ["University of Nanlan"]),
        ("Who closed the bridge?", []),
    ],
)
def test_names_are_what_is_capitalised_within_a_question_and_no_time(question: str, names: list[str]) -> None:
    assert [span.of(question) for span in names_in(question)] == names


def test_names_in_chinese_are_what_is_tagged_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tagger:
        def cut(self, _sentence: str) -> list[tuple[str, str]]:
            return [("小米", "nz"), ("花", "v"), ("了", "ul"), ("多少", "m"), ("钱", "n")]

    monkeypatch.setattr(renaming, "_tagger", Tagger)
    question = fold("小米花了多少錢").text
    assert [span.of(question) for span in names_in(question)] == ["小米"]


def test_a_question_is_asked_about_somebody_whom_its_passage_does_not_name() -> None:
    made = dict(renamed([HARBOUR, MUSEUM], seed=1))
    assert made == {
        HARBOUR: "How much did Museum of Clocks pay in March?",
        MUSEUM: "When does the Harbour Wheels open?",
    }
    both = replace(HARBOUR, context=f"{HARBOUR.context} So did the Museum of Clocks.")
    assert both not in dict(renamed([both, MUSEUM], seed=1))


def test_nothing_is_asked_where_nobody_is_named_or_nothing_is_answered() -> None:
    assert not dict(renamed([Case("Who closed the bridge?", "The mayor.", "The mayor", ""), MUSEUM], seed=1))
    assert not dict(renamed([replace(HARBOUR, answer=""), MUSEUM], seed=1))
