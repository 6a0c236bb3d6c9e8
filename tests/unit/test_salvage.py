"""A damaged archive: what can be read of it is in a new one, what is lost is named, nothing is deleted."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Article
from index.archive import Archive, FileRecord
from index.articles import digest_of
from index.encoder import WindowVectors
from index.salvage import WORKPLACE, faults, salvage, take_up
from tests.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT = 60
PAGE = 4096
ENCODER = HashEncoder(dimension=8)


def an_article(number: int) -> Article:
    text = f"Article {number} says {number * number}. " * 50
    made = Article(f"id{number:02}", f"Title {number}", text, None, None, "en", None, "")
    return replace(made, digest=digest_of(made))


ARTICLES = {each.id: each for each in map(an_article, range(COUNT))}
VERSIONS = tuple((each.id, each.digest) for each in ARTICLES.values())


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """The folder of an archive of many articles, each read from a file; one was removed by hand."""
    vectors = WindowVectors(np.eye(8, dtype=np.float32)[0], np.eye(8, dtype=np.float32)[1:3])
    with closing(Archive(tmp_path / "archive.sqlite")) as archive, archive.transaction():
        for article in ARTICLES.values():
            archive.put(article)
            archive.put_file(FileRecord(f"/{article.id}.txt", 1, 2, 3, "content", article.id, "article"))
        archive.put_file(FileRecord("/removed.txt", 1, 2, 3, "content", None, "removed"))
        archive.add_place("/")
    with closing(Archive(tmp_path / "archive.sqlite")) as archive:
        archive.put_vectors(ENCODER.digest, [("passage", vectors)])
        archive.put_vectors("another", [("passage", vectors)])
    return tmp_path


def held(library: Path) -> dict[str, Article]:
    with closing(Archive(library / "archive.sqlite")) as archive:
        return {article: archive.article(article, digest) for article, digest in archive.live()}


def zero_page(data: bytes, number: int) -> bytes:
    return data[: number * PAGE] + bytes(PAGE) + data[(number + 1) * PAGE :]


def turn(data: bytes) -> bytes:
    return data.replace(b"Article 7 says 49.", b"Article 7 says 50.", 1)


def zero_every_tenth_page(data: bytes) -> bytes:
    for number in range(9, len(data) // PAGE, 10):
        data = zero_page(data, number)
    return data


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a byte turned": turn,
    "its first page gone": lambda data: zero_page(data, 0),
    "a page in the middle gone": lambda data: zero_page(data, len(data) // PAGE // 2),
    "every tenth page gone": zero_every_tenth_page,
    "cut short": lambda data: data[: len(data) // 2],
    "empty": lambda _: b"",
    "all zero": lambda data: bytes(len(data)),
    "something else": lambda data: b"not a database " * (len(data) // 15),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_whole_is_saved_and_what_is_lost_is_named(library: Path, damage: str) -> None:
    path = library / "archive.sqlite"
    damaged = DAMAGES[damage](path.read_bytes())
    path.write_bytes(damaged)
    assert [*faults(library)] or damage == "empty", "an empty file is an empty database"
    found = salvage(library, VERSIONS, ENCODER)
    assert [*faults(library)] == []
    saved = held(library)
    assert saved == {article: ARTICLES[article] for article in saved}
    assert len(saved) == found.articles == COUNT - len(found.lost)
    assert {Path(name).stem for name in found.lost} == ARTICLES.keys() - saved.keys()
    assert (found.aside / "archive.sqlite").read_bytes() == damaged
    assert not (library / WORKPLACE).exists()


@pytest.mark.parametrize(
    ("damage", "least"),
    [("a byte turned", COUNT - 1), ("its first page gone", COUNT), ("every tenth page gone", COUNT // 2)],
)
def test_most_is_saved(library: Path, damage: str, least: int) -> None:
    path = library / "archive.sqlite"
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert salvage(library, VERSIONS, ENCODER).articles >= least


def test_what_is_known_of_files_places_and_vectors_is_saved_too(library: Path) -> None:
    path = library / "archive.sqlite"
    path.write_bytes(turn(path.read_bytes()))
    assert salvage(library, VERSIONS, ENCODER).lost == ("/id07.txt",)
    with closing(Archive(path)) as archive:
        files = archive.files()
        assert "/id07.txt" not in files, "it would not be read again"
        assert len(files) == COUNT
        assert files["/removed.txt"].fate == "removed"
        assert archive.places() == (Path("/"),)
        assert archive.vectors(ENCODER.digest, "passage", 8) is not None
        assert archive.vectors("another", "passage", 8) is None


def test_nothing_is_wrong_with_a_whole_archive(library: Path) -> None:
    assert [*faults(library)] == []


def test_an_article_to_be_indexed_that_is_not_there_is_a_fault(library: Path) -> None:
    with closing(Archive(library / "archive.sqlite")) as archive:
        archive._run("DELETE FROM articles WHERE id = 'id07'")
    assert "1 of its articles" in "".join(faults(library))


def test_what_a_kill_left_finished_is_put_in_its_place(library: Path, tmp_path: Path) -> None:
    whole = (library / "archive.sqlite").read_bytes()
    (library / "archive.sqlite").write_bytes(b"damaged")
    (library / "archive.sqlite-wal").write_bytes(b"a log of the damaged one")
    (library / WORKPLACE).mkdir()
    (library / WORKPLACE / "archive.sqlite").write_bytes(whole)
    take_up(library)
    assert held(library) == ARTICLES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.sqlite"]


def test_what_a_kill_left_unfinished_is_deleted(library: Path, tmp_path: Path) -> None:
    (library / WORKPLACE).mkdir()
    (library / WORKPLACE / "draft.sqlite").write_bytes(b"half")
    take_up(library)
    assert held(library) == ARTICLES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive.sqlite"]
