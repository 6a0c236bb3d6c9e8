"""Full dates, in every way these articles write them, and which of several counts."""

from __future__ import annotations

from datetime import date

import pytest

from index.articles import parse
from index.dates import date_in, date_in_name, date_of_article
from index.records import Article


def article(data: bytes | str, suffix: str, name: str = "story") -> Article:
    return parse(data.encode() if isinstance(data, str) else data, suffix, name + suffix, id="1")


@pytest.mark.parametrize(
    "written",
    [
        "2025年12月1日",
        "２０２５年１２月１日",
        "二〇二五年十二月一日",
        "民國114年12月1日",
        "民國一一四年十二月一日",
        "2025-12-01T09:30:00+08:00",
        "2025/12/1",
        "1 December 2025",
        "1st of December, 2025",
        "December 1, 2025",
        "Dec. 1, 2025",
    ],
)
def test_full_dates_are_read_in_every_way_of_writing(written: str) -> None:
    assert date_in(f"發布：{written} 更新") == date(2025, 12, 1)


@pytest.mark.parametrize(
    "written", ["12月1日", "2025-13-01", "2025年2月30日", "1492年10月12日", "9999-01-01", "十十年1月1日"]
)
def test_partial_impossible_and_implausible_dates_are_none(written: str) -> None:
    assert date_in(written) is None


@pytest.mark.parametrize(
    "name", ["a_2025-12-01.txt", "20251201.html", "2025_12_01_b.md", "報導2025年12月1日.pdf"]
)
def test_a_file_name_may_hold_the_date(name: str) -> None:
    assert date_in_name(name) == date(2025, 12, 1)


def test_a_long_number_in_a_name_is_no_date() -> None:
    assert date_in_name("1202512010.txt") is None


def test_a_dateline_near_the_top_wins_over_a_date_in_the_prose() -> None:
    text = (
        "從1999年9月21日以來，這座城市改變了很多，居民們對於搖晃的記憶仍然十分清楚，" * 3
        + "\n2025-12-01 10:00\n正文"
    )
    assert date_of_article(text) == date(2025, 12, 1)
    assert date_of_article("字" * 400 + "2025年12月1日") is None


def test_the_date_is_the_articles_own_then_the_names_then_the_texts() -> None:
    body = "燈塔點亮了\n\n燈塔在2023年3月3日點亮，漁民都很高興。"
    assert article(body, ".txt").published == date(2023, 3, 3)
    assert article(body, ".txt", "2024-02-02").published == date(2024, 2, 2)
    front = "---\ndate: 2025-01-01\n---\n# 燈塔\n\n燈塔在2023年3月3日點亮。"
    assert article(front, ".md", "2024-02-02").published == date(2025, 1, 1)
