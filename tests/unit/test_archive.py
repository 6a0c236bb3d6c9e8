"""The archive: exact texts, kept as long as anything quotes them, and not a moment longer."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Article, LibraryDamaged
from index.archive import Archive, FileRecord
from index.articles import digest_of
from index.encoder import WindowVectors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "the harbour master keeps a parrot"


def an_article(text: str = SECRET, *, id: str = "a") -> Article:  # noqa: A002 - the record's own name
    day = date(2025, 12, 1)
    made = Article(id, "標題", text, "https://news.example/1", day, "en", "報", "", "A. Author")
    return replace(made, digest=digest_of(made))


def a_file(path: str, article: str | None = "a", fate: str = "article") -> FileRecord:
    return FileRecord(path, 1, 2, 3, "content", article, fate)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = Archive(tmp_path / "archive.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize("text", ["a\r\nb\0c", "e\u0301 👩‍👩‍👧 “。”", "一\u3000二\n" * 1000, "\ufeff."])
def test_an_article_comes_back_byte_for_byte(archive: Archive, text: str) -> None:
    kept = an_article(text)
    archive.put(kept)
    assert archive.article(kept.id, kept.digest) == kept


def test_the_version_an_index_quotes_is_kept_beside_the_newer_one(archive: Archive) -> None:
    old, new = an_article("old words"), an_article("new words")
    archive.put(old)
    archive.put(new)
    assert archive.live() == (("a", new.digest),)
    assert archive.article("a", old.digest).text == "old words"


def test_versions_come_in_the_same_order_however_they_were_put(archive: Archive) -> None:
    for name in "cab":
        archive.put(an_article(name, id=name))
    archive.put(an_article("c again", id="c"))
    assert [name for name, _ in archive.live()] == ["a", "b", "c"]


def test_what_nothing_quotes_any_more_is_gone_from_the_disk(archive: Archive, tmp_path: Path) -> None:
    reader = Archive(tmp_path / "archive.sqlite")
    quoted = an_article(SECRET * 3, id="quoted")
    archive.put(quoted)
    archive.put(an_article())
    reader.article("a", an_article().digest)
    archive.retire("a")
    archive.retire("quoted")
    assert SECRET.encode() in on_disk(tmp_path)

    assert archive.past() == (("a", an_article().digest), ("quoted", quoted.digest))
    assert archive.present("a") is None
    archive.forget((("a", an_article().digest),), "model", ())
    assert archive.find("a", an_article().digest) is None
    assert archive.find("quoted", quoted.digest) == quoted

    archive.forget(archive.past(), "model", ())
    assert SECRET.encode() not in on_disk(tmp_path)
    reader.close()


def test_an_article_the_index_quotes_but_the_archive_lost_is_damage(archive: Archive) -> None:
    with pytest.raises(LibraryDamaged, match=r"does not hold article 'x'.*run `articlebot index`"):
        archive.article("x", "digest")


def test_an_article_of_which_a_byte_has_turned_is_damage_and_never_quoted(
    archive: Archive, tmp_path: Path
) -> None:
    archive.put(an_article())
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as connection, connection:
        connection.execute("UPDATE articles SET text = replace(text, 'parrot', 'parrqt')")
    with pytest.raises(LibraryDamaged, match=r"article 'a' as it was read; run `articlebot doctor --repair`"):
        archive.article("a", an_article().digest)


def test_a_copy_is_known_by_its_text_alone(archive: Archive) -> None:
    archive.put(an_article(id="first"))
    assert archive.copy_of(an_article(id="second")) == "first"
    assert archive.copy_of(an_article(id="first")) is None
    archive.retire("first")
    assert archive.copy_of(an_article(id="second")) is None


def test_what_is_removed_by_hand_takes_its_copies_along(archive: Archive) -> None:
    archive.put(an_article())
    archive.put_file(a_file("/a.txt"))
    archive.put_file(a_file("/copy.txt", fate="duplicate"))
    archive.put_file(a_file("/other.txt", "b"))
    archive.remove("a")
    assert archive.live() == ()
    assert {path: (file.fate, file.article) for path, file in archive.files().items()} == {
        "/a.txt": ("removed", None),
        "/copy.txt": ("removed", None),
        "/other.txt": ("article", "b"),
    }


def test_a_transaction_keeps_all_or_nothing(archive: Archive) -> None:
    with suppress(KeyboardInterrupt), archive.transaction():
        archive.put(an_article())
        raise KeyboardInterrupt
    assert archive.live() == ()
    archive.put(an_article())  # and the next is not inside the last
    assert len(archive.live()) == 1


def test_reading_does_not_wait_for_a_long_write(archive: Archive, tmp_path: Path) -> None:
    archive.put(an_article())
    writer = Archive(tmp_path / "archive.sqlite")
    with writer.transaction():
        writer.put(an_article("b" * 1_000_000, id="b"))
        start = time.perf_counter()
        assert [name for name, _ in archive.live()] == ["a"]
        assert archive.article("a", an_article().digest).text == SECRET
        Archive(tmp_path / "archive.sqlite").close()  # nor does opening
        assert time.perf_counter() - start < 1
    writer.close()
    assert len(archive.live()) == 2


def test_several_may_make_the_same_archive_at_once(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def make() -> None:
        try:
            Archive(tmp_path / "new.sqlite").close()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the test's failure
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_file_name_that_is_not_text_is_kept_as_it_is(archive: Archive) -> None:
    path = os.fsdecode(b"/articles/caf\xe9.txt")
    archive.put_file(a_file(path))
    archive.add_place(path)
    assert archive.files() == {path: a_file(path)}
    assert [str(place) for place in archive.places()] == [path]
    archive.forget_file(path)
    archive.forget_place(path)
    assert (archive.files(), archive.places()) == ({}, ())


def test_what_is_no_archive_is_called_damaged_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    path.write_bytes(b"not a database, but a letter to my aunt. " * 100)
    before = path.read_bytes()
    with pytest.raises(LibraryDamaged, match=r"archive\.sqlite cannot be used .*restore it from a backup"):
        Archive(path)
    assert path.read_bytes() == before


def test_damage_met_while_reading_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    archive = Archive(path)
    for number in range(200):
        archive.put(an_article(f"{number} " * 500, id=str(number)))
    archive.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    with pytest.raises(LibraryDamaged, match="cannot be used"):
        read_all(path)


def read_all(path: Path) -> None:
    with closing(Archive(path)) as archive:
        for version in archive.live():
            archive.article(*version)


def test_vectors_are_kept_by_model_and_by_what_was_encoded(archive: Archive) -> None:
    rows = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    archive.put_vectors("model", [("passage", WindowVectors(rows[0], rows[1:]))])
    found = archive.vectors("model", "passage", 8)
    assert found is not None
    assert np.allclose(found.passage, rows[0], atol=2e-3)
    assert np.allclose(found.sentences, rows[1:], atol=2e-3)
    assert archive.vectors("other", "passage", 8) is None


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"short",
        "text",
        np.full((2, 8), np.nan, np.float16).tobytes(),
        np.ones((2, 8), np.float16).tobytes(),
        (np.eye(2, 8) * 1.005).astype(np.float16).tobytes(),
        (np.eye(2, 8) * [[1], [0.99]]).astype(np.float16).tobytes(),
    ],
    ids=["empty", "short", "no bytes", "no numbers", "too long", "a little too long", "a sentence too short"],
)
def test_vectors_that_are_damaged_are_not_used(archive: Archive, tmp_path: Path, blob: object) -> None:
    """They are encoded again instead."""
    with closing(sqlite3.connect(tmp_path / "archive.sqlite")) as connection, connection:
        connection.execute("INSERT INTO vectors VALUES ('model', 'passage', ?)", (blob,))
    assert archive.vectors("model", "passage", 8) is None


def test_vectors_of_another_model_or_of_no_passage_are_dropped(archive: Archive) -> None:
    vectors = WindowVectors(np.eye(8, dtype=np.float32)[0], np.ones((0, 8), np.float32))
    archive.put_vectors("model", [("kept", vectors), ("gone", vectors)])
    archive.put_vectors("other", [("kept", vectors)])
    archive.put_vectors("model", [("forgotten", vectors)])
    archive.forget((), "model", ["forgotten"])
    assert archive.vectors("model", "forgotten", 8) is None
    assert archive.vectors("model", "gone", 8) is not None
    archive.keep_vectors("model", {"kept"})
    assert archive.vectors("model", "kept", 8) is not None
    assert archive.vectors("model", "gone", 8) is None
    assert archive.vectors("other", "kept", 8) is None
