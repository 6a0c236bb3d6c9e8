"""Files into the archive: what is new, what has changed, what is gone.

Every article has a home: the one file it is read from. Other files with the very same text
are its duplicates. When a home is gone, whatever file holds its text (the file itself, moved,
or a duplicate) becomes its home, and the article keeps its id; only if there is none is the
article retired.
"""

from __future__ import annotations

import hashlib
import os
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index import articles
from index.archive import Archive, FileRecord
from index.confinement import Limits
from index.errors import ArticleError, NothingToIndex
from index.parsers import SUFFIXES
from index.records import Failure, Progress

_BATCH = 100  # files a transaction
_STEP = 10  # files between two signs of progress
_RACY = 2_000_000_000  # a file written this shortly (ns) before it was read may have changed unseen


@dataclass(slots=True)
class Intake:
    """What reading the places met with, filled while they are read."""

    duplicates: list[Failure] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


def take_in(
    archive: Archive,
    places: Sequence[Path],
    *,
    max_bytes: int,
    limits: Limits = Limits(),
    progress: Callable[[Progress], None],
) -> Intake:
    """Bring the archive up to date with files and folders.

    A file that cannot be read keeps the version that was read before. A place that is gone,
    or that holds nothing now, keeps its articles: an unplugged disk is no wish to delete.
    Raises NothingToIndex if no place holds a file that could be an article.
    """
    # Links are not followed: one that is switched to another folder holds newer versions of the same.
    found = _find(archive, [os.path.abspath(place) for place in places])  # noqa: PTH100 - resolve() follows
    reading = _Reading(archive, found, max_bytes, limits)
    for start in range(0, len(found.files), _BATCH):
        with archive.transaction():
            for number, path in enumerate(found.files[start : start + _BATCH], start):
                if number % _STEP == 0:
                    progress(Progress("read", number, len(found.files)))
                reading.take(path)
    with archive.transaction():
        reading.finish()
    progress(Progress("read", len(found.files), len(found.files)))
    return Intake(reading.duplicates(), [*found.failed, *reading.failed.values()])


@dataclass(slots=True)
class _Found:
    """The files there are, the records of those there were, and the places that failed."""

    files: list[str]
    here: dict[str, FileRecord]
    gone: list[FileRecord]
    failed: list[Failure]


def _find(archive: Archive, places: Sequence[str]) -> _Found:
    records = archive.files()
    files: dict[str, None] = {}
    failed: list[Failure] = []
    listed: list[str] = []
    for place in places:
        known = sum(record.fate == "article" for record in _under(place, records.values()))
        try:
            files.update(dict.fromkeys(_files_at(place, known)))
        except (ArticleError, NothingToIndex) as error:
            failed.append(_failure(place, str(error)))
            if not known:
                archive.forget_place(place)
        else:
            archive.add_place(place)
            listed.append(place)
    if not files:
        reasons = [f"{failure.place}: {failure.reason}" for failure in failed]
        raise NothingToIndex(
            "; ".join(reasons) or "no file or folder was named; name one that holds articles"
        )
    absent = [record for path, record in records.items() if path not in files]
    gone = {record.path: record for place in listed for record in _under(place, absent)}
    here = {path: record for path, record in records.items() if path not in gone}
    return _Found(list(files), here, list(gone.values()), failed)


def _files_at(place: str, known: int) -> Iterable[str]:
    kept = f"; the {known} articles that came from it are kept" if known else ""
    path = Path(place)
    if not path.exists():
        raise NothingToIndex(f"no such file or folder{kept}; check the path")
    here = articles.find(path)
    if not here:
        raise NothingToIndex(
            f"holds no article{kept}; put {', '.join(SUFFIXES)} files there, or name another folder"
        )
    return map(str, here)


class _Reading:
    """One pass over the files; writes to the archive inside the caller's transactions."""

    def __init__(self, archive: Archive, found: _Found, max_bytes: int, limits: Limits) -> None:
        self.failed: dict[str, Failure] = {}
        self._archive = archive
        self._max_bytes = max_bytes
        self._limits = limits
        self._files = found.files
        self._records = found.here
        self._gone = found.gone
        self._gone_by_content = {
            record.content: record for record in found.gone if record.fate != "duplicate"
        }
        self._live = dict(archive.live())
        self._homes = {
            str(record.article): path for path, record in found.here.items() if record.fate == "article"
        }
        self._homeless = {record.article for record in found.gone if record.fate == "article"} - {
            *self._homes
        }
        self._duplicates: dict[str | None, set[str]] = defaultdict(set)
        for path, record in found.here.items():
            if record.fate == "duplicate":
                self._duplicates[record.article].add(path)

    def take(self, path: str) -> None:
        """Read one file, unless it is as it was when it was last read."""
        record = self._records.get(path)
        try:
            status = os.stat(path)  # noqa: PTH116 - a Path for each of thousands of files takes as long again
            if record is None or not self._is_unchanged(record, status):
                self._read(path, record, status)
        except (ArticleError, OSError) as error:
            kept = "; the version read before is kept" if record and record.fate == "article" else ""
            reason = (
                f"cannot be read: {error.strerror or error}" if isinstance(error, OSError) else str(error)
            )
            self.failed[path] = _failure(path, f"{reason}{kept}")

    def finish(self) -> None:
        """Read duplicates whose article has changed again; retire what no file holds any more."""
        while again := [
            path for path in self._files if path not in self._records and path not in self.failed
        ]:
            for path in again:
                self.take(path)
        for record in self._gone:
            self._archive.forget_file(record.path)
        for article in sorted(filter(None, self._homeless)):
            self._retire(article)

    def duplicates(self) -> list[Failure]:
        """The files that hold a text another one holds too."""
        records = (self._records.get(path) for path in self._files)
        return [
            _failure(record.path, f"holds the same text as {self._home_of(record)}, which is kept once")
            for record in records
            if record is not None and record.fate == "duplicate"
        ]

    def _home_of(self, record: FileRecord) -> str:
        return _shown(self._homes.get(str(record.article), f"article {record.article}"))

    def _is_unchanged(self, record: FileRecord, status: os.stat_result) -> bool:
        if record.fate == "article" and not self._is_at_home(record):
            return False
        if record.fate == "duplicate" and (
            record.article in self._homeless or record.article not in self._live
        ):
            return False
        if status.st_size != record.size:
            return False
        if record.mtime == status.st_mtime_ns and record.mtime + _RACY < record.seen:
            return True
        if _content(record.path) != record.content:
            return False
        self._remember(replace(record, mtime=status.st_mtime_ns, seen=time.time_ns()))
        return True

    def _is_at_home(self, record: FileRecord) -> bool:
        return record.article in self._live and self._homes.get(record.article) == record.path

    def _read(self, path: str, record: FileRecord | None, status: os.stat_result) -> None:
        file = Path(path)
        data = articles.load(file, max_bytes=self._max_bytes)
        content = hashlib.sha256(data).hexdigest()
        seen = FileRecord(path, status.st_size, status.st_mtime_ns, time.time_ns(), content, None, "removed")
        before = self._gone_by_content.get(content)
        if record is None and before is not None and before.fate == "removed":
            self._remember(seen)  # it was removed by hand, and only moved since
            return
        own = str(record.article) if record is not None and self._is_at_home(record) else None
        name = own or self._new_id(path, before)
        article = articles.parse(data, file.suffix, file.name, id=name, limits=self._limits)
        original = self._archive.copy_of(article)
        if original is not None and self._lost_its_home(original):
            article, original = replace(article, id=original), None
        if own is not None and (original is not None or article.id != own):
            self._retire(own)
        if original is not None:
            self._remember(replace(seen, article=original, fate="duplicate"))
            return
        if self._live.get(article.id) != article.digest:
            self._forget_duplicates(article.id)
            self._archive.put(article)
            self._live[article.id] = article.digest
        self._remember(replace(seen, article=article.id, fate="article"))

    def _new_id(self, path: str, before: FileRecord | None) -> str:
        """The id of an article read from a file for the first time: its old one, if it moved here."""
        if before is not None and before.article in self._homeless:
            return str(before.article)
        return next(name for name in _names(path) if name not in self._live)

    def _lost_its_home(self, article: str) -> bool:
        """Whether the file an article was read from is gone, so that another may take its place."""
        if article in self._homeless:
            return True
        home = self._homes.get(article)
        if home is None or Path(home).exists():
            return False
        self._forget(home)
        return True

    def _remember(self, record: FileRecord) -> None:
        self._records[record.path] = record
        if record.fate == "article":
            self._homes[str(record.article)] = record.path
            self._homeless.discard(record.article)
        if record.fate == "duplicate":
            self._duplicates[record.article].add(record.path)
        self._archive.put_file(record)

    def _forget(self, path: str) -> None:
        record = self._records.pop(path)
        self._homes.pop(str(record.article), None)
        self._archive.forget_file(path)

    def _retire(self, article: str) -> None:
        self._forget_duplicates(article)
        self._archive.retire(article)
        self._live.pop(article, None)
        self._homes.pop(article, None)

    def _forget_duplicates(self, article: str) -> None:
        """Its text is another now, so theirs is held by nobody: they are to be read again."""
        for path in sorted(self._duplicates.pop(article, ())):
            record = self._records.get(path)
            if record and record.fate == "duplicate" and record.article == article:  # as it still is
                del self._records[path]
                self._archive.forget_file(path)


def _under(place: str, records: Iterable[FileRecord]) -> list[FileRecord]:
    folder = os.path.join(place, "")  # noqa: PTH118 - a Path drops the closing separator
    return [record for record in records if record.path == place or record.path.startswith(folder)]


def _content(path: str) -> str:
    """The SHA-256 of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _names(path: str) -> Iterator[str]:
    salt = 0
    while True:
        yield hashlib.sha256(os.fsencode(f"{path}\0{salt}")).hexdigest()[:12]
        salt += 1


def _failure(path: str, reason: str) -> Failure:
    return Failure(_shown(path), reason)


def _shown(path: str) -> str:
    """A path that can be printed: a file's name need not be valid UTF-8, and may hold line ends and worse."""
    name = os.fsencode(path).decode("utf-8", "replace")
    return "".join(
        each if each.isprintable() or unicodedata.category(each) == "Zs" else "\ufffd" for each in name
    )
