"""An index that grows by segments answers as one that is made as a whole."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from itertools import count, islice
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Answer, Library, LibraryDamaged, LibraryError, samples, store
from index.checking import check
from index.encoder import WindowVectors
from index.keywords import terms
from tests.encoders import HashEncoder
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from index import NotFound
    from index.passages import Window

PLACES = ("bridge", "museum", "harbour", "market", "港口", "博物館")
QUESTIONS = (
    "When was the bridge closed for repairs?",
    "what does the museum cost in 2025",
    "誰說港口在星期一開放？",
    "How many people came to the market on day 3?",
    "according to the Gazette, who opened the harbour",
    "博物馆有多少人",
)


def told(place: str, day: int) -> str:
    """An article of several passages about a place on a day."""
    outlet = "新華社" if day % 2 else "Harbour Gazette"
    saying = (
        "The {0} opened on day {1}, and {2} people came. The mayor said that it cost {3} dollars. "
        if place < "z"
        else "{0}在第{1}天開放，{2}人參加。市長說費用是{3}元。"
    )
    passages = (saying.format(place, day, people, people * day) * 9 for people in range(1, 4))
    return f"{place} {day}\nSource: {outlet}\nDate: 2025-03-{day % 28 + 1:02d}\n\n" + "\n\n".join(passages)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.library.close()


def answers(library: Library) -> list[object]:
    """What a library says on each question: quotes with their scores, or the nearest articles."""
    return [_plain(library.ask(question)) for question in QUESTIONS]


def _plain(answer: Answer | NotFound) -> object:
    if isinstance(answer, Answer):
        return [(quote.article.id, quote.span, quote.highlight, quote.score) for quote in answer.quotes]
    return [article.id for article in answer.nearest]


def whole(shelf: Shelf, path: Path) -> Library:
    """A library of the same articles, made at once."""
    path.mkdir()
    other = Library(
        path, shelf.encoder, shelf.library._models.reader, max_file_bytes=10**6, quotes=3, confidence=0.0
    )
    other.build([shelf.folder])
    for article in {each.id for each in other.articles()} - {each.id for each in shelf.library.articles()}:
        other.remove(article)
    other.compact()
    return other


def test_a_change_of_one_article_writes_one_small_segment_and_leaves_the_base(shelf: Shelf) -> None:
    for number in range(6):
        shelf.write(f"{number}.txt", told(PLACES[number], number))
    shelf.build()
    (base,) = shelf.segments()
    before = {path: path.stat().st_mtime_ns for path in (shelf.path / "segments" / base).glob("*.*")}
    shelf.write("0.txt", told("bridge", 9))
    assert shelf.build().embedded == 4
    assert len(shelf.segments()) == 2
    fresh = shelf.path / "segments" / shelf.segments()[1]
    assert not (fresh / "vectors").exists()
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("least", [5, 30, 1000])
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_was_added_replaced_and_removed_it_answers_as_a_whole_index_does(
    shelf: Shelf, tmp_path: Path, seed: int, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a base is made again after a few changes."""
    monkeypatch.setattr("index.planning.LEAST", least)
    chance, days = random.Random(seed), count()
    for step in range(8):
        for _ in range(chance.randrange(1, 4)):
            shelf.write(f"{chance.randrange(8)}.txt", told(chance.choice(PLACES), next(days)))
        if chance.random() < 0.3 and len(list(shelf.folder.iterdir())) > 1:
            chance.choice(sorted(shelf.folder.iterdir())).unlink()
        shelf.build()
        if chance.random() < 0.3:
            shelf.library.remove(chance.choice(shelf.library.articles()).id, compact=chance.random() < 0.3)
        if step == 3 and chance.random() < 0.5:
            shelf.library.compact()
    assert least < 1000 or len(shelf.segments()) > 1
    with whole(shelf, tmp_path / "whole") as other:
        assert answers(shelf.library) == answers(other)


class _Broken(HashEncoder):
    """Its vectors are wrong in a way of their own for an article that says so."""

    def encode_windows(self, windows: Sequence[Window]) -> list[WindowVectors]:
        made = super().encode_windows(windows)
        return [
            WindowVectors(each.passage * (np.nan if "nothing" in window.text else 0.9), each.sentences)
            if "broken" in window.text
            else each
            for window, each in zip(windows, made, strict=True)
        ]


@pytest.mark.parametrize("words", ["broken", "broken nothing"])
@pytest.mark.parametrize("first", [True, False])
def test_what_its_own_vector_does_not_find_never_goes_live(tmp_path: Path, words: str, first: bool) -> None:
    shelf = Shelf(tmp_path, encoder=_Broken())
    if not first:
        shelf.write("bridge.txt", told("bridge", 1))
        shelf.build()
    shelf.write("new.txt", f"The {words} article tells of the market.")
    with pytest.raises(LibraryError, match="the old index stays live"):
        shelf.build()
    assert [article.title for article in shelf.library.articles()] == ([] if first else ["bridge 1"])
    shelf.write("new.txt", "The article tells of the market.")
    shelf.build()
    assert len(shelf.generations()) == 1
    assert len(shelf.library.articles()) == (1 if first else 2)
    shelf.library.close()


def test_what_its_own_words_do_not_find_never_goes_live(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.write("bridge.txt", told("bridge", 1))
    shelf.build()
    shelf.write("market.txt", told("market", 2))
    with monkeypatch.context() as broken:
        broken.setattr("index.writing.terms", lambda text: terms(text)[::2])
        with pytest.raises(
            LibraryDamaged, match=r"the article 'market 2' is not found by its own '.*'; the old"
        ):
            shelf.build()
    assert [article.title for article in shelf.library.articles()] == ["bridge 1"]
    assert len(shelf.build().added) == 1


@pytest.mark.parametrize("whole", [True, False])
def test_passages_that_are_missing_from_a_part_keep_a_generation_from_going_live(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    shelf.write("bridge.txt", told("bridge", 1))
    shelf.build()
    shelf.write("market.txt", told("market", 2))
    with monkeypatch.context() as broken:
        if whole:
            broken.setattr("index.planning.LEAST", 0)
            written = store.write
            broken.setattr(
                store, "write", lambda folder, rows, count: written(folder, islice(rows, 3), count)
            )
        else:
            broken.setattr("index.writing.PostingsWriter.add", lambda *_: None)
        with pytest.raises(LibraryDamaged, match=r"Chroma holds 3 of|keywords of 0 instead of"):
            shelf.build()
    assert [article.title for article in shelf.library.articles()] == ["bridge 1"]
    assert len(shelf.build().added) == 1


def test_an_index_that_holds_another_number_of_articles_than_the_archive_never_goes_live(
    shelf: Shelf,
) -> None:
    shelf.write("bridge.txt", told("bridge", 1))
    shelf.build()
    with shelf.library._reading() as snapshot:
        check(snapshot, 0, 1, lambda _: None)
        with pytest.raises(LibraryDamaged, match="holds 1 articles in 4 passages instead of 2 in 4; the old"):
            check(snapshot, 0, 2, lambda _: None)


def test_what_cannot_be_put_together_is_told_and_answers_all_the_same(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.planning.LEAST", 3)
    shelf.write("bridge.txt", told("bridge", 1))
    shelf.build()
    shelf.write("market.txt", told("market", 2))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(store, "write", full)
        report = shelf.build()
        assert report.uncompacted == "[Errno 28] No space left on device"
        assert len(report.added) == 1
        assert shelf.found("How many people came to the market on day 2?").count("market")
        with pytest.raises(LibraryError, match="No space left"):
            shelf.library.compact(due=True)
        with pytest.raises(LibraryError, match="No space left"):
            shelf.library.compact()
        assert len(shelf.segments()) == len(shelf.generations()) + 1 == 2
    assert shelf.build().uncompacted is None
    assert len(shelf.segments()) == len(shelf.generations()) == 1


def test_a_base_is_found_although_the_nearest_of_it_are_gone(shelf: Shelf) -> None:
    """All that is nearest was taken out, and more of it than a question asks for."""
    for number in range(200):
        shelf.write(f"{number}.txt", f"The bridge is closed, says report {number}.")
    shelf.write("museum.txt", "The museum opens its new wing in the spring.")
    shelf.build()
    for number in range(195):
        (shelf.folder / f"{number}.txt").unlink()
    shelf.build()
    assert len(shelf.segments()) == 1
    with shelf.library._reading() as snapshot:
        vector = shelf.encoder.encode(["The bridge is closed, says report 7."])[0]
        found = snapshot.nearest(vector, 150)
        assert len(found) == 6
        assert {snapshot.article_of(row).text.split()[1] for row in found[:5]} == {"bridge"}


def test_the_bundled_model_answers_the_same_from_segments(sample_library: Path, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", create=True) as grown, Library.open(sample_library) as whole:
        files = sorted(samples().glob("*.*"))
        for file in files:
            grown.build([file])
        assert len(list((tmp_path / "library" / "segments").iterdir())) > 1
        assert {article.digest for article in grown.articles()} == {
            article.digest for article in whole.articles()
        }
        for question in (
            "how much does Xiaomi plan to spend on R&D",
            "玄戒O1有多少個電晶體？",
            "Who painted the Mona Lisa?",
            "小米有多少研發人員？",
        ):
            one, other = grown.ask(question), whole.ask(question)
            assert type(one) is type(other)
            if isinstance(one, Answer) and isinstance(other, Answer):
                assert [(each.text, each.score) for each in one.quotes] == [
                    (each.text, each.score) for each in other.quotes
                ]


def test_vectors_leave_the_archive_with_the_version_that_had_them_and_no_other(shelf: Shelf) -> None:
    """What the new shares with the old is encoded once, and a library that turns over does not grow."""
    shelf.write("bridge.txt", told("bridge", 1))
    shelf.write("market.txt", told("market", 2))
    shelf.build()
    before = vectors(shelf)
    shelf.write("bridge.txt", told("bridge", 1) + "\n\nThe bridge is red.")
    assert shelf.build().embedded == 1
    encoded = shelf.encoder.encoded
    shelf.library.compact()
    assert shelf.encoder.encoded == encoded
    for round_ in range(3):
        shelf.write("bridge.txt", told("bridge", 10 + round_))
        shelf.build()
    shelf.write("bridge.txt", told("bridge", 1))
    shelf.build()
    assert vectors(shelf) == before
    shelf.library.remove(next(each.id for each in shelf.library.articles() if "market" in each.title))
    assert vectors(shelf) < before


def vectors(shelf: Shelf) -> set[str]:
    with closing(sqlite3.connect(shelf.path / "archive.sqlite")) as archive:
        return {str(name) for (name,) in archive.execute("SELECT passage FROM vectors")}
