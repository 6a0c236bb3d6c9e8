"""What can still be read of a damaged archive, into a new one. The damaged one is kept beside it.

SQLite reads the pages that are whole, so tables are read row by row, forwards, backwards and around
the holes. An article counts only if its digest says that it is as it was read. An archive that has lost
its first page, and with it the list of its tables, borrows that of a new one: all begin alike.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from index.archive import (
    ARCHIVE,
    COLUMNS,
    Archive,
    FileRecord,
    Row,
    article_of,
    file_of,
    is_sound,
    vectors_of,
)
from index.durable import sync
from index.encoder import Encoder, WindowVectors
from index.records import Article
from index.roster import Versions
from index.sealed import checksum

WORKPLACE = "salvaging"  # in the library's folder; what a kill left in it is taken up or deleted by the next
_COMPANIONS = ("-wal", "-shm", "-journal")
_PAGE = 4096  # bytes of a page, as archives are made
_PAGES, _FREE = slice(28, 32), slice(32, 40)  # in the first: how many there are, and a list of unused ones
_HOLE = 10_000  # rows that are looked for one by one where neither way leads on


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How many articles there are now, the files or ids of those that were lost, and where the damage is."""

    articles: int
    lost: tuple[str, ...]
    aside: Path


def faults(library: Path) -> Iterator[str]:
    """What is wrong with the archive of a library, in sentences."""
    archive = library / ARCHIVE
    try:
        with closing(_connect(archive)) as connection:
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM live LEFT JOIN articles USING (id, digest)"  # noqa: S608 - our own names
            )
            lost = {str(row[0]) for row in rows if _sound(row) is None}
    except sqlite3.Error as error:
        yield f"the archive {archive} cannot be read ({error})"
        return
    if verdict != "ok":
        yield f"the archive {archive} is damaged ({' '.join(str(verdict).split())})"
    if lost:
        named = ", ".join(sorted(lost)[:5])
        yield f"the archive {archive} does not hold {len(lost)} of its articles as they were read ({named})"


def salvage(library: Path, indexed: Versions, encoder: Encoder) -> Salvaged:
    """Put a new archive in the place of a damaged one, with all that can be read of that.

    Only the writer may do so, and nobody may have the library open. `indexed` are the articles of the
    index, which tell what there was where the archive does not. A kill leaves the damaged archive or
    the new one, and nothing of the damaged one is ever deleted.
    """
    workplace = library / WORKPLACE
    shutil.rmtree(workplace, ignore_errors=True)
    damaged = workplace / "damaged"
    damaged.mkdir(parents=True)
    for path in (library / ARCHIVE, *_companions(library)):
        if path.name == ARCHIVE or (
            path.stat().st_size and not path.name.endswith("-shm")
        ):  # which has nothing of its own
            shutil.copy2(path, damaged / path.name)
    aside = _set_aside(library, damaged)
    lost = _write(_read(workplace), indexed, encoder, workplace / "draft.sqlite")
    sync(workplace / "draft.sqlite")
    (workplace / "draft.sqlite").replace(workplace / ARCHIVE)
    sync(workplace)
    take_up(library)
    with closing(Archive(library / ARCHIVE)) as archive:
        return Salvaged(len(archive.live()), lost, aside)


def _set_aside(library: Path, damaged: Path) -> Path:
    """A folder with a copy of the damaged files, durable; the same one if a killed salvage had made it."""
    sums = ",".join(
        f"{path.name} {checksum(path, path.stat().st_size)}" for path in sorted(damaged.iterdir())
    )
    aside = library / f"damaged-{zlib.crc32(sums.encode()):08x}"
    if not aside.exists():
        draft = damaged.with_name("aside")
        shutil.copytree(damaged, draft)
        for path in (*draft.iterdir(), draft):
            sync(path)
        draft.rename(aside)
        sync(library)
    return aside


def take_up(library: Path) -> None:
    """Put in its place the new archive that a killed salvage had finished, if there is one."""
    finished = library / WORKPLACE / ARCHIVE
    if finished.is_file():
        for path in _companions(library):  # or SQLite would take the old log for the new archive's
            path.unlink()
        finished.replace(library / ARCHIVE)
        sync(library)
    shutil.rmtree(library / WORKPLACE, ignore_errors=True)


def _companions(library: Path) -> list[Path]:
    paths = (library / f"{ARCHIVE}{ending}" for ending in _COMPANIONS)
    return [path for path in paths if path.is_file()]


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return connection


@dataclass(frozen=True, slots=True)
class _Read:
    """The rows that could be read, and whether it is known which articles there were."""

    articles: list[Row]
    live: list[Row]
    places: list[Row]
    files: list[Row]
    vectors: list[Row]
    complete: bool

    def versions(self, indexed: Versions, sound: Collection[tuple[str, str]]) -> dict[str, str]:
        """The versions there were: those the archive tells, and those indexed of which it knows nothing.

        What is indexed and in the archive, but not to be indexed any more, had been taken out.
        """
        told = {str(row[0]): str(row[1]) for row in self.live}
        taken_out = sound if self.complete else ()
        return {**{each: digest for each, digest in indexed if (each, digest) not in taken_out}, **told}


def _read(workplace: Path) -> _Read:
    """All that can be read of a damaged archive, with its own first page or else with another's."""
    damaged = workplace / "damaged" / ARCHIVE
    found = _read_tables(damaged)
    if found.articles or found.files:
        return found
    with closing(Archive(workplace / "new.sqlite")):
        pass
    first = bytearray((workplace / "new.sqlite").read_bytes()[:_PAGE])
    pages = damaged.read_bytes()
    first[_PAGES], first[_FREE] = (len(pages) // _PAGE).to_bytes(4, "big"), bytes(8)
    (workplace / "lent.sqlite").write_bytes(first + pages[_PAGE:])
    return _read_tables(workplace / "lent.sqlite")


def _read_tables(path: Path) -> _Read:
    articles, _ = _rows(path, "articles", COLUMNS)
    live, complete = _rows(path, "live", "id, digest")
    places, files, vectors = (_rows(path, table, "*")[0] for table in ("places", "files", "vectors"))
    return _Read(articles, live, places, files, vectors, complete)


def _rows(path: Path, table: str, columns: str) -> tuple[list[Row], bool]:
    """The rows of a table but for those in pages that cannot be read, and whether these are all."""
    sql = f"SELECT rowid, {columns} FROM {table}"  # noqa: S608 - our own names
    found: dict[int, Row] = {}
    with suppress(sqlite3.Error), closing(_connect(path)) as connection:
        if _take(connection, f"{sql} ORDER BY rowid", found):
            return [*found.values()], True
        last = max(found, default=0)
        _take(connection, f"{sql} WHERE rowid > {last} ORDER BY rowid DESC", found)
        first = min((rowid for rowid in found if rowid > last), default=last + _HOLE)
        for rowid in range(last + 1, min(first, last + _HOLE)):
            _take(connection, f"{sql} WHERE rowid = {rowid}", found)
    return [*found.values()], False


def _take(connection: sqlite3.Connection, sql: str, found: dict[int, Row]) -> bool:
    """Take rows as far as they come; whether it was to the last."""
    try:
        for rowid, *row in connection.execute(sql):
            found[rowid] = tuple(row)
    except sqlite3.Error:
        return False
    return True


def _sound(row: Row) -> Article | None:
    with suppress(ValueError, TypeError):
        article = article_of(row)
        return article if is_sound(article) else None
    return None


def _write(read: _Read, indexed: Versions, encoder: Encoder, path: Path) -> tuple[str, ...]:
    """Write what was read into a new archive; returns the articles that were lost."""
    sound = [article for article in map(_sound, read.articles) if article is not None]
    versions = read.versions(indexed, {(article.id, article.digest) for article in sound})
    files = [*_files(read.files)]
    here = {article.id: article for article in sound if versions.get(article.id) == article.digest}
    with closing(Archive(path)) as archive, archive.transaction():
        for article in here.values():
            archive.put(article)
        for (place,) in read.places:
            if isinstance(place, bytes):
                archive.add_place(os.fsdecode(place))
        for file in files:  # the file of an article that is lost is to be read again
            if file.fate == "removed" or file.article in here:
                archive.put_file(file)
    with closing(Archive(path)) as archive:
        archive.put_vectors(encoder.digest, _vectors(read.vectors, encoder))
    homes = {file.article: file.path for file in files if file.fate == "article"}
    return tuple(homes.get(article, article) for article in sorted(versions.keys() - here.keys()))


def _vectors(rows: list[Row], encoder: Encoder) -> Iterator[tuple[str, WindowVectors]]:
    """What the encoder's cached vectors are, so that the articles need not be encoded again."""
    for model, name, blob in rows:
        made = vectors_of(blob, encoder.dimension) if model == encoder.digest else None
        if made is not None:
            yield str(name), made


def _files(rows: list[Row]) -> Iterator[FileRecord]:
    for row in rows:
        with suppress(ValueError, TypeError):
            yield file_of(row)
