"""RSS and Atom: the bytes of a feed to its entries. The only module that knows feedparser.

It only parses what was fetched; feedparser would fetch an address by itself, so it is never given one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from index.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.fetching import Page

_MOST = 200  # entries that are looked at; a longer feed is an archive


@dataclass(frozen=True, slots=True)
class Entry:
    """One article that a feed tells of. `key` tells it apart from the feed's others, for good.

    `text` is what the feed itself holds of it, as HTML; it may be a line, or all of it.
    """

    key: str
    url: str | None
    title: str
    published: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's name, and its entries in its own order."""

    title: str
    entries: tuple[Entry, ...]


def feed_in(page: Page) -> Feed:
    """The feed in a page that was fetched; FeedError if it is none."""
    import feedparser  # noqa: PLC0415 - a tenth of a second that only watching needs

    parsed = feedparser.parse(BytesIO(page.content), response_headers={"content-type": page.kind})
    if not parsed.get("version"):
        raise FeedError(
            f"{page.url} is no RSS or Atom feed; look for the site's feed, often at /rss or /feed"
        )
    entries = [_entry(each, page.url) for each in parsed.entries[:_MOST]]
    known = {each.key: each for each in entries if each is not None}
    return Feed(_line(parsed.feed.get("title", "")) or page.url, tuple(known.values()))


def _entry(raw: Any, base: str) -> Entry | None:  # noqa: ANN401 - feedparser's records are untyped
    """An entry, unless it has neither a name of its own nor an address."""
    link = raw.get("link") or ""
    url = urljoin(base, link) if link else None
    key = raw.get("id") or url
    if not key:
        return None
    when = raw.get("published_parsed") or raw.get("updated_parsed")
    return Entry(str(key), url, _line(raw.get("title", "")), date(*when[:3]) if when else None, _text(raw))


def _text(raw: Any) -> str:  # noqa: ANN401 - as above
    """The longest text that the feed holds of an entry."""
    parts: Sequence[Any] = [*raw.get("content", ()), {"value": raw.get("summary", "")}]
    return max((str(part.get("value", "")) for part in parts), key=len)


def _line(text: str) -> str:
    return " ".join(text.split())
