"""A library whose vectors are on a Chroma server: a real one, that may be down, hang, or lose everything."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from index import Library, LibraryError, Server, VectorsUnreachable, server
from index.examining import mend, problems
from index.server import COLLECTION, KEY, RemoteStore, place_of
from tests.readers import WordReader
from tests.shelf import Shelf
from tests.vector_server import VectorServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BRIDGE = "The bridge was opened on a Monday by the mayor."
MUSEUM = "The museum is closed on Tuesdays for cleaning."
FERRY = "The ferry leaves the harbour every forty minutes."
LIGHTHOUSE = "A lighthouse was built of granite in one summer."
TEXTS = (BRIDGE, MUSEUM, FERRY)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorServer]:
    with VectorServer(tmp_path_factory.mktemp("server") / "chroma") as made:
        yield made


@pytest.fixture
def chroma(running: VectorServer) -> Iterator[VectorServer]:
    """The server, up and empty at first."""
    yield running
    running.kill()
    running.start()
    running.forget()


@pytest.fixture
def shelf(tmp_path: Path, chroma: VectorServer) -> Iterator[Shelf]:
    made = Shelf(tmp_path, reader=WordReader(), server=chroma.server)
    for number, text in enumerate(TEXTS):
        made.write(f"{number}.txt", text)
    made.build()
    yield made
    made.library.close()


def bases(shelf: Shelf) -> list[Path]:
    """The folders of segments whose vectors are on a server."""
    return [path.parent for path in sorted(shelf.path.glob(f"segments/*/{COLLECTION}"))]


def all_found(shelf: Shelf, library: Library | None = None) -> bool:
    return all(shelf.found(text, library) == text for text in TEXTS)


def test_vectors_go_to_the_server_and_questions_are_answered_by_it(
    shelf: Shelf, chroma: VectorServer, caplog: pytest.LogCaptureFixture
) -> None:
    (folder,) = bases(shelf)
    place = place_of(folder)
    assert place is not None
    assert chroma.collections() == {place.name: 3}
    assert not (folder / "vectors").exists()
    assert all_found(shelf)
    assert caplog.records == []


def test_no_word_of_an_article_goes_to_the_server(shelf: Shelf, chroma: VectorServer) -> None:
    assert shelf.generations()
    assert set(chroma.documents()) <= {"", None}
    chroma.kill()
    kept = b"".join(path.read_bytes() for path in chroma._folder.rglob("*") if path.is_file())
    for text in TEXTS:
        assert text.encode() not in kept
        assert text.split()[1].encode() not in kept


def test_a_past_base_takes_its_collection_with_it(shelf: Shelf, chroma: VectorServer) -> None:
    before = {*chroma.collections()}
    shelf.write("0.txt", "The bridge was closed again on a Friday.")
    shelf.build()
    shelf.library.compact()
    after = chroma.collections()
    assert len(after) == 1
    assert not before & {*after}


def test_while_the_server_is_down_every_vector_is_looked_at_and_after_it_the_server_again(
    shelf: Shelf, chroma: VectorServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_REST", 0.0)
    assert all_found(shelf)
    chroma.kill()
    with caplog.at_level(logging.WARNING):
        assert all_found(shelf)
    assert "every vector is looked at" in caplog.text
    with shelf.open() as fresh:
        assert all_found(shelf, fresh)
    chroma.start()
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert all_found(shelf)
    assert caplog.records == []


def test_a_server_that_fails_is_left_alone_for_a_while(
    shelf: Shelf, chroma: VectorServer, caplog: pytest.LogCaptureFixture
) -> None:
    (folder,) = bases(shelf)
    place = place_of(folder)
    assert place is not None
    chroma.kill()
    with closing(RemoteStore(place, 3)) as opened:
        vector = shelf.encoder.encode([BRIDGE])[0]
        with pytest.raises(VectorsUnreachable, match="cannot be asked"):
            opened.nearest(vector, 1)
        chroma.start()
        with pytest.raises(VectorsUnreachable):
            opened.nearest(vector, 1)
    assert len(caplog.records) == 1  # of the first


def test_a_server_that_hangs_is_waited_for_no_longer_than_the_patience(
    shelf: Shelf, chroma: VectorServer
) -> None:
    (folder,) = bases(shelf)
    place = place_of(folder)
    assert place is not None
    with closing(RemoteStore(place, 3, patience=0.2)) as opened:
        vector = shelf.encoder.encode([BRIDGE])[0]
        assert len(opened.nearest(vector, 1)) == 1
        chroma.stop()
        with pytest.raises(VectorsUnreachable, match="timed out"):
            opened.nearest(vector, 1)


def test_a_new_article_comes_in_while_the_server_is_down(shelf: Shelf, chroma: VectorServer) -> None:
    chroma.kill()
    shelf.write("3.txt", LIGHTHOUSE)
    report = shelf.build()
    assert len(report.added) == 1
    assert shelf.found("A lighthouse was built of granite") == LIGHTHOUSE
    with pytest.raises(VectorsUnreachable, match="cannot be asked"):
        shelf.library.compact()
    chroma.start()
    shelf.library.compact()
    assert [*chroma.collections().values()] == [4]


def test_what_is_removed_leaves_the_disk_while_the_server_is_down_and_the_server_after_it(
    shelf: Shelf, chroma: VectorServer
) -> None:
    gone = next(each for each in shelf.library.articles() if each.text == MUSEUM)
    chroma.kill()
    with pytest.raises(VectorsUnreachable):  # which writes what held it again
        shelf.library.remove(gone.id)
    assert shelf.found("The museum is closed on Tuesdays") != MUSEUM
    chroma.start()
    before = {*chroma.collections()}
    shelf.library.purge()
    assert not before & {*chroma.collections()}
    assert b"museum" not in shelf.on_disk()


def test_a_segment_that_is_gone_leaves_only_word_of_its_collection_while_the_server_is_down(
    shelf: Shelf, chroma: VectorServer
) -> None:
    (old,) = bases(shelf)
    with Library(
        shelf.path, shelf.encoder, shelf.reader, max_file_bytes=1_000_000, quotes=3, confidence=0.0
    ) as local:
        chroma.kill()
        shelf.library.close()
        local.build([shelf.folder])
        assert all_found(shelf, local)
        assert [path.name for path in old.iterdir()] == [COLLECTION]
        chroma.start()
        local.compact()
    assert not old.exists()
    assert chroma.collections() == {}


def test_what_the_server_has_lost_is_written_again_without_encoding(
    shelf: Shelf, chroma: VectorServer
) -> None:
    chroma.forget()
    (fault,) = (each.sentence for each in problems(shelf.path, shelf.encoder))
    assert "does not have the vectors of an index any more" in fault
    with shelf.open() as fresh:
        assert all_found(shelf, fresh)
    assert shelf.build().embedded == 0
    assert [*chroma.collections().values()] == [3]
    assert [*problems(shelf.path, shelf.encoder)] == []


def test_a_repair_writes_the_vectors_again(shelf: Shelf, chroma: VectorServer) -> None:
    chroma.forget()
    shelf.library.close()
    mended = mend(shelf.path, shelf.encoder, lambda _: None, chroma.server)
    assert mended.left == ()
    assert [*chroma.collections().values()] == [3]


def test_the_doctor_says_that_a_server_is_down(shelf: Shelf, chroma: VectorServer) -> None:
    chroma.kill()
    (fault,) = (each.sentence for each in problems(shelf.path, shelf.encoder))
    assert chroma.url in fault
    assert "see that it runs" in fault


def test_another_setting_moves_the_vectors_and_nothing_is_encoded(shelf: Shelf, chroma: VectorServer) -> None:
    with Library(
        shelf.path, shelf.encoder, shelf.reader, max_file_bytes=1_000_000, quotes=3, confidence=0.0
    ) as local:
        assert local.build([shelf.folder]).embedded == 0
        assert all_found(shelf, local)
    assert chroma.collections() == {}
    assert bases(shelf) == []
    assert shelf.build().embedded == 0
    assert [*chroma.collections().values()] == [3]


def test_a_first_build_against_a_silent_server_fails_and_leaves_nothing(
    tmp_path: Path, chroma: VectorServer
) -> None:
    chroma.kill()
    shelf = Shelf(tmp_path, reader=WordReader(), server=chroma.server)
    shelf.write("0.txt", BRIDGE)
    with pytest.raises(VectorsUnreachable, match=rf"{chroma.url} cannot be asked .*see that it runs"):
        shelf.build()
    chroma.start()
    shelf.build()
    assert shelf.found(BRIDGE) == BRIDGE
    assert len(chroma.collections()) == 1
    shelf.library.close()


def test_what_a_killed_build_left_on_the_server_goes_with_the_next(
    shelf: Shelf, chroma: VectorServer
) -> None:
    left = shelf.path / "segments" / "000099"
    left.mkdir()
    server.write(left, chroma.server, iter(()), 0)
    assert len(chroma.collections()) == 2
    shelf.write("3.txt", LIGHTHOUSE)
    shelf.build()
    assert len(chroma.collections()) == 1
    assert not left.exists()


def test_two_libraries_on_one_server_keep_out_of_each_others_way(
    shelf: Shelf, chroma: VectorServer, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Shelf(tmp_path / "other", reader=WordReader(), server=chroma.server)
    other.write("0.txt", FERRY)
    other.build()
    shelf.library.compact()
    other.library.compact()
    assert sorted(chroma.collections().values()) == [1, 3]
    assert all_found(shelf)
    other.library.close()


def test_a_key_does_not_go_unencrypted_to_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "very-secret")
    shelf = Shelf(tmp_path, reader=WordReader(), server=Server("http://vectors.example:8000"))
    shelf.write("0.txt", BRIDGE)
    with pytest.raises(LibraryError, match="unencrypted") as told:
        shelf.build()
    assert "very-secret" not in str(told.value)
    shelf.library.close()


def test_where_the_vectors_are_says_nothing_of_the_key(
    tmp_path: Path, chroma: VectorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "very-secret")
    shelf = Shelf(tmp_path, reader=WordReader(), server=chroma.server)
    shelf.write("0.txt", BRIDGE)
    shelf.build()
    (folder,) = bases(shelf)
    assert json.loads((folder / COLLECTION).read_text(encoding="utf-8"))["server"]["url"] == chroma.url
    assert b"very-secret" not in shelf.on_disk()
    shelf.library.close()
