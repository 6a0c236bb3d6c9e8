"""How much of a question's terms a text holds, in its own language and in another."""

from __future__ import annotations

import numpy as np
import pytest

from index.wording import Wording, coverage

WORDING = Wording.of(
    [{"xiaomi": 1.0, "小米": 0.9}, {"factory": 1.0, "工厂": 0.8, "厂": 0.3}], [4.0, 1.0], ["xiaomi"]
)


def test_a_term_is_held_to_the_share_of_its_likeliest_word_that_is_there() -> None:
    assert WORDING.held(frozenset({"小米", "厂", "工厂"})).tolist() == [0.9, 0.8]
    assert WORDING.held(frozenset({"厂"})).tolist() == [0.0, 0.3]
    assert WORDING.held(frozenset({"xiaomi"})).tolist() == [1.0, 0.0]


def test_names_are_the_terms_that_the_question_writes_as_names() -> None:
    assert WORDING.names.tolist() == [True, False]


def test_one_word_may_stand_for_several_terms() -> None:
    both = Wording.of([{"投入": 0.7}, {"投入": 0.4}], [1.0, 1.0], [])
    assert both.held(frozenset({"投入"})).tolist() == [0.7, 0.4]


def test_coverage_weighs_terms_by_their_rarity() -> None:
    assert coverage(WORDING.rarity, WORDING.held(frozenset({"小米"}))) == pytest.approx(0.9 * 4 / 5)
    assert coverage(WORDING.rarity, np.ones(2)) == 1.0


def test_a_question_without_terms_is_covered_by_nothing() -> None:
    empty = Wording.of([], [], [])
    assert coverage(empty.rarity, empty.held(frozenset({"小米"}))) == 0.0
