"""Watching feeds and folders: what is new there comes in by itself. Knows nothing of Telegram.

A feed is asked politely: with what its server said of the version that was read last (ETag,
Last-Modified), one page at a time with a pause between, rarer and rarer while it fails, and not
before its server wants to be asked again. What was taken in is remembered, so that a restart
fetches nothing twice.
"""

from __future__ import annotations

import html
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from bot.state.feeds import Outcome
from index import ArticleError, Feed, FetchError, LibraryError, LibraryLocked, Page, Stamp, feed_in

if TYPE_CHECKING:
    from bot.state import Feeds, Watched
    from index import Article, BuildReport, Entry

LOG = logging.getLogger(__name__)
MOST_A_CHECK: Final = 20  # entries; the others come with the next check
ENOUGH: Final = 400  # characters of HTML by which an entry is an article without its page
LONGEST_PAUSE: Final = 86_400.0  # seconds between two checks, however often they failed


class Library(Protocol):
    """What watching needs of `index.Library`."""

    def build(self, places: Sequence[Path]) -> BuildReport:
        """Bring the library up to date with files and folders."""

    def read(self, content: bytes, name: str, *, url: str | None = None) -> Article:
        """The article in the content of a file."""

    def read_page(self, page: Page) -> Article:
        """The article in a page that was fetched."""

    def add(self, article: Sequence[Article]) -> BuildReport:
        """Put articles without a file into the library."""


Fetch = Callable[[str, Stamp | None], Page | None]
"""An address to its page, or None if it is still the one with that stamp; raises FetchError."""


class InTurn(Protocol):
    """Runs a function that changes the library, once those before it are done."""

    def __call__(self, task: Callable[[Sequence[Any]], BuildReport], what: Sequence[Any], /) -> BuildReport:
        """The function's result."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two checks of one feed, and between two pages of one check."""

    every: float = 1800.0
    between: float = 1.0


@dataclass(slots=True)
class Watcher:
    """Checks what is watched. It takes its time, so it is for a thread; one check at a time.

    `in_turn` runs what changes the library after whatever else does. `folders` are those that
    may be watched, with all below them.
    """

    library: Library
    feeds: Feeds
    fetch: Fetch
    in_turn: InTurn
    folders: tuple[Path, ...] = ()
    pace: Pace = field(default_factory=Pace)

    def folder(self, path: str) -> Path | None:
        """The folder of that path, if it is there and may be watched."""
        named = Path(path).expanduser().resolve()
        allowed = any(named.is_relative_to(each.resolve()) for each in self.folders)
        return named if allowed and named.is_dir() else None

    def look(self, address: str) -> Feed:
        """The feed at an address; raises FetchError and FeedError."""
        page = self.fetch(address, None)
        assert page is not None  # no stamp was given
        return feed_in(page)

    def check(self, watched: Watched) -> int:
        """Take in what is new, and note how that went; returns how many articles came."""
        try:
            outcome = self._folder(watched) if watched.folder else self._feed(watched)
        except LibraryLocked:
            return 0  # it stays due
        except (ArticleError, LibraryError) as error:
            LOG.warning("%s could not be checked: %s", watched.place, error)
            self.feeds.failed(watched.number, str(error), due=time.time() + self._rest(watched, error))
            return 0
        self.feeds.succeeded(watched.number, outcome, due=time.time() + self.pace.every * _jitter())
        return outcome.added

    def _rest(self, watched: Watched, error: Exception) -> float:
        """How long to leave it alone after a failure, in seconds."""
        asked = (error.wait or 0.0) if isinstance(error, FetchError) else 0.0
        grown = self.pace.every * 2.0 ** min(watched.failures + 1, 20) * _jitter()
        return min(max(grown, asked), LONGEST_PAUSE)

    def _folder(self, watched: Watched) -> Outcome:
        report = self.in_turn(self.library.build, [Path(watched.place)])
        return Outcome(watched.title, added=len(report.added))

    def _feed(self, watched: Watched) -> Outcome:
        page = self.fetch(watched.place, Stamp(watched.etag, watched.modified))
        if page is None:
            return Outcome(watched.title, watched.etag, watched.modified)
        feed = feed_in(page)
        fresh = [each for each in feed.entries if self.feeds.is_new(watched.number, each.key)]
        added = self._take_in(watched, fresh[:MOST_A_CHECK])
        whole = not any(self.feeds.is_new(watched.number, each.key) for each in feed.entries)
        stamp = page.stamp if whole else Stamp()
        return Outcome(feed.title, stamp.etag, stamp.modified, added)

    def _take_in(self, watched: Watched, entries: Sequence[Entry]) -> int:
        """Add what some entries tell of; an entry that cannot be read is tried again another time."""
        found: dict[str, Article] = {}
        for at, entry in enumerate(entries):
            if at:
                time.sleep(self.pace.between)
            try:
                found[entry.key] = self._article(entry)
            except ArticleError as error:
                LOG.info("an entry of %s could not be read: %s", watched.place, error)
                self.feeds.tried(watched.number, entry.key)
        report = self.in_turn(self.library.add, list(found.values())) if found else None
        for key in found:
            self.feeds.done(watched.number, key)
        return len(report.added) if report else 0

    def _article(self, entry: Entry) -> Article:
        """The article on an entry's page or, where that cannot be read, in the feed itself."""
        try:
            article = self._on_its_page(entry)
        except ArticleError:
            if len(entry.text) < ENOUGH:
                raise
            article = self._in_the_feed(entry)
        return replace(
            article, title=article.title or entry.title, published=article.published or entry.published
        )

    def _on_its_page(self, entry: Entry) -> Article:
        if entry.url is None:
            raise ArticleError("the feed gives no address for it")
        page = self.fetch(entry.url, None)
        assert page is not None  # no stamp was given
        return self.library.read_page(page)

    def _in_the_feed(self, entry: Entry) -> Article:
        title = html.escape(entry.title)
        body = f"<body><article><h1>{title}</h1>{entry.text}</article></body>"
        whole = f"<html><head><title>{title}</title></head>{body}</html>"
        return self.library.read(whole.encode("utf-8", "replace"), "entry.html", url=entry.url)


def _jitter() -> float:
    """A factor near one, so that many feeds do not come due at the same moment."""
    return random.uniform(0.9, 1.1)  # noqa: S311 - no secret
