"""Segments: what an index is put together of. Each is written once, checked, and then only read.

    segments/000003/     segment.json: how much it holds, and the names and sizes of its files
                         roster, tables, keywords/
                         vectors/   of the base alone: a Chroma collection

A base holds most of the passages, found by meaning through Chroma. The fresh ones hold what has
come since, and every one of their vectors is looked at. Several generations may share a segment.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from index.durable import sync
from index.errors import LibraryDamaged

RECORD = "segment.json"
VECTORS, KEYWORDS = "vectors", "keywords"
REMEDY = "run `articlebot index` to rebuild it"


@dataclass(frozen=True, slots=True)
class Segment:
    """What a segment is made of.

    `stragglers` are rows of a base whose own vector did not find them in the approximate index;
    searching looks at them directly. `files` are the names and sizes in bytes of all other files.
    """

    name: str
    base: bool
    articles: int
    passages: int
    stragglers: tuple[int, ...]
    files: tuple[tuple[str, int], ...]

    def save(self, folder: Path) -> None:
        """Write the record into the segment's folder."""
        (folder / RECORD).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Segment:
        """Read a segment's record."""
        try:
            raw = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            return cls(
                stragglers=tuple(raw.pop("stragglers")),
                files=tuple((name, size) for name, size in raw.pop("files")),
                **raw,
            )
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise LibraryDamaged(f"{folder / RECORD} cannot be read ({error}); {REMEDY}") from error

    def verify(self, folder: Path) -> None:
        """LibraryDamaged if a file is missing or has been cut short.

        Cheap enough to do each time: opening an index whose files are cut short can end the
        whole process (chroma-core/chroma #7238). A file may grow: Chroma migrates its own.
        """
        for name, size in self.files:
            path = folder / name
            found = path.stat().st_size if path.is_file() else None
            if found is None:
                raise LibraryDamaged(f"{path} is missing; {REMEDY}")
            if found < size:
                raise LibraryDamaged(f"{path} is {found:,} bytes long instead of {size:,}; {REMEDY}")


def sizes(folder: Path) -> tuple[tuple[str, int], ...]:
    """The files of a segment that stay, with their sizes in bytes, by name.

    The record is about to be written, and SQLite's companions come and go.
    """
    passing = (RECORD, "-wal", "-shm", "-journal")
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(passing))
    return tuple(sorted((path.relative_to(folder).as_posix(), path.stat().st_size) for path in files))


def make_durable(folder: Path) -> None:
    """Force all that a folder holds to disk, deepest first, and then the folder and its place."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)
    sync(folder.parent)
