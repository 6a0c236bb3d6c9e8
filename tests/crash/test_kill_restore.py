"""kill -9 at any moment of a backup or a restore: the old file or none, the old library or the new one."""

from __future__ import annotations

import multiprocessing
import signal
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import Progress, backups, read_backup, unpacking
from index import library as facade
from index.archive import Archive
from tests.crash.victim import after, before, kill
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.context import ForkServerContext

OLD = ("The bridge is open on Monday.", "The museum is open on Tuesday.")
NEW = ("The market is open on Wednesday.", "The harbour is open on Thursday.", OLD[1])

POINTS: dict[str, Callable[[], None]] = {
    "before it is unpacked": lambda: before(zipfile, "ZipFile"),
    "when it is unpacked": lambda: after(unpacking, "check_database"),
    "while it is checked": lambda: after(Archive, "article"),
    "after the vectors": lambda: after(Archive, "put_vectors"),
    "when the old articles are out": lambda: after(Archive, "retire", call=2),
    "in the middle of the new articles": lambda: after(Archive, "put", call=2),
    "just before it is one step": lambda: before(Archive, "add_place"),
    "before the index is made": lambda: before(facade, "build"),
    "after the index is made": lambda: after(facade, "build"),
}


def _stop_at_encoding(progress: Progress) -> None:
    if progress.stage == "check":
        kill()


def restore(path: Path, file: Path, point: str) -> None:
    POINTS.get(point, lambda: None)()
    told = _stop_at_encoding if point == "while the index is checked" else (lambda _: None)
    Shelf(path).library.restore(file, "replace", progress=told)


def back_up(path: Path, file: Path, point: str) -> None:
    points: dict[str, Callable[[], None]] = {
        "the copy": lambda: after(backups, "copy_database"),
        "packing": lambda: before(backups, "sync"),
        "its place": lambda: before(Path, "replace"),
    }
    points[point]()
    Shelf(path).library.backup(file)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.victim", "chromadb"])
    return context


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of the new articles."""
    (tmp_path / "new").mkdir()
    shelf = Shelf(tmp_path / "new")
    for number, text in enumerate(NEW):
        shelf.write(f"{number}.txt", text)
    shelf.build()
    shelf.library.backup(tmp_path / "backup.zip")
    shelf.library.close()
    return tmp_path / "backup.zip"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A library of the old articles that is open, as in a bot, while another process is killed."""
    (tmp_path / "old").mkdir()
    made = Shelf(tmp_path / "old")
    for number, text in enumerate(OLD):
        made.write(f"{number}.txt", text)
    made.build()
    yield made
    made.library.close()


def killed(context: ForkServerContext, target: Callable[..., None], *arguments: object) -> None:
    process = context.Process(target=target, args=arguments)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("point", [*POINTS, "while the index is checked"])
def test_a_library_survives_a_kill_while_a_backup_is_restored(
    shelf: Shelf, processes: ForkServerContext, backup: Path, point: str
) -> None:
    killed(processes, restore, shelf.path.parent, backup, point)
    with shelf.open() as fresh:
        for library in (shelf.library, fresh):
            held = {article.text for article in library.articles()}
            assert held in (set(OLD), set(NEW))
            assert shelf.found("On which day is the museum open?", library) == OLD[1]
    with closing(Archive(shelf.path / "archive.sqlite")) as archive:
        assert {archive.article(*version).text for version in archive.live()} in (set(OLD), set(NEW))
    shelf.library.restore(backup, "replace")
    assert {article.text for article in shelf.library.articles()} == set(NEW)
    assert OLD[0].encode() not in shelf.on_disk()
    assert not (shelf.path / "restoring").exists()


@pytest.mark.parametrize("point", ["the copy", "packing", "its place"])
def test_a_killed_backup_leaves_the_earlier_one(
    shelf: Shelf, processes: ForkServerContext, tmp_path: Path, point: str
) -> None:
    file = tmp_path / "own.zip"
    killed(processes, back_up, shelf.path.parent, file, point)
    assert not file.exists()
    made = shelf.library.backup(file)
    killed(processes, back_up, shelf.path.parent, file, point)
    assert read_backup(file) == made
    shelf.library.backup(file)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".own.zip")] == []
