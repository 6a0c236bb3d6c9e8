"""Segments: what an index is put together of. Each is written once, checked, and then only read.

    segments/000003/     segment.json: how much it holds, and names, sizes and checksums of its files
                         roster, tables, keywords/
                         vectors/   of the base alone: a Chroma collection

A base holds most of the passages, found by meaning through Chroma. The fresh ones hold what has
come since, and every one of their vectors is looked at. Several generations may share a segment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from index import sealed
from index.durable import sync
from index.errors import LibraryDamaged

RECORD = "segment.json"
VECTORS, KEYWORDS = "vectors", "keywords"
DATABASE = "chroma.sqlite3"  # among the vectors
_COUNTERS = ((24, 40), (92, 100))  # of changes, pages and versions, in the first page of an SQLite file
REMEDY = "run `articlebot index` to rebuild it"


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A file of a segment: its name within, its bytes, and their checksum; None if all may still change.

    The checksum leaves out the stretches that are `changing`.
    """

    name: str
    size: int
    checksum: int | None
    changing: tuple[sealed.Stretch, ...] = ()

    def is_as_written(self, folder: Path) -> bool:
        """Whether what is not to change has not changed."""
        if self.checksum is None:
            return True
        return sealed.checksum(folder / self.name, self.size, self.changing) == self.checksum

    def verify(self, folder: Path) -> None:
        """LibraryDamaged if it is not there or not as it was written."""
        path = folder / self.name
        found = path.stat().st_size if path.is_file() else None
        if found is None:
            raise LibraryDamaged(f"{path} is missing; {REMEDY}")
        if found < self.size:
            raise LibraryDamaged(f"{path} is {found:,} bytes long instead of {self.size:,}; {REMEDY}")
        if not self.changing and not self.is_as_written(folder):
            raise LibraryDamaged(f"{path} is not as it was written; {REMEDY}")


@dataclass(frozen=True, slots=True)
class Segment:
    """What a segment is made of.

    `stragglers` are rows of a base whose own vector did not find them in the approximate index;
    searching looks at them directly. `files` are all other files.
    """

    name: str
    base: bool
    articles: int
    passages: int
    stragglers: tuple[int, ...]
    files: tuple[SegmentFile, ...]

    def save(self, folder: Path) -> None:
        """Write the record into the segment's folder."""
        sealed.save(folder / RECORD, asdict(self))

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Read a segment's record."""
        try:
            raw = sealed.load(folder / RECORD)
            files = tuple(_file(**file) for file in raw.pop("files"))
            return cls(stragglers=tuple(raw.pop("stragglers")), files=files, **raw)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LibraryDamaged(f"{folder / RECORD} cannot be read ({error}); {REMEDY}") from error

    def verify(self, folder: Path, names: Collection[str] | None = None) -> None:
        """LibraryDamaged if a file, or one of those that are named, is missing or not as it was written.

        To be done before anything is read of it: opening an index whose files are damaged can end the
        whole process (chroma-core/chroma #7238).
        """
        for file in self.files:
            if names is None or file.name in names:
                file.verify(folder)

    def is_suspect(self, folder: Path) -> bool:
        """Whether Chroma's database is not as it was written: damaged, or changed by a newer Chroma."""
        return any(file.changing and not file.is_as_written(folder) for file in self.files)


def _file(name: str, size: int, checksum: int | None, changing: list[list[int]]) -> SegmentFile:
    return SegmentFile(name, size, checksum, tuple((start, end) for start, end in changing))


def files_of(folder: Path, passages: int) -> tuple[SegmentFile, ...]:
    """The files of a segment that stay, by name.

    The record is about to be written, and SQLite's companions come and go. Where there is a single
    passage Chroma goes on writing to all of its files: it keeps none in its graph before the second.
    """
    passing = (RECORD, "-wal", "-shm", "-journal")
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing))
    files = []
    for path in sorted(paths):
        name = path.relative_to(folder).as_posix()
        changing = _changing(path) if path.name == DATABASE else ()
        unsettled = name.startswith(f"{VECTORS}/") and passages == 1 and not changing
        size = path.stat().st_size
        checksum = None if unsettled else sealed.checksum(path, size, changing)
        files.append(SegmentFile(name, size, checksum, changing))
    return tuple(files)


def _changing(database: Path) -> tuple[sealed.Stretch, ...]:
    """Where Chroma writes whenever it opens its database: a row in a table that is there to be written to.

    The counters in the file's head change with it. Once that table has grown, so may other pages; then
    the database is suspect, and tried before it is opened.
    """
    try:
        with closing(sqlite3.connect(database)) as connection:
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            pages = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'acquire_write'")
            stretches = [((page - 1) * size, page * size) for (page,) in pages]
    except sqlite3.Error as error:
        raise LibraryDamaged(f"{database} cannot be read ({error}); {REMEDY}") from error
    return (*_COUNTERS, *sorted(stretches))


def make_durable(folder: Path) -> None:
    """Force all that a folder holds to disk, deepest first, and then the folder and its place."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
    sync(folder.parent)
