"""The best sentences become quotes, each of which says something the better ones do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article
from index.quoting import Ranked, best_quotes
from index.text import sentences
from tests.fakes_index import article

NEWS = article("橋長五百米。橋在三月開放。票價三元。橋長五百米！")
COPY = article("桥长五百米。", id="a2")


def ranked(*probabilities: float, of: Article = NEWS) -> list[Ranked]:
    return [
        (probability, of, span) for probability, span in zip(probabilities, sentences(of.text), strict=False)
    ]


def test_the_best_come_first() -> None:
    found = best_quotes(ranked(0.2, 0.9, 0.5), most=3, confidence=0.0)
    assert [quote.text for quote in found] == ["橋在三月開放。", "票價三元。", "橋長五百米。"]
    assert [quote.score for quote in found] == [0.9, 0.5, 0.2]


def test_sentences_below_the_confidence_are_no_quotes() -> None:
    assert [quote.text for quote in best_quotes(ranked(0.4, 0.39, 0.8), most=3, confidence=0.4)] == [
        "票價三元。",
        "橋長五百米。",
    ]


@pytest.mark.parametrize(("most", "count"), [(0, 0), (1, 1), (3, 3), (10, 3)])
def test_there_are_at_most_as_many_as_asked_for(most: int, count: int) -> None:
    assert len(best_quotes(ranked(0.9, 0.8, 0.7), most=most, confidence=0.0)) == count


def test_of_sentences_that_say_the_same_the_best_is_quoted() -> None:
    found = best_quotes([*ranked(0.5, 0.4, 0.3, 0.9), *ranked(0.8, of=COPY)], most=5, confidence=0.0)
    assert [quote.text for quote in found] == ["橋長五百米！", "橋在三月開放。", "票價三元。"]
    assert found[0].span.start == 18


def test_a_part_of_a_better_quote_is_no_quote_of_its_own() -> None:
    whole = article("市府表示，橋在三月開放，票價不變。", id="a3")
    found = best_quotes([*ranked(0.9, of=whole), *ranked(0.1, 0.8, 0.7)], most=3, confidence=0.5)
    assert [quote.text for quote in found] == ["市府表示，橋在三月開放，票價不變。", "票價三元。"]


def test_without_candidates_there_are_no_quotes() -> None:
    assert best_quotes([], most=3, confidence=0.0) == ()


def test_a_span_without_words_is_no_quote() -> None:
    dots = article("……")
    assert best_quotes(ranked(1.0, of=dots), most=3, confidence=0.0) == ()


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(0, 5), st.floats(0, 1))
def test_every_quote_is_a_sentence_of_its_article(
    probabilities: list[float], most: int, confidence: float
) -> None:
    found = best_quotes(ranked(*probabilities), most=most, confidence=confidence)
    assert all(quote.span in sentences(NEWS.text) for quote in found)
    assert [quote.score for quote in found] == sorted((quote.score for quote in found), reverse=True)
    assert len(found) <= most
