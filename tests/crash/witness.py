"""The processes of a campaign: one does something until it is killed, one then looks at what is left.

The witness is a process of its own because it, too, could die of what it sees: Chroma ends a
process whose index is damaged (chroma-core/chroma #7238).
"""

from __future__ import annotations

import functools
import importlib
from collections import Counter
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, NamedTuple

from index import Library, LibraryDamaged, LibraryEmpty, LibraryOutdated
from tests.crash.contents import Edition, contents, files_of, unfound
from tests.crash.effects import be_watched
from tests.crash.operations import OPERATIONS, Operation
from tests.crash.victim import POINTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

QUESTION = "On which day is the railway open?"


class Course(NamedTuple):
    """How an operation goes when nobody is killed: what there is before and after, on disk too."""

    before: Edition | None
    after: Edition
    files: list[str]


def prepare(name: str, path: Path) -> None:
    """Make the library that an operation is then done to."""
    operation = OPERATIONS[name]
    shelf = operation.shelf(path, "old")
    operation.prepare(shelf)
    operation.change(shelf)
    shelf.library.close()
    if not (shelf.path / "CURRENT").exists():
        (shelf.path / "archive.sqlite").unlink()  # not even begun


def run_through(name: str, path: Path, door: Connection) -> None:
    """Do an operation whole and tell its course."""
    operation = OPERATIONS[name]
    with operation.shelf(path, "old").library as library:
        before = edition(operation, library)
    shelf = operation.shelf(path)
    operation.act(shelf)
    after = contents(shelf.library)
    assert after.texts == operation.texts(shelf), f"{name} itself goes wrong"
    assert not [*unfound(shelf.library)], f"{name} leaves what is not found"
    shelf.library.close()
    door.send(Course(before, after, files_of(shelf.path)))


def act(name: str, path: Path, point: str, watcher: Connection | None) -> None:
    """Do an operation, and perhaps be killed on the way: at a named point, or by who is watching."""
    operation = OPERATIONS[name]
    if point:
        POINTS[point]()
    if watcher is not None and operation.begins:
        _begin_at(operation.begins, watcher)
    elif watcher is not None:
        be_watched(watcher)
    operation.act(operation.shelf(path))


def _begin_at(place: str, watcher: Connection) -> None:
    """Be watched from the first call of a method of the program on."""
    module, _, names = place.partition(":")
    owner_name, _, method = names.partition(".")
    owner = getattr(importlib.import_module(module), owner_name)
    original = getattr(owner, method)

    @functools.wraps(original)
    def wrapped(*arguments: object, **options: object) -> object:
        setattr(owner, method, original)
        be_watched(watcher)
        return original(*arguments, **options)

    setattr(owner, method, wrapped)


def look(name: str, path: Path, course: Course, door: Connection, bystander: bool) -> None:
    """Tell what is wrong with what a kill has left, by a fresh library and one that was open (`bystander`).

    Sends "ready" once that is open, waits for a word, and sends the list of what is wrong.
    """
    operation = OPERATIONS[name]
    with ExitStack() as stack:
        held = None
        if bystander and course.before is not None:
            held = stack.enter_context(operation.shelf(path, "old").library)
            edition(operation, held)
        door.send("ready")
        door.recv()
        try:
            wrong = [*_judge(operation, path, course, held)]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            wrong = [f"what is left meets with {error!r}"]
        door.send(wrong)


def _judge(operation: Operation, path: Path, course: Course, held: Library | None) -> Iterator[str]:
    """One of the two editions is there, whole, and all of it is found, at once."""
    if held is not None:
        yield from _look_at(operation, held, course, "the library that was open")
    answering = 0
    for encoder in {"old", operation.encoder}:
        with operation.shelf(path, encoder).library as library:
            answering += edition(operation, library) is not None
            yield from _look_at(operation, library, course, "a library opened afterwards")
    if not answering and course.before is not None:
        yield "neither the old nor the new model has an index"
    yield from _converge(operation, path, course, held)


def _look_at(operation: Operation, library: Library, course: Course, whose: str) -> Iterator[str]:
    found = edition(operation, library)
    if found is None:
        return
    if found not in {course.before, course.after}:
        yield f"{whose} holds neither the old nor the new, but {[text[:40] for text in found.texts]}"
    yield from (f"{whose}: {wrong}" for wrong in unfound(library))


def _converge(operation: Operation, path: Path, course: Course, held: Library | None) -> Iterator[str]:
    """Doing it again leads where it leads without a kill, and leaves nothing behind."""
    shelf = operation.shelf(path)
    operation.act(shelf)
    found = contents(shelf.library)
    if found != course.after:
        yield f"done again it holds {found} instead of {course.after}"
    yield from unfound(shelf.library)
    if held is not None:
        edition(operation, held)  # with its next question it lets go of the old index
    shelf.library.close()
    left = files_of(shelf.path)
    if left != course.files:
        more, lacking = Counter(left) - Counter(course.files), Counter(course.files) - Counter(left)
        yield f"on disk there is more: {sorted(more)}, less: {sorted(lacking)}"


def edition(operation: Operation, library: Library) -> Edition | None:
    """What a library answers from; None if that is another program's or model's, or damaged beforehand."""
    try:
        with suppress(LibraryEmpty):
            library.search(QUESTION, 1)
        return contents(library)
    except LibraryOutdated:
        return None
    except LibraryDamaged:
        if operation.refuses:
            return None
        raise
