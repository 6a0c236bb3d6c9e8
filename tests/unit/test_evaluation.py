"""What `articlebot eval` measures, on questions of which every outcome is known."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import (
    Article,
    ArticleNotFound,
    Case,
    Catalogue,
    Fault,
    Hit,
    Origin,
    Passage,
    QuestionError,
    Quote,
    Span,
)
from index.answering import Best
from index.evaluation import evaluate
from index.measures import (
    NOT_FOUND,
    Booleans,
    Floats,
    Rows,
    Table,
    area_under_risk_coverage,
    calibration_error,
    measures,
    refused_at,
    reliability,
    risk_coverage,
    threshold_refusing,
)

BRIDGE = Article(
    "b1",
    "The new bridge",
    "The bridge opens on 5 March. It cost 120 million. Tolls stay at 15 dollars.",
    "https://news.example/bridge",
    None,
    "en",
    "bridge.txt",
    "1",
)
CHINESE = Article("b2", "新橋", "新橋三月五日通車。造價為1億2000萬元。", None, None, "zh-Hant", "晨報", "2")


def quote(article: Article, words: str, score: float = 0.5) -> Quote:
    start = article.text.index(words)
    return Quote(article, Span(start, start + len(words)), score=score)


def case(question: str = "What did the bridge cost?", *answers: str, **fields: Any) -> Case:  # noqa: ANN401 - whatever the record has
    return Case(question, question, answers, **fields)


@dataclass
class Shelf:
    """A library that gives the quotes it is told to give; what is above one half is shown."""

    quotes: dict[str, list[Quote]]
    asked: list[tuple[str, frozenset[str]]] = field(default_factory=list)

    def best(
        self, question: str, *, quotes: int = 3, passages: int = 20, without: frozenset[str] = frozenset()
    ) -> Best:
        """The quotes, passages that are the quotes, and a note of what was asked."""
        self.asked.append((question, without))
        found = [each for each in self.quotes.get(question, []) if each.article.id not in without]
        hits = tuple(Hit(Passage(each.article, each.span), 1.0, Origin.BOTH) for each in found)
        return Best(
            tuple(found[:quotes]), tuple(each.score > 0.5 for each in found[:quotes]), hits[:passages]
        )


# --- what counts as right -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("造價為1億2000萬元", "新桥造价为１亿2000万元。"),
        ("the BRIDGE", "The bridge opens."),
        ("約190億個", "约 190 亿 个晶体管"),
        ("cost 120\nmillion", "It cost 120 million."),
        ("5", "on 5 March"),
        ("$5.", "It is $5."),
    ],
)
def test_an_answer_is_found_whatever_its_script_width_case_or_spacing(answer: str, text: str) -> None:
    assert case("Q?", answer).holds(text)


@pytest.mark.parametrize(("answer", "text"), [("5", "tolls of 15"), ("12", "120 million"), ("20", "in 2015")])
def test_a_figure_is_not_found_inside_a_longer_one(answer: str, text: str) -> None:
    assert not case("Q?", answer).holds(text)


def test_one_of_several_answers_is_enough() -> None:
    asked = case("Q?", "120 million", "1億2000萬")
    assert asked.is_right(quote(BRIDGE, "It cost 120 million."))
    assert asked.is_right(quote(CHINESE, "造價為1億2000萬元。"))
    assert not asked.is_right(quote(BRIDGE, "Tolls stay at 15 dollars."))


def test_a_named_article_is_the_one_that_counts_or_one_that_says_the_same() -> None:
    asked = case("Q?", "120 million", "2000萬", article=CHINESE)
    elsewhere = quote(BRIDGE, "It cost 120 million.")
    assert asked.is_right(quote(CHINESE, "造價為1億2000萬元。"))
    assert not asked.is_right(elsewhere)
    assert asked.is_right(replace(elsewhere, also=(CHINESE,)))


def test_no_quote_is_right_where_a_refusal_is() -> None:
    right = quote(BRIDGE, "It cost 120 million.")
    assert not case("Q?").is_right(right)
    assert not case("Q?", "120 million", article=BRIDGE, hidden=True).is_right(right)


def test_what_cannot_be_asked_is_refused_when_it_is_read() -> None:
    with pytest.raises(QuestionError, match="no words"):
        case("?!", "x")
    with pytest.raises(QuestionError, match="is empty"):
        case("Why?", "  ")


@pytest.mark.parametrize("name", ["b1", "https://news.example/bridge", "the NEW bridge", "bridge.txt"])
def test_an_article_is_found_by_id_address_title_or_file(name: str) -> None:
    assert Catalogue([BRIDGE, CHINESE]).find(name) is BRIDGE


def test_a_title_in_the_other_script_finds_its_article() -> None:
    assert Catalogue([BRIDGE, CHINESE]).find("新桥") is CHINESE


def test_a_name_of_none_or_of_several_articles_is_told() -> None:
    catalogue = Catalogue([BRIDGE, replace(CHINESE, title="The new bridge")])
    with pytest.raises(ArticleNotFound, match="'The old bridge'"):
        catalogue.find("The old bridge")
    with pytest.raises(ArticleNotFound, match="2 articles"):
        catalogue.find("The new bridge")


# --- asking ---------------------------------------------------------------------------------

COST, OPENS, MAYOR = "What did the bridge cost?", "新橋何時通車？", "Who is the mayor?"


def shelf() -> Shelf:
    return Shelf(
        {
            COST: [
                quote(BRIDGE, "Tolls stay at 15 dollars.", 0.9),
                quote(BRIDGE, "It cost 120 million.", 0.6),
            ],
            OPENS: [quote(CHINESE, "新橋三月五日通車。", 0.4)],
            MAYOR: [quote(BRIDGE, "Tolls stay at 15 dollars.", 0.7)],
        }
    )


CASES = [
    case(COST, "120 million", article=BRIDGE),
    case(OPENS, "三月五日", article=CHINESE),
    case(MAYOR),
]


def test_each_question_is_asked_and_judged() -> None:
    cost, opens, mayor = evaluate(shelf(), CASES).outcomes
    assert (cost.rank, cost.right, cost.refused, cost.confidence) == (2, (False, True), False, 0.9)
    assert (opens.rank, opens.right, opens.refused, opens.confidence) == (1, (True,), True, 0.4)
    assert (mayor.rank, mayor.right, mayor.refused) == (NOT_FOUND, (False,), False)


def test_each_question_is_asked_once_after_one_that_loads_the_models() -> None:
    library = shelf()
    evaluate(library, CASES)
    assert [question for question, _ in library.asked] == [COST, COST, OPENS, MAYOR]


def test_with_hide_answerable_questions_are_asked_again_without_their_article() -> None:
    library = shelf()
    outcomes = evaluate(library, CASES, hide=True).outcomes
    assert [each.case.hidden for each in outcomes] == [False, False, False, True, True]
    assert library.asked[-2:] == [(COST, frozenset({"b1"})), (OPENS, frozenset({"b2"}))]
    assert [each.refused for each in outcomes[3:]] == [True, True]


def test_the_figures_are_those_of_the_questions_they_are_about() -> None:
    figures = evaluate(shelf(), CASES, hide=True).groups[0].by_name
    seen = {name: (each.value, each.count) for name, each in figures.items() if each.unit == "share"}
    assert seen == {
        "passage_recall_1": (0.5, 2),
        "passage_recall_5": (1, 2),
        "passage_recall_20": (1, 2),
        "first_quote": (0.5, 2),
        "three_quotes": (1, 2),
        "answerable_refused": (0.5, 2),
        "unanswerable_refused": (0, 1),
        "hidden_refused": (1, 2),
        "answerable_refused_5": (0, 2),
        "unanswerable_refused_5": (0, 1),
        "hidden_refused_5": (1, 2),
    }


def test_what_no_question_is_about_has_no_figure() -> None:
    figures = evaluate(shelf(), [case(MAYOR)]).groups[0].by_name
    assert figures["first_quote"].value is None
    assert figures["threshold_5"].value is None
    assert figures["unanswerable_refused_5"].value is None
    assert figures["unanswerable_refused"].value == 0


def test_questions_are_grouped_by_their_and_their_articles_languages() -> None:
    evaluation = evaluate(shelf(), [*CASES, case("新橋花了多少錢？", "120 million", article=BRIDGE)])
    assert [(each.languages, each.questions) for each in evaluation.groups] == [
        ("all", 4), ("en→?", 1), ("en→en", 1), ("zh→en", 1), ("zh→zh", 1),
    ]  # fmt: skip
    assert len(evaluate(shelf(), CASES[:1]).groups) == 1


def test_nothing_to_ask_is_told() -> None:
    with pytest.raises(QuestionError, match="no questions"):
        evaluate(shelf(), [])


# --- the worst answers ----------------------------------------------------------------------


def test_the_worst_are_wrong_quotes_then_wrong_refusals_then_wrong_answers() -> None:
    worst = evaluate(shelf(), CASES).worst()
    assert [(fault, outcome.case.question) for fault, outcome in worst] == [
        (Fault.WRONG_QUOTE, COST), (Fault.REFUSED, OPENS), (Fault.ANSWERED, MAYOR),
    ]  # fmt: skip


def test_the_surest_mistake_comes_first() -> None:
    scores = {f"Why {number}?": score for number, score in enumerate((0.6, 0.9, 0.7))}
    library = Shelf(
        {asked: [quote(BRIDGE, "Tolls stay at 15 dollars.", score)] for asked, score in scores.items()}
    )
    worst = evaluate(library, [case(asked, "120") for asked in scores]).worst()
    assert [outcome.confidence for _, outcome in worst] == [0.9, 0.7, 0.6]


def test_no_kind_of_mistake_crowds_the_others_out() -> None:
    wrong = [quote(BRIDGE, "Tolls stay at 15 dollars.", 0.9)]
    many, few = [f"Why {number}?" for number in range(30)], [f"Who {number}?" for number in range(3)]
    library = Shelf(dict.fromkeys([*many, *few], wrong))
    worst = evaluate(library, [*(case(each, "120") for each in many), *(case(each) for each in few)]).worst(
        10
    )
    assert [fault for fault, _ in worst] == [Fault.WRONG_QUOTE] * 7 + [Fault.ANSWERED] * 3


# --- the numbers ----------------------------------------------------------------------------

outcomes = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.21, 0.5, 0.77, 1.0]), st.booleans()), min_size=1, max_size=40
)


def arrays(drawn: list[tuple[float, bool]]) -> tuple[Floats, Booleans]:
    confidence, right = zip(*drawn, strict=True)
    return np.array(confidence), np.array(right)


def test_risk_against_coverage_by_hand() -> None:
    coverage, risk = risk_coverage(np.array([0.1, 0.9, 0.5, 0.3]), np.array([False, True, False, True]))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    area = area_under_risk_coverage(np.array([0.1, 0.9, 0.5, 0.3]), np.array([False, True, False, True]))
    assert area == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


@given(outcomes, st.randoms())
def test_the_order_of_questions_does_not_matter_even_among_ties(
    drawn: list[tuple[float, bool]], random: Random
) -> None:
    area = area_under_risk_coverage(*arrays(drawn))
    random.shuffle(drawn)
    assert area_under_risk_coverage(*arrays(drawn)) == pytest.approx(area)


@given(outcomes)
def test_the_whole_risk_is_the_share_of_wrong_answers(drawn: list[tuple[float, bool]]) -> None:
    confidence, right = arrays(drawn)
    coverage, risk = risk_coverage(confidence, right)
    assert risk[-1] == pytest.approx(np.mean(~right))
    assert coverage[-1] == 1


def test_knowing_ones_mistakes_lowers_the_area() -> None:
    confidence, right = np.linspace(1, 0, 10), np.arange(10) < 5
    assert area_under_risk_coverage(confidence, right) < area_under_risk_coverage(confidence[::-1], right)


def test_a_probability_that_keeps_its_word_has_no_calibration_error() -> None:
    confidence = np.repeat([0.25, 0.75], 4)
    right = np.array([True, False, False, False, True, True, True, False])
    assert calibration_error(confidence, right) == pytest.approx(0)
    assert [(each.confidence, each.right, each.count) for each in reliability(confidence, right)] == [
        (0.25, 0.25, 4), (0.75, 0.75, 4),
    ]  # fmt: skip
    assert calibration_error(np.ones(4), np.array([True, False, False, False])) == pytest.approx(0.75)


@given(outcomes, st.floats(0, 0.99))
def test_the_threshold_refuses_no_more_than_it_may(drawn: list[tuple[float, bool]], most: float) -> None:
    confidence, _ = arrays(drawn)
    least = threshold_refusing(confidence, most)
    assert np.mean(confidence < least) <= most
    higher = confidence[confidence > least]
    assert not len(higher) or np.mean(confidence < higher.min()) > most


def test_refusals_at_a_threshold_are_those_below_it() -> None:
    assert refused_at(np.array([0.1, 0.5, 0.5, 0.9]), np.array([0, 0.5, 0.6, 1.0])).tolist() == [
        0,
        0.25,
        0.75,
        1,
    ]


def table(right: Booleans, group: Rows) -> Table:
    yes, no = np.ones(len(right), dtype=bool), np.zeros(len(right), dtype=bool)
    return Table(
        group, yes, no, right.astype(int), np.full(len(right), 0.5), no, right, right, np.ones(len(right))
    )


def interval(right: Booleans, group: Rows) -> tuple[float, float]:
    first = next(each for each in measures(table(right, group)) if each.name == "first_quote")
    assert first.low is not None
    assert first.high is not None
    return first.low, first.high


def test_an_interval_is_about_as_wide_as_theory_has_it_and_the_same_each_time() -> None:
    right = np.arange(400) % 4 != 0
    low, high = interval(right, np.arange(400))
    wide = 2 * 1.96 * math.sqrt(0.75 * 0.25 / 400)
    assert high - low == pytest.approx(wide, rel=0.1)
    assert low < 0.75 < high
    assert interval(right, np.arange(400)) == (low, high)


def test_questions_about_one_article_count_for_less_than_as_many_about_many() -> None:
    right = np.arange(400) < 300
    apart, together = interval(right, np.arange(400)), interval(right, np.arange(400) // 20)
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])


def test_all_right_of_a_few_is_no_certainty() -> None:
    assert interval(np.ones(10, dtype=bool), np.arange(10)) == pytest.approx((0.6915, 1), abs=1e-4)
    assert interval(np.zeros(10, dtype=bool), np.arange(10)) == pytest.approx((0, 0.3085), abs=1e-4)
