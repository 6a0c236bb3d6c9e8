"""Filters in plain words: forty questions, half of them written before the rules.

Each row holds a question, asked on a Wednesday, and the days and outlets it should be kept to; none of
these where it should be left alone. `text` is what should be left of it to search by.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from index import Within
from index.filters import Filtered, filtered

TODAY = date(2025, 12, 10)
OUTLETS = (
    "新华社",
    "BBC News",
    "The Guardian",
    "Harbour Gazette",
    "南澜晚报",
    "南澜财经",
    "中央社",
    "人民日报",
    "South China Morning Post",
    "澎湃新闻",
)
# Regression bounds, below what was seen: 20 of 20 of either half. Nothing may be filtered by mistake.
RIGHT, RIGHT_HELD_OUT = 19, 18

ROWS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "filters.jsonl").read_text(encoding="utf-8").splitlines()
]


def wanted(row: dict[str, Any]) -> Filtered:
    since, until = (date.fromisoformat(row[end]) if end in row else None for end in ("since", "until"))
    within = Within(since=since, until=until, outlets=tuple(row["outlets"]) if "outlets" in row else None)
    return Filtered(row.get("text", row["question"]), None if within.everything else within)


def right(rows: list[dict[str, Any]]) -> int:
    return sum(filtered(row["question"], TODAY, OUTLETS) == wanted(row) for row in rows)


def test_there_are_forty_questions_and_half_are_held_out() -> None:
    assert len(ROWS) == 40
    assert sum(row.get("held_out", False) for row in ROWS) == 20


def test_filters_are_understood_as_they_are_meant() -> None:
    assert right([row for row in ROWS if not row.get("held_out")]) >= RIGHT
    assert right([row for row in ROWS if row.get("held_out")]) >= RIGHT_HELD_OUT


def test_a_question_that_is_not_about_the_articles_is_never_filtered() -> None:
    unfiltered = [row["question"] for row in ROWS if wanted(row).within is None]
    assert len(unfiltered) == 13
    assert [question for question in unfiltered if filtered(question, TODAY, OUTLETS).within] == []
