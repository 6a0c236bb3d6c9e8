"""Terms of texts and questions, and BM25 over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given

from index.keywords import Keywords, question_terms, terms
from tests.fakes_index import texts

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("小米汽車", ["小", "米", "汽", "车", "小米", "米汽", "汽车"]),
        ("spending plans", ["spend", "plan"]),
        ("Café", ["cafe"]),
        ("1,234.5 and １２３", ["1234.5", "and", "123"]),
        ("12，15、180、300人", ["12", "15", "180", "300", "人"]),
        ("v2.0.1 in Beijing,2024", ["v2.0.1", "in", "beij", "2024"]),
        ("R&D", ["r", "d"]),
        ("？！……", []),
        ("", []),
    ],
)
def test_a_text_is_indexed_under_its_words_and_character_pairs(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(texts())
def test_both_scripts_and_widths_have_the_same_terms(text: str) -> None:
    assert terms(text.replace("预", "預")) == terms(text.replace("預", "预"))


@given(texts())
@example("sAIDＡ")
@example("for㎡")
def test_a_question_has_no_term_its_own_text_has_not(text: str) -> None:
    assert set(question_terms(text)) <= set(terms(text))


@pytest.mark.parametrize(
    ("question", "kept", "left_out"),
    [
        ("how much does Xiaomi plan to spend on R&D", "xiaomi plan spend r d", "how much does to on"),
        ("小米為什麼造車？", "小米 造车", "为 什 么 什么"),
        ("华为何时发布新手机", "华为 发布 手机", "何时 时"),
        ("華為什麼時候發布新手機", "华为 发布 手机", "什么 时候"),
        ("這座橋有多長？", "座 桥", "多长 多 长 有 的"),
        ("一共有多少人参加", "参加 人", "一共 多少"),
        ("北京和平里在哪里", "和平 平里 北京", "和 在 哪里"),
        ("What did WHO say about IT in May?", "who it may", "what did say about in"),
        ("When will Will Smith arrive", "will smith arriv", "when"),
        ("Will it rain in may", "rain", "will it in may"),
        ("HOW MUCH DOES IT COST", "cost", "how much doe it"),
    ],
)
def test_a_question_is_searched_by_what_it_is_about(question: str, kept: str, left_out: str) -> None:
    found = question_terms(question)
    assert set(kept.split()) <= set(found)
    assert not set(left_out.split()) & set(found)


PASSAGES = ("小米宣布五年研發投入。", "The harbour opened in May.", "港口五月開放，小米參展。", "")


def test_a_row_scores_only_if_it_holds_a_term() -> None:
    scores = Keywords.build(PASSAGES).scores(question_terms("小米研发投入多少"))
    assert scores.shape == (4,)
    assert scores.argmax() == 0
    assert scores[2] > 0
    assert scores[1] == scores[3] == 0


def test_unknown_terms_find_nothing() -> None:
    assert not Keywords.build(PASSAGES).scores(["nowhere"]).any()
    assert not Keywords.build(PASSAGES).scores([]).any()


def test_a_rare_term_weighs_more_than_a_common_one_and_an_unknown_one_most() -> None:
    index = Keywords.build(PASSAGES)
    assert index.rarity("小米") < index.rarity("harbour") < index.rarity("nowhere")


def test_a_saved_index_answers_as_the_one_that_was_saved(tmp_path: Path) -> None:
    index = Keywords.build(PASSAGES)
    index.save(tmp_path)
    again = Keywords.load(tmp_path, rows=4)
    for question in ("小米", "harbour opened", "nowhere"):
        asked = question_terms(question)
        np.testing.assert_array_equal(index.scores(asked), again.scores(asked))
        assert [index.rarity(term) for term in asked] == [again.rarity(term) for term in asked]


def test_passages_without_any_term_can_be_indexed(tmp_path: Path) -> None:
    index = Keywords.build(["？？", "——"])
    index.save(tmp_path)
    assert not Keywords.load(tmp_path, rows=2).scores(["小"]).any()
