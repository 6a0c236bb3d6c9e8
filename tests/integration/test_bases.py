"""The vectors of a library are looked through until their collection is open, and after it in it alike."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import LibraryDamaged, bases
from index.archive import Archive
from index.generations import Generations
from index.segments import VECTORS
from index.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index.inference import Vectors

LONG = 3600.0
PATIENCE = 20.0  # seconds


@pytest.fixture
def own_library(sample_library: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sample_library, tmp_path / "library")


@pytest.fixture
def snapshot(own_library: Path) -> Iterator[Snapshot]:
    """The live generation, the way a bot that has just started opens it."""
    with opened(own_library) as made:
        yield made


def opened(library: Path) -> closing[Snapshot]:
    live = Generations(library).live()
    assert live is not None
    return closing(Snapshot(live, Archive(library / "archive.sqlite"), at_once=False))


def vectors(snapshot: Snapshot) -> list[Vectors]:
    """The passages' own, and some that lie between them."""
    own = snapshot.tables.passage_vectors(np.arange(len(snapshot.alive)))
    between = own[:-1] + own[1:]
    return [*own, *(between / np.linalg.norm(between, axis=1, keepdims=True))]


def looked_at(snapshot: Snapshot) -> int:
    """How many rows a search for the nearest one looks at."""
    return len(snapshot._bases.near(vectors(snapshot)[0], 1))


def wait_until_open(snapshot: Snapshot) -> None:
    end = time.monotonic() + PATIENCE
    while looked_at(snapshot) > 1:
        assert time.monotonic() < end, "the collection was never opened"
        time.sleep(0.01)


def test_a_first_search_looks_at_every_vector_instead_of_waiting(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bases, "DELAY", LONG)
    assert looked_at(snapshot) == snapshot.alive.sum() > 1


def test_the_collection_is_opened_for_later_searches_and_finds_the_same(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bases, "DELAY", 0.2)
    before = [snapshot.nearest(vector, 5) for vector in vectors(snapshot)]
    wait_until_open(snapshot)
    assert [snapshot.nearest(vector, 5) for vector in vectors(snapshot)] == before


def test_a_library_of_many_passages_is_not_looked_through(
    own_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bases, "LOOKED_THROUGH", 1)
    with opened(own_library) as large:
        assert looked_at(large) == 1


def test_a_damaged_collection_is_told_to_the_search_after_it_was_noticed(
    own_library: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for database in own_library.rglob(f"{VECTORS}/*.sqlite3"):
        database.write_bytes(b"torn".ljust(database.stat().st_size))
    monkeypatch.setattr(bases, "DELAY", 0.2)
    with opened(own_library) as snapshot, caplog.at_level(logging.WARNING, bases.__name__):
        assert looked_at(snapshot) > 1
        with pytest.raises(LibraryDamaged, match="doctor --repair"):
            wait_until_open(snapshot)
        assert "could not be opened" in caplog.text


def test_nothing_is_opened_once_the_snapshot_is_closed(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bases, "DELAY", LONG)
    looked_at(snapshot)
    assert any(isinstance(each, threading.Timer) for each in threading.enumerate())
    snapshot.close()
    assert not any(isinstance(each, threading.Timer) for each in threading.enumerate())
