"""The thresholds are where the answerable questions that are asked lie, found or not."""

from __future__ import annotations

import numpy as np
import pytest

from index.certainty import FEATURES
from index.linear import Linear
from index.training.asking import Asked
from index.training.certainty import firsts
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
