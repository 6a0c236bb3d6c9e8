"""A backup read back, doubting it.

Nothing in the file is believed: no name in it becomes a path unseen, nothing is unpacked beyond the
size it announces, and every part and every article has to have its digest.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from index.archive import ARCHIVE, Archive
from index.backups import FORMAT, MANIFEST, Backup, Part, check_articles, check_database
from index.errors import BackupError, LibraryDamaged

_LONGEST_MANIFEST: Final = 1_000_000  # bytes
_PIECE: Final = 1 << 20
# Deflate packs zeros a thousand times; texts and vectors, from a certain size on, never so much.
_MOST_PACKED: Final = 200
_NOT_WORTH_DOUBTING: Final = 64_000_000  # bytes
# What Python says of an encrypted zip, one packed in other ways or cut short, and of odd types in it.
_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    sqlite3.Error,
    LibraryDamaged,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
)


def read(file: Path) -> Backup:
    """What a backup says it holds, at a glance; raises BackupError for what is none."""
    with _doubting(file), zipfile.ZipFile(file) as bundle:
        return _manifest(file, bundle)


@contextmanager
def unpacked(file: Path, folder: Path) -> Iterator[tuple[Backup, Archive]]:
    """A backup's parts in an empty folder, checked to the last article, and its archive open.

    Raises BackupError.
    """
    with _doubting(file):
        with zipfile.ZipFile(file) as bundle:
            backup = _manifest(file, bundle)
            _check_room(file, backup, folder)
            for part in backup.parts:
                _unpack(file, bundle, part, folder)
                with closing(sqlite3.connect(folder / part.name)) as connection:
                    check_database(connection)
        archive = Archive(folder / ARCHIVE)
    with closing(archive):
        with _doubting(file):
            if (found := check_articles(archive)) != backup.articles:
                raise _unusable(file, f"it holds {found} articles instead of {backup.articles}")
        yield backup, archive


@contextmanager
def _doubting(file: Path) -> Iterator[None]:
    """Whatever is wrong with the file becomes one kind of error, which names it."""
    try:
        yield
    except FileNotFoundError as error:
        raise BackupError(
            f"there is no file {error.filename}; name one that `articlebot backup` made"
        ) from error
    except _FAULTS as error:
        raise _unusable(file, str(error)) from error


def _unusable(file: Path, reason: str) -> BackupError:
    return BackupError(
        f"{file.name} cannot be restored: {reason}. Nothing was changed; take another file that "
        "`articlebot backup` or /export made"
    )


def _manifest(file: Path, bundle: zipfile.ZipFile) -> Backup:
    names = [entry.filename for entry in bundle.infolist()]
    if MANIFEST not in names or bundle.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
        raise _unusable(file, "it is no backup of a library")
    raw = json.loads(bundle.read(MANIFEST))
    form = raw.pop("format")
    if not isinstance(form, int) or form > FORMAT:
        raise BackupError(
            f"{file.name} was made by a newer articlebot ({raw.get('program')}): its form is {form!r}, and "
            f"this one knows {FORMAT}. Nothing was changed; upgrade articlebot"
        )
    backup = _backup(raw)
    parts = [part.name for part in backup.parts]
    if sorted(names) != sorted([MANIFEST, *parts]) or ARCHIVE not in parts:
        raise _unusable(file, f"it holds {', '.join(map(repr, names))}, and announces {', '.join(parts)}")
    if odd := [name for name in parts if not _is_plain(name)]:
        raise _unusable(file, f"{odd[0]!r} is no name of a part")
    return backup


def _backup(raw: dict[str, Any]) -> Backup:
    first, last = raw["first"], raw["last"]
    return Backup(
        program=str(raw["program"]),
        made=float(raw["made"]),
        articles=int(raw["articles"]),
        languages=tuple((str(language), int(count)) for language, count in raw["languages"]),
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
        vectors=int(raw["vectors"]),
        parts=tuple(Part(str(one["name"]), int(one["size"]), str(one["digest"])) for one in raw["parts"]),
    )


def _is_plain(name: str) -> bool:
    return name.isascii() and name.replace(".", "").isalnum() and not name.startswith(".")


def _check_room(file: Path, backup: Backup, folder: Path) -> None:
    needed, free = sum(part.size for part in backup.parts), shutil.disk_usage(folder).free
    if needed > free:
        raise BackupError(
            f"{file.name} unpacks to {needed:,} bytes, and the disk of {folder} has {free:,} left. "
            "Nothing was changed; make room"
        )


def _unpack(file: Path, bundle: zipfile.ZipFile, part: Part, folder: Path) -> None:
    entry = bundle.getinfo(part.name)
    if part.size > max(_NOT_WORTH_DOUBTING, _MOST_PACKED * entry.compress_size):
        raise _unusable(file, f"{part.name} is packed more tightly than any library can be")
    digest, size = hashlib.sha256(), 0
    with bundle.open(entry) as source, (folder / part.name).open("xb") as target:
        while size <= part.size and (piece := source.read(_PIECE)):
            size += len(piece)
            digest.update(piece)
            target.write(piece)
    if (size, digest.hexdigest()) != (part.size, part.digest):
        raise _unusable(file, f"{part.name} is not as it was when the backup was made")
