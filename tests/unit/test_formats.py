"""Plain text and Markdown: titles, header lines, front matter, and text without markup."""

from __future__ import annotations

from datetime import date

import pytest

from index.headings import Draft, settle, source_in
from tests.reading import TRADITIONAL, article, refusal


def test_the_first_line_is_the_title_and_leaves_the_text() -> None:
    read = article("燈塔重新點亮\n\n漁民說安心多了。\n市府很高興。\n", ".txt")
    assert (read.title, read.text) == ("燈塔重新點亮", "漁民說安心多了。\n市府很高興。")


@pytest.mark.parametrize(
    "first", ["燈塔昨晚重新點亮，漁民都很高興。", "The lighthouse was lit again on Monday.", "字" * 121]
)
def test_a_first_line_that_is_a_sentence_or_too_long_stays_in_the_text(first: str) -> None:
    read = article(f"{first}\n第二段在這裡。", ".txt")
    assert read.text.startswith(first)
    assert 0 < len(read.title) <= 60


def test_a_title_may_ask_or_exclaim() -> None:
    assert article("燈塔還會亮嗎？\n沒有人知道。", ".txt").title == "燈塔還會亮嗎？"


def test_the_first_of_hard_wrapped_lines_is_no_title() -> None:
    read = article("The lighthouse at the end of the pier was lit again\nby its keeper on Monday.", ".txt")
    assert read.text.startswith("The lighthouse at the end of the pier was lit again\nby its")


def test_an_article_of_one_line_keeps_it_and_is_titled_by_its_first_clause() -> None:
    read = article(TRADITIONAL, ".txt")
    assert (read.title, read.text) == ("港灣的燈塔重新點亮", TRADITIONAL)


def test_header_lines_after_the_title_become_metadata() -> None:
    read = article(
        "燈塔重新點亮\n來源：港灣日報　作者：林曉彤\n日期：2025年12月1日 09:30\n"
        "網址：https://daily.example/1\n\n漁民說安心多了。\n來源：這一行在正文裡",
        ".txt",
    )
    assert read.text == "漁民說安心多了。\n來源：這一行在正文裡"
    assert (read.source, read.author, read.url) == ("港灣日報", "林曉彤", "https://daily.example/1")
    assert read.published == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Moira Keane", Draft("", author="Moira Keane")),
        ("Source: The Northern Ledger", Draft("", source="The Northern Ledger")),
        (
            "2025-11-28 08:15 来源：江岸晚报 作者：周立平",
            Draft("", source="江岸晚报", author="周立平", published=date(2025, 11, 28)),
        ),
        ("Date: 19 November 2025", Draft("", published=date(2025, 11, 19))),
        ("December 1, 2025", Draft("", published=date(2025, 12, 1))),
    ],
)
def test_header_lines_in_other_shapes(line: str, expected: Draft) -> None:
    settled = settle(Draft(f"Title\n{line}\n\nThe text."))
    assert settled.text == "The text."
    found = (settled.source, settled.author, settled.published)
    assert found == (expected.source, expected.author, expected.published)


@pytest.mark.parametrize(
    "line",
    [
        "By Monday the lamp was lit.",
        "來源：漁民們說，這是真的。",
        "日期：下週再定",
        "URL: see below",
        "2025年12月1日，燈塔點亮。",
        "本報記者 林曉彤 港都報導",
    ],
)
def test_a_line_that_says_more_than_metadata_stays_in_the_text(line: str) -> None:
    assert article(f"燈塔重新點亮\n{line}\n正文。", ".txt").text.startswith(line)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("（新華社北京12月1日電）燈塔點亮。", "新華社"),
        ("中新网12月1日电 灯塔点亮。", "中新网"),
        ("（中央社記者王小明台北1日電）燈塔點亮。", "中央社"),
        ("HARBOUR, Dec 1 (Reuters) - The lamp was lit.", "Reuters"),
        ("燈塔點亮。（來源：港灣日報）", "港灣日報"),
        ("燈塔點亮。", None),
    ],
)
def test_the_outlet_is_taken_from_datelines_and_credits(text: str, source: str | None) -> None:
    assert source_in(text) == source


def test_the_source_is_the_files_name_where_nothing_else_is_known() -> None:
    assert article("標題\n正文。", ".txt", "燈塔").source == "燈塔.txt"


def test_front_matter_is_metadata_and_the_repeated_heading_goes() -> None:
    read = article(
        '---\ntitle: "燈塔: 重新點亮"\ndate: 2025-12-01\nurl: https://daily.example/1\n'
        "source: 港灣日報\nauthor: [林曉彤, 陳文]\n---\n\n# 燈塔: 重新點亮\n\n漁民說安心多了。\n",
        ".md",
    )
    assert (read.title, read.text) == ("燈塔: 重新點亮", "漁民說安心多了。")
    assert (read.url, read.source, read.author) == ("https://daily.example/1", "港灣日報", "林曉彤, 陳文")
    assert read.published == date(2025, 12, 1)


def test_markup_is_rendered_to_plain_text() -> None:
    read = article(
        "# 燈塔\n\n**漁民**說[安心](https://x.example)多了，\n`lamp` 亮了。\n\n"
        "The *lamp* was\nlit &amp; bright.\n\n- 一座\n- 兩座\n  1. 大\n\n> 引言\n\n"
        "```\ncode  kept\n```\n\n| 年 | 座 |\n|---|---|\n| 2024 | 3 |\n\n"
        "![圖](x.jpg)\n\n<div>區塊<br></div>\n\n<!-- 註 -->\n\n3\\. 完",
        ".md",
    )
    assert read.title == "燈塔"
    assert read.text == (
        "漁民說安心多了，lamp 亮了。\n\nThe lamp was lit & bright.\n\n一座\n兩座\n1. 大\n\n引言\n\n"
        "code  kept\n\n年 | 座\n2024 | 3\n\n區塊\n\n3. 完"
    )


@pytest.mark.parametrize(
    "value", ["2025-12-01", "'2025-12-01'", "2025-12-01T08:00:00Z", "2025年12月1日", "Dec 1, 2025"]
)
def test_front_matter_dates_are_read_quoted_or_not(value: str) -> None:
    assert article(f"---\ndate: {value}\n---\n# t\n\nx", ".md").published == date(2025, 12, 1)


def test_malformed_front_matter_names_the_line() -> None:
    assert "line 3" in refusal("---\ntitle: 燈塔\nsource: a: b\n---\n正文", ".md")
    assert "nested" in refusal("---\na: " + "[" * 1200 + "\n---\n正文", ".md")


def test_a_rule_at_the_top_is_not_front_matter() -> None:
    assert article("---\n燈塔\n\n---\n正文。", ".md").title == "燈塔"


def test_a_heading_further_down_is_not_taken_for_the_title() -> None:
    read = article("燈塔昨晚點亮。\n\n## 背景\n\n它有百年歷史。", ".md")
    assert (read.title, read.text) == ("燈塔昨晚點亮", "燈塔昨晚點亮。\n\n背景\n\n它有百年歷史。")
