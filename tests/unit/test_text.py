"""Folded text finds its way back to the original, and a text's language is known."""

from __future__ import annotations

import sys
import threading
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Span, language_of, text
from index.text import fold
from tests.fakes_index import texts


@pytest.mark.parametrize(
    ("original", "folded"),
    [
        ("預計未來五年投入研發費用", "预计未来五年投入研发费用"),
        ("ＡＢＣ１２３％", "abc123%"),
        ("「你好，世界！」", '"你好,世界!"'),
        ("Café cafe\u0301 NAÏVE", "cafe cafe naive"),
        ("㎡ ﬁ ½ … ㈱ ①", "m2 fi 1⁄2 ... (株) 1"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("❤\ufe0f", "❤"),
        ("葛\U000e0100城", "葛城"),
        ("ß ς ſ", "ss σ s"),
        ("\u3000\u00a0", "  "),
        ("한글", "한글"),
        ("", ""),
    ],
)
def test_folding_leaves_one_script_one_width_one_case(original: str, folded: str) -> None:
    assert fold(original).text == folded


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("龍馬飛躍", "龙马飞跃"),
        ("財務長說，營業額達三億。", "财务长说，营业额达三亿。"),
        ("這裡發生了什麼？", "这里发生了什么？"),
    ],
)
def test_both_scripts_fold_to_the_same_text(traditional: str, simplified: str) -> None:
    assert fold(traditional).text == fold(simplified).text


def test_folding_a_folded_character_changes_nothing_more() -> None:
    twice = []
    for code in range(sys.maxunicode + 1):
        once = fold(chr(code)).text
        if fold(once).text != once:
            twice.append(chr(code))
    assert twice == ["薴"]  # the one chain in the table of scripts: 薴, 苧, 苎


@given(texts())
def test_every_folded_character_comes_from_one_original_character(original: str) -> None:
    copy = fold(original)
    for at, character in enumerate(original):
        folded = copy.text[copy.folded_offset(at) : copy.folded_offset(at + 1)]
        assert folded == fold(character).text
    assert copy.folded_offset(len(original)) == len(copy.text)


@given(texts(), st.data())
def test_a_found_span_goes_back_to_the_characters_it_came_from(original: str, data: st.DataObject) -> None:
    copy = fold(original)
    start = data.draw(st.integers(0, len(copy.text)))
    end = data.draw(st.integers(start, len(copy.text)))
    back = copy.original(Span(start, end))
    assert back.end <= len(original)
    assert copy.folded_offset(back.start) <= start
    assert bool(back) == (start < end)
    if back:  # it covers what was found, and no smaller span would
        assert copy.folded_offset(back.end) >= end
        assert copy.folded_offset(back.start + 1) > start
        assert copy.folded_offset(back.end - 1) < end


@given(texts(), st.data())
def test_whole_characters_survive_the_way_there_and_back(original: str, data: st.DataObject) -> None:
    copy = fold(original)
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, len(original)))
    there = Span(copy.folded_offset(start), copy.folded_offset(end))
    if there:
        back = copy.original(there)
        assert start <= back.start < back.end <= end
        # What was dropped from the ends is invisible: nothing of it is in the folded text.
        assert fold(original[start : back.start] + original[back.end : end]).text == ""


def test_accents_do_not_depend_on_how_they_are_written() -> None:
    for word in ("Zürich", "São Tomé", "Việt Nam"):
        assert fold(unicodedata.normalize("NFD", word)).text == fold(unicodedata.normalize("NFC", word)).text


def test_a_text_folded_by_many_threads_at_once_keeps_its_offsets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first thread to meet "㎡" must not let another believe that offsets run in step."""
    table = text._FoldTable()
    monkeypatch.setattr(text, "_FOLD_TABLE", table)
    seen = []

    class Watching(set[str]):
        def add(self, character: str) -> None:
            found = threading.Thread(target=lambda: seen.append(ord(character) in table))
            found.start()
            found.join()
            super().add(character)

    table.irregular = Watching()
    assert fold("10㎡").starts == (0, 1, 2, 4)
    assert seen == [False]  # not to be found in the table before it is known to be irregular


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("小米", "zh-Hans"),
        ("什麼", "zh-Hant"),
        ("什么", "zh-Hans"),
        ("小米 研發費用", "zh-Hant"),
        ("Xiaomi 研發費用", "zh-Hant"),
        ("Xiaomi 研发费用是多少", "zh-Hans"),
        ("小米有哪些著名产品", "zh-Hans"),
        ("著名的產品有哪些", "zh-Hant"),
        ("哪吒票房", "zh-Hans"),
        ("乾隆是谁", "zh-Hans"),
        ("「她哭了」", "zh-Hant"),
        ("iPhone 17 Pro Max 售价", "zh-Hans"),
        ("BBC 蘇格蘭的 Alasdair Lamont 在 Tony Macaroni Arena 報導", "zh-Hant"),
        ("Who is 雷軍", "en"),
        ("how much does 小米 plan to spend on R&D", "en"),
        ("How many people work there?", "en"),
        ("2024", "und"),
        ("😀", "und"),
        ("?!", "und"),
        ("", "und"),
        ("Сколько стоит билет", "und"),
        ("東京の天気はどうですか", "und"),
        ("서울의 날씨", "und"),
    ],
)
def test_the_language_of_a_question(words: str, language: str) -> None:
    assert language_of(words) == language


def test_a_quotation_in_the_other_language_does_not_make_an_article_of_that_language() -> None:
    english = (
        "The mayor opened the line and said 「今天是南嵐的大日子」 before the first train left the station."
    )
    assert language_of(english) == "en"
    chinese = (
        "市長在典禮上引用了一句英文：“A city is what its people make of it.”隨後首班列車駛出車站，開往北丘。"
    )
    assert language_of(chinese) == "zh-Hant"


@given(texts())
def test_every_text_has_one_of_four_languages(words: str) -> None:
    assert language_of(words) in {"en", "zh-Hant", "zh-Hans", "und"}
