"""A quote is made of whole sentences: where they begin and end, in two languages and mixed."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lines import wrapped_line_ends
from index.text import sentences
from tests.fakes_index import texts

GOLDEN: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "sentences.json").read_text(encoding="utf-8")
)
ONLY_CLOSES = "」』）】》〉〕］｝〗"


def cut(text: str) -> list[str]:
    return [span.of(text) for span in sentences(text)]


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_sentences_stand_where_a_reader_sees_them(case: dict[str, Any]) -> None:
    found = [
        {"start": span.start, "end": span.end, "words": span.of(case["text"])}
        for span in sentences(case["text"])
    ]
    assert found == case["sentences"]


@given(texts())
def test_sentences_hold_everything_in_order_and_nothing_twice(text: str) -> None:
    spans = sentences(text)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    held = {at for span in spans for at in range(span.start, span.end)}
    assert all(text[at].isspace() for at in set(range(len(text))) - held)


@given(texts())
def test_sentences_have_no_white_space_around_them(text: str) -> None:
    assert all(words == words.strip() != "" for words in cut(text))


@given(texts())
def test_a_sentence_never_begins_with_a_mark_that_closes(text: str) -> None:
    for before, span in pairwise(sentences(text)):
        gap = text[before.end : span.start]
        if len(gap) < 3 and not set(text[max(0, before.end - 6) : before.end]) & set('\u200b\ufe0f"”’'):
            assert text[span.start] not in ONLY_CLOSES


@given(st.text(alphabet="小米投入研發abc ", min_size=1, max_size=30).filter(str.strip))
def test_an_opening_mark_stays_with_the_sentence_it_opens(words: str) -> None:
    words = words.strip()
    for opener, closer in ("「」", "“”", "《》", "（）"):
        assert cut(f"前一句。{opener}{words}{closer}。")[1] == f"{opener}{words}{closer}。"


HOSTILE = [
    *("a", "中", "。", ".", " ", "\n", "《", '"', "“", "」", "1", "😀", ". ", '。"', "a\n", "www."),
    *("。》", "J. ", "\n1.", "！”A ", "。[1]", "…(", "中" * 50 + "\n", "word " * 14 + "\n", " \n", "。\n」"),
]


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_time_grows_with_the_text_not_with_its_square(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        start = time.thread_time()
        sentences(text)
        return time.thread_time() - start

    short, long = min(seconds(10_000), seconds(10_000)), seconds(200_000)  # the square of twenty is 400
    assert long < 80 * short + 0.2


def test_the_ends_of_lines_that_a_program_filled_are_no_ends_of_sentences() -> None:
    filled = "一二三四五六七八九十" * 3
    text = f"{filled}\n{filled}\n{filled}\n短行。"
    assert wrapped_line_ends(text) == {30, 61, 92}


def test_a_short_line_without_a_stop_keeps_its_end() -> None:
    assert (
        wrapped_line_ends("A heading\nand the first line under it, which is quite a lot longer than that")
        == set()
    )


def test_paragraphs_of_one_line_each_are_not_wrapped() -> None:
    text = (
        "河濱公園的步道週六重新開放，整修歷時九個月之久。\n"
        "工務局說鋪面改用透水磚，大雨後半小時內排乾。\n"
        "附近居民盼望夜間照明也能更新。"
    )
    assert wrapped_line_ends(text) == set()


def test_two_wrapped_lines_are_known_by_the_sentence_that_goes_on() -> None:
    text = "The city will decide on the second bridge after the elections in\nspring, said the mayor."
    assert cut(text) == [text]


def test_indented_paragraphs_in_wrapped_text_begin_anew() -> None:
    line = "　　" + "字" * 28
    full = "字" * 30
    assert cut(f"{line}\n{full}\n{full}\n尾\n{line}\n{full}") == [
        f"{line}\n{full}\n{full}\n尾".strip(),
        f"{line}\n{full}".strip(),
    ]
