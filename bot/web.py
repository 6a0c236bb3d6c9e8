"""What of the web the bot may use: how pages are fetched, and how feeds are watched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.watching import Pace, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from threading import Event

    from bot.state import Feeds
    from bot.watching import Fetch, InTurn, Library
    from index import Article


@dataclass(frozen=True, slots=True)
class Web:
    """`folders` are those that may be watched, with all below them."""

    fetch: Fetch
    folders: tuple[Path, ...] = ()
    pace: Pace = field(default_factory=Pace)

    def reader(self, library: Library) -> Callable[[str], Article]:
        """A function from an address to the article there; it raises ArticlebotError."""

        def read(url: str) -> Article:
            page = self.fetch(url, None)
            assert page is not None  # no stamp was given
            return library.read_page(page)

        return read

    def watcher(self, library: Library, feeds: Feeds, in_turn: InTurn, stopping: Event) -> Watcher:
        """What checks the feeds, until it is stopped."""
        return Watcher(library, feeds, self.fetch, in_turn, self.folders, self.pace, stopping)
