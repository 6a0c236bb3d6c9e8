"""What nobody sees cannot make a quote lie, and what a script needs stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.decoding import normalise
from index.invisible import without_invisible
from tests.reading import article

INVISIBLE = {"Cc", "Cf"}


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("profit rose by \u202e001\u202c percent", "profit rose by 001 percent"),
        ("\u2066雷軍\u2069說\u202d：\u202c「好」", "雷軍說：「好」"),
        ("Xiao\u200bmi spent 1\u20600\u200c0\u200d0", "Xiaomi spent 1000"),
        ("小\u200b米\ufeff公\u00ad司", "小米公司"),
        ("score 3\u200f : \u200f1", "score 3 : 1"),
        ("see \x1b[2Jhere\x07\x9b31m", "see [2Jhere31m"),
        ("plain" + "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all"), "plain"),
        ("a\ufe0f\ufe0e\ufe0f\U000e0101b", "a\ufe0fb"),
        ("one\u2028two\u2029three\x85four\x0bfive\x0csix\rseven\r\neight", "\n".join(
            "one two three four five six seven eight".split())),
        ("x\r\u200b\ny", "x\ny"),
        ("ㅤhidden", "hidden"),
    ],
)  # fmt: skip
def test_what_only_deceives_is_dropped_when_a_text_is_read(written: str, kept: str) -> None:
    assert normalise(written) == kept
    assert article(f"Title\n\n{written}", ".txt").text == kept


@pytest.mark.parametrize(
    "text",
    [
        "👩‍❤️‍👨 and 👩🏽‍🚀 and 🏴‍☠️ and 1️⃣",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
        "می‌خواهم",  # Persian, with a non-joiner
        "क्‍ष श्री",  # Devanagari, with a joiner
        "ภาษา\u200bไทย",  # Thai, with a space of no width between words
        "שלום (ABC\u200e) עולם",  # Hebrew, with a direction mark
        "葛\U000e0100城市 邊\ufe00",  # Chinese, a form of a character chosen
        "cafe\u0301 naïve é\u0301",
        "non\u00a0breaking　wide\u2009thin",
    ],
)
def test_what_a_script_needs_is_kept(text: str) -> None:
    assert normalise(text) == text


CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | st.sampled_from(
    "a1。中ب\u200b\u200c\u200d\u200e\u200f\u202e\u2066\ufe0f\ufe0e\U0001f3f4\U000e0067\U000e007f👩\r\n\x85\u2028\xad"
)


@given(st.text(CHARACTERS))
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(CHARACTERS))
def test_nothing_that_can_be_seen_is_dropped(text: str) -> None:
    def seen(words: str) -> list[str]:
        fillers = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u034f"
        return [
            each
            for each in words
            if unicodedata.category(each) not in {*INVISIBLE, "Mn", "Cn"} and each not in fillers
        ]

    assert seen(without_invisible(text)) == seen(text)


@given(
    st.text(
        st.sampled_from(
            "abc 中文，。1\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\x1b\x9b\xad\ufeff"
        )
    )
)
def test_english_and_chinese_hold_nothing_invisible(text: str) -> None:
    assert all(unicodedata.category(each) not in INVISIBLE for each in without_invisible(text))
