"""How a question was kept within times and outlets is shown back."""

from __future__ import annotations

from datetime import date

import pytest

from bot.render import not_found_message
from bot.scope import scope_line
from bot.texts import texts_in
from index import NotFound, Within

NOVEMBER = Within(since=date(2025, 11, 1), until=date(2025, 11, 30))


@pytest.mark.parametrize(
    ("within", "language", "line"),
    [
        (NOVEMBER, "en", "Only articles from 1 November 2025 to 30 November 2025."),
        (NOVEMBER, "zh-Hant", "只看2025年11月1日至2025年11月30日的文章。"),
        (Within(since=date(2025, 6, 1)), "en", "Only articles since 1 June 2025."),
        (Within(until=date(2019, 12, 31)), "zh-Hans", "只看2019年12月31日以前的文章。"),
        (Within(since=date(2025, 6, 1), until=date(2025, 6, 1)), "en", "Only articles of 1 June 2025."),
        (Within(outlets=("新華社", "路透社")), "zh-Hant", "只看新華社、路透社的文章。"),
        (
            Within(since=date(2025, 6, 1), outlets=("BBC",)),
            "en",
            "Only articles since 1 June 2025, in BBC.",
        ),
        (Within(articles=frozenset({"a"})), "en", "Only articles of 1 chosen."),
    ],
)
def test_the_range_is_named_in_the_persons_language(within: Within, language: str, line: str) -> None:
    assert scope_line(within, texts_in(language)) == line


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Only in “高山茶” (/new for all articles)."),
        ("zh-Hant", "只看〈高山茶〉這一篇（傳送 /new 可回到全部文章）。"),
        ("zh-Hans", "只看《高山茶》这一篇（发送 /new 可回到全部文章）。"),
    ],
)
def test_the_one_article_that_was_chosen_is_named_and_how_to_leave_it(language: str, line: str) -> None:
    texts, one = texts_in(language), Within(articles=frozenset({"a"}))
    assert scope_line(one, texts, "高山茶") == line
    both = NOVEMBER.and_also(one)
    assert scope_line(both, texts, "高山茶") == f"{line}\n{scope_line(NOVEMBER, texts)}"


def test_nothing_in_a_range_is_told_apart_from_nothing_said() -> None:
    texts = texts_in("en")
    shown = not_found_message(NotFound("news?", (), within=NOVEMBER, none_within=True), texts)
    assert (
        shown.text
        == f"{scope_line(NOVEMBER, texts)}\nNo article is in that range; /articles shows what there is."
    )
    shown = not_found_message(NotFound("news?", (), within=NOVEMBER), texts)
    assert shown.text.endswith("The articles do not say that.")
