"""A question asks for a kind of answer, and a sentence offers one, in either language."""

from __future__ import annotations

import pytest

from index.evidence import KINDS, counts, figures, fits, wanted
from index.text import fold


def kinds(question: str) -> set[str]:
    return set(wanted(fold(question).text).kinds)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("how much does Xiaomi plan to spend on R&D", "money"),
        ("how much does Xiaomi plan to spend on R&D", "future"),
        ("小米計畫投入多少錢？", "money"),
        ("When did the line open?", "date"),
        ("捷運什麼時候開工？", "date"),
        ("How long does the ride take?", "duration"),
        ("全程要多久", "duration"),
        ("Who founded the company?", "person"),
        ("是誰創辦的？", "person"),
        ("Where did it land?", "place"),
        ("返回器落在哪裡？", "place"),
        ("how many cars", "number"),
        ("有几座车站", "number"),
    ],
)
def test_the_kind_of_answer_is_read_off_a_question(question: str, kind: str) -> None:
    assert kind in kinds(question)


@pytest.mark.parametrize("question", ["When did it open?", "什麼時候開幕？", "全程要多久"])
def test_who_asks_for_a_date_or_a_duration_asks_for_no_other_number(question: str) -> None:
    assert "number" not in kinds(question)


@pytest.mark.parametrize(
    ("question", "kind", "offered", "missing"),
    [
        ("how much does it cost", "money", "票價7元。", "票價不變。"),
        ("票價多少錢", "money", "A ticket costs 7 yuan.", "Tickets are sold at the station."),
        ("when did it open", "date", "2025年9月28日通車。", "線路已經通車。"),
        ("什么时候通车", "date", "It opened on 28 September.", "It opened to queues."),
        ("how long is the ride", "duration", "全程38分鐘。", "全程很短。"),
    ],
)
def test_evidence_crosses_languages(question: str, kind: str, offered: str, missing: str) -> None:
    want, at = wanted(fold(question).text), KINDS.index(kind)
    assert fits(want, fold(offered).text)[at] == 1.0
    assert fits(want, fold(missing).text)[at] == -1.0


def test_a_kind_that_is_not_asked_for_counts_for_nothing() -> None:
    assert set(fits(wanted("tell me about the bridge"), "it cost 7 yuan in 2024.")) == {0.0}


@pytest.mark.parametrize(
    ("question", "sentence", "counted"),
    [
        ("造成多少戶停電", "受影響的用戶有5萬3000戶", 1.0),
        ("造成多少戶停電", "出動210組人員", 0.0),
        ("how many stations are there", "it has 19 new stations", 1.0),
        ("how many stations are there", "it has 19 trains", 0.0),
        ("why was it built", "it has 19 stations", 0.0),
    ],
)
def test_the_very_thing_that_is_to_be_counted_is_seen(question: str, sentence: str, counted: float) -> None:
    assert counts(wanted(fold(question).text), fold(sentence).text) == counted


def test_a_counted_noun_is_matched_as_text_not_as_a_pattern() -> None:
    assert counts(wanted("how many c (dots) are there"), "5 c") == 1.0


def test_a_figure_is_the_same_in_digits_and_in_characters() -> None:
    assert figures("6号线") == figures("六号线") == {"6"}
    assert figures("3.14 and 1935.3 g") == {"3.14", "1935.3"}
