"""Generations of the index: made beside the live one, swapped in atomically, then deleted.

    library/
      archive.sqlite
      CURRENT              the name of the live generation; replaced in one step
      writer.lock          held by the one process that writes
      generations/000007/  manifest.json, tables, keywords/, vectors/
                 lease     a shared lock is held by everyone who reads this generation

A kill at any moment leaves CURRENT naming a whole generation. What it does not name is
unfinished or past, and is deleted by the next writer once nobody reads it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import portalocker
from portalocker import LockFlags

from index.durable import sync as _sync
from index.errors import LibraryDamaged, LibraryLocked, LibraryOutdated

# Raise it when passages, folding, keywords, the tables or the manifest change: older
# generations are then rebuilt instead of queried.
PIPELINE = 2

_CURRENT = "CURRENT"
_LEASE = "lease"
_MANIFEST = "manifest.json"
_REMEDY = "run `articlebot index` to rebuild it"

Versions = tuple[tuple[str, str], ...]
"""Articles as (id, digest of one version)."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of. `articles` are (id, digest) by article number.

    `built` is seconds since the epoch, UTC. `stragglers` are rows whose own vector did not find
    them in the approximate index; searching looks at them directly. `files` are the names and
    sizes in bytes of all other files of the generation.
    """

    pipeline: int
    model: str
    model_digest: str
    dimension: int
    passages: int
    sentences: int
    built: float
    articles: Versions
    stragglers: tuple[int, ...]
    files: tuple[tuple[str, int], ...]

    def save(self, folder: Path) -> None:
        """Write the manifest into a generation's folder."""
        (folder / _MANIFEST).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read a generation's manifest; LibraryOutdated if another version of this program made it."""
        try:
            raw = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
            pipeline = int(raw["pipeline"])
            if pipeline == PIPELINE:
                return cls(
                    articles=tuple((article, digest) for article, digest in raw.pop("articles")),
                    stragglers=tuple(raw.pop("stragglers")),
                    files=tuple((name, size) for name, size in raw.pop("files")),
                    **raw,
                )
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LibraryDamaged(f"{folder / _MANIFEST} cannot be read ({error}); {_REMEDY}") from error
        raise LibraryOutdated(
            f"the index {folder} was made by another version of articlebot (pipeline {pipeline}, "
            f"this one makes {PIPELINE}); {_REMEDY}"
        )


def sizes(folder: Path) -> tuple[tuple[str, int], ...]:
    """The files of a generation that stay, with their sizes in bytes, by name.

    The manifest is about to be written, and SQLite's companions come and go.
    """
    passing = (_MANIFEST, "-wal", "-shm", "-journal")
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing))
    return tuple(sorted((path.relative_to(folder).as_posix(), path.stat().st_size) for path in files))


class Generation:
    """A finished generation that is not deleted before it is closed."""

    def __init__(self, folder: Path, lease: IO[str]) -> None:
        self.name = folder.name
        self.folder = folder
        self.manifest = Manifest.load(folder)
        self._lease = lease

    def verify(self) -> None:
        """LibraryDamaged if a file is missing or has been cut short.

        Cheap enough to do each time: opening an index whose files are cut short can end the
        whole process (chroma-core/chroma #7238). A file may grow: Chroma migrates its own.
        """
        for name, size in self.manifest.files:
            path = self.folder / name
            found = path.stat().st_size if path.is_file() else None
            if found is None:
                raise LibraryDamaged(f"{path} is missing; {_REMEDY}")
            if found < size:
                raise LibraryDamaged(f"{path} is {found:,} bytes long instead of {size:,}; {_REMEDY}")

    def close(self) -> None:
        """Let the generation be deleted."""
        self._lease.close()


class Generations:
    """The generations of one library."""

    def __init__(self, library: Path) -> None:
        self._library = library
        self._folder = library / "generations"

    def current(self) -> str | None:
        """The live generation's name, or None before the first; it is read afresh each time."""
        try:
            name = (self._library / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise LibraryDamaged(f"{self._library / _CURRENT} cannot be read ({error}); {_REMEDY}") from error
        if not _is_name(name):
            raise LibraryDamaged(
                f"{self._library / _CURRENT} holds {name!r}, which names no index; {_REMEDY}"
            )
        return name

    def folder(self, name: str) -> Path:
        """Where a generation lives."""
        return self._folder / name

    def live(self) -> Generation | None:
        """The live generation, kept until it is closed; None before the first.

        A generation can be swapped out and deleted between reading its name and taking its
        lease. It is safe once CURRENT still names it after that.
        """
        name = self.current()
        while name is not None:
            lease = self._lease(name)
            before, name = name, self.current()
            if lease is not None and name == before:
                return self._open(name, lease)
            if lease is not None:
                lease.close()
            elif name == before:
                raise LibraryDamaged(f"the index {self._folder / name} is gone; {_REMEDY}")
        return None

    def _open(self, name: str, lease: IO[str]) -> Generation:
        try:
            return Generation(self._folder / name, lease)
        except BaseException:
            lease.close()
            raise

    def _lease(self, name: str) -> IO[str] | None:
        with suppress(FileNotFoundError):
            handle = (self._folder / name / _LEASE).open("r", encoding="utf-8")
            try:
                portalocker.lock(handle, LockFlags.SHARED | LockFlags.NON_BLOCKING)
            except portalocker.LockException:
                handle.close()  # it is just being deleted
            else:
                return handle
        return None

    def create(self) -> str:
        """Make a folder for a new generation and return its name."""
        self._folder.mkdir(exist_ok=True)
        name = f"{max((int(folder.name) for folder in self._made()), default=0) + 1:06d}"
        (self._folder / name).mkdir()
        (self._folder / name / _LEASE).touch()
        return name

    def publish(self, name: str) -> None:
        """Make a finished generation the live one, in one step that survives a power cut."""
        for path in sorted(self.folder(name).rglob("*"), reverse=True):
            _sync(path)
        _sync(self.folder(name))
        _sync(self._folder)
        draft = self._library / f"{_CURRENT}.new"
        draft.write_text(name, encoding="utf-8")
        _sync(draft)
        draft.replace(self._library / _CURRENT)
        _sync(self._library)

    def sweep(self) -> tuple[str, ...]:
        """Delete what is neither live nor read by anyone; returns the names that remain.

        Only the writer may call it.
        """
        live = self.current()
        return tuple(
            folder.name for folder in self._made() if folder.name == live or not self._delete(folder)
        )

    def _delete(self, folder: Path) -> bool:
        # What cannot be deleted now, on a network folder say, is tried again by the next sweep.
        try:
            with (folder / _LEASE).open("r+", encoding="utf-8") as handle:
                portalocker.lock(handle, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
                shutil.rmtree(folder, ignore_errors=True)  # while locked, so that no reader slips in
        except portalocker.LockException:
            return False
        except FileNotFoundError:  # killed before it had a lease
            shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    def _made(self) -> list[Path]:
        folders = self._folder.iterdir() if self._folder.is_dir() else ()
        return sorted(path for path in folders if _is_name(path.name) and path.is_dir())

    @contextmanager
    def writing(self, *, patience: float = 1.0) -> Iterator[None]:
        """Be the one writer of the library while inside.

        LibraryLocked if another is still at it after `patience` seconds: a reader that tidies
        up takes a moment of the lock.
        """
        path = self._library / "writer.lock"
        flags = LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING
        lock = portalocker.Lock(path, "a+", timeout=patience, check_interval=0.05, flags=flags)
        try:
            handle = lock.acquire()
        except portalocker.LockException as error:
            owner = path.read_text(encoding="utf-8").strip() or "unknown"
            raise LibraryLocked(
                f"{self._library} is being written to by process {owner}; "
                "wait until it is done, then run it again"
            ) from error
        try:
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield
        finally:
            lock.release()


def _is_name(name: str) -> bool:
    return name.isascii() and name.isdecimal()
