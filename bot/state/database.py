"""The file behind the state: one connection, a lock, and the schema by version."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import time, time_ns
from typing import Any, Final

PATIENCE: Final = 10  # seconds to wait for another process's transaction
# One entry for each version, in order, and each entry its statements. What has been released is
# never changed: a file at version 1 has run the first entry and will run the others.
SCHEMA: Final[tuple[tuple[str, ...], ...]] = (
    (
        "CREATE TABLE people (id INTEGER PRIMARY KEY, language TEXT NOT NULL)",
        """CREATE TABLE buttons (
            number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, action TEXT NOT NULL,
            payload TEXT NOT NULL, chat INTEGER NOT NULL, person INTEGER, admins INTEGER NOT NULL,
            made REAL NOT NULL)""",
        "CREATE INDEX buttons_by_age ON buttons (made)",
    ),
    (
        """CREATE TABLE answers (
            number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, chat INTEGER NOT NULL, message INTEGER,
            question TEXT NOT NULL, note TEXT NOT NULL, made REAL NOT NULL)""",
        "CREATE INDEX answers_by_message ON answers (chat, message)",
        "CREATE INDEX answers_by_age ON answers (made)",
        """CREATE TABLE opinions (
            answer TEXT NOT NULL, person INTEGER NOT NULL, good INTEGER NOT NULL, given REAL NOT NULL,
            PRIMARY KEY (answer, person))""",
    ),
    (
        "CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT NOT NULL, since REAL NOT NULL)",
        """CREATE TABLE codes (
            code TEXT PRIMARY KEY, person INTEGER NOT NULL, name TEXT NOT NULL, language TEXT,
            made REAL NOT NULL)""",
        "CREATE INDEX codes_by_person ON codes (person)",
        """CREATE TABLE deeds (
            number INTEGER PRIMARY KEY, at REAL NOT NULL, admin INTEGER NOT NULL,
            what TEXT NOT NULL, outcome TEXT NOT NULL)""",
    ),
    (
        """CREATE TABLE proposals (
            number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, person INTEGER NOT NULL,
            articles TEXT NOT NULL, made REAL NOT NULL)""",
    ),
    (
        """CREATE TABLE feeds (
            number INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL UNIQUE, folder INTEGER NOT NULL,
            title TEXT NOT NULL, admin INTEGER NOT NULL, etag TEXT, modified TEXT, due REAL NOT NULL,
            checked REAL, news REAL, added INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
            failing REAL, reason TEXT, told INTEGER NOT NULL DEFAULT 0)""",
        """CREATE TABLE entries (
            number INTEGER PRIMARY KEY, feed INTEGER NOT NULL, entry TEXT NOT NULL, tries INTEGER NOT NULL,
            done INTEGER NOT NULL, UNIQUE (feed, entry))""",
    ),
    (
        """CREATE TABLE counts (
            day TEXT NOT NULL, outcome TEXT NOT NULL, questions INTEGER NOT NULL,
            PRIMARY KEY (day, outcome))""",
        """CREATE TABLE durations (
            day TEXT NOT NULL, place INTEGER NOT NULL, questions INTEGER NOT NULL,
            PRIMARY KEY (day, place))""",
        """CREATE TABLE gaps (
            number INTEGER PRIMARY KEY, key TEXT NOT NULL, day TEXT NOT NULL, question TEXT NOT NULL,
            times INTEGER NOT NULL, UNIQUE (key, day))""",
        "CREATE INDEX gaps_by_day ON gaps (day)",
    ),
    (
        """CREATE TABLE updates (
            bot TEXT NOT NULL, id INTEGER NOT NULL, body TEXT, stage INTEGER NOT NULL,
            tries INTEGER NOT NULL, made REAL NOT NULL, PRIMARY KEY (bot, id))""",
        "CREATE INDEX updates_by_age ON updates (made)",
        "CREATE INDEX updates_unfinished ON updates (bot, id) WHERE body IS NOT NULL",
    ),
    (
        """CREATE TABLE scopes (
            chat INTEGER NOT NULL, person INTEGER NOT NULL, topic INTEGER NOT NULL, article TEXT NOT NULL,
            PRIMARY KEY (chat, person, topic))""",
    ),
    (
        "ALTER TABLE updates ADD COLUMN owner TEXT",
        """CREATE TABLE turns (
            chat INTEGER NOT NULL, person INTEGER NOT NULL, topic INTEGER NOT NULL, questions TEXT NOT NULL,
            touched REAL NOT NULL, PRIMARY KEY (chat, person, topic))""",
        "CREATE INDEX turns_by_age ON turns (touched)",
    ),
    (
        """CREATE TABLE outcomes (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, note TEXT NOT NULL, made REAL NOT NULL)""",
        "CREATE INDEX outcomes_by_age ON outcomes (made)",
    ),
)


class StateError(Exception):
    """The state cannot be used; the message is a sentence that says why and what to do."""


class Database:
    """SQLite with what every subject of the state needs. Safe to use from several threads.

    Written ahead (WAL): what was acknowledged survives the end of the process, however it ends.
    `clock` tells the time in seconds since the epoch.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time) -> None:
        self.clock = clock
        self._path = path
        self._lock = threading.RLock()
        with self._sentences():
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=PATIENCE, check_same_thread=False, isolation_level=None
            )
        try:
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
                self.run(f"PRAGMA {pragma}")
            self._upgrade()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a statement returns."""
        with self._lock, self._sentences():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together, or none of them."""
        with self._lock:
            self.run("BEGIN IMMEDIATE")
            try:
                yield
                self.run("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self.run("ROLLBACK")
                raise

    def _upgrade(self) -> None:
        with self.transaction():
            ((version,),) = self.run("PRAGMA user_version")
            if version > len(SCHEMA):
                raise StateError(
                    f"{self._path} was written by a newer articlebot (version {version} of its form, this "
                    f"one knows {len(SCHEMA)}); upgrade articlebot, or move the file away to begin afresh"
                )
            for statements in SCHEMA[version:]:
                for statement in statements:
                    self.run(statement)
            self.run(f"PRAGMA user_version = {len(SCHEMA)}")

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Say what SQLite found wrong so that a person knows what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise StateError(
                f"what the bot remembers, {self._path or 'in memory'}, cannot be used ({error}); see that "
                "its disk has room and can be written to; if it is damaged, move it away to begin afresh"
            ) from error


def fault(path: Path) -> str | None:
    """What is wrong with a file of the state, in a sentence; None if nothing is, or there is no file."""
    if not path.is_file():
        return None
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as connection:
            verdict = " ".join(str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0]).split())
    except sqlite3.Error as error:
        verdict = str(error)
    return None if verdict == "ok" else f"what the bot remembers, {path}, is damaged ({verdict})"


def move_aside(path: Path) -> Path:
    """Move a file of the state, with its log, into a folder beside it; the bot then begins afresh.

    Nobody may have it open. Returns the folder.
    """
    aside = path.parent / f"damaged-{time_ns()}"
    aside.mkdir()
    for each in sorted(path.parent.glob(f"{path.name}*")):
        each.replace(aside / each.name)
    return aside
