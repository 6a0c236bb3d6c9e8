"""Filters and finding over a real library of the bundled samples."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from index import Answer, ArticleNotFound, Library, Listing, NotFound, Source, Within
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STOLEN = "how many bikes were stolen?"
STAFF = "小米有多少研發人員？"


@pytest.fixture(scope="module")
def library(sample_library: Path) -> Iterator[Library]:
    with Library.open(sample_library) as opened:
        yield opened


def article_id(library: Library, words: str) -> str:
    (found,) = library.find(words)
    return found.id


# --- filters ---


@pytest.mark.parametrize(
    ("question", "within"),
    [
        (f"According to the Harbour Gazette, {STOLEN}", Within(outlets=("Harbour Gazette",))),
        (f"據晨港日报報導，{STAFF}", Within(outlets=("晨港日報",))),
        (f"上個月{STAFF}", Within(since=date(2025, 12, 1), until=date(2025, 12, 31))),
    ],
)
def test_a_question_is_kept_within_what_its_words_say_and_the_answer_tells(
    library: Library, question: str, within: Within
) -> None:
    result = library.ask(question, today=date(2026, 1, 15))
    assert isinstance(result, Answer)
    assert (result.question, result.within) == (question, within)


def test_only_articles_within_are_quoted(library: Library) -> None:
    everywhere = library.ask("研發花了多少錢？")
    assert isinstance(everywhere, Answer)
    assert everywhere.within is None
    sources = {quote.article.source for quote in everywhere.quotes}
    for source in sources:
        assert source is not None
        result = library.ask("研發花了多少錢？", within=Within(outlets=(source,)))
        quoted = result.quotes if isinstance(result, Answer) else ()
        assert {quote.article.source for quote in quoted} <= {source}


def test_a_filter_of_words_and_one_that_is_given_both_hold(library: Library) -> None:
    given = Within(articles=frozenset({article_id(library, "bikes")}))
    result = library.ask(f"According to the Harbour Gazette, {STOLEN}", within=given)
    assert isinstance(result, Answer)
    assert result.within == Within(articles=given.articles, outlets=("Harbour Gazette",))
    other = library.ask(f"據晨港日報報導，{STOLEN}", within=given)
    assert isinstance(other, NotFound)
    assert other.none_within


def test_what_the_articles_within_do_not_say_is_told_from_there_being_none(library: Library) -> None:
    here = library.ask(STOLEN, within=Within(outlets=("晨港日報",)))
    assert isinstance(here, NotFound)
    assert not here.none_within
    assert {article.source for article in here.nearest} == {"晨港日報"}
    nowhere = library.ask(f"yesterday, {STOLEN}", today=date(2020, 1, 2))
    assert nowhere == NotFound(
        f"yesterday, {STOLEN}",
        within=Within(since=date(2020, 1, 1), until=date(2020, 1, 1)),
        none_within=True,
    )


def test_a_bare_year_hides_nothing(library: Library) -> None:
    result = library.ask("How much did BYD spend on R&D in 2023?")  # in an article of 2025, if any
    assert result.within is None


def test_a_follow_up_takes_the_filter_with_it(library: Library) -> None:
    turn = "據晨港日報報導，小米2024年的研發開支是多少？"
    result = library.ask("那未來五年呢？", turns=[turn])
    assert result.understood is not None
    assert result.within == Within(outlets=("晨港日報",))


def test_articles_without_a_date_are_left_out_by_a_filter_of_dates(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("bridge.txt", "The bridge was closed for repairs.")
    shelf.write("museum.txt", "Museum\nDate: 2025-03-04\n\nThe museum opens its new wing.")
    shelf.build()
    with shelf.library as library:
        assert [source.newest for source in library.sources()] == [date(2025, 3, 4)]
        result = library.ask("When was the bridge closed?", within=Within(until=date(2030, 1, 1)))
        quoted = result.quotes if isinstance(result, Answer) else ()
        assert "bridge" not in " ".join(quote.text for quote in quoted)
        assert library.ask("When was the bridge closed?", within=Within(outlets=("bridge.txt",))).none_within  # type: ignore[union-attr] # no outlet


# --- finding ---


def test_titles_are_found_by_words_in_any_script_width_and_case(library: Library) -> None:
    assert [each.title for each in library.find("ＴＳＭＣ ariz")] == [
        "TSMC adds $100 billion to its Arizona plans"
    ]
    assert library.find("雷軍") == library.find("雷军") != ()
    assert [each.source for each in library.find("地鐵開通")] == ["南澜晚报"]
    assert library.find("tsmc 小米") == library.find("MC") == library.find("！") == ()


def test_found_articles_are_newest_first_and_can_be_counted_off(library: Library) -> None:
    every = library.articles()
    assert library.latest(3) == every[:3]
    assert library.latest(99) == every
    found = library.find("的")
    assert found == tuple(each for each in every if "的" in each.title)
    assert library.find("的", count=1) == found[:1]


def test_a_list_is_read_page_by_page_and_a_page_too_far_is_the_last_one(library: Library) -> None:
    every = library.articles()
    assert library.browse(0, 4) == Listing(len(every), 0, every[:4])
    assert library.browse(8, 4).articles == every[8:12]
    assert library.browse(400, 4) == library.browse((len(every) - 1) // 4 * 4, 4)
    assert library.browse(0, 4, words="雷军").articles == library.find("雷軍")
    assert library.browse(0, 4, words="！") == Listing(0, 0, ())


def test_an_outlets_articles_are_listed_in_whichever_script_it_is_named(library: Library) -> None:
    for source in library.sources():
        listed = library.browse(0, 99, outlets=(source.name,))
        assert (listed.total, len(listed.articles)) == (source.articles, source.articles)
    assert library.browse(0, 9, outlets=("晨港日报",)) == library.browse(0, 9, outlets=("晨港日報",))
    assert (
        library.browse(0, 9, outlets=("nobody",))
        == library.browse(0, 9, outlets=(None,))
        == Listing(0, 0, ())
    )


def test_articles_that_name_no_outlet_are_listed_together(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("bridge.txt", "The bridge was closed for repairs.")
    shelf.write("museum.txt", "Museum\nSource: The Paper\n\nThe museum opens its new wing.")
    shelf.build()
    with shelf.library as library:
        (nameless,) = library.browse(0, 9, outlets=(None,)).articles
        assert "bridge" in nameless.text
        assert library.browse(0, 9, outlets=(None, "the paper")).total == 2


def test_sources_are_counted_and_dated(library: Library) -> None:
    sources = library.sources()
    assert sources[0] == Source("Harbour Gazette", 3, date(2025, 9, 29))
    assert sum(source.articles for source in sources) == len(library.articles())


def test_a_summary_is_the_articles_own_sentences_in_their_order(library: Library) -> None:
    for article in library.articles():
        quotes = library.summary(article.id)
        assert 2 <= len(quotes) <= 3
        assert [quote.span.of(article.text) for quote in quotes] == [quote.text for quote in quotes]
        assert list(quotes) == sorted(quotes, key=lambda quote: quote.span)
        assert "版權" not in "".join(quote.text for quote in quotes)
    with pytest.raises(ArticleNotFound):
        library.summary("nowhere")


def test_a_summary_tells_what_the_article_is_about(library: Library) -> None:
    told = "".join(quote.text for quote in library.summary(article_id(library, "雷軍")))
    assert "2000億元" in told
    told = "".join(quote.text for quote in library.summary(article_id(library, "Arizona")))
    assert "$100 billion" in told


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as library:
        assert library.find("x") == library.latest(3) == library.sources() == ()
        assert library.browse(5, 8) == Listing(0, 0, ())
