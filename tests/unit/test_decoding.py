"""Bytes in any encoding these articles come in are read as the text that was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.decoding import decode, decode_as, normalise
from tests.reading import TRADITIONAL, article, refusal

SIMPLIFIED = "港湾的灯塔重新点亮，渔民说夜里出海安心多了。市政府预计明年再修复两座，经费约三千万元。"


@pytest.mark.parametrize("length", [30, 100, 1000])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "cp950"),
        (TRADITIONAL, "big5hkscs"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "utf-16-le"),
        (TRADITIONAL, "utf-16-be"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "gbk"),
        (SIMPLIFIED, "utf-16"),
        (SIMPLIFIED, "utf-32"),
        (SIMPLIFIED, "utf-8-sig"),
    ],
)
def test_legacy_encodings_of_chinese_are_told_apart_from_thirty_characters_on(
    text: str, encoding: str, length: int
) -> None:
    sample = (text * 30)[:length]
    assert decode(sample.encode(encoding)) == sample


def test_western_and_japanese_bytes_are_not_taken_for_chinese() -> None:
    assert decode("The café’s owner said “naïve”.".encode("cp1252")) == "The café’s owner said “naïve”."
    assert (
        decode("東京で新しい図書館が開館しました。".encode("shift_jis"))
        == "東京で新しい図書館が開館しました。"
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("오늘 서울에서 새로운 도서관이 문을 열었습니다. 시민들은 크게 기뻐했습니다. " * 3, "euc_kr"),
        ("Сегодня в городе открылась новая библиотека. ", "koi8_r"),
    ],
)
def test_what_no_reading_makes_plausible_is_refused_rather_than_guessed(text: str, encoding: str) -> None:
    assert "UTF-8" in refusal(text.encode(encoding), ".txt")


def test_utf8_with_a_broken_byte_is_refused() -> None:
    assert "UTF-8" in refusal(TRADITIONAL.encode()[:-1], ".txt")
    assert "byte" in refusal(b"\xff\xfe" + TRADITIONAL.encode("utf-16-le")[:-1], ".txt")


def test_binary_files_and_nul_characters_are_refused() -> None:
    assert "NUL" in refusal(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), ".txt")
    assert "NUL" in refusal("標題\n內文有\0在裡面。".encode("utf-8-sig"), ".txt")


def test_a_declared_encoding_is_read_as_its_superset_and_dropped_when_plainly_wrong() -> None:
    assert decode_as("朱镕基".encode("gbk"), "gb2312") == "朱镕基"
    assert decode_as(TRADITIONAL.encode("big5"), "utf-8") is None
    assert decode_as(b"plain", "no-such-encoding") is None


def test_normalising_touches_line_ends_and_edges_only() -> None:
    assert normalise("\ufeff \n\r\n　甲\r\n乙\rcafe\u0301　\n\n") == "　甲\n乙\ncafe\u0301"
    assert normalise("\ud83d\ude42 \ud800") == "🙂 \ufffd"


WORDS = st.text(st.sampled_from("港灣灯塔的是在有一人，。「」Ab 1\n"), min_size=1, max_size=60)


@given(WORDS, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))
def test_the_same_text_comes_back_from_every_encoding_with_windows_line_ends(
    words: str, encoding: str
) -> None:
    text = normalise(TRADITIONAL + "\n" + words)
    read = article(text.replace("\n", "\r\n").encode(encoding), ".txt")
    assert read.text == article(text, ".txt").text
    assert read.digest == article(text, ".txt").digest
