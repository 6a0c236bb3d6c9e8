"""A library as one file, written while the library is in use.

It is a zip of `manifest.json` and of `archive.sqlite`, which holds the articles that are to be
indexed, where they come from, and, unless it is a small one, their vectors. The index itself is left
out: it follows from the archive. Other databases may go along under names of their own.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Final

from index.archive import ARCHIVE, Archive
from index.durable import sync
from index.errors import BackupError, LibraryDamaged
from index.workplaces import workplace

FORMAT: Final = 1  # raise it when an older program could not restore what this one writes
MANIFEST: Final = "manifest.json"
NO_MORE: Final[Mapping[str, Path]] = MappingProxyType({})
_PATIENCE: Final = 30  # seconds to wait for another's transaction


@dataclass(frozen=True, slots=True)
class Part:
    """A database in a backup; `digest` is the SHA-256 of its bytes."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds, as it says itself.

    `program` is the version that made it, `made` when, in seconds since the epoch, UTC. `first` and
    `last` are the oldest and the newest date of its articles; `vectors` counts the passages that need
    not be encoded again.
    """

    program: str
    made: float
    articles: int
    languages: tuple[tuple[str, int], ...]
    first: date | None
    last: date | None
    vectors: int
    parts: tuple[Part, ...]

    def part(self, name: str) -> Part | None:
        """The part of that name."""
        return next((part for part in self.parts if part.name == name), None)


def write(library: Path, file: Path, *, small: bool, also: Mapping[str, Path]) -> Backup:
    """Write a library's archive, and the databases in `also` by their names, into a file.

    The archive may be written to meanwhile: what is kept is how it was at one moment. The file
    appears whole or not at all. Raises LibraryDamaged for an archive that could not be restored,
    and BackupError where nothing can be written.
    """
    file = file.absolute()
    try:
        with workplace(file) as copies:
            draft = copies / "draft.zip"
            for name, database in also.items():
                copy_database(database, copies / name)
            backup = _copied(library / ARCHIVE, copies, small=small, also=also)
            _pack(backup, copies, draft)
            draft.replace(file)
            sync(file.parent)
    except OSError as error:
        raise BackupError(
            f"{file} cannot be written ({error.strerror or error}); choose a folder that exists, can be "
            "written to and has room"
        ) from error
    return backup


def copy_database(source: Path, target: Path) -> None:
    """Make a database the copy of another as it is at one moment, in one step that a kill undoes."""
    address = f"{source.absolute().as_uri()}?mode=ro"
    with (
        _sentences(source),
        closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as one,
        closing(sqlite3.connect(target, timeout=_PATIENCE)) as other,
    ):
        one.backup(other)


def check_database(connection: sqlite3.Connection) -> None:
    """Whether there is nothing in it but tables and their indexes, and every page is whole.

    Raises sqlite3.Error.
    """
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}")
    odd = connection.execute("SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index')").fetchall()
    if odd:
        raise sqlite3.DatabaseError(f"it holds {odd[0][0]!r}, which is no table")
    verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(str(verdict))


def check_articles(archive: Archive) -> int:
    """How many articles are to be indexed; LibraryDamaged unless each has its digest."""
    versions = archive.live()
    for version in versions:
        try:
            archive.article(*version)
        except LibraryDamaged as error:
            raise LibraryDamaged(f"the article {version[0]} is not there as it was read") from error
    return len(versions)


def _copied(database: Path, folder: Path, *, small: bool, also: Iterable[str]) -> Backup:
    copy = folder / ARCHIVE
    copy_database(database, copy)
    vectors = _trimmed(database, copy, small=small)
    with closing(Archive(copy)) as archive:
        check_articles(archive)
        cards = archive.cards().values()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # all of it in one file
    dates = sorted(card.published for card in cards if card.published)
    return Backup(
        program=_version(),
        made=time.time(),
        articles=len(cards),
        languages=tuple(sorted(Counter(card.language for card in cards).items())),
        first=dates[0] if dates else None,
        last=dates[-1] if dates else None,
        vectors=vectors,
        parts=tuple(_part(folder, name) for name in (ARCHIVE, *also)),
    )


def _trimmed(database: Path, copy: Path, *, small: bool) -> int:
    """Leave only what is to be indexed in a copy; returns how many vectors it holds."""
    with _sentences(database), closing(sqlite3.connect(copy)) as connection:
        check_database(connection)
        connection.execute("DELETE FROM articles WHERE (id, digest) NOT IN (SELECT id, digest FROM live)")
        if small:
            connection.execute("DELETE FROM vectors")
        connection.commit()
        connection.execute("VACUUM")
        return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])


@contextmanager
def _sentences(database: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise LibraryDamaged(
            f"{database} cannot be copied ({error}); see that nothing holds it and that its disk has room; "
            "if it is damaged, restore it from an earlier backup"
        ) from error


def _version() -> str:
    try:
        return metadata.version("articlebot")
    except metadata.PackageNotFoundError:  # run from its source
        return "unknown"


def _part(folder: Path, name: str) -> Part:
    with (folder / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Part(name, (folder / name).stat().st_size, digest)


def _pack(backup: Backup, folder: Path, file: Path) -> None:
    manifest = json.dumps({"format": FORMAT, **asdict(backup)}, ensure_ascii=False, indent=1, default=str)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(MANIFEST, manifest)
        for part in backup.parts:
            bundle.write(folder / part.name, part.name)
    sync(file)
