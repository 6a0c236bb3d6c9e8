"""Articles that have no file: read for a look, added one by one, and left alone by folders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from index import Article, ArticleError, EmptyArticle, LibraryLocked, TooLarge, UnsupportedFormat, additions
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BRIDGE = "The bridge over the Lan was closed for repairs on Monday."
MUSEUM = "The museum opens its new wing in the spring."
ORCHARD = "The orchard lost half of its apples in the hail."
WELL = "The well behind the town hall has run dry."
QUESTION = "When was the bridge closed for repairs?"
ADDRESS = "https://news.example/bridge"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A library of one article, from a file."""
    made = Shelf(tmp_path)
    made.write("museum.txt", MUSEUM)
    made.build()
    yield made
    made.library.close()


def read(shelf: Shelf, text: str, *, url: str | None = None) -> Article:
    return shelf.library.read(text.encode(), "note.txt", url=url)


def texts(shelf: Shelf) -> set[str]:
    return {article.text for article in shelf.library.articles()}


def test_what_is_read_for_a_look_is_not_kept(shelf: Shelf) -> None:
    before = shelf.on_disk()
    article = shelf.library.read("The bridge\n\n日期：2025-03-04\n\nIt is closed.".encode(), "bridge.txt")
    assert (article.title, article.published, article.text) == (
        "The bridge",
        date(2025, 3, 4),
        "It is closed.",
    )
    assert (article.language, article.source) == ("en", "bridge.txt")
    assert shelf.on_disk() == before


def test_an_article_is_added_found_and_listed(shelf: Shelf) -> None:
    report = shelf.library.add(read(shelf, BRIDGE))
    assert [article.text for article in report.added] == [BRIDGE]
    assert (report.changed, report.removed, report.unchanged, report.duplicates) == ((), (), 1, ())
    assert shelf.found(QUESTION) == BRIDGE
    assert shelf.library.article(report.added[0].id).text == BRIDGE


def test_several_are_added_by_one_build(shelf: Shelf) -> None:
    report = shelf.library.add([read(shelf, BRIDGE), read(shelf, ORCHARD), read(shelf, BRIDGE)])
    assert {article.text for article in report.added} == {BRIDGE, ORCHARD}
    assert len(report.duplicates) == 1
    assert texts(shelf) == {MUSEUM, BRIDGE, ORCHARD}
    assert len(shelf.generations()) == 1


def test_an_article_can_be_added_to_an_empty_library(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.library.add(read(shelf, BRIDGE))
    assert shelf.found(QUESTION) == BRIDGE
    shelf.library.close()


def test_building_from_folders_leaves_what_was_added_alone(shelf: Shelf) -> None:
    shelf.library.add(read(shelf, BRIDGE))
    shelf.write("orchard.txt", ORCHARD)
    report = shelf.build()
    assert (len(report.added), report.removed, report.unchanged) == (1, (), 2)
    (shelf.folder / "museum.txt").unlink()
    assert [article.text for article in shelf.build().removed] == [MUSEUM]
    assert texts(shelf) == {BRIDGE, ORCHARD}


def test_a_text_that_is_there_is_a_duplicate_that_names_the_article(shelf: Shelf) -> None:
    (museum,) = shelf.library.articles()
    report = shelf.library.add(read(shelf, MUSEUM, url=ADDRESS))
    assert (report.added, report.changed, report.unchanged) == ((), (), 1)
    (duplicate,) = report.duplicates
    assert duplicate.place == ADDRESS
    assert museum.id in duplicate.reason
    assert museum.title in duplicate.reason
    assert shelf.library.articles() == (museum,)


def test_the_same_article_added_again_is_a_duplicate_of_itself(shelf: Shelf) -> None:
    for url in (None, ADDRESS):
        text = BRIDGE if url else WELL
        shelf.library.add(read(shelf, text, url=url))
        report = shelf.library.add(read(shelf, text, url=url))
        assert (report.added, report.changed, len(report.duplicates)) == ((), (), 1)


def test_a_file_with_the_text_of_what_was_added_is_its_duplicate(shelf: Shelf) -> None:
    (bridge,) = shelf.library.add(read(shelf, BRIDGE)).added
    shelf.write("copy.txt", BRIDGE)
    report = shelf.build()
    assert (report.added, report.unchanged) == ((), 2)
    assert bridge.id in report.duplicates[0].reason


def test_the_same_address_is_a_new_version_under_the_old_id(shelf: Shelf) -> None:
    (first,) = shelf.library.add(read(shelf, BRIDGE, url=ADDRESS)).added
    report = shelf.library.add(read(shelf, "The bridge over the Lan has been open since noon.", url=ADDRESS))
    assert [article.id for article in report.changed] == [first.id]
    assert "open since noon" in shelf.found("Since when has the bridge been open?")
    assert BRIDGE.encode() not in shelf.on_disk()


def test_a_new_date_or_title_is_a_new_version_too(shelf: Shelf) -> None:
    article = read(shelf, BRIDGE, url=ADDRESS)
    shelf.library.add(article)
    report = shelf.library.add(replace(article, title="Closed", published=date(2025, 3, 4)))
    assert [(one.title, one.published) for one in report.changed] == [("Closed", date(2025, 3, 4))]
    assert shelf.library.article(article.id).title == "Closed"


def test_a_new_version_of_what_a_file_said_stays_when_the_folder_is_read_again(shelf: Shelf) -> None:
    path = shelf.write("bridge.txt", f"The bridge\nURL: {ADDRESS}\n\n{BRIDGE}")
    (old,) = shelf.build().added
    assert old.url == ADDRESS
    newer = "The bridge over the Lan has been open since noon."
    assert [one.id for one in shelf.library.add(read(shelf, newer, url=ADDRESS)).changed] == [old.id]
    assert not shelf.build().changed
    path.unlink()
    assert not shelf.build().removed
    assert texts(shelf) == {MUSEUM, newer}


def test_what_is_removed_stays_out_and_comes_back_when_it_is_added_again(shelf: Shelf) -> None:
    article = read(shelf, BRIDGE)
    (added,) = shelf.library.add(article).added
    shelf.library.remove(added.id)
    shelf.write("orchard.txt", ORCHARD)
    shelf.build()
    assert texts(shelf) == {MUSEUM, ORCHARD}
    assert BRIDGE.encode() not in shelf.on_disk()
    assert [one.id for one in shelf.library.add(article).added] == [added.id]
    assert shelf.found(QUESTION) == BRIDGE


def test_what_was_added_is_there_after_opening_the_library_again(shelf: Shelf) -> None:
    shelf.library.add(read(shelf, BRIDGE))
    other = shelf.open()
    assert shelf.found(QUESTION, other) == BRIDGE
    other.close()


def test_the_twin_of_an_article_is_the_one_with_its_text_or_its_address(shelf: Shelf) -> None:
    (museum,) = shelf.library.articles()
    (bridge,) = shelf.library.add(read(shelf, BRIDGE, url=ADDRESS)).added
    assert shelf.library.twin(read(shelf, MUSEUM)) == museum
    assert shelf.library.twin(read(shelf, ORCHARD, url=ADDRESS)) == bridge
    assert shelf.library.twin(read(shelf, MUSEUM, url=ADDRESS)) == museum
    assert shelf.library.twin(read(shelf, ORCHARD)) is None


def test_an_id_that_is_taken_is_not_taken_over(shelf: Shelf) -> None:
    (museum,) = shelf.library.articles()
    (added,) = shelf.library.add(replace(read(shelf, BRIDGE), id=museum.id)).added
    assert added.id != museum.id
    assert texts(shelf) == {MUSEUM, BRIDGE}


def test_the_address_it_was_fetched_from_counts_and_not_the_one_it_gives_itself(shelf: Shelf) -> None:
    text = f"The bridge\nURL: {ADDRESS}\n\nIt is closed."
    assert read(shelf, text).url == ADDRESS
    assert read(shelf, text, url="https://other.example/1").url == "https://other.example/1"


def test_while_another_writes_nothing_is_added_and_nothing_changed(shelf: Shelf) -> None:
    other = shelf.open()
    with other._writing(), pytest.raises(LibraryLocked):
        shelf.library.add(read(shelf, BRIDGE))
    other.close()
    assert texts(shelf) == {MUSEUM}
    assert [article.text for article in shelf.library.add(read(shelf, BRIDGE)).added] == [BRIDGE]


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"", "a.txt", EmptyArticle),
        (b" \n ", "a.txt", EmptyArticle),
        (b"MZ", "virus.exe", UnsupportedFormat),
        (b"text", "no ending", UnsupportedFormat),
        (b"not a pdf", "a.pdf", ArticleError),
        (b"a" * 1_000_001, "a.txt", TooLarge),
    ],
)
def test_what_cannot_be_read_is_refused_as_a_file_is(
    shelf: Shelf, content: bytes, name: str, error: type[ArticleError]
) -> None:
    with pytest.raises(error):
        shelf.library.read(content, name)


def test_an_article_without_words_is_refused_with_nothing_kept(shelf: Shelf) -> None:
    with pytest.raises(EmptyArticle):
        shelf.library.add([read(shelf, BRIDGE), replace(read(shelf, ORCHARD), text=" ")])
    assert texts(shelf) == {MUSEUM}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\articles\\bridge.txt", "bridge.txt"),
        ("bri\0dge.txt", "bridge.txt"),
        ("gpj\u202eexe.txt", "gpjexe.txt"),
        ("bridge.txt\u200f", "bridge.txt"),
        (f"{'a' * 500}.txt", f"{'a' * 196}.txt"),
        ("北橋 封閉.txt", "北橋 封閉.txt"),
    ],
)
def test_a_name_that_anybody_may_have_chosen_is_shown_without_tricks(
    shelf: Shelf, name: str, source: str
) -> None:
    assert shelf.library.read(BRIDGE.encode(), name).source == source


def test_what_a_killed_run_put_there_without_indexing_it_is_news_to_the_next(shelf: Shelf) -> None:
    with shelf.library._writing() as archive:
        additions.put(archive, [read(shelf, BRIDGE)], ())
    report = shelf.library.add(read(shelf, BRIDGE))
    assert ([article.text for article in report.added], report.duplicates) == ([BRIDGE], ())


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_could_not_be_indexed_is_not_in_the_archive_and_old_versions_and_files_are(
    shelf: Shelf, error: type[BaseException]
) -> None:
    shelf.write("bridge.txt", f"The bridge\nURL: {ADDRESS}\n\n{BRIDGE}")
    shelf.build()
    newer = read(shelf, "The bridge over the Lan has been open since noon.", url=ADDRESS)

    def stop(_: object) -> None:
        raise error

    with pytest.raises(error):
        shelf.library.add([read(shelf, ORCHARD), newer], progress=stop)
    report = shelf.build()
    assert (report.added, report.changed, report.removed, report.unchanged) == ((), (), (), 2)
    shelf.write("bridge.txt", f"The bridge\nURL: {ADDRESS}\n\n{WELL}")
    assert [article.text for article in shelf.build().changed] == [WELL]
