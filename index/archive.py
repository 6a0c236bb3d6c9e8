"""The truth: exact article texts and what is known of them, in one SQLite file.

Everything else in a library is derived from it and may be thrown away. Every version of an
article that a finished index may still quote is kept until that index is gone. Writes are
synchronous (WAL, FULL): what was acknowledged survives a power cut.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from index.articles import digest_of
from index.encoder import WindowVectors
from index.errors import LibraryDamaged
from index.records import Article
from index.roster import Versions

ARCHIVE = "archive.sqlite"  # in a library's folder
# `words` tells equal texts apart from others without reading them. Paths are bytes, as the
# system has them: a file's name need not be valid UTF-8. An article's text comes last, or SQLite
# would read through it to get at the rest.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS articles (
    id TEXT NOT NULL, digest TEXT NOT NULL, title TEXT NOT NULL, url TEXT, published TEXT,
    language TEXT NOT NULL, source TEXT, author TEXT, text TEXT NOT NULL, PRIMARY KEY (id, digest));
CREATE TABLE IF NOT EXISTS live (id TEXT PRIMARY KEY, digest TEXT NOT NULL, words TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS live_by_words ON live (words);
CREATE INDEX IF NOT EXISTS articles_by_url ON articles (url);
CREATE TABLE IF NOT EXISTS places (path BLOB PRIMARY KEY);
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
    seen INTEGER NOT NULL, content TEXT NOT NULL, article TEXT, fate TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, passage TEXT NOT NULL, vectors BLOB NOT NULL, PRIMARY KEY (model, passage));
CREATE TABLE IF NOT EXISTS removals (at REAL NOT NULL);
"""
COLUMNS = "id, title, text, url, published, language, source, digest, author"
ROUNDING = 0.002  # by which half precision may change the length of a vector, or a cosine
Row = tuple[object, ...]
_PATIENCE = 30  # seconds to wait for another process's transaction


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when it was last read.

    `mtime` and `seen` (when it was read) are nanoseconds since the epoch, `content` the
    SHA-256 of its bytes. `fate` is "article" (`article` is its id), "duplicate" (`article` is
    the one that holds the same text) or "removed" (by hand; it stays so until it changes).
    """

    path: str
    size: int
    mtime: int
    seen: int
    content: str
    article: str | None
    fate: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of one version of an article, without its text: quick to read for all of them."""

    id: str
    digest: str
    title: str
    published: date | None
    language: str
    source: str | None


def _keep_log(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; SQLite does not wait by itself where another just does so too."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


class Archive:
    """The library's articles. Safe to use from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._sentences():
            self._connection = sqlite3.connect(
                path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None
            )
            try:
                _keep_log(self._connection)
                for pragma in ("synchronous = FULL", "secure_delete = ON"):
                    self._connection.execute(f"PRAGMA {pragma}")
                self._connection.executescript(_SCHEMA)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Say what is wrong with the file, or a value in it, so that a person knows what to do."""
        try:
            yield
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise LibraryDamaged(
                f"the archive {self._path} cannot be used ({error}); see that its disk has room and can be "
                "written to; if it is damaged, run `articlebot doctor --repair`, or restore it from a backup"
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together, or none of them."""
        with self._lock:
            self._run("BEGIN IMMEDIATE")
            try:
                yield
                self._run("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._run("ROLLBACK")
                raise

    def _run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._lock, self._sentences():
            return self._connection.execute(sql, values).fetchall()

    def _run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        with self.transaction(), self._sentences():
            self._connection.executemany(sql, rows)

    # --- articles ---

    def put(self, article: Article) -> None:
        """Keep an article and make this version the one to index; a damaged copy of it is mended."""
        self._run(
            f"INSERT OR REPLACE INTO articles ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
            (article.id, article.title, article.text, article.url,
             article.published and article.published.isoformat(), article.language, article.source,
             article.digest, article.author),
        )  # fmt: skip
        self._run(
            "INSERT OR REPLACE INTO live VALUES (?, ?, ?)", (article.id, article.digest, _words(article))
        )

    def retire(self, article: str) -> None:
        """Take an article out of what is to be indexed; its text stays until nothing quotes it."""
        self._run("DELETE FROM live WHERE id = ?", (article,))

    def live(self) -> Versions:
        """The versions to be indexed, by id."""
        rows = self._run("SELECT id, digest FROM live ORDER BY id")
        return tuple((str(article), str(digest)) for article, digest in rows)

    def find(self, article: str, digest: str) -> Article | None:
        """One version of an article, if it is still kept."""
        rows = self._run(f"SELECT {COLUMNS} FROM articles WHERE id = ? AND digest = ?", (article, digest))  # noqa: S608
        with self._sentences():
            return article_of(rows[0]) if rows else None

    def cards(self) -> dict[tuple[str, str], Card]:
        """The cards of all versions that are kept."""
        rows = self._run("SELECT id, digest, title, published, language, source FROM articles")
        with self._sentences():
            return {(str(row[0]), str(row[1])): _card(row) for row in rows}

    def article(self, article: str, digest: str) -> Article:
        """One version of an article that an index quotes.

        Raises LibraryDamaged if it is not there, or not as it was read: SQLite does not notice a
        byte of a text that has turned on the disk, and nothing may be quoted that nobody wrote.
        """
        found = self.find(article, digest)
        if found is None:
            raise LibraryDamaged(
                f"the archive {self._path} does not hold article {article!r} as the index has it; "
                "run `articlebot index` to rebuild the index"
            )
        if not is_sound(found):
            raise LibraryDamaged(
                f"the archive {self._path} does not hold article {article!r} as it was read; "
                "run `articlebot doctor --repair`"
            )
        return found

    def copy_of(self, article: Article) -> str | None:
        """The id of another article to be indexed with the very same text, or None."""
        sql = "SELECT id FROM live WHERE words = ? AND id != ? ORDER BY id"
        rows = self._run(sql, (_words(article), article.id))
        return str(rows[0][0]) if rows else None

    def at_address(self, url: str | None) -> str | None:
        """The id of the article to be indexed that has an address, or None."""
        sql = "SELECT id FROM live JOIN articles USING (id, digest) WHERE url = ? ORDER BY id"
        rows = self._run(sql, (url,))
        return str(rows[0][0]) if rows else None

    def past(self) -> Versions:
        """The versions that are kept but not to be indexed."""
        rows = self._run("SELECT id, digest FROM articles EXCEPT SELECT id, digest FROM live")
        return tuple((str(article), str(digest)) for article, digest in rows)

    def present(self, article: str) -> Article | None:
        """An article as it is to be indexed; None if it is not."""
        rows = self._run("SELECT digest FROM live WHERE id = ?", (article,))
        return self.article(article, str(rows[0][0])) if rows else None

    def forget(self, versions: Versions, model: str, vectors: Iterable[str]) -> None:
        """Delete versions of articles, and cached vectors by their names, from the disk too."""
        with self.transaction():
            for version in versions:
                self._run("DELETE FROM articles WHERE id = ? AND digest = ?", version)
            for name in vectors:
                self._run("DELETE FROM vectors WHERE model = ? AND passage = ?", (model, name))
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")  # or the log would still hold the words

    # --- where articles come from ---

    def places(self) -> tuple[Path, ...]:
        """The files and folders that were indexed so far."""
        return tuple(Path(_path(path)) for (path,) in self._run("SELECT path FROM places ORDER BY rowid"))

    def add_place(self, place: str) -> None:
        """Remember a place."""
        self._run("INSERT OR IGNORE INTO places VALUES (?)", (os.fsencode(place),))

    def forget_place(self, place: str) -> None:
        """Forget a place that is gone for good."""
        self._run("DELETE FROM places WHERE path = ?", (os.fsencode(place),))

    def files(self) -> dict[str, FileRecord]:
        """Every file read so far, by path."""
        rows = self._run("SELECT * FROM files ORDER BY path")
        with self._sentences():
            return {file.path: file for file in map(file_of, rows)}

    def put_file(self, file: FileRecord) -> None:
        """Remember what became of a file."""
        values = (os.fsencode(file.path), *astuple(file)[1:])
        self._run("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def forget_file(self, path: str) -> None:
        """Forget a file that is gone."""
        self._run("DELETE FROM files WHERE path = ?", (os.fsencode(path),))

    def remove(self, article: str) -> None:
        """Retire an article by hand, with its copies: their files stay out until they change."""
        with self.transaction():
            self.retire(article)
            self.disown(article)
            self._run("INSERT INTO removals VALUES (?)", (time.time(),))

    def has_removals(self) -> bool:
        """Whether articles were removed by hand of which something may be on the disk still."""
        return bool(self._run("SELECT 1 FROM removals LIMIT 1"))

    def forget_removals(self) -> None:
        """Note that nothing of what was removed is on the disk any more."""
        if self.has_removals():
            self._run("DELETE FROM removals")

    def disown(self, article: str) -> list[FileRecord]:
        """Have no file stand for an article any more; those that did stay out until they change.

        Returns their records as they were.
        """
        files = [*map(file_of, self._run("SELECT * FROM files WHERE article = ?", (article,)))]
        for file in files:
            self.put_file(replace(file, article=None, fate="removed"))
        return files

    # --- vectors, so that a rebuild encodes only what is new ---

    def vectors(self, model: str, passage: str, dimension: int) -> WindowVectors | None:
        """The cached vectors of a passage and its sentences, or None; None, too, if they are damaged."""
        rows = self._run("SELECT vectors FROM vectors WHERE model = ? AND passage = ?", (model, passage))
        return vectors_of(rows[0][0], dimension) if rows else None

    def put_vectors(self, model: str, rows: Iterable[tuple[str, WindowVectors]]) -> None:
        """Cache vectors by the digest of what was encoded."""
        blobs = ((model, name, _blob(vectors)) for name, vectors in rows)
        self._run_many("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", blobs)

    def keep_vectors(self, model: str, passages: AbstractSet[str]) -> None:
        """Drop cached vectors that are of another model or of no passage any more."""
        rows = self._run("SELECT model, passage FROM vectors")
        gone = [row for row in rows if row[0] != model or row[1] not in passages]
        self._run_many("DELETE FROM vectors WHERE model = ? AND passage = ?", gone)


def _words(article: Article) -> str:
    return hashlib.sha256(article.text.encode()).hexdigest()


def is_sound(article: Article) -> bool:
    """Whether an article is as it was read."""
    return digest_of(article) == article.digest


def file_of(row: Row) -> FileRecord:
    """The record in a row of the files. Raises TypeError if it can be none."""
    path, size, mtime, seen, content, article, fate = row
    if not (isinstance(size, int) and isinstance(mtime, int) and isinstance(seen, int)):
        raise TypeError(f"{size!r}, {mtime!r} and {seen!r} are no size and times")
    home = None if article is None else str(article)
    return FileRecord(_path(path), size, mtime, seen, str(content), home, str(fate))


def _path(stored: object) -> str:
    if not isinstance(stored, bytes):
        raise TypeError(f"{stored!r} is no path")
    return os.fsdecode(stored)


def vectors_of(blob: object, dimension: int) -> WindowVectors | None:
    """The vectors in a row of the cache; None if they are damaged."""
    if not isinstance(blob, bytes) or not blob or len(blob) % (2 * dimension):
        return None
    table = np.frombuffer(blob, dtype=np.float16).reshape(-1, dimension).astype(np.float32)
    if not (np.abs(np.linalg.norm(table, axis=1) - 1) < ROUNDING).all():  # nor of what is no number
        return None
    return WindowVectors(table[0], table[1:])


def _blob(vectors: WindowVectors) -> bytes:
    return np.vstack([vectors.passage, vectors.sentences]).astype(np.float16).tobytes()


def _card(row: Sequence[object]) -> Card:
    identifier, digest, title, published, language, source = row
    return Card(
        str(identifier),
        str(digest),
        str(title),
        None if published is None else date.fromisoformat(str(published)),
        str(language),
        None if source is None else str(source),
    )


def article_of(row: Row) -> Article:
    """The article in a row. Raises ValueError if it can be none."""
    identifier, title, text, url, published, language, source, digest, author = row
    return Article(
        id=str(identifier),
        title=str(title),
        text=str(text),
        url=None if url is None else str(url),
        published=None if published is None else date.fromisoformat(str(published)),
        language=str(language),
        source=None if source is None else str(source),
        digest=str(digest),
        author=None if author is None else str(author),
    )
