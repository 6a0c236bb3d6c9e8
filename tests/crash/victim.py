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

from index import Progress, generations, library, store
from index.archive import Archive
from index.generations import Manifest
from index.keywords import Keywords
from tests.encoders import HashEncoder
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection


def kill() -> None:
    """End at once: nothing is flushed, closed or cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: object, name: str) -> None:
    """Kill instead of calling it."""
    setattr(owner, name, lambda *_, **__: kill())


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
    assert self.articles
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
    "while Chroma is written": lambda: after(ChromaVectorStore, "add"),
    "after Chroma is written": lambda: after(store, "write"),
    "after the keywords are written": lambda: after(Keywords, "save"),
    "while it is checked": lambda: after(store.Store, "unreachable"),
    "in the middle of the manifest": lambda: setattr(Manifest, "save", half_a_manifest),
    "before it is made durable": lambda: before(generations, "_sync"),
    "just before the swap": lambda: before(Path, "replace"),
    "just after the swap": lambda: after(Path, "replace"),
    "before old vectors are dropped": lambda: before(Archive, "keep_vectors"),
    "in the middle of the sweep": lambda: setattr(shutil, "rmtree", half_a_sweep),
    "before old texts are dropped": lambda: before(Archive, "forget_except"),
    "at its end": lambda: after(library, "build"),
}


def run(shelf: Path, point: str, stages: Connection) -> None:
    """Build a shelf's library, telling the stages, and be killed on the way."""
    POINTS.get(point, lambda: None)()

    def tell(progress: Progress) -> None:
        stages.send(progress.stage)

    Shelf(shelf).library.build([shelf / "articles"], progress=tell)
    stages.send("")
