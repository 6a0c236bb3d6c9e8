"""Passages are runs of whole sentences that cover what can be quoted, once."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from index.passages import WEIGHT, outlines, weight
from index.text import sentences
from tests.fakes_index import article, texts

NOTICE = "本站內容未經書面許可不得轉載，違者必究。"


def test_an_article_is_cut_where_it_was_cut_before() -> None:
    golden = json.loads((Path(__file__).parents[1] / "golden" / "passages.json").read_text(encoding="utf-8"))
    made = outlines(article(golden["text"], title=golden["title"]))
    assert [
        {
            "start": each.passage.span.start,
            "end": each.passage.span.end,
            "sentences": [
                {"start": span.start, "end": span.end, "words": span.of(golden["text"])}
                for span in each.sentences
            ],
        }
        for each in made
    ] == golden["passages"]


@given(texts())
def test_every_sentence_with_words_is_in_exactly_one_passage(text: str) -> None:
    assume("©" not in text)  # a line that begins with it is furniture, the rest is all quotable
    made = outlines(article(text))
    cut = [span for each in made for span in each.sentences]
    assert len(set(cut)) == len(cut)
    assert cut == [span for span in sentences(text) if any(map(str.isalnum, span.of(text)))]


@given(texts())
def test_a_passage_begins_and_ends_with_its_sentences(text: str) -> None:
    made = outlines(article(text))
    for each in made:
        assert each.passage.span.start == each.sentences[0].start
        assert each.passage.span.end == each.sentences[-1].end
        assert all(first.end <= second.start for first, second in pairwise(each.sentences))
    assert all(first.passage.span.end <= second.passage.span.start for first, second in pairwise(made))


@given(st.lists(st.integers(1, 300), min_size=1, max_size=40))
def test_a_passage_is_as_many_sentences_as_fit_and_at_least_one(lengths: list[int]) -> None:
    made = outlines(article("".join("長" * length + "。" for length in lengths)))
    filled = [sum(weight(span.of(each.passage.article.text)) for span in each.sentences) for each in made]
    assert all(heavy <= WEIGHT or len(each.sentences) == 1 for each, heavy in zip(made, filled, strict=True))
    firsts = [weight(each.sentences[0].of(each.passage.article.text)) for each in made[1:]]
    assert all(heavy + first > WEIGHT for heavy, first in zip(filled, firsts, strict=False))


@pytest.mark.parametrize(
    ("text", "heavy"), [("小米 2025", 4), ("spending", 3), ("a b c", 3), ("", 0), ("，。", 1)]
)
def test_a_chinese_character_weighs_as_much_as_a_third_of_a_word(text: str, heavy: int) -> None:
    assert weight(text) == heavy


def test_furniture_is_in_no_passage_and_parts_what_stands_around_it() -> None:
    text = f"橋在三月開放。\n{NOTICE}\n隧道在四月開放。"
    assert [each.passage.text for each in outlines(article(text))] == ["橋在三月開放。", "隧道在四月開放。"]


def test_of_a_sentence_with_a_credit_glued_to_its_end_the_front_stays_quotable() -> None:
    text = "隧道在四月開放，票價不變 (責任編輯：王小明)"
    (only,) = outlines(article(text))
    assert only.passage.text == "隧道在四月開放，票價不變"


def test_an_article_of_furniture_alone_has_no_passages() -> None:
    assert outlines(article(NOTICE)) == ()


def test_an_article_without_words_has_no_passages() -> None:
    assert outlines(article("")) == outlines(article("——\n***\n")) == ()


def test_a_sentence_heavier_than_a_passage_is_a_passage_of_its_own() -> None:
    run = "沒有標點的長句" * 700
    made = outlines(article(f"開頭。\n{run}\n結尾。"))
    assert [len(each.passage.text) for each in made] == [3, 4900, 3]
