"""kill -9 at any moment of a build leaves the old library or the new one, and nothing half."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.crash.victim import COMPACTING, POINTS, run
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

SUBJECTS = ("bridge", "museum", "harvest", "railway", "harbour", "market")
SWAPPED = (
    "just after the swap",
    "in the middle of the sweep",
    "before old texts are dropped",
    "at its end",
    *COMPACTING,
)


def told(subject: str, edition: int) -> str:
    return f"Edition {edition} says that the {subject} is open on day {edition} of the week."


def texts(shelf: Shelf) -> list[str]:
    return sorted(article.text for article in shelf.library.articles())


def publish(shelf: Shelf) -> tuple[list[str], list[str]]:
    """Change the folder in every way; returns the texts before and after it is indexed."""
    old = texts(shelf)
    (shelf.folder / "museum.txt").rename(shelf.folder / "moved.txt")
    (shelf.folder / "harvest.txt").unlink()
    shelf.write("bridge.txt", told("bridge", 2))
    for subject in SUBJECTS[4:]:
        shelf.write(f"{subject}.txt", told(subject, 2))
    new = [told("museum", 1), told("railway", 1), *(told(name, 2) for name in ("bridge", *SUBJECTS[4:]))]
    return old, sorted(new)


@pytest.fixture(scope="module")
def first_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with articles and a library of them, to be copied."""
    path = tmp_path_factory.mktemp("first")
    shelf = Shelf(path)
    for subject in SUBJECTS[:4]:
        shelf.write(f"{subject}.txt", told(subject, 1))
    shelf.build()
    shelf.library.close()
    return path


@pytest.fixture
def shelf(first_edition: Path, tmp_path: Path) -> Iterator[Shelf]:
    """A library that is open, as in a bot that runs while another process is killed."""
    shutil.copytree(first_edition / "articles", tmp_path / "articles")
    made = Shelf(tmp_path)
    made.build()
    yield made
    made.library.close()


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Where processes come from that have all modules loaded already, and nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.victim", "chromadb"])
    return context


class Victim:
    """A process that builds a shelf's library until it is killed."""

    def __init__(self, processes: ForkServerContext, shelf: Shelf, point: str = "") -> None:
        self._stages, told = processes.Pipe(duplex=False)
        self.process = processes.Process(target=run, args=(shelf.path.parent, point, told))
        self.process.start()
        told.close()

    def stages(self) -> Iterator[str]:
        """The stages as they are reached, until the process ends."""
        with suppress(EOFError):
            while stage := self._stages.recv():
                yield stage

    def end(self) -> int | None:
        """How it ended."""
        with self._stages:
            for _ in self.stages():
                pass
        self.process.join(60)
        return self.process.exitcode


def assert_one_whole_edition(shelf: Shelf, old: list[str], new: list[str]) -> bool:
    """The open library and one opened afresh say the same; returns whether it is the new edition."""
    fresh = shelf.open()
    held = texts(shelf)
    assert held in (old, new)
    for subject in SUBJECTS:
        for library in (shelf.library, fresh):
            found = library.search(f"On which day is the {subject} open?", 9)
            assert {hit.passage.text for hit in found} <= set(held)
    bridge = shelf.found("On which day is the bridge open?", fresh)
    assert bridge == told("bridge", 2 if held == new else 1)
    fresh.close()
    return held == new


def assert_it_converges(shelf: Shelf, new: list[str]) -> None:
    """The next build ends where one that was never killed would have, and leaves nothing behind."""
    shelf.build()
    assert texts(shelf) == new
    assert len(shelf.generations()) == 1
    assert told("bridge", 1).encode() not in shelf.on_disk()
    report = shelf.build()
    assert (report.embedded, report.unchanged) == (0, len(new))
    assert (report.added, report.changed, report.removed, report.duplicates) == ((), (), (), ())


@pytest.mark.parametrize("point", [*POINTS, *COMPACTING])
def test_a_library_survives_a_kill(shelf: Shelf, processes: ForkServerContext, point: str) -> None:
    ids = {article.text: article.id for article in shelf.library.articles()}
    old, new = publish(shelf)
    assert Victim(processes, shelf, point).end() == -signal.SIGKILL
    swapped = assert_one_whole_edition(shelf, old, new)
    assert swapped or point not in SWAPPED
    assert_it_converges(shelf, new)
    moved = next(article for article in shelf.library.articles() if article.text == told("museum", 1))
    assert moved.id == ids[moved.text]


@pytest.mark.parametrize("stage", ["read", "encode", "check", "compact"])
def test_a_library_survives_a_kill_from_outside_at_a_moment_of_its_own(
    shelf: Shelf, processes: ForkServerContext, stage: str
) -> None:
    old, new = publish(shelf)
    victim = Victim(processes, shelf)
    assert stage in victim.stages()
    time.sleep(random.uniform(0, 0.05))
    victim.process.kill()
    victim.end()
    assert_one_whole_edition(shelf, old, new)
    assert_it_converges(shelf, new)


def test_a_first_build_that_is_killed_leaves_a_library_that_can_be_built(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("bridge.txt", told("bridge", 1))
    Victim(processes, shelf, "just before the swap").end()
    assert texts(shelf) == []
    report = shelf.build()
    assert [article.text for article in report.added] == [told("bridge", 1)]
    assert len(shelf.generations()) == 1
    shelf.library.close()
