"""The articles of a checked backup into a library's archive, in one transaction.

A kill at any moment leaves the articles there were or those of the backup; the index follows by the
next build. Rows are taken over, never the database itself.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, Literal

import numpy as np

from index.archive import ARCHIVE, Archive, FileRecord
from index.backups import Backup, check_database, copy_database
from index.encoder import Encoder, WindowVectors
from index.errors import BackupError
from index.records import Failure
from index.unpacking import unpacked

How = Literal["new", "replace", "merge"]
_WORKPLACE: Final = "restoring"  # in the library's folder; what a kill left in it goes with the next
_GROUP: Final = 1000  # vectors a transaction


def take_over(
    archive: Archive, library: Path, file: Path, encoder: Encoder, *, how: How, also: Mapping[str, Path]
) -> list[Failure]:
    """Put a backup's articles into the archive of a library; returns those left out, with the reasons.

    Only the writer may do so. Raises BackupError before anything is changed.
    """
    if how == "new" and (held := len(archive.live())):
        raise BackupError(
            f"{library} holds {held} articles; restore into a new folder, or have the backup replace them "
            "(--replace) or add to them (--merge)"
        )
    with _opened(file, library) as (backup, source, folder):
        if lacking := [name for name in also if backup.part(name) is None]:
            raise BackupError(f"{file.name} holds no {lacking[0]}. Nothing was changed; restore without it")
        _take_vectors(archive, folder, encoder)
        left_out = _add_missing(archive, source) if how == "merge" else []
        if how != "merge":
            _replace_all(archive, source)
        for name, place in also.items():
            copy_database(folder / name, place)
    return left_out


@contextmanager
def _opened(file: Path, library: Path) -> Iterator[tuple[Backup, Archive, Path]]:
    """A backup unpacked and checked beside the archive it goes into, and the folder it lies in meanwhile."""
    folder = library / _WORKPLACE
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir()
    except OSError as error:
        raise BackupError(f"{folder} cannot be made ({error.strerror}); make {library} writable") from error
    try:
        with unpacked(file, folder) as (backup, archive):
            yield backup, archive, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace_all(archive: Archive, source: Archive) -> None:
    """Have the archive hold what the source holds, and nothing else.

    Places that are not on this machine are left out, and so are records of files that have gone
    from a place that is: the next /reindex would take their articles out again.
    """
    places = [place for place in source.places() if place.exists()]
    with archive.transaction():
        for article, _ in archive.live():
            archive.retire(article)
        for path in archive.files():
            archive.forget_file(path)
        for place in archive.places():
            archive.forget_place(str(place))
        for version in source.live():
            archive.put(source.article(*version))
        for place in places:
            archive.add_place(str(place))
        for file in source.files().values():
            if not _has_gone(file, places):
                archive.put_file(file)


def _add_missing(archive: Archive, source: Archive) -> list[Failure]:
    """Put in the source's articles that the archive lacks; returns those left out, with the reasons.

    They have no file here, so that they stay until they are removed by hand.
    """
    left_out = []
    with archive.transaction():
        ours = dict(archive.live())
        for article in (source.article(*version) for version in source.live()):
            if ours.get(article.id) == article.digest:
                continue
            if article.id in ours:
                left_out.append(Failure(article.title, "another version of it is here, and was kept"))
            elif archive.copy_of(article) is not None:
                left_out.append(Failure(article.title, "an article with the same text is here"))
            else:
                archive.put(article)
    return left_out


def _take_vectors(archive: Archive, folder: Path, encoder: Encoder) -> None:
    """Take over the vectors in an unpacked backup that the encoder would make; all others are left out."""
    with closing(sqlite3.connect(folder / ARCHIVE)) as source:
        rows = source.execute("SELECT passage, vectors FROM vectors WHERE model = ?", (encoder.digest,))
        while group := rows.fetchmany(_GROUP):
            read = ((str(name), _vectors(blob, encoder.dimension)) for name, blob in group)
            archive.put_vectors(
                encoder.digest, [(name, vectors) for name, vectors in read if vectors is not None]
            )


def set_aside(library: Path, file: Path) -> Path | None:
    """Move an archive that cannot be read to its last page out of the way of a backup that can.

    Only the writer may do so, and nobody may have the library open. Returns the folder it is in now;
    None if it is whole, or if there is none. Raises BackupError.
    """
    archive = library / ARCHIVE
    if not archive.is_file() or _is_whole(archive):
        return None
    with _opened(file, library):
        pass
    aside = library / f"damaged-{time.time_ns()}"
    aside.mkdir()
    for path in (*library.glob(f"{ARCHIVE}-*"), archive):
        path.replace(aside / path.name)
    return aside


def _is_whole(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(database)) as connection:
            check_database(connection)
    except sqlite3.Error:
        return False
    return True


def _has_gone(file: FileRecord, places: list[Path]) -> bool:
    path = Path(file.path)
    return not path.exists() and any(path.is_relative_to(place) for place in places)


def _vectors(blob: object, dimension: int) -> WindowVectors | None:
    """The vectors in a row, or None if it holds no such."""
    row = 2 * dimension  # bytes of half precision
    if not isinstance(blob, bytes) or not blob or len(blob) % row:
        return None
    table = np.frombuffer(blob, dtype=np.float16).reshape(-1, dimension).astype(np.float32)
    return WindowVectors(table[0], table[1:]) if np.isfinite(table).all() else None
