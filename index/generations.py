"""Generations of the index: made beside the live one, swapped in atomically, then deleted.

    library/
      archive.sqlite
      CURRENT              the name of the live generation; replaced in one step
      writer.lock          held by the one process that writes
      generations/000007/  manifest.json: which segments, and which of their articles are gone
                 lease     a shared lock is held by everyone who reads this generation
      segments/000003/     see `index.segments`; named for the generation that first had it

A kill at any moment leaves CURRENT naming a whole generation. What it does not name is
unfinished or past, and is deleted by the next writer once nobody reads it; so are the segments that
no generation names any more.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import portalocker
from portalocker import LockFlags

from index import sealed
from index.durable import sync as _sync
from index.errors import LibraryDamaged, LibraryLocked, LibraryOutdated
from index.holdings import Holdings
from index.roster import FILES as ROSTER
from index.roster import Roster, Versions
from index.segments import REMEDY, Segment, make_durable
from index.server import COLLECTION, Server
from index.server import delete as delete_collection

# Raise it when passages, folding, keywords, the tables or the manifest change: older
# generations are then rebuilt instead of queried.
PIPELINE = 3

_CURRENT = "CURRENT"
_LEASE = "lease"
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of a generation, by name, and the numbers of its articles that are gone."""

    segment: str
    gone: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is made of.

    `passages` counts those that are not gone. `built` is seconds since the epoch, UTC.
    """

    pipeline: int
    model: str
    model_digest: str
    dimension: int
    passages: int
    built: float
    parts: tuple[Part, ...]

    def save(self, folder: Path) -> None:
        """Write the manifest into a generation's folder."""
        sealed.save(folder / _MANIFEST, asdict(self))

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read a generation's manifest; LibraryOutdated if another version of this program made it."""
        try:
            pipeline = int(json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["pipeline"])
            if pipeline == PIPELINE:
                raw = sealed.load(folder / _MANIFEST)
                parts = (Part(str(part["segment"]), tuple(part["gone"])) for part in raw.pop("parts"))
                return cls(parts=tuple(parts), **raw)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LibraryDamaged(f"{folder / _MANIFEST} cannot be read ({error}); {REMEDY}") from error
        raise LibraryOutdated(
            f"the index {folder} was made by another version of articlebot (pipeline {pipeline}, "
            f"this one makes {PIPELINE}); {REMEDY}"
        )


class Generation:
    """A finished generation that is not deleted before it is closed, nor are its segments."""

    def __init__(self, folder: Path, segments: Path, lease: IO[str]) -> None:
        self.name = folder.name
        self.folder = folder
        self.manifest = Manifest.load(folder)
        self.folders = tuple(segments / part.segment for part in self.manifest.parts)
        self.segments = tuple(map(Segment.load, self.folders))
        self._lease = lease

    @cached_property
    def rosters(self) -> tuple[Roster, ...]:
        """The articles of each segment. LibraryDamaged if they cannot be read."""
        for segment, folder in zip(self.segments, self.folders, strict=True):
            segment.verify(folder, ROSTER)
        try:
            return tuple(map(Roster.load, self.folders))
        except (OSError, EOFError, ValueError) as error:
            raise LibraryDamaged(
                f"the articles of the index {self.folder} cannot be read ({error}); {REMEDY}"
            ) from error

    @cached_property
    def holdings(self) -> Holdings:
        """The articles it holds. LibraryDamaged if they cannot be read."""
        return Holdings(self.rosters, [part.gone for part in self.manifest.parts])

    def verify(self) -> None:
        """LibraryDamaged if a file is missing or not as it was written."""
        for segment, folder in zip(self.segments, self.folders, strict=True):
            segment.verify(folder)

    def close(self) -> None:
        """Let the generation be deleted."""
        self._lease.close()


class Generations:
    """The generations of one library."""

    def __init__(self, library: Path, server: Server | None = None) -> None:
        """`server` is where the vectors of new bases go; None is their own folders."""
        self.server = server
        self._library = library
        self._folder = library / "generations"
        self._segments = library / "segments"

    def current(self) -> str | None:
        """The live generation's name, or None before the first; it is read afresh each time."""
        try:
            name = (self._library / _CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise LibraryDamaged(f"{self._library / _CURRENT} cannot be read ({error}); {REMEDY}") from error
        if not _is_name(name):
            raise LibraryDamaged(f"{self._library / _CURRENT} holds {name!r}, which names no index; {REMEDY}")
        return name

    def folder(self, name: str) -> Path:
        """Where a generation lives."""
        return self._folder / name

    def segment(self, name: str) -> Path:
        """Where a segment lives."""
        return self._segments / name

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
                raise LibraryDamaged(f"the index {self._folder / name} is gone; {REMEDY}")
        return None

    def _open(self, name: str, lease: IO[str]) -> Generation:
        try:
            return Generation(self._folder / name, self._segments, lease)
        except BaseException:
            lease.close()
            raise

    def versions(self, name: str) -> Versions:
        """The articles of a generation that is there; only the writer may ask without a lease."""
        with closing(self.unpublished(name)) as generation:
            return generation.holdings.versions()

    def is_stained(self, name: str) -> bool:
        """Whether segments of a generation hold what is gone."""
        return any(part.gone for part in Manifest.load(self._folder / name).parts)

    def unpublished(self, name: str) -> Generation:
        """A generation that its writer has finished, before it is live; kept until it is closed."""
        lease = self._lease(name)
        if lease is None:
            raise LibraryDamaged(f"the index {self._folder / name} is not whole; {REMEDY}")
        return self._open(name, lease)

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
        made = (*self._made(), *_numbered(self._segments))
        name = f"{max((int(folder.name) for folder in made), default=0) + 1:06d}"
        (self._folder / name).mkdir()
        (self._folder / name / _LEASE).touch()
        return name

    def create_segment(self, name: str) -> Path:
        """Make an empty folder for the new segment of the generation of that name."""
        folder = self._segments / name
        folder.mkdir(parents=True)
        return folder

    def publish(self, name: str) -> None:
        """Make a finished generation the live one, in one step that survives a power cut."""
        if (self._segments / name).is_dir():
            make_durable(self._segments / name)
            _sync(self._library)
        make_durable(self._folder / name)
        self.point(name)

    def point(self, name: str) -> None:
        """Have CURRENT name a generation that is whole and durable."""
        self._draft.write_text(name, encoding="utf-8")
        _sync(self._draft)
        self._draft.replace(self._library / _CURRENT)
        _sync(self._library)

    @property
    def _draft(self) -> Path:
        return self._library / f"{_CURRENT}.new"

    def sweep(self) -> tuple[str, ...]:
        """Delete what is neither live nor read by anyone; returns the generations that remain.

        Only the writer may call it. As long as it cannot be read what a remaining one is made of, no
        segment is deleted.
        """
        live = self.current()
        self._draft.unlink(missing_ok=True)
        remaining = tuple(
            folder.name for folder in self._made() if folder.name == live or not self._delete(folder)
        )
        with suppress(LibraryDamaged, LibraryOutdated):
            manifests = [Manifest.load(self._folder / name) for name in remaining]
            self._sweep_segments({part.segment for manifest in manifests for part in manifest.parts})
        return remaining

    def names(self) -> tuple[str, ...]:
        """The generations there are, finished or not, in the order in which they were begun."""
        return tuple(folder.name for folder in self._made())

    def leftovers(self) -> tuple[Path, ...]:
        """What a sweep would delete; nothing as long as it cannot be read what is live."""
        try:
            live = self.current()
            kept = [folder for folder in self._made() if folder.name == live or _is_read(folder)]
            parts = [part.segment for folder in kept for part in Manifest.load(folder).parts]
        except (LibraryDamaged, LibraryOutdated):
            return ()
        past = [folder for folder in self._made() if folder not in kept]
        unnamed = [folder for folder in _numbered(self._segments) if folder.name not in parts]
        return (*past, *unnamed, *([self._draft] if self._draft.exists() else []))

    def is_read(self) -> bool:
        """Whether anybody has a generation open."""
        return any(map(_is_read, self._made()))

    def _sweep_segments(self, named: set[str]) -> None:
        for folder in _numbered(self._segments):
            if folder.name in named:
                continue
            if delete_collection(folder):
                shutil.rmtree(folder, ignore_errors=True)
            else:  # what tells of the collection stays until its server answers, and nothing else
                _delete_all_but(COLLECTION, folder)

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
        return _numbered(self._folder)

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


def _is_read(folder: Path) -> bool:
    """Whether anybody holds a lease of a generation."""
    try:
        with (folder / _LEASE).open("r", encoding="utf-8") as handle:
            portalocker.lock(handle, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
    except portalocker.LockException:
        return True
    except FileNotFoundError:
        return False
    return False


def _delete_all_but(kept: str, folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != kept:
            path.unlink(missing_ok=True)


def _is_name(name: str) -> bool:
    return name.isascii() and name.isdecimal()


def _numbered(folder: Path) -> list[Path]:
    """The folders in a folder that are named by number, which are ours."""
    folders = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in folders if _is_name(path.name) and path.is_dir())
