"""The best sentences become quotes; what others say alike stands with them, what they deny beside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article
from index.quoting import Composed, Ranked, compose
from index.text import sentences
from tests.fakes_index import article

NEWS = article("橋長五百米。橋在三月開放。票價三元。橋長五百米！")
COPY = article("桥长五百米。", id="a2")


def ranked(*probabilities: float, of: Article = NEWS) -> list[Ranked]:
    return [
        Ranked(probability, of, span)
        for probability, span in zip(probabilities, sentences(of.text), strict=False)
    ]


def told(*texts: str, days: tuple[date | None, ...] = ()) -> list[Ranked]:
    """One sentence each of as many articles, every one a little less likely to answer."""
    return [
        ranked(0.9 - at / 100, of=replace(article(text, title=text, id=f"a{at}"), published=day))[0]
        for at, (text, day) in enumerate(zip(texts, days or (None,) * len(texts), strict=True))
    ]


def composed(*texts: str, days: tuple[date | None, ...] = (), on_times: bool = False) -> Composed:
    return compose(told(*texts, days=days), most=5, least=0.0, on_times=on_times)


def near(*texts: str, cosine: float) -> list[Ranked]:
    """Two sentences whose vectors have this cosine."""
    vectors = (np.array([1.0, 0.0]), np.array([cosine, (1 - cosine**2) ** 0.5]))
    return [
        Ranked(each.probability, each.article, each.span, vector.astype(np.float32))
        for each, vector in zip(told(*texts), vectors, strict=True)
    ]


# --- quotes ---


def test_the_best_come_first() -> None:
    found = compose(ranked(0.2, 0.9, 0.5), most=3, least=0.0).quotes
    assert [quote.text for quote in found] == ["橋在三月開放。", "票價三元。", "橋長五百米。"]
    assert [quote.score for quote in found] == [0.9, 0.5, 0.2]


def test_sentences_below_the_least_probability_are_no_quotes() -> None:
    assert [quote.text for quote in compose(ranked(0.4, 0.39, 0.8), most=3, least=0.4).quotes] == [
        "票價三元。",
        "橋長五百米。",
    ]


@pytest.mark.parametrize(("most", "count"), [(0, 0), (1, 1), (3, 3), (10, 3)])
def test_there_are_at_most_as_many_as_asked_for(most: int, count: int) -> None:
    assert len(compose(ranked(0.9, 0.8, 0.7), most=most, least=0.0).quotes) == count


def test_of_sentences_that_say_the_same_the_best_is_quoted() -> None:
    found = compose([*ranked(0.5, 0.4, 0.3, 0.9), *ranked(0.8, of=COPY)], most=5, least=0.0).quotes
    assert [quote.text for quote in found] == ["橋長五百米！", "橋在三月開放。", "票價三元。"]
    assert found[0].span.start == 18
    assert found[0].also == (COPY,)


def test_a_part_of_a_better_quote_is_no_quote_of_its_own() -> None:
    whole = article("市府表示，橋在三月開放，票價不變。", id="a3")
    found = compose([*ranked(0.9, of=whole), *ranked(0.1, 0.8, 0.7)], most=3, least=0.5).quotes
    assert [quote.text for quote in found] == ["市府表示，橋在三月開放，票價不變。", "票價三元。"]


def test_without_candidates_there_are_no_quotes() -> None:
    assert compose([], most=3, least=0.0) == Composed((), disagree=False)


def test_a_span_without_words_is_no_quote() -> None:
    dots = article("……")
    assert compose(ranked(1.0, of=dots), most=3, least=0.0).quotes == ()


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.integers(0, 5), st.floats(0, 1))
def test_every_quote_is_a_sentence_of_its_article(
    probabilities: list[float], most: int, least: float
) -> None:
    found = compose(ranked(*probabilities), most=most, least=least).quotes
    assert all(quote.span in sentences(NEWS.text) for quote in found)
    assert [quote.score for quote in found] == sorted((quote.score for quote in found), reverse=True)
    assert len(found) <= most


# --- one statement ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The plant at Redmoor makes 900 batteries a day.", "The plant at Redmoor makes 900 batteries a day"),
        (
            "The mill has been sold for 3 million pounds.",
            "The mill has now been sold for £3 million, the owner said.",
        ),
        (
            "According to the mayor, the old mill burned down in May 2021.",
            "The old mill burned down in May 2021.",
        ),
        ("颱風造成5萬3000戶停電。", "台风共造成53000户停电。"),
        ("Gulls nest on the tower.", "Gulls nest on the tower, and nobody minds."),
    ],
)
def test_copied_and_lightly_edited_sentences_are_one_statement(one: str, other: str) -> None:
    for pair in ((one, other), (other, one)):
        (quote,) = composed(*pair).quotes
        assert [each.id for each in quote.also] == ["a1"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The mill was sold for 3 million pounds.", "The mill was sold for 4 million pounds."),
        ("The mill in Redmoor was sold on 3 May.", "The mill in Redmoor was sold on 4 May."),
        ("The mill will close its doors.", "The mill will not close its doors."),
        ("公司計劃賣出50萬輛汽車。", "公司賣出50萬輛汽車。"),
        ("公司去年營業收入為30億元。", "公司去年營業利潤為30億元。"),
        ("Anna Ivers won the Redmoor prize twice.", "Olga Stahl won the Redmoor prize twice."),
        ("Redmoor beat Linfield in the final.", "Linfield beat Redmoor in the final."),
        ("柳溪鎮的新學校可容納800名學生。", "石橋鎮的新學校可容納800名學生。"),
    ],
)
def test_another_figure_date_negation_or_name_is_another_statement(one: str, other: str) -> None:
    assert [quote.also for quote in composed(one, other).quotes] == [(), ()]


def test_the_same_words_about_two_subjects_are_two_statements() -> None:
    """「該股」 is another share in another article, which only the titles tell."""
    text = "該股最近90天內共有2家機構給出評級。"
    pair = [ranked(0.9, of=article(text, title=title, id=title))[0] for title in ("雲帆航空", "海棠電器")]
    assert [quote.also for quote in compose(pair, most=3, least=0.0).quotes] == [(), ()]


def test_every_figure_of_a_copy_has_its_own_equal() -> None:
    found = composed("共有2家機構給出評級，買入評級2家。", "共有8家機構給出評級，買入評級2家，增持評級6家。")
    assert [quote.also for quote in found.quotes] == [(), ()]


def test_last_year_is_another_year_in_an_older_article() -> None:
    text = "公司去年賣出50萬輛汽車。"
    old, new = date(2023, 1, 5), date(2025, 1, 5)
    assert len(composed(text, text, days=(new, new)).quotes) == 1
    assert len(composed(text, text, days=(new, old)).quotes) == 2


def test_the_other_articles_stand_once_each_in_order_of_probability() -> None:
    twice = article("桥长五百米。桥长五百米！", id="a3")
    found = compose([*ranked(0.9), *ranked(0.5, of=COPY), *ranked(0.4, 0.8, of=twice)], most=3, least=0.0)
    assert [each.id for each in found.quotes[0].also] == ["a3", "a2"]


def test_a_translation_is_the_same_statement_only_if_vectors_and_figures_agree() -> None:
    chinese = "公司將投入200億元。"
    for english, cosine, count in (
        ("The company will invest 20 billion yuan.", 0.8, 1),
        ("The company will invest 20 billion yuan.", 0.4, 2),
        ("The company will invest 30 billion yuan.", 0.8, 2),
        ("The company will invest 20 billion dollars.", 0.8, 2),
        ("The company will not invest 20 billion yuan.", 0.8, 2),
    ):
        found = compose(near(chinese, english, cosine=cosine), most=3, least=0.0).quotes
        assert len(found) == count, english
    assert len(composed(chinese, "The company will invest 20 billion yuan.").quotes) == 2


# --- disagreement ---


def test_another_figure_for_the_same_is_shown_beside_the_quote_the_newest_first() -> None:
    days = (date(2024, 3, 1), date(2024, 6, 1), date(2025, 1, 1))
    found = composed(
        "The plant creates 900 jobs in Redmoor.",
        "Geese live in Redmoor.",
        "The plant creates 1,200 jobs in Redmoor.",
        days=days,
    )
    assert [quote.article.id for quote in found.quotes] == ["a2", "a0", "a1"]
    assert found.disagree


def test_undated_articles_that_disagree_stand_in_order_of_probability() -> None:
    found = composed("罰款為3億元，法院說。", "罚款为5亿元，法院说。", days=(None, date(2025, 1, 1)))
    assert [quote.article.id for quote in found.quotes] == ["a0", "a1"]
    assert found.disagree


def test_who_contradicts_is_quoted_even_below_the_least_probability() -> None:
    one, other = told("罰款為3億元。", "罚款为5亿元。")
    weak = Ranked(0.2, other.article, other.span)
    found = compose([one, weak], most=3, least=0.5)
    assert len(found.quotes) == 2
    assert found.disagree


def test_one_that_cannot_be_shown_is_no_disagreement() -> None:
    found = compose(told("罰款為3億元。", "罚款为5亿元。"), most=1, least=0.0)
    assert len(found.quotes) == 1
    assert not found.disagree


def test_outlets_that_repeat_a_claim_do_not_outvote_another() -> None:
    found = composed("The fine is 300 euros.", "The fine is 300 euros!", "The fine is 500 euros.")
    assert [[each.id for each in quote.also] for quote in found.quotes] == [["a1"], []]
    assert found.disagree


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The museum had 61,000 visitors in 2023.", "The museum had 74,500 visitors in 2024."),
        ("公司第一季度營收為30億元。", "公司第二季度營收為36億元。"),
        ("More than 8,000 runners finished the race.", "The race was finished by 8,214 runners."),
        ("比亚迪营收为7771.02亿元。", "比亚迪营收为7771亿元。"),
        ("The town has planted 5,200 trees.", "The town has planted 600 oak trees."),
        ("渡輪事故有57人受傷。", "渡輪事故有12人死亡。"),
        ("The company plans to sell 500 boats.", "The company has sold 420 boats."),
        ("The mill stands in Redmoor with 90 windows.", "The mill stands in Linfield with 40 windows."),
        ("公司營業收入為320億元。", "公司淨利潤為21億元。"),
        ("海棠電器去年實現營業收入320億元。", "海棠電器去年實現淨利潤21億元。"),
        ("柳溪鎮的新學校今天啟用，可容納800名學生。", "石橋鎮的新學校今天啟用，可容納1200名學生。"),
        ("The tower is 90 metres tall.", "The tower is 40 years old."),
    ],
)
def test_different_figures_for_different_things_are_no_disagreement(one: str, other: str) -> None:
    found = composed(one, other)
    assert len(found.quotes) == 2
    assert not found.disagree


def test_one_article_does_not_disagree_with_itself() -> None:
    found = compose(ranked(0.9, 0.8, of=article("罰款為3億元。罰款為5億元。")), most=3, least=0.0)
    assert not found.disagree


def test_times_that_differ_are_a_disagreement_only_if_the_question_asks_when() -> None:
    pair = ("The bridge opens in May 2025.", "The bridge opens in June 2026.")
    assert composed(*pair, on_times=True).disagree
    assert not composed(*pair).disagree


def test_articles_in_two_languages_disagree_if_their_vectors_are_near() -> None:
    pair = ("Building the stadium cost 2.6 billion yuan.", "球場造價為18億元。")
    assert compose(near(*pair, cosine=0.8), most=3, least=0.0).disagree
    assert not compose(near(*pair, cosine=0.3), most=3, least=0.0).disagree
    assert not composed(*pair).disagree


def test_an_outlet_that_repeats_itself_counts_once_however_often_it_does() -> None:
    """And what another one says stands beside it, were it said a hundred times less often."""
    flood = told(*["橋長五百米。"] * 100, "橋長六百米。")
    sources = [*["河港日報"] * 98, "河港日报 ", "山城報", "海島報"]
    flood = [
        replace(each, article=replace(each.article, source=source, title="橋長"))
        for each, source in zip(flood, sources, strict=True)
    ]
    found = compose(flood, most=3, least=0.0)
    assert found.disagree
    assert [quote.text for quote in found.quotes] == ["橋長五百米。", "橋長六百米。"]
    assert [[each.source for each in quote.also] for quote in found.quotes] == [["山城報"], []]
