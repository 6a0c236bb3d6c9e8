"""RSS and Atom: the bytes of a feed to its entries. The only module that knows feedparser.

It only parses what was fetched; feedparser would fetch an address by itself, so it is never given one.
It runs in a child process (`index.confinement`): a feed of a few megabytes can keep it busy for minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from index.addresses import web_address
from index.dates import date_in
from index.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 200  # entries that are looked at; a longer feed is an archive
_LONGEST_KEY, _LONGEST_LINE = 300, 300  # characters


@dataclass(frozen=True, slots=True)
class Entry:
    """One article that a feed tells of. `key` tells it apart from the feed's others, for good.

    `url` is one that a person may be sent to. `text` is what the feed itself holds of it, as HTML; it
    may be a line, or all of it.
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


def parse_feed(data: bytes, kind: str, address: str) -> Feed:
    """The feed in what an address led to; `kind` is its Content-Type. FeedError if it is none."""
    import feedparser  # noqa: PLC0415 - a tenth of a second that only watching needs

    parsed = feedparser.parse(BytesIO(data), response_headers={"content-type": kind})
    if not parsed.get("version"):
        raise FeedError(f"{address} is no RSS or Atom feed; look for the site's feed, often at /rss or /feed")
    entries = [_entry(each, address) for each in parsed.entries[:_MOST]]
    known = {each.key: each for each in entries if each is not None}
    return Feed(_line(parsed.feed.get("title", "")) or address, tuple(known.values()))


def _entry(raw: Any, base: str) -> Entry | None:  # noqa: ANN401 - feedparser's records are untyped
    """An entry, unless it has neither a name of its own nor an address."""
    url = _url(str(raw.get("link") or "").strip(), base)
    key = _key(str(raw.get("id") or "").strip() or url or "")
    return Entry(key, url, _line(raw.get("title", "")), _day(raw), _text(raw)) if key else None


def _url(link: str, base: str) -> str | None:
    try:
        return web_address(urljoin(base, link)) if link else None
    except ValueError:  # brackets that do not close
        return None


def _key(name: str) -> str:
    return name if len(name) <= _LONGEST_KEY else sha256(name.encode("utf-8", "replace")).hexdigest()


def _day(raw: Any) -> date | None:  # noqa: ANN401 - as above
    """The day as it is where the site is, which its time zone tells; else as it is in Greenwich."""
    kind = "published" if "published" in raw else "updated"
    if kind not in raw:
        return None
    when = raw.get(f"{kind}_parsed")
    try:
        return date_in(str(raw[kind])) or (date_in(date(*when[:3]).isoformat()) if when else None)
    except ValueError:  # the years before the first, which feedparser makes of some numbers
        return None


def _text(raw: Any) -> str:  # noqa: ANN401 - as above
    """The longest text that the feed holds of an entry."""
    parts: Sequence[Any] = [*raw.get("content", ()), {"value": raw.get("summary", "")}]
    return max((str(part.get("value", "")) for part in parts), key=len)


def _line(text: object) -> str:
    return " ".join(str(text).split())[:_LONGEST_LINE]
