"""Answers as they are remembered."""

import json
from dataclasses import replace

import pytest

from bot.cards import QuoteGone, noted, recalled, recalled_quote
from index import Aid, Answer, Article, ArticleNotFound, Quote, Span
from tests.fakes import HARBOUR, TEA, UNDATED, FakeLibrary

QUOTE = Quote(TEA, Span(14, 29), Span(22, 24), 0.75, (Aid(Span(22, 24), "20%"),), (HARBOUR, UNDATED))
ANSWER = Answer("how much?", (QUOTE, Quote(HARBOUR, Span(0, 9))), "prose", "how much tea?", disagree=True)


def test_an_answer_that_went_through_json_is_the_same() -> None:
    note = json.loads(json.dumps(noted(ANSWER)))
    assert recalled(note, FakeLibrary().article) == ANSWER
    assert recalled_quote(note, 0, FakeLibrary().article) == QUOTE


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
