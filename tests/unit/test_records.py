"""A quote is a slice of a stored article, and nothing else can be made to look like one."""

from __future__ import annotations

import dataclasses
import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Answer, Article, Passage, Quote, Span
from tests.fakes_index import article, texts

TWICE = article("雨停了。他走了。雨停了。")


@st.composite
def spans_of(draw: st.DrawFn) -> tuple[str, Span]:
    text = draw(texts())
    start = draw(st.integers(0, len(text)))
    return text, Span(start, draw(st.integers(start, len(text))))


@given(spans_of())
def test_a_quote_is_a_slice_of_its_article(drawn: tuple[str, Span]) -> None:
    text, span = drawn
    if not span.of(text).strip():
        with pytest.raises(ValueError, match="quotes no words"):
            Quote(article(text), span)
        return
    quote = Quote(article(text), span)
    assert quote.text == text[span.start : span.end]
    assert quote.before + quote.text + quote.after == text


@given(st.text(), st.text(min_size=1), st.text())
def test_offsets_count_code_points_on_all_planes(before: str, words: str, after: str) -> None:
    text = before + words + after
    assert Span(len(before), len(before) + len(words)).of(text) == words


def test_a_quote_cannot_be_built_from_a_string() -> None:
    told = ["article", "span", "highlight", "score", "aids", "also"]
    assert list(inspect.signature(Quote).parameters) == told
    with pytest.raises(TypeError, match="cut from an Article, not from a str"):
        Quote("he never said this", Span(0, 8))  # type: ignore[arg-type]  # that is the test
    with pytest.raises(TypeError):
        Quote("he never said this")  # type: ignore[call-arg, arg-type]  # that is the test
    with pytest.raises(TypeError):
        Quote(TWICE, Span(0, 4), text="he never said this")  # type: ignore[call-arg]  # that is the test


def test_a_quote_cannot_be_changed_afterwards() -> None:
    quote = Quote(TWICE, Span(0, 4))
    with pytest.raises(dataclasses.FrozenInstanceError):
        quote.span = Span(4, 8)  # type: ignore[misc]  # that is the test
    with pytest.raises((AttributeError, TypeError)):  # which of them is Python's affair
        quote.text = "he never said this"  # type: ignore[misc]  # that is the test


def test_identical_sentences_in_two_places_are_two_quotes() -> None:
    first, again = Quote(TWICE, Span(0, 4)), Quote(TWICE, Span(8, 12))
    assert first.text == again.text
    assert first != again
    assert len({first, again}) == 2


def test_identical_sentences_in_two_articles_are_two_quotes() -> None:
    other = article(TWICE.text, id="a2")
    assert Quote(TWICE, Span(0, 4)) != Quote(other, Span(0, 4))


def test_a_quote_does_not_leave_its_article() -> None:
    with pytest.raises(ValueError, match="leaves a text of 12 characters"):
        Quote(TWICE, Span(8, 13))


@pytest.mark.parametrize("highlight", [Span(3, 5), Span(7, 9), Span(0, 12), Span(9, 9)])
def test_a_highlight_lies_inside_its_quote(highlight: Span) -> None:
    with pytest.raises(ValueError, match="a highlight lies inside its quote"):
        Quote(TWICE, Span(4, 8), highlight)


def test_a_highlight_may_be_all_of_its_quote() -> None:
    assert Quote(TWICE, Span(4, 8), Span(4, 8)).highlight == Span(4, 8)


def test_an_answer_without_quotes_refuses_to_exist() -> None:
    with pytest.raises(ValueError, match="at least one quote"):
        Answer("who?", ())


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (3, 2), (-2, -1)])
def test_a_span_runs_forward_from_the_start_of_the_text(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Span(start, end)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_span_contains_another_if_it_contains_all_its_places(a: int, b: int, c: int, d: int) -> None:
    outer, inner = Span(min(a, b), max(a, b)), Span(min(c, d), max(c, d))
    places = set(range(inner.start, inner.end))
    if places:
        assert outer.contains(inner) == (places <= set(range(outer.start, outer.end)))
    assert len(inner) == len(places)
    assert bool(inner) == bool(places)


def test_a_passage_is_a_slice_too() -> None:
    assert Passage(TWICE, Span(4, 8)).text == "他走了。"


def test_records_are_frozen_and_slotted_and_hold_no_lists() -> None:
    from index import records  # noqa: PLC0415 - the module itself is what is looked at

    kinds = [kind for kind in vars(records).values() if dataclasses.is_dataclass(kind)]
    assert Article in kinds
    for kind in kinds:
        assert isinstance(kind, type)
        assert "__slots__" in vars(kind)
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # not in the type stubs
        assert not any(
            "list" in str(field.type) or "dict" in str(field.type) for field in dataclasses.fields(kind)
        )
