"""A build that kills its own process, as a power cut would, at a point that is named.

The points lie outside the program: each wraps something the build calls.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llama_index.vector_stores.chroma import ChromaVectorStore

from index import Progress, build, generations, library, store
from index.archive import Archive
from index.generations import Manifest
from index.postings import PostingsWriter
from index.segments import Segment
from index.snapshot import Snapshot
from index.tables import TableWriter
from tests.encoders import HashEncoder
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection


def kill() -> None:
    """End at once: nothing is flushed, closed or cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: object, name: str, *, call: int = 1) -> None:
    """Kill instead of calling it for the `call`th time."""
    original = getattr(owner, name)
    calls = 0

    @functools.wraps(original)
    def wrapped(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as below
        nonlocal calls
        calls += 1
        return kill() if calls == call else original(*arguments, **options)

    setattr(owner, name, wrapped)


def after(owner: object, name: str, *, call: int = 1) -> None:
    """Kill when it has returned for the `call`th time."""
    original = getattr(owner, name)
    calls = 0

    @functools.wraps(original)
    def wrapped(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the original takes
        nonlocal calls
        result = original(*arguments, **options)
        calls += 1
        if calls == call:
            kill()
        return result

    setattr(owner, name, wrapped)


def half_a_manifest(self: Manifest, folder: Path) -> None:
    """What a disk may hold of a file that was being written."""
    (folder / "manifest.json").write_text('{"pipeline": 1, "model', encoding="utf-8")
    assert self.parts
    kill()


def half_a_sweep(folder: Path, **_: object) -> None:
    """A folder is deleted file by file."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file())[::2]:
        path.unlink()
    kill()


POINTS: dict[str, Callable[[], None]] = {
    "before anything is read": lambda: before(Archive, "files"),
    "in the middle of reading": lambda: after(Archive, "put_file", call=3),
    "after a batch of files": lambda: after(Archive, "transaction", call=2),
    "before what is gone is retired": lambda: before(Archive, "retire"),
    "before encoding": lambda: before(HashEncoder, "encode_windows"),
    "between encoding and keeping the vectors": lambda: after(HashEncoder, "encode_windows"),
    "after the vectors are kept": lambda: after(Archive, "put_vectors"),
    "while tables are written": lambda: after(TableWriter, "add"),
    "after the keywords are written": lambda: after(PostingsWriter, "save"),
    "before the segment is described": lambda: before(Segment, "save"),
    "before it is checked": lambda: before(build, "check"),
    "while it is checked": lambda: after(Snapshot, "nearest"),
    "in the middle of the manifest": lambda: setattr(Manifest, "save", half_a_manifest),
    "before it is made durable": lambda: before(generations, "_sync"),
    "just before the swap": lambda: before(Path, "replace"),
    "just after the swap": lambda: after(Path, "replace"),
    "in the middle of the sweep": lambda: setattr(shutil, "rmtree", half_a_sweep),
    "before old texts are dropped": lambda: before(Archive, "forget"),
    "at its end": lambda: after(library, "build"),
}
COMPACTING: dict[str, Callable[[], None]] = {
    "before segments are put together": lambda: before(build._Builder, "compact"),
    "while Chroma is written": lambda: after(ChromaVectorStore, "add"),
    "after Chroma is written": lambda: after(store, "write"),
    "while the vectors are checked": lambda: after(store.Store, "unreachable"),
    "before a whole index is swapped in": lambda: before(Path, "replace", call=2),
    "after a whole index is swapped in": lambda: before(Archive, "keep_vectors"),
    "before the parts are swept": lambda: before(library, "forget_unread", call=2),
}


def run(shelf: Path, point: str, stages: Connection) -> None:
    """Build a shelf's library and compact it, telling the stages, and be killed on the way."""
    {**POINTS, **COMPACTING}.get(point, lambda: None)()

    def tell(progress: Progress) -> None:
        stages.send(progress.stage)

    made = Shelf(shelf).library
    made.build([shelf / "articles"], progress=tell)
    made.compact(progress=tell)
    stages.send("")
