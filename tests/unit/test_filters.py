"""What a question says about when and where articles appeared."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.filters import Filtered, filtered
from index.periods import periods
from index.text import fold

TODAY = date(2025, 12, 10)  # a Wednesday
OUTLETS = (
    "BBC News",
    "BBC Sport",
    "Harbour Gazette",
    "Morning Post",
    "Evening Post",
    "新华社",
    "聯合新聞網",
    "The Times",
)
GOLDEN = Path(__file__).parents[1] / "golden"


def kept(question: str, today: date = TODAY) -> tuple[str | None, str | None]:
    """The first and the last day that a question is kept to."""
    within = filtered(question, today, OUTLETS).within
    since, until = (within.since, within.until) if within else (None, None)
    return since and since.isoformat(), until and until.isoformat()


def outlets(question: str) -> tuple[str, ...] | None:
    within = filtered(question, TODAY, OUTLETS).within
    return within.outlets if within else None


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("What happened yesterday?", "2025-12-09", "2025-12-09"),
        ("What happened the day before yesterday?", "2025-12-08", "2025-12-08"),
        ("What was decided this week?", "2025-12-08", "2025-12-14"),
        ("What was decided in the past week?", "2025-12-03", "2025-12-10"),
        ("What was decided three days ago?", "2025-12-07", "2025-12-07"),
        ("What was decided last Friday?", "2025-12-05", "2025-12-05"),
        ("What has happened since last month?", "2025-11-01", None),
        ("news of 5 March", "2025-03-05", "2025-03-05"),
        ("news from March 5, 2024", "2024-03-05", "2024-03-05"),
        ("news from 2024-03-05", "2024-03-05", "2024-03-05"),
        ("news from December", "2025-12-01", "2025-12-31"),
        ("articles after 2020", "2021-01-01", None),
        ("articles until June 2024", None, "2024-06-30"),
        ("articles from March to May 2024", "2024-03-01", "2024-05-31"),
        ("2024 news about the metro", "2024-01-01", "2024-12-31"),
        ("上個月台積電說了什麼？", "2025-11-01", "2025-11-30"),
        ("本週有什麼新聞", "2025-12-08", "2025-12-14"),
        ("上周五谁辞职了", "2025-12-05", "2025-12-05"),
        ("上上周谁辞职了", "2025-11-24", "2025-11-30"),
        ("前天颱風造成多少人受傷", "2025-12-08", "2025-12-08"),
        ("近三個月的報導", "2025-09-10", "2025-12-10"),
        ("２０２４年３月至５月的新聞", "2024-03-01", "2024-05-31"),
        ("自去年十月以来的报道", "2024-10-01", None),
        ("2020年以前的文章", None, "2019-12-31"),
        ("2024年有哪些關於小米的報導", "2024-01-01", "2024-12-31"),
    ],
)
def test_times_of_articles_become_days(words: str, since: str | None, until: str | None) -> None:
    assert kept(words) == (since, until)


def test_the_turn_of_the_year_and_short_months_are_kept_in_mind() -> None:
    assert kept("what happened last month", date(2026, 1, 31)) == ("2025-12-01", "2025-12-31")
    assert kept("最近一個月的新聞", date(2025, 3, 31)) == ("2025-02-28", "2025-03-31")
    assert kept("news of last week", date(2026, 1, 1)) == ("2025-12-22", "2025-12-28")


@pytest.mark.parametrize(
    "question",
    [
        "What was revenue in 2024?",
        "What happened in March 2025?",
        "How much did Xiaomi spend on R&D over the past five years?",
        "Which novel was published in 1994?",
        "Who left Fox News in 2013?",
        "What does the annual report of 2024 say?",
        "How many cases were reported in 2020?",
        "What may the news mean?",
        "Who played in the last week of the season?",
        "How do today's doctors treat it?",
        "How many people live there today?",
        "小米過去五年花了多少錢",
        "2024年的新聞發布會在哪裡舉行",
        "登上月球的第一人是谁",
        "日本周边有哪些国家",
        "直到今天還有多少人住在那裡",
    ],
)
def test_a_time_that_may_be_what_is_asked_about_filters_nothing(question: str) -> None:
    assert filtered(question, TODAY, OUTLETS) == Filtered(question)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("According to the Gazette, who won?", ("Harbour Gazette",)),
        ("what does the bbc say about trains", ("BBC News", "BBC Sport")),
        ("Who was interviewed in the Morning Post?", ("Morning Post",)),
        ("According to Xinhua, who won?", ("新华社",)),
        ("據《新華社》報導，誰贏了？", ("新华社",)),
        ("聯合報怎麼說？", ("聯合新聞網",)),
        ("联合新闻网昨天的报道说了什么？", ("聯合新聞網",)),
    ],
)
def test_an_outlet_is_known_by_part_of_its_name_and_in_the_other_language(
    question: str, names: tuple[str, ...]
) -> None:
    assert outlets(question) == names


@pytest.mark.parametrize(
    "question",
    [
        "Who founded the BBC?",
        "Who works in the Harbour Gazette?",
        "According to the Post, who won?",  # there are two
        "According to the Times Tribune, who won?",
        "What does NY Times article say?",
        "according to the time table, when does it leave?",
        "新华社记者是谁？",
        "根據新華社區的說法，誰贏了？",
        "According to Reuters, who won?",  # it is not among them
    ],
)
def test_an_outlet_that_may_be_what_is_asked_about_filters_nothing(question: str) -> None:
    assert filtered(question, TODAY, OUTLETS) == Filtered(question)


def test_a_question_that_holds_nothing_else_is_searched_by_all_its_words() -> None:
    read = filtered("last week", TODAY, OUTLETS)
    assert (read.text, read.within is not None) == ("last week", True)


def test_the_last_of_several_times_counts() -> None:
    assert kept("What was announced last week? And yesterday?") == ("2025-12-09", "2025-12-09")


def test_the_questions_of_the_samples_are_not_filtered() -> None:
    lines = (GOLDEN / "samples.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    assert [question for question in asked if filtered(question, TODAY, OUTLETS).within] == []


PIECES = st.sampled_from(
    (
        "last_week in news from 2024 March 31 since between and 昨天 2月30日 2024年 的 新聞 據 新華社 BBC "
        "said ﬁ ， ? 's"
    ).split()
)


@given(
    st.lists(PIECES, max_size=12).map(" ".join).map(lambda text: text.replace("_", " "))
    | st.text(max_size=40),
    st.dates(date(1901, 1, 1)),
)
def test_any_question_can_be_read_on_any_day(question: str, today: date) -> None:
    read = filtered(question, today, OUTLETS)
    assert read.text == question or read.within is not None
    for period in periods(fold(question).text, today):
        assert period.since is None or period.until is None or period.since <= period.until
