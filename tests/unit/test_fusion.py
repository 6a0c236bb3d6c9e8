"""Scores of several kinds become one, whatever their ranges."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import Scores, fuse, standardised

scores = st.lists(st.floats(0, 100, width=32), min_size=2, max_size=30).map(
    lambda each: np.array(each, dtype=np.float32)
)


def made(*numbers: float) -> Scores:
    return np.array(numbers, dtype=np.float32)


@given(scores)
def test_standardising_keeps_the_order(given_scores: Scores) -> None:
    scaled = standardised(given_scores)
    order = np.argsort(given_scores, kind="stable")
    assert (np.diff(scaled[order]) >= 0).all()


def test_standardised_scores_do_not_depend_on_unit_or_origin() -> None:
    np.testing.assert_allclose(standardised(made(1, 2, 5)), standardised(made(110, 120, 150)), atol=1e-5)


@given(st.floats(-1, 1, width=32), st.integers(0, 50))
def test_equal_scores_say_nothing(value: float, count: int) -> None:
    assert not standardised(np.full(count, value, dtype=np.float32)).any()


def test_a_list_that_says_nothing_does_not_change_the_order() -> None:
    fused = fuse([(made(0.2, 0.9, 0.5), 1.0), (made(7, 7, 7), 5.0)])
    assert list(np.argsort(-fused)) == [1, 2, 0]


def test_weights_decide_between_lists_that_disagree() -> None:
    cosines, keywords = made(0.9, 0.1), made(0, 12)
    assert fuse([(cosines, 2.0), (keywords, 1.0)]).argmax() == 0
    assert fuse([(cosines, 1.0), (keywords, 2.0)]).argmax() == 1
