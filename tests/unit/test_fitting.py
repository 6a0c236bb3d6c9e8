"""The thresholds are where the answerable questions that are asked lie, found or not."""

from __future__ import annotations

import numpy as np
import pytest

from index.certainty import FEATURES
from index.linear import Linear, logistic
from index.training.asking import Asked
from index.training.cases import Case
from index.training.certainty import apart, calibrated, firsts
from index.training.devset import spread
from index.training.fitting import threshold

LINE = Linear(np.ones((2, 1)), np.zeros(2), (0.0, 0.0))


def asked(score: float, *, crosses: bool, found: bool = True, hidden: bool = False) -> Asked:
    """A question with one candidate of this log-odds, of the passage that answers if that was found."""
    right = np.array([found])
    return Asked(np.array([[score]]), np.array([crosses]), right, np.zeros(1, int), right, hidden, crosses)


def test_a_question_whose_passage_was_not_found_counts_among_those_of_its_kind() -> None:
    found = [asked(2.0, crosses=True) for _ in range(19)]
    missed = [asked(-2.0, crosses=True, found=False) for _ in range(19)]
    alike = [asked(1.0, crosses=False) for _ in range(20)]
    examples = [*found, *missed, *alike]
    assert threshold(LINE, examples, crossing=True) == pytest.approx(1 / (1 + np.exp(2.0)))
    assert threshold(LINE, examples, crossing=False) == pytest.approx(1 / (1 + np.exp(-1.0)))


def test_questions_whose_passage_is_hidden_are_none_of_those_that_are_answerable() -> None:
    examples = [asked(1.0, crosses=False), asked(-3.0, crosses=False, hidden=True)]
    assert threshold(LINE, examples, crossing=False) == pytest.approx(1 / (1 + np.exp(-1.0)))


@pytest.mark.parametrize(("stranger", "first"), [(0.0, 1), (1.0, 0)])
def test_certainty_is_calibrated_on_the_sentence_that_the_verdict_puts_first(
    stranger: float, first: int
) -> None:
    features = np.zeros((2, len(FEATURES)))
    features[1, FEATURES.index("reader")] = 0.5
    features[1, FEATURES.index("stranger")] = stranger
    crossing, right = np.zeros(2, dtype=np.bool_), np.array([True, False])
    both = Asked(features, crossing, right, np.array([4, 5]), right, hidden=False, crosses=False)
    ((only,),) = firsts({"set": [both]}).values()
    assert only.passages.tolist() == [4 + first]
    assert np.array_equal(only.features, features[[first]])
    assert (only.right.tolist(), only.of_case.tolist()) == ([not first], [not first])


def first(score: float, *, right: bool, crosses: bool, stranger: bool = False) -> Asked:
    """A question whose one candidate has this from the reader."""
    features = np.zeros((1, len(FEATURES)))
    features[0, [FEATURES.index("reader"), FEATURES.index("stranger")]] = score, stranger
    held = np.array([right])
    return Asked(features, np.array([crosses]), held, np.zeros(1, int), held, not right, crosses)


def test_a_calibrated_probability_is_the_share_that_is_right_in_a_language_and_across() -> None:
    weights = np.zeros((2, len(FEATURES)))
    weights[:, FEATURES.index("reader")] = 1.0
    line, shares = (
        Linear(weights, np.zeros(2), (0.5, logistic(2))),
        {(0, 0): 1, (0, 2): 3, (1, 0): 2, (1, 2): 9},
    )
    examples = [
        first(score, right=at < right, crosses=bool(crosses))
        for (crosses, score), right in shares.items()
        for at in range(10)
    ]
    strangers = [first(2, right=False, crosses=False, stranger=True) for _ in range(50)]
    made = calibrated(line, {"set": [*examples, *strangers]})
    for (crosses, score), right in shares.items():
        features = examples[0].features[0].astype(np.float32)
        features[FEATURES.index("reader")] = score
        sure = logistic(made.score(features, crossing=bool(crosses)))
        assert sure == pytest.approx(right / 10, abs=0.01)
    assert made.confidence == pytest.approx((0.1, 0.9), abs=0.01)


def test_what_is_calibrated_on_is_not_reported() -> None:
    cases = [Case(f"What is {number}?", f"It is {number}.", str(number), "Numbers") for number in range(25)]
    unanswered = Case("Who?", "It is 7.", "", "Numbers")
    kept, reported = apart([*cases, unanswered], 10)
    assert reported == spread(cases, 10)
    assert len(kept) == 10
    assert not {*kept} & {*reported}
    assert unanswered not in kept
