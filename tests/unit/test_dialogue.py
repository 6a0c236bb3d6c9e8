"""Follow-up questions, without a library."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dialogue import understood

QUESTIONS = [
    json.loads(line)["question"]
    for line in (Path(__file__).parents[1] / "golden" / "samples.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("before", "question", "full"),
    [
        (
            "How much did Xiaomi spend on R&D in 2023?",
            "and in 2024?",
            "How much did Xiaomi spend on R&D in 2024?",
        ),
        (
            "How much did Xiaomi spend on R&D in 2023?",
            "2024?",
            "How much did Xiaomi spend on R&D in 2024?",
        ),
        (
            "What were TSMC's sales in the third quarter of 2024?",
            "And in the last quarter?",
            "What were TSMC's sales in the last quarter?",
        ),
        (
            "How many cars did BYD sell?",
            "what about May 2025?",
            "How many cars did BYD sell May 2025?",
        ),
        ("小米2023年的研發支出是多少？", "那2024年呢？", "小米2024年的研發支出是多少？"),
        ("小米的研发支出是多少？", "2024年呢", "2024年，小米的研发支出是多少？"),
        ("How much did BYD earn in 2023?", "那2024年呢？", "How much did BYD earn in 2024年?"),
    ],
)
def test_another_period_takes_the_place_of_the_first_or_is_added(
    before: str, question: str, full: str
) -> None:
    assert understood(question, [before]) == full


@pytest.mark.parametrize(
    ("before", "question", "full"),
    [
        ("When was TSMC founded?", "And BYD?", "When was BYD founded?"),
        ("What is Xiaomi's budget?", "what about the United States?", "What is the United States's budget?"),
        ("How much did Nanlan's Line 6 cost?", "and Line 5?", "How much did Line 5 cost?"),
        (
            "How many medals did Taiwan win in Paris?",
            "and in Tokyo?",
            "How many medals did Taiwan win in Tokyo?",
        ),
        ("小米有多少員工？", "那比亞迪呢？", "比亞迪有多少員工？"),
        ("小米有多少員工？", "And TSMC?", "TSMC有多少員工？"),
        ("When was TSMC founded?", "那台積電呢？", "When was 台積電 founded?"),
        ("How many flights were cancelled?", "and the ferries?", "How many ferries were cancelled?"),
        ("小米的研發經費是多少？", "那員工呢？", "小米 員工？"),
        ("小米計劃投入多少研發費用？", "那員工呢？", "小米 員工？"),
    ],
)
def test_a_thing_takes_the_place_of_its_like(before: str, question: str, full: str) -> None:
    assert understood(question, [before]) == full


@pytest.mark.parametrize(
    ("before", "question", "full"),
    [
        ("Who is the mayor of Chengang?", "What did he promise?", "What did the mayor of Chengang promise?"),
        ("What is Pan Zhanle's record?", "who is his coach?", "who is Pan Zhanle's coach?"),
        ("How much will TSMC invest?", "When was that company founded?", "When was TSMC founded?"),
        ("潘展乐的世界纪录是多少？", "他是哪里人？", "潘展乐是哪里人？"),
        ("小米的研發經費是多少？", "那家公司什麼時候成立？", "小米什麼時候成立？"),
        ("小米有多少員工？", "該公司的總部在哪裡？", "小米的總部在哪裡？"),
        ("小米有多少員工？", "其總部在哪裡？", "小米的總部在哪裡？"),
    ],
)
def test_a_person_or_a_company_is_called_by_its_name(before: str, question: str, full: str) -> None:
    assert understood(question, [before]) == full


@pytest.mark.parametrize(
    "question",
    [
        "why?",
        "When?",
        "who said that?",
        "How many of them are women?",
        "Where is it?",
        "and how deep is it?",
        "How many people work there?",
        "who are its biggest customers?",
        "and by bus?",
        "How strong was the wind?",
        "為什麼？",
        "那是誰說的？",
        "其中多少是女性？",
        "它有多重？",
        "那座工廠在哪裡？",
        "什么时候开工的？",
        "多少钱？",
        "净利润是多少？",
    ],
)
@pytest.mark.parametrize("before", ["How much did Nanlan's Line 6 cost", "南澜地铁6号线造价多少"])
def test_what_leans_on_the_question_before_stands_behind_it(question: str, before: str) -> None:
    full = understood(question, [f"{before}?"])
    assert full is not None
    assert full.startswith(before)
    assert question.removeprefix("那").removeprefix("and ").rstrip("?？") in full


@pytest.mark.parametrize(
    "question",
    [
        "How long does it take to build a metro?",
        "How long does it take a photon to travel from the Sun to the Earth?",
        "and how much did BYD spend on R&D in 2024?",
        "how much does xiaomi plan to spend on its cars",
        "What is the law that bans plastic bags?",
        "Who invented paper?",
        "What is inflation?",
        "Xiaomi budget",
        "那不勒斯在哪裡？",
        "那小米2024年的營收是多少？",
        "什麼是通貨膨脹？",
        "為什麼天空是藍色的？",
        "當地人吃什麼？",
        "該怎麼申請慰問金？",
        "其他城市有幾座圖書館？",
        "谁发明了电话？",
        "研發經費",
    ],
)
def test_a_question_that_stands_by_itself_is_left_alone(question: str) -> None:
    assert understood(question, ["小米有多少員工？", "How much will TSMC invest?"]) is None


def test_no_ordinary_question_is_taken_for_a_follow_up_whatever_was_asked_before() -> None:
    order = random.Random(3)
    for _ in range(20):
        for question in QUESTIONS:
            assert understood(question, order.sample(QUESTIONS, 3)) is None


@pytest.mark.parametrize("turns", [[], ["？"], [""], ["x" * 1000]])
def test_without_a_question_before_there_is_nothing_to_refer_to(turns: list[str]) -> None:
    assert understood("and in 2024?", turns) is None


def test_a_chain_of_follow_ups_keeps_its_first_question_and_does_not_grow() -> None:
    turns = ["How much did Line 6 cost?"]
    for question in ["who paid for it?", "why?", "when?"] * 5:
        full = understood(question, turns)
        assert full is not None
        turns.append(full)
    assert turns[-1] == "How much did Line 6 cost? why? when?"


words = st.text(st.sampled_from("那它的呢什麼為小米年24 andithw?？'TSMC\u200b\ufdfa㍿"), max_size=40)


@given(words, st.lists(words, max_size=4))
def test_whatever_is_asked_the_understanding_is_a_question_or_none(question: str, turns: list[str]) -> None:
    full = understood(question, turns)
    assert full is None or (full.strip("?？ ") and full[-1] in "?？")
