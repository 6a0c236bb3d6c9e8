"""`articlebot index`, `articles`, `sources`, `show`, `remove`, `compact`, `status`: what the library has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.commands.session import open_library, style_of_stdout
from bot.jsonlines import json_line
from bot.progress import progress_on
from bot.terminal import (
    article_record,
    article_text,
    articles_text,
    citation,
    report_text,
    source_record,
    sources_text,
    status_record,
    status_text,
)
from index import NothingToIndex

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from config import Settings
    from index import Library


def build(settings: Settings, places: Sequence[Path]) -> int:
    """Index the places, or those known so far; 1 if a file failed (all others are in)."""
    missing = [str(place) for place in places if not place.exists()]
    if missing:
        raise NothingToIndex(f"there is no {', '.join(missing)}; name folders or files that exist")
    with open_library(settings, create=True) as library:
        wanted = places or places_to_index(settings, library)
        if not wanted:
            folders = ", ".join(str(folder) for folder in settings.articles.folders)
            raise NothingToIndex(
                f"name a folder, as in articlebot index FOLDER, or put articles into {folders}"
            )
        with progress_on(sys.stderr) as progress:
            report = library.build(wanted, progress=progress)
        print(report_text(report, style_of_stdout()))
    return 1 if report.failed else 0


def places_to_index(settings: Settings, library: Library) -> tuple[Path, ...]:
    """Return where the library was built from so far, and the settings' folders that exist."""
    folders = [folder for folder in settings.articles.folders if folder.exists()]
    return tuple(dict.fromkeys([*library.places(), *folders]))


def list_articles(settings: Settings, as_json: bool, words: str = "") -> int:
    """Print the articles, newest first, all or by their titles; as JSON an array without the texts."""
    with open_library(settings) as library:
        articles = library.find(words) if words else library.articles()
    if as_json:
        print(json_line([article_record(article, text=False) for article in articles]))
    else:
        none = "No title holds these words." if words else "The library holds no articles yet."
        print(articles_text(articles, style_of_stdout()) or none)
    return 0


def list_sources(settings: Settings, as_json: bool) -> int:
    """Print the outlets, those with the most articles first."""
    with open_library(settings) as library:
        sources = library.sources()
    if as_json:
        print(json_line([source_record(source) for source in sources]))
    else:
        print(sources_text(sources, style_of_stdout()) or "The library holds no articles yet.")
    return 0


def show_article(settings: Settings, article_id: str, as_json: bool) -> int:
    """Print one article with its text."""
    with open_library(settings) as library:
        article = library.article(article_id)
    print(
        json_line(article_record(article, text=True)) if as_json else article_text(article, style_of_stdout())
    )
    return 0


def remove_article(settings: Settings, article_id: str) -> int:
    """Remove one article, say which it was, and write again what the index holds of it."""
    with open_library(settings) as library, progress_on(sys.stderr) as progress:
        article = library.remove(article_id, progress=progress)
    print(f"Removed: {citation(article, style_of_stdout())}")
    print(
        "What held it has been written again without it. A running bot keeps the old until its next answer."
    )
    return 0


def compact_library(settings: Settings) -> int:
    """Write the index anew as one whole and say how much it holds."""
    with open_library(settings) as library:
        with progress_on(sys.stderr) as progress:
            library.compact(progress=progress)
        passages = library.status().passages
    print(f"The index is one whole of {passages:,} passages.")
    return 0


def show_status(settings: Settings, as_json: bool) -> int:
    """Print what the library holds."""
    with open_library(settings) as library:
        status = library.status()
    record = status_record(status, settings.library.path)
    print(json_line(record) if as_json else status_text(status, settings.library.path, style_of_stdout()))
    return 0
