"""Watching feeds and folders: what is new there comes in by itself. Knows nothing of Telegram.

A feed is asked politely: with what its server said of the version that was read last (ETag,
Last-Modified), one page at a time with a pause between two of one site, rarer and rarer while it
fails, and not before its server wants to be asked again. What was taken in is remembered, so that a
restart fetches nothing twice; what was fetched while the library was busy is kept until it is not.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

from bot.entries import TRIES_FOR_THE_PAGE, Reader
from bot.state.feeds import Outcome
from index import ArticlebotError, ArticleError, FetchError, LibraryLocked, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.state import Feeds, Watched
    from index import Article, BuildReport, Entry, Feed, Page, Progress

LOG = logging.getLogger(__name__)
MOST_A_CHECK: Final = 20  # entries; the others come soon after
SOON: Final = 60.0  # seconds until a check that has more to do, or found the library busy, goes on
LONGEST_PAUSE: Final = 86_400.0  # seconds between two checks, however often they failed


class Library(Protocol):
    """What watching needs of `index.Library`."""

    def build(self, places: Sequence[Path], *, progress: Callable[[Progress], None] = ...) -> BuildReport:
        """Bring the library up to date with files and folders."""

    def read_page(self, page: Page) -> Article:
        """The article in a page that was fetched."""

    def read_feed(self, page: Page) -> Feed:
        """The feed in a page that was fetched."""

    def add(self, article: Sequence[Article], *, progress: Callable[[Progress], None] = ...) -> BuildReport:
        """Put articles without a file into the library."""


class Fetch(Protocol):
    """An address to its page, or None if it is still the one with that stamp; raises FetchError."""

    def __call__(self, url: str, stamp: Stamp | None = None, /, *, public: bool = False) -> Page | None:
        """`public` is for an address that comes from the public internet, and keeps to it."""


class InTurn(Protocol):
    """Runs a function that changes the library, once those before it are done."""

    def __call__(self, task: Callable[[Sequence[Any]], BuildReport], what: Sequence[Any], /) -> BuildReport:
        """The function's result."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two checks of one feed, and between two pages of one site."""

    every: float = 1800.0
    between: float = 1.0


class Stopped(Exception):
    """A check was broken off because the bot is being stopped."""


@dataclass(slots=True)
class Watcher:
    """Checks what is watched. It takes its time, so it is for a thread; one check at a time.

    `in_turn` runs what changes the library after whatever else does. `folders` are those that
    may be watched, with all below them. Once `stopping` is set, a check ends with its next step.
    """

    library: Library
    feeds: Feeds
    fetch: Fetch
    in_turn: InTurn
    folders: tuple[Path, ...] = ()
    pace: Pace = field(default_factory=Pace)
    stopping: Event = field(default_factory=Event)
    _asked: dict[str, float] = field(default_factory=dict)  # sites, and when they were, on a monotonic clock
    _held: dict[int, dict[str, Article]] = field(default_factory=dict)  # read of a feed and not yet added

    def folder(self, path: str) -> Path | None:
        """The folder of that path, if it is there and may be watched."""
        named = Path(path).expanduser().resolve()
        allowed = any(named.is_relative_to(each.resolve()) for each in self.folders)
        return named if allowed and named.is_dir() else None

    def look(self, address: str) -> Feed:
        """The feed at an address; raises FetchError and FeedError."""
        return self.library.read_feed(self._whole(address, public=False))

    def check(self, watched: Watched) -> int:
        """Take in what is new, and note how that went; returns how many articles came."""
        try:
            outcome = self._folder(watched) if watched.folder else self._feed(watched)
        except Stopped:
            return 0  # it stays due
        except LibraryLocked:
            self.feeds.postpone(watched.number, due=time.time() + min(SOON, self.pace.every))
            return 0
        except Exception as error:  # noqa: BLE001  or one feed would keep all those after it from being checked
            self._failed(watched, error)
            return 0
        pause = min(SOON, self.pace.every) if outcome.more else self.pace.every * _jitter()
        wait = min(outcome.wait, LONGEST_PAUSE)
        self.feeds.succeeded(watched.number, outcome, due=time.time() + max(pause, wait))
        return outcome.added

    def _failed(self, watched: Watched, error: Exception) -> None:
        known = isinstance(error, ArticlebotError)
        LOG.warning("%s could not be checked: %s", watched.place, error, exc_info=None if known else error)
        reason = str(error) if known else f"{type(error).__name__}; the log has more"
        self.feeds.failed(watched.number, reason, due=time.time() + self._rest(watched, error))

    def _rest(self, watched: Watched, error: Exception) -> float:
        """How long to leave it alone after a failure, in seconds."""
        grown = self.pace.every * 2.0 ** min(watched.failures + 1, 20) * _jitter()
        return min(max(grown, _asked_for(error)), LONGEST_PAUSE)

    def _folder(self, watched: Watched) -> Outcome:
        build = partial(self.library.build, progress=self._go_on)
        report = self.in_turn(build, [Path(watched.place)])
        unread = next((f"{each.place}: {each.reason}" for each in report.failed), None)
        return Outcome(watched.title, added=len(report.added), unread=unread)

    def _feed(self, watched: Watched) -> Outcome:
        page = self._get(watched.place, Stamp(watched.etag, watched.modified))
        if page is None:
            return Outcome(watched.title, watched.etag, watched.modified)
        feed = self.library.read_feed(page)
        fresh = [each for each in feed.entries if self.feeds.is_new(watched.number, each.key)]
        # What was tried before comes last, lest it keep the others waiting.
        fresh.sort(key=lambda each: self.feeds.tries(watched.number, each.key))
        outcome = self._take_in(watched, fresh[:MOST_A_CHECK], page)
        whole = not any(self.feeds.is_new(watched.number, each.key) for each in feed.entries)
        stamp = page.stamp if whole else Stamp()
        more = len(fresh) > MOST_A_CHECK
        return replace(outcome, title=feed.title, etag=stamp.etag, modified=stamp.modified, more=more)

    def _take_in(self, watched: Watched, entries: Sequence[Entry], page: Page) -> Outcome:
        """Add what some entries tell of; an entry that cannot be read is tried again another time."""
        outcome, held = Outcome(watched.title), self._held.pop(watched.number, {})
        found: dict[str, Article] = {}
        read = Reader(self.library, page, self._pages(public=page.public))
        for entry in entries:
            patient = self.feeds.tries(watched.number, entry.key) < TRIES_FOR_THE_PAGE
            try:
                found[entry.key] = held.get(entry.key) or read(entry, patient=patient)
            except ArticleError as error:
                LOG.info("an entry of %s could not be read: %s", watched.place, error)
                self.feeds.tried(watched.number, entry.key, passing=_passes(error))
                outcome = replace(outcome, unread=str(error), wait=max(outcome.wait, _asked_for(error)))
        return replace(outcome, added=self._add(watched, found))

    def _add(self, watched: Watched, found: dict[str, Article]) -> int:
        """Put articles into the library; returns how many are new. They are kept while it is busy."""
        if not found:
            return 0
        try:
            report = self.in_turn(partial(self.library.add, progress=self._go_on), list(found.values()))
        except LibraryLocked:
            self._held[watched.number] = found
            raise
        for key in found:
            self.feeds.done(watched.number, key)
        return len(report.added)

    # --- going on, and how fast ---

    def _pages(self, *, public: bool) -> Callable[[str], Page]:
        """A function that fetches entries' pages, and asks a site no more that has just been too busy."""
        busy: dict[str, FetchError] = {}

        def fetch(url: str) -> Page:
            if (known := busy.get(_site(url))) is not None:
                raise known
            try:
                return self._whole(url, public=public)
            except FetchError as error:
                if error.passing:
                    busy[_site(url)] = error
                raise

        return fetch

    def _whole(self, url: str, *, public: bool) -> Page:
        page = self._get(url, public=public)
        assert page is not None  # no stamp was given
        return page

    def _get(self, url: str, stamp: Stamp | None = None, *, public: bool = False) -> Page | None:
        """What `fetch` returns, no sooner after the last page of the same site than the pace says."""
        site, now = _site(url), time.monotonic()
        self._asked = {each: at for each, at in self._asked.items() if now - at < self.pace.between}
        left = self._asked[site] + self.pace.between - now if site in self._asked else 0.0
        if self.stopping.wait(left):
            raise Stopped
        try:
            return self.fetch(url, stamp, public=public)
        finally:
            self._asked[site] = time.monotonic()

    def _go_on(self, progress: Progress) -> None:  # noqa: ARG002  told of a build's progress
        if self.stopping.is_set():
            raise Stopped


def _site(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""


def _passes(error: Exception) -> bool:
    return isinstance(error, FetchError) and error.passing


def _asked_for(error: Exception) -> float:
    """How many seconds a server asked to be left alone."""
    return (error.wait or 0.0) if isinstance(error, FetchError) else 0.0


def _jitter() -> float:
    """A factor near one, so that many feeds do not come due at the same moment."""
    return random.uniform(0.9, 1.1)  # noqa: S311 - no secret
