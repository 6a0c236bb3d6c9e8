"""Articles by what is known of them, and filters put together."""

from __future__ import annotations

from datetime import date

import pytest

from index import LibraryDamaged, Source, Within
from index.archive import Card
from index.finding import cards_of, newest_first, sources, titled


def card(title: str = "", source: str | None = None, published: date | None = None) -> Card:
    return Card(title, "digest", title, published, "zh-Hans", source)


GAZETTE = card("Bridges of the harbour", "Harbour Gazette", date(2025, 3, 4))
XINHUA = card("橋樑與港口", "新華社", date(2024, 5, 6))
AGAIN = card("桥", "新华社", date(2024, 7, 8))
UNDATED = card("Notes on bridges", "notes.txt")
CARDS = [GAZETTE, XINHUA, AGAIN, UNDATED]


def test_a_files_name_is_no_outlet() -> None:
    assert sources(CARDS) == (
        Source("新華社", 2, date(2024, 7, 8)),
        Source("Harbour Gazette", 1, date(2025, 3, 4)),
        Source(None, 1, None),
    )


def test_titles_hold_every_word_from_its_beginning_and_every_chinese_character() -> None:
    assert titled(CARDS, "BRIDGE") == [GAZETTE, UNDATED]
    assert titled(CARDS, "bridge harbour") == [GAZETTE]
    assert titled(CARDS, "ridge") == titled(CARDS, " ?! ") == titled(CARDS, "") == []
    assert titled(CARDS, "港桥") == [XINHUA]


def test_cards_come_newest_first_and_undated_last() -> None:
    assert newest_first(CARDS) == [GAZETTE, AGAIN, XINHUA, UNDATED]


def test_an_article_that_the_archive_lacks_is_damage() -> None:
    with pytest.raises(LibraryDamaged, match="lost"):
        cards_of((("lost", "digest"),), {})


def test_two_filters_together_let_through_what_both_do() -> None:
    one = Within(articles=frozenset("ab"), since=date(2024, 1, 1), outlets=("A", "B"))
    other = Within(articles=frozenset("bc"), since=date(2024, 2, 1), until=date(2024, 3, 1), outlets=("B",))
    both = Within(frozenset("b"), date(2024, 2, 1), date(2024, 3, 1), ("B",))
    assert one.and_also(other) == other.and_also(one) == both
    assert one.and_also(Within()) == Within().and_also(one) == one
    assert Within().everything
    assert not Within(articles=frozenset()).everything
