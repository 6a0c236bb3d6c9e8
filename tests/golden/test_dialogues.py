"""Follow-up questions over the sample articles: fifty dialogues, half of them written before the rules.

Each row holds what a person asked before, in order and as written, the follow-up, and words
of the quote that answers it; the follow-up alone puts no right quote first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import Answer, Library
from index.dialogue import understood

if TYPE_CHECKING:
    from collections.abc import Iterator

# Regression bounds, below what was seen: before there was a reader 27 and 40 of 50, of which held out
# 11 and 21 of 25 (first, in three); with it, which quotes less, 36 and of those held out 17 in three.
FIRST, THREE = 24, 34
FIRST_HELD_OUT, THREE_HELD_OUT = 8, 15
NOTICED = 42  # of 45 that were taken for follow-ups


@dataclass(frozen=True)
class Dialogue:
    """Earlier questions, a follow-up, and words that the right quote holds."""

    turns: tuple[str, ...]
    question: str
    answers: tuple[str, ...]
    held_out: bool = False

    def understood(self) -> str | None:
        """The follow-up in full, the earlier questions having been understood in their turn."""
        turns: list[str] = []
        for turn in self.turns:
            turns.append(understood(turn, turns) or turn)
        return understood(self.question, turns)


DIALOGUES = [
    Dialogue(tuple(row["turns"]), row["question"], tuple(row["answers"]), row.get("held_out", False))
    for row in map(
        json.loads, (Path(__file__).parent / "dialogues.jsonl").read_text(encoding="utf-8").splitlines()
    )
]
# The articles answer the earlier question as well as the later one, so that both put together ask for both.
PAIRS = [
    Dialogue((before,), question, (answer,))
    for before, question, answer in [
        ("How much did BYD spend on R&D in 2024?", "and Xiaomi?", "240億元"),
        ("How much did Xiaomi spend on R&D in 2024?", "and BYD?", "542亿元"),
        ("When was TSMC founded?", "and BYD?", "1995年"),
        ("When was Xiaomi founded?", "and TSMC?", "in 1987"),
        ("小米是哪一年成立的？", "那比亞迪呢？", "1995年"),
        ("比亚迪是哪一年成立的？", "那小米呢？", "2010年"),
        ("How much did Xiaomi spend on R&D over the past five years?", "and in 2024?", "240億"),
        ("小米2024年的研發開支是多少？", "那未來五年呢？", "2000億元"),
        ("Who is the chairman of BYD?", "and TSMC?", "C.C. Wei"),
        ("What was Pan Zhanle's time in the 100 metres final?", "and Chalmers?", "47秒48"),
        ("潘展乐100米自由泳的成绩是多少？", "那波波维奇呢？", "47秒49"),
        ("小米有多少研發人員？", "那比亞迪呢？", "12万名"),
        ("比亚迪有多少研发人员？", "那小米呢？", "2.4萬"),
        ("How much did BYD spend on R&D in 2024?", "那小米呢？", "240億元"),
        ("台积电的创办人是谁？", "那小米呢？", "雷軍"),
        ("How many medals did Taiwan win in Tokyo?", "and in Paris?", "2金5銅"),
        ("When did Chang'e-6 land on the moon on June 2?", "and on June 25?", "6月25日"),
        ("Who won silver in the 100 metres freestyle?", "and bronze?", "波波维奇"),
        ("小米什么时候在香港上市？", "那小米SU7呢？", "2024年3月上市"),
        ("How many stations does Harbour Wheels have?", "and Line 6?", "19 stations"),
    ]
]


@pytest.fixture(scope="module")
def library(sample_library: Path) -> Iterator[Library]:
    with Library.open(sample_library) as opened:
        yield opened


def right(library: Library, dialogue: Dialogue, question: str) -> list[bool]:
    result = library.ask(question)
    quotes = result.quotes if isinstance(result, Answer) else ()
    return [any(words in quote.text for words in dialogue.answers) for quote in quotes]


def test_there_are_fifty_dialogues_and_half_are_held_out() -> None:
    assert len(DIALOGUES) == 50
    assert sum(each.held_out for each in DIALOGUES) == 25


def test_follow_ups_are_told_from_questions_that_stand_by_themselves() -> None:
    assert sum(each.understood() is not None for each in DIALOGUES) >= NOTICED


def test_follow_ups_find_what_they_refer_to(library: Library) -> None:
    found = [(each.held_out, right(library, each, each.understood() or each.question)) for each in DIALOGUES]
    assert sum(quotes[:1] == [True] for _, quotes in found) >= FIRST
    assert sum(any(quotes) for _, quotes in found) >= THREE
    assert sum(quotes[:1] == [True] for held_out, quotes in found if held_out) >= FIRST_HELD_OUT
    assert sum(any(quotes) for held_out, quotes in found if held_out) >= THREE_HELD_OUT


def test_putting_in_the_other_name_or_period_beats_asking_both_questions_at_once(library: Library) -> None:
    put_in = [right(library, each, each.understood() or each.question) for each in PAIRS]
    both = [right(library, each, f"{each.turns[-1]} {each.question}") for each in PAIRS]
    assert sum(each[:1] == [True] for each in put_in) > sum(each[:1] == [True] for each in both)
