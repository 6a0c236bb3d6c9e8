"""A disk that is full or read-only, and a clock that jumps: a right answer or a clear error, nothing lost."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from index import ArticlebotError, LibraryError
from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BRIDGE = "The bridge is open on Monday."
LONG = "The harbour has a lamp, a crane and a parrot that counts to seven. "


def mount(*arguments: object) -> bool:
    """Whether a file system could be mounted: only root may, and not everywhere."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False)
    return done.returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, of three megabytes."""
    path = tmp_path / "disk"
    path.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", path):
        pytest.skip("only root can mount a small file system, and not in every container")
    yield path
    subprocess.run(["umount", "--lazy", str(path)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """The disk has no room left."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
    yield
    (disk / "filler").unlink()


@pytest.fixture
def shelf(disk: Path) -> Iterator[Shelf]:
    """A library on that disk, of articles that are elsewhere."""
    made = Shelf(disk, reader=WordReader())
    made.write("bridge.txt", BRIDGE)
    made.build()
    yield made
    made.library.close()


def test_a_full_disk_ends_a_build_with_a_clear_error_and_the_old_index_answers(
    shelf: Shelf, disk: Path
) -> None:
    shelf.write("harbour.txt", LONG * 2000)
    with filled(disk):
        for _ in range(2):
            with pytest.raises(ArticlebotError, match="room"):
                shelf.build()
            assert shelf.found("On which day is the bridge open?") == BRIDGE
            with shelf.open() as fresh:
                assert shelf.found("On which day is the bridge open?", fresh) == BRIDGE
    report = shelf.build()
    assert len(shelf.library.articles()) == 2
    assert report.failed == ()
    assert len(shelf.generations()) == 1


def tried(shelf: Shelf) -> str | None:
    """What a build is refused with; None if it is not."""
    try:
        shelf.build()
    except ArticlebotError as error:
        return str(error)
    return None


def test_a_disk_that_fills_up_in_the_middle_is_no_different(shelf: Shelf, disk: Path) -> None:
    """Each try has a little more room, so that the end comes in another place."""
    shelf.write("harbour.txt", LONG * 300)
    refusals = []
    for room in range(0, 3_000_000, 40_000):
        with filled(disk):
            os.truncate(disk / "filler", max(0, (disk / "filler").stat().st_size - room))
            refusal = tried(shelf)
            if refusal is None:
                break
            refusals.append(refusal)
            assert shelf.found("On which day is the bridge open?") == BRIDGE
    assert len(refusals) > 1
    assert [refusal for refusal in refusals if "room" not in refusal] == []
    assert {article.text[:11] for article in shelf.library.articles()} == {BRIDGE[:11], LONG[:11]}
    assert len(shelf.generations()) == 1


def answered(disk: Path) -> str:
    """What a library on the disk answers or, if it refuses, why."""
    try:
        shelf = Shelf(disk, reader=WordReader())
        with shelf.library:
            return shelf.found("On which day is the bridge open?")
    except LibraryError as error:
        return str(error)


def test_a_library_that_cannot_be_written_to_answers_or_says_so(shelf: Shelf, disk: Path) -> None:
    shelf.library.close()
    gc.collect()
    assert mount("-o", "remount,ro", disk)
    said = answered(disk)
    assert said == BRIDGE or "can be written to" in said
    assert mount("-o", "remount,rw", disk)
    assert answered(disk) == BRIDGE


def test_a_clock_that_jumps_back_loses_no_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are compared by size, time and content, and generations are numbered."""
    shelf = Shelf(tmp_path, reader=WordReader())
    shelf.write("bridge.txt", BRIDGE)
    shelf.build()
    now = time.time_ns()
    for back, day in ((10**18, "Friday"), (0, "Sunday"), (-(10**17), "Tuesday"), (10**18, "Monday")):
        monkeypatch.setattr(time, "time_ns", lambda back=back: now - back)
        monkeypatch.setattr(time, "time", lambda back=back: (now - back) / 1e9)
        path = shelf.folder / "bridge.txt"
        path.write_text(BRIDGE.replace("Monday", day), encoding="utf-8")
        os.utime(path, ns=(now - back, now - back))
        assert len(shelf.build().changed) == 1
        assert day in shelf.found("On which day is the bridge open?")
        assert shelf.build().unchanged == 1
    shelf.library.close()
