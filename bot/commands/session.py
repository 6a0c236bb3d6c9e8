"""What every subcommand begins with: the library that the settings name, and how to write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console

from bot.terminal import Style
from index import Allowance, Fetcher, Library, Limits, Server

if TYPE_CHECKING:
    from pathlib import Path

    from config import Settings


def open_library(settings: Settings, *, path: Path | None = None, create: bool = False) -> Library:
    """Open the library of the settings, or one at `path`, all in that folder, with all else as they say."""
    articles = settings.articles
    most = articles.max_file_mb * 1_000_000
    limits = Limits(articles.max_seconds, articles.max_memory_mb * 1_000_000, characters=most)
    return Library.open(
        path or settings.library.path,
        create=create,
        model=settings.encoder.model,
        threads=settings.encoder.threads,
        max_file_bytes=most,
        quotes=settings.answers.quotes,
        confidence=settings.answers.threshold,
        limits=limits,
        server=None if path else server_of(settings),
    )


def server_of(settings: Settings) -> Server | None:
    """The Chroma server of the settings, if there is one."""
    library = settings.library
    url = library.server.rstrip("/")
    return Server(url, library.server_tenant, library.server_database) if url else None


def fetcher(settings: Settings) -> Fetcher:
    """What fetches pages, as the settings allow."""
    allowance = Allowance(settings.articles.max_file_mb * 1_000_000, settings.fetching.seconds)
    return Fetcher(limits=allowance, allowed=settings.fetching.allowed)


def style_of_stdout() -> Style:
    """Tell a person's terminal from a pipe; NO_COLOR and the like are rich's to know."""
    console = Console(file=sys.stdout)
    return Style(screen=console.is_terminal, bold=console.is_terminal and console.color_system is not None)
