"""A linear score is a log-odds, and its file is only read for the features it was fitted for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.linear import Linear, logistic

if TYPE_CHECKING:
    from pathlib import Path

FEATURES = ("near", "far")
LINE = Linear(np.array([[1.0, -2.0], [0.5, 0.0]]), np.array([0.25, -1.0]), (0.3, 0.4))


def test_what_crosses_languages_has_weights_of_its_own() -> None:
    row = np.array([2.0, 1.0], dtype=np.float32)
    assert LINE.score(row, crossing=False) == pytest.approx(0.25)
    assert LINE.score(row, crossing=True) == pytest.approx(0.0)


def test_the_threshold_is_the_one_wanted_or_the_calibrated_one() -> None:
    assert LINE.threshold(crossing=False) == 0.3
    assert LINE.threshold(crossing=True) == 0.4
    assert LINE.threshold(crossing=True, wanted=0.0) == 0.0


def test_a_line_is_read_as_it_was_written(tmp_path: Path) -> None:
    LINE.save(tmp_path / "line.json", FEATURES)
    again = Linear.load(tmp_path / "line.json", FEATURES)
    assert np.array_equal(again.weights, LINE.weights)
    assert np.array_equal(again.biases, LINE.biases)
    assert again.confidence == LINE.confidence


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    LINE.save(tmp_path / "line.json", FEATURES)
    with pytest.raises(ValueError, match="other features"):
        Linear.load(tmp_path / "line.json", FEATURES[::-1])


@pytest.mark.parametrize("odds", [0.01, 0.5, 1.0, 40.0])
def test_log_odds_come_to_a_probability(odds: float) -> None:
    assert logistic(math.log(odds)) == pytest.approx(odds / (1 + odds))


@pytest.mark.parametrize(("score", "probability"), [(2e6, 1.0), (-2e6, 0.0)])
def test_a_score_beyond_all_measure_is_as_good_as_certain(score: float, probability: float) -> None:
    """A sentence that lies outside the reader's window scores very low; that is no error."""
    assert logistic(score) == probability
