"""An entry of a feed to its article: the page it names or, where that says less, the feed itself.

Knows nothing of Telegram.
"""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from index import ArticleError, FetchError, Page, display_width

if TYPE_CHECKING:
    from collections.abc import Callable

    from index import Article, Entry

ENOUGH: Final = 200  # columns, a Chinese character taking two, by which a feed's own words are an article
TRIES_FOR_THE_PAGE: Final = 3  # while its server is only busy; then the feed's own words must do
FAR_LESS: Final = 2  # times that a feed may say more than the page before the page counts as a stub


class Library(Protocol):
    """What reading an entry needs of `index.Library`."""

    def read_page(self, page: Page) -> Article:
        """The article in a page that was fetched."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the entries of one feed, whose page is `feed`; `fetch` gets the page of an entry."""

    library: Library
    feed: Page
    fetch: Callable[[str], Page]

    def __call__(self, entry: Entry, *, patient: bool) -> Article:
        """The article of an entry; raises ArticleError, also for a page that is only busy if `patient`."""
        own = self._in_the_feed(entry)
        try:
            article = self._on_its_page(entry)
        except ArticleError as error:
            if own is None or (patient and isinstance(error, FetchError) and error.passing):
                raise
            article = own
        # A page for subscribers, or one that a script has yet to fill, says next to nothing.
        if own is not None and len(own.text) > FAR_LESS * len(article.text):
            article = own
        return replace(
            article, title=article.title or entry.title, published=article.published or entry.published
        )

    def _on_its_page(self, entry: Entry) -> Article:
        if entry.url is None:
            raise ArticleError(f"the feed gives no address for {entry.title or entry.key!r}")
        return self.library.read_page(self.fetch(entry.url))

    def _in_the_feed(self, entry: Entry) -> Article | None:
        """What the feed itself holds of it, if that is enough."""
        if display_width(entry.text) < ENOUGH:
            return None
        title = html.escape(entry.title)
        heading = f"<h1>{title}</h1>" if title else ""
        body = f"<body><article>{heading}<p>{entry.text}</p></article></body>"
        whole = f"<html><head><title>{title}</title></head>{body}</html>".encode("utf-8", "replace")
        page = replace(
            self.feed, url=entry.url or self.feed.url, content=whole, kind="text/html", charset="utf-8"
        )
        try:
            article = self.library.read_page(page)
        except ArticleError:
            return None
        enough = display_width(article.text) >= ENOUGH
        return replace(article, url=entry.url) if enough else None
