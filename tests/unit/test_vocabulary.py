"""Words to numbers, without holding the words."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.vocabulary import Vocabulary
from tests.fakes_index import texts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts(), unique=True), texts())
def test_a_word_has_its_number_and_another_none(tmp_path: Path, words: list[str], other: str) -> None:
    numbers = {word: number for number, word in enumerate(words)}
    Vocabulary.of(numbers).save(tmp_path)
    opened = Vocabulary.load(tmp_path)
    assert {word: opened.number(word) for word in words} == numbers
    assert opened.number(other) == numbers.get(other)


def test_an_empty_vocabulary_knows_nothing() -> None:
    assert Vocabulary.of({}).number("小米") is None
