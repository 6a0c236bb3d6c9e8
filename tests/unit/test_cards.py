"""Answers as they are remembered."""

import json
from dataclasses import replace
from datetime import date

import pytest

from bot.cards import noted, noted_missing, recalled, recalled_missing, recalled_quote
from index import Aid, Answer, Article, ArticleNotFound, NotFound, Quote, QuoteGone, Span, Within
from tests.fakes import HARBOUR, TEA, UNDATED, FakeLibrary

QUOTE = Quote(TEA, Span(14, 29), Span(22, 24), 0.75, (Aid(Span(22, 24), "20%"),), (HARBOUR, UNDATED))
ANSWER = Answer("how much?", (QUOTE, Quote(HARBOUR, Span(0, 9))), "prose", "how much tea?", disagree=True)


def test_an_answer_that_went_through_json_is_the_same() -> None:
    note = json.loads(json.dumps(noted(ANSWER)))
    assert recalled(note, FakeLibrary().article) == ANSWER
    assert recalled_quote(note, 0, FakeLibrary().article) == QUOTE


@pytest.mark.parametrize(
    "within",
    [
        Within(articles=frozenset({TEA.id})),
        Within(since=date(2025, 1, 1), until=date(2025, 12, 31), outlets=("山城日報",)),
        Within(),
    ],
)
def test_what_a_question_was_kept_within_is_remembered_too(within: Within) -> None:
    answer = replace(ANSWER, within=within)
    assert recalled(json.loads(json.dumps(noted(answer))), FakeLibrary().article) == answer
    missing = NotFound("how much?", (TEA, HARBOUR), "how much tea?", within, none_within=True)
    note = json.loads(json.dumps(noted_missing(missing)))
    assert recalled_missing(note, FakeLibrary().article) == missing
    assert recalled_missing(note, FakeLibrary([TEA]).article).nearest == (TEA,)


def test_an_answer_noted_by_an_earlier_version_is_still_known() -> None:
    note = noted(ANSWER)
    del note["within"]
    assert recalled(note, FakeLibrary().article) == ANSWER


def test_a_note_holds_no_words_of_an_article() -> None:
    note = json.dumps(noted(ANSWER), ensure_ascii=False)
    assert "農會" not in note
    assert "茶" not in note


def test_an_article_that_has_changed_is_not_quoted_by_its_old_offsets() -> None:
    def changed(identifier: str) -> Article:
        one = FakeLibrary().article(identifier)
        return replace(one, text=one.text[5:], digest="new") if one.id == TEA.id else one

    with pytest.raises(QuoteGone):
        recalled(noted(ANSWER), changed)
    assert recalled_quote(noted(ANSWER), 1, changed) == ANSWER.quotes[1]


def test_a_removed_article_is_gone_and_a_removed_outlet_with_the_same_story_is_left_out() -> None:
    def find(identifier: str) -> Article:
        if identifier == HARBOUR.id:
            raise ArticleNotFound("gone")
        return FakeLibrary().article(identifier)

    with pytest.raises(QuoteGone):
        recalled_quote(noted(ANSWER), 1, find)
    assert recalled_quote(noted(ANSWER), 0, find) == replace(QUOTE, also=(UNDATED,))
