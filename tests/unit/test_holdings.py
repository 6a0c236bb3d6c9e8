"""The articles of an index over its segments: which there are, and what a filter lets through."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from index import Within, roster
from index.holdings import Holdings
from index.roster import Entry, Roster

if TYPE_CHECKING:
    from pathlib import Path

GAZETTE = Entry("a", "1", "en", date(2025, 3, 4), "Harbour Gazette")
XINHUA = Entry("b", "1", "zh-Hant", date(2024, 5, 6), "新華社")
AGAIN = Entry("c", "1", "zh-Hans", date(2024, 7, 8), "新华社")
UNDATED = Entry("d", "1", "und", None, None)
PAST = Entry("b", "0", "zh-Hant", date(2024, 5, 5), "Times")


@pytest.fixture
def holdings(tmp_path: Path) -> Holdings:
    """A base of four articles, one of which is another version now, and a fresh segment."""
    rosters = []
    for number, entries in enumerate([[PAST, UNDATED], [], [GAZETTE, XINHUA, AGAIN]]):
        folder = tmp_path / str(number)
        folder.mkdir()
        roster.save(entries, folder)
        rosters.append(Roster.load(folder))
    return Holdings(rosters, [[0], [], []])


def through(holdings: Holdings, within: Within) -> str:
    kept = holdings.within(within)
    return "".join(sorted(holdings.version(number)[0] for number in range(len(kept)) if kept[number]))


def test_what_is_gone_is_not_there_and_the_rest_is(holdings: Holdings) -> None:
    assert holdings.versions() == (("d", "1"), ("a", "1"), ("b", "1"), ("c", "1"))
    assert len(holdings) == 4
    assert holdings.alive.tolist() == [False, True, True, True, True]
    assert [holdings.number(article) for article in "abcd"] == [2, 3, 4, 1]
    assert holdings.digest("b") == "1"
    assert "b" in holdings
    for nobody in ("", "aa", "ab", "z", "x" * 100, None):
        assert nobody not in holdings
    assert holdings.languages() == {"en": 1, "und": 1, "zh-Hant": 1, "zh-Hans": 1}
    assert holdings.chinese.tolist() == [True, False, False, True, True]


def test_both_days_of_a_filter_are_included_and_undated_articles_are_not(holdings: Holdings) -> None:
    assert through(holdings, Within(since=date(2024, 7, 8))) == "ac"
    assert through(holdings, Within(until=date(2024, 7, 8))) == "bc"
    assert through(holdings, Within(since=date(2024, 5, 5), until=date(2024, 5, 6))) == "b"
    assert through(holdings, Within(since=date(2025, 1, 2), until=date(2025, 1, 1))) == ""


def test_an_outlet_is_the_same_in_either_script_and_named_only_if_an_article_that_is_there_is_of_it(
    holdings: Holdings,
) -> None:
    assert (
        through(holdings, Within(outlets=("新华社",)))
        == through(holdings, Within(outlets=("新華社",)))
        == "bc"
    )
    assert through(holdings, Within(outlets=())) == through(holdings, Within(outlets=("Times",))) == ""
    assert through(holdings, Within()) == "abcd"
    assert holdings.outlets == ("Harbour Gazette", "新华社", "新華社")


def test_articles_are_let_through_by_their_ids(holdings: Holdings) -> None:
    assert through(holdings, Within(articles=frozenset(("b", "d", "nobody")))) == "bd"
    assert through(holdings, Within(articles=frozenset("bd"), until=date(2030, 1, 1))) == "b"
    assert sorted(holdings.numbers("bdx")) == [1, 3]


def test_an_index_without_articles_holds_none() -> None:
    nothing = Holdings([], [])
    assert nothing.versions() == nothing.outlets == ()
    assert nothing.within(Within()).shape == nothing.chinese.shape == (0,)
    assert "a" not in nothing
