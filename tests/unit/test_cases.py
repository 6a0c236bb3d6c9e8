"""A passage in other words is the same passage: what hides it hides them, and none is a wrong answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from index.training.asking import ask
from index.training.cases import Case, identifier, library_of, read, whole_articles
from index.training.devset import translated_once
from index.training.examples import Settings, examples, is_kept_out, is_unseen
from tests.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.ranking import Candidate
    from index.snapshot import Snapshot

ENGLISH = "The bridge opened in May 2010. It cost 120 million."
FIRST, SECOND = "大桥于2010年五月通车。它花费一亿二千万。", "这座桥2010年五月开通。费用为1.2亿。"
OTHER = "The museum opened in June. It cost nothing."


def row(number: int, chinese: str, answer: str) -> dict[str, str]:
    return {
        "id": str(number),
        "q_en": "What did the bridge cost?",
        "q_zh": "这座桥花了多少钱？",
        "ctx_en": ENGLISH,
        "ctx_zh": chinese,
        "a_en": "120 million",
        "a_zh": answer,
        "title": "Bridge",
    }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "cross.jsonl"
    rows = [row(1, FIRST, "一亿二千万"), row(2, SECOND, "1.2亿")]
    path.write_text("\n".join(json.dumps(each) for each in rows), encoding="utf-8")
    return path


def test_a_case_knows_its_passage_in_all_other_words_the_english_first(data: Path) -> None:
    assert [case.others for case in read(data, question="en", context="zh")] == [
        (ENGLISH, SECOND),
        (ENGLISH, FIRST),
    ]
    assert {case.others for case in read(data, question="zh", context="en")} == {(FIRST, SECOND)}


def test_what_hides_a_passage_hides_it_in_all_its_words(data: Path) -> None:
    (case, _) = read(data, question="en", context="zh")
    asked: list[frozenset[str]] = []

    def examine(
        _question: str, _snapshot: Snapshot, away: frozenset[str]
    ) -> Sequence[tuple[Candidate, Sequence[float]]]:
        asked.append(away)
        return []

    with library_of([case], HashEncoder(), titles=True) as snapshot:
        ask(case, snapshot, examine, hidden=False)
        ask(case, snapshot, examine, hidden=True)
    others = {identifier(ENGLISH), identifier(SECOND)}
    assert asked == [others, others | {identifier(FIRST)}]


def test_a_second_translation_is_left_out_of_a_library_in_which_the_first_may_be_hidden(data: Path) -> None:
    assert [case.context for case in translated_once(read(data, question="en", context="zh"))] == [FIRST]
    assert len(translated_once(read(data, question="zh", context="en"))) == 2


def test_a_second_translation_is_no_example_of_a_passage_that_does_not_answer(data: Path) -> None:
    crossing = read(data, question="en", context="zh")
    made = examples([*crossing, Case("Free?", OTHER, "nothing", "Museum")], Settings(nearest=2, anywhere=1))
    wrong = {each.window.text for each in made if not each.answer and each.question != "Free?"}
    assert wrong
    assert not [text for text in wrong if FIRST[:5] in text or SECOND[:5] in text or ENGLISH[:9] in text]


def test_what_one_may_fit_on_was_seen_in_none_of_its_words(data: Path) -> None:
    cases = [
        Case("?", f"{number} {FIRST}", "", "", (f"{number} {ENGLISH}", f"{number} {SECOND}"))
        for number in range(300)
    ]
    assert all(is_kept_out(case) for case in cases if is_unseen(case))
    kept, unseen = sum(map(is_kept_out, cases)), sum(map(is_unseen, cases))
    assert 0 < unseen < kept < 150
    (first, second) = read(data, question="en", context="zh")
    assert is_kept_out(first) is is_kept_out(second)


def test_an_article_is_whole_in_its_language_and_knows_itself_in_the_other() -> None:
    cases = [
        Case("When did it open?", ENGLISH, "May 2010", "Bridge", (FIRST,)),
        Case("Who paid for it?", OTHER, "nothing", "Bridge"),
        Case("这座桥花了多少钱？", FIRST, "一亿二千万", "Bridge", (ENGLISH,)),
        Case("谁写了这本书？", SECOND, "1.2亿", ""),
    ]
    english, same, chinese, untitled = whole_articles(cases, cases)
    assert english.context == same.context == f"{ENGLISH}\n\n{OTHER}"
    assert english.others == (FIRST,)
    assert (chinese.context, chinese.others) == (FIRST, (english.context,))
    assert (untitled.context, untitled.others) == (SECOND, ())
    assert [case.answer for case in (english, untitled)] == ["May 2010", "1.2亿"]
