"""Terms of texts and questions, and BM25 over them."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.keywords import question_terms, terms
from tests.fakes_index import keywords, texts


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
    scores = keywords(PASSAGES).scores(question_terms("小米研发投入多少"))
    assert scores.shape == (4,)
    assert scores.argmax() == 0
    assert scores[2] > 0
    assert scores[1] == scores[3] == 0


def test_unknown_terms_find_nothing() -> None:
    assert not keywords(PASSAGES).scores(["nowhere"]).any()
    assert not keywords(PASSAGES).scores([]).any()


def test_a_rare_term_weighs_more_than_a_common_one_and_an_unknown_one_most() -> None:
    index = keywords(PASSAGES)
    assert index.rarity("小米") < index.rarity("harbour") < index.rarity("nowhere")


def test_a_term_weighs_as_bm25_has_it() -> None:
    """As in Lucene, with k1 1.2 and b 0.75: one of four passages holds the term, once."""
    lengths = [len(terms(text)) for text in PASSAGES]
    norm = 1.2 * (0.25 + 0.75 * lengths[1] / (sum(lengths) / 4))
    expected = np.log(1 + (4 - 1 + 0.5) / (1 + 0.5)) / (1 + norm)
    assert keywords(PASSAGES).scores(["harbour"])[1] == pytest.approx(expected, rel=1e-5)


def test_passages_without_any_term_can_be_indexed() -> None:
    assert not keywords(["？？", "——"]).scores(["小"]).any()
    assert keywords([]).scores(["小"]).shape == (0,)


# --- several segments ---


@given(st.lists(texts(), max_size=8), texts(), st.data())
def test_cut_into_segments_and_with_others_gone_an_index_scores_the_same(
    passages: list[str], question: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(passages)))
    past = data.draw(st.lists(texts(), max_size=3))
    whole, split = keywords(passages), keywords(passages[:cut], past, passages[cut:], gone={1})
    rows = [*range(cut), *range(cut + len(past), len(passages) + len(past))]
    asked = terms(question)
    np.testing.assert_array_equal(split.scores(asked)[rows], whole.scores(asked))
    assert not np.delete(split.scores(asked), rows).any()
    assert [split.rarity(term) for term in asked] == [whole.rarity(term) for term in asked]
    assert [term in split for term in asked] == [term in whole for term in asked]
    ways = [{term: 1.0, "小米": 0.5} for term in asked]
    scores, rarity = split.translated(ways, np.ones(len(passages) + len(past), dtype=np.bool_))
    expected = whole.translated(ways, np.ones(len(passages), dtype=np.bool_))
    np.testing.assert_allclose(scores[rows], expected[0], rtol=1e-6)
    np.testing.assert_allclose(rarity, expected[1])


def test_many_rows_are_sorted_in_blocks_and_found_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    passages = [f"story {number % 7} of {number}" for number in range(50)]
    monkeypatch.setattr("index.postings._BLOCK", 4)
    index = keywords(passages)
    rows, counts = index.holding("3")
    assert rows.tolist() == [3, *range(10, 50, 7)]
    assert counts.tolist() == [2, *[1] * 6]
    assert index.holding("stori")[0].tolist() == list(range(50))


def test_a_term_that_is_repeated_without_end_counts_as_often_as_can_be_told() -> None:
    assert keywords(["buffalo " * 1000]).holding("buffalo")[1].tolist() == [255]


# --- the other language ---

ALL = np.ones(4, dtype=np.bool_)
CAR = {"car": 1.0, "汽车": 0.8, "轿车": 0.4}
CARS = ("汽车工厂开工", "轿车工厂开工", "car", "自行车工厂")


@pytest.mark.parametrize(
    "question", ["小米研发投入", "harbour opened", "五月 港口 harbour 小米", "nowhere 港"]
)
def test_a_term_that_is_written_in_one_way_scores_as_it_does_untranslated(question: str) -> None:
    index = keywords(PASSAGES)
    asked = question_terms(question)
    scores = index.translated([{term: 1.0} for term in asked], ALL)[0]
    np.testing.assert_allclose(scores, index.scores(asked), rtol=1e-5)


def test_the_likelier_way_to_write_a_term_scores_more() -> None:
    scores = keywords(CARS).translated([CAR], ALL)[0]
    assert scores[2] > scores[0] > scores[1] > scores[3] == 0


def test_a_term_counts_once_however_many_ways_it_is_written() -> None:
    """Two translations of one term in a passage are worth less than two terms, each in its own way."""
    index = keywords(["汽车轿车", "汽车工厂", "船", "港"])
    one_term = index.translated([CAR], ALL)[0][0]
    two_terms = index.translated([{"汽车": 0.8}, {"轿车": 0.4}], ALL)[0][0]
    assert one_term < two_terms


def test_a_term_is_as_common_as_its_likely_translations_together() -> None:
    index = keywords(["汽车", "船", "轿车", "港"])
    alone = index.translated([{"汽车": 0.8}], ALL)[0]
    beside = index.translated([{"汽车": 0.8, "轿车": 0.8}], ALL)[0]
    assert 0 < beside[0] < alone[0]


def test_only_the_rows_that_are_compared_score_and_say_how_rare_a_term_is() -> None:
    index = keywords(CARS)
    among = np.array([True, True, False, True])
    scores = index.translated([CAR], among)[0]
    assert scores[2] == 0
    assert index.translated([CAR], ALL)[0][0] < scores[0]


def test_what_no_row_holds_scores_nothing() -> None:
    index = keywords(CARS)
    assert not index.translated([{"飞机": 1.0}, {}], ALL)[0].any()
    assert not index.translated([], ALL)[0].any()
    assert not index.translated([CAR], ~ALL)[0].any()


def test_an_index_knows_which_terms_its_rows_hold() -> None:
    index = keywords(CARS)
    assert "汽车" in index
    assert "飞机" not in index


def test_memory_does_not_grow_with_every_word_ever_met() -> None:
    def meet(first: int) -> None:
        for number in range(first, first + 30_000):
            terms(f"room{number}")

    tracemalloc.start()
    try:
        meet(0)
        before = tracemalloc.get_traced_memory()[0]
        meet(30_000)
        assert tracemalloc.get_traced_memory()[0] - before < 500_000
    finally:
        tracemalloc.stop()
