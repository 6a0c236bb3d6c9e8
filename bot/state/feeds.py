"""What is watched for new articles: feeds and folders, how their last checks went, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.state.database import Database

ENTRIES: Final = 2000  # that are remembered of one feed; feeds hold far fewer at a time
PATIENCE: Final = 48  # tries after which an entry whose site is busy is let be: a day of half hours
LASTING: Final = 16  # of them that one counts for which will hardly do another time
LONGEST_WAIT: Final = 15 * 86_400.0  # seconds; what is due later than that was written by a wrong clock
_COLUMNS: Final = (
    "number, place, folder, title, admin, etag, modified, due, checked, news, added, failures, "
    "failing, reason, told"
)


@dataclass(frozen=True, slots=True)
class Watched:
    """A feed's address or a folder's path, and who set it up.

    Times are seconds since the epoch: when it is `due`, when it was `checked` last and when that
    brought `news`, since when it has been `failing`. `added` counts the articles that came of it,
    `failures` the checks in a row that failed, and `told` that its admin knows. `reason` says why they
    did or, if none failed, what of it could not be read.
    """

    number: int
    place: str
    folder: bool
    title: str
    admin: int
    etag: str | None
    modified: str | None
    due: float
    checked: float | None
    news: float | None
    added: int
    failures: int
    failing: float | None
    reason: str | None
    told: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check that went well found out. No `etag` or `modified`: look at all of it next time.

    `unread` says what of it could not be read and why, `more` that there was too much for one check,
    and `wait` for how many seconds a server asked to be left alone.
    """

    title: str
    etag: str | None = None
    modified: str | None = None
    added: int = 0
    unread: str | None = None
    more: bool = False
    wait: float = 0.0


class Feeds:
    """All that is watched, the oldest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Watched, ...]:
        """Everything that is watched."""
        return self._found("1")

    def due(self) -> tuple[Watched, ...]:
        """What is to be checked now, the longest due first."""
        now = self._database.clock()
        found = self._found("due <= ? OR due > ?", now, now + LONGEST_WAIT)
        return tuple(sorted(found, key=lambda each: each.due))

    def get(self, number: int) -> Watched | None:
        """The one with that number."""
        return next(iter(self._found("number = ?", number)), None)

    def at(self, place: str) -> Watched | None:
        """The one with that address or path."""
        return next(iter(self._found("place = ?", place)), None)

    def add(self, place: str, title: str, admin: int, *, folder: bool) -> Watched:
        """Watch a place from now on; one that is watched already stays as it is."""
        self._database.run(
            "INSERT OR IGNORE INTO feeds (place, title, admin, folder, due) VALUES (?, ?, ?, ?, ?)",
            (place, title, admin, folder, self._database.clock()),
        )
        made = self.at(place)
        assert made is not None
        return made

    def remove(self, number: int) -> None:
        """No longer watch it, and forget what was seen there."""
        with self._database.transaction():
            self._database.run("DELETE FROM feeds WHERE number = ?", (number,))
            self._database.run("DELETE FROM entries WHERE feed = ?", (number,))

    def succeeded(self, number: int, outcome: Outcome, *, due: float) -> None:
        """Note a check that went well, and when the next one is due."""
        now = self._database.clock()
        self._database.run(
            "UPDATE feeds SET title = ?, etag = ?, modified = ?, due = ?, checked = ?, added = added + ?, "
            "news = CASE WHEN ? THEN ? ELSE news END, failures = 0, failing = NULL, reason = ?, told = 0 "
            "WHERE number = ?",
            (
                outcome.title,
                outcome.etag,
                outcome.modified,
                due,
                now,
                outcome.added,
                outcome.added,
                now,
                outcome.unread,
                number,
            ),
        )

    def failed(self, number: int, reason: str, *, due: float) -> None:
        """Note a check that failed, and when the next one is due."""
        now = self._database.clock()
        self._database.run(
            "UPDATE feeds SET due = ?, checked = ?, failures = failures + 1, reason = ?, "
            "failing = coalesce(failing, ?) WHERE number = ?",
            (due, now, reason, now, number),
        )

    def postpone(self, number: int, *, due: float) -> None:
        """Note that it could not be checked for no fault of its own, and when it is due."""
        self._database.run("UPDATE feeds SET due = ? WHERE number = ?", (due, number))

    def tell(self, number: int) -> None:
        """Note that its admin was told that it fails."""
        self._database.run("UPDATE feeds SET told = 1 WHERE number = ?", (number,))

    def is_new(self, feed: int, entry: str) -> bool:
        """Whether an entry has neither been taken in nor been given up."""
        rows = self._database.run(
            "SELECT 1 FROM entries WHERE feed = ? AND entry = ? AND (done OR tries >= ?)",
            (feed, entry, PATIENCE),
        )
        return not rows

    def tries(self, feed: int, entry: str) -> int:
        """How much an entry has been tried in vain, up to `PATIENCE`."""
        rows = self._database.run("SELECT tries FROM entries WHERE feed = ? AND entry = ?", (feed, entry))
        return int(rows[0][0]) if rows else 0

    def done(self, feed: int, entry: str) -> None:
        """Note that an entry was taken in."""
        self._note(feed, entry, 0, done=True)

    def tried(self, feed: int, entry: str, *, passing: bool) -> None:
        """Note that an entry could not be read this time, and whether that may pass."""
        self._note(feed, entry, 1 if passing else LASTING, done=False)

    def _note(self, feed: int, entry: str, tries: int, *, done: bool) -> None:
        with self._database.transaction():
            self._database.run(
                "INSERT INTO entries (feed, entry, tries, done) SELECT number, ?, ?, ? FROM feeds "
                "WHERE number = ? ON CONFLICT (feed, entry) DO UPDATE "
                "SET tries = tries + excluded.tries, done = done OR excluded.done",
                (entry, tries, done, feed),
            )
            self._database.run(
                "DELETE FROM entries WHERE feed = ? AND number <= "
                "(SELECT max(number) FROM entries WHERE feed = ?) - ?",
                (feed, feed, ENTRIES),
            )

    def _found(self, condition: str, *values: object) -> tuple[Watched, ...]:
        sql = f"SELECT {_COLUMNS} FROM feeds WHERE {condition} ORDER BY number"  # noqa: S608 - conditions are ours
        return tuple(map(_watched, self._database.run(sql, values)))


def _watched(row: Sequence[Any]) -> Watched:
    made: Watched = Watched(*row)
    return replace(made, folder=bool(made.folder), told=bool(made.told))
