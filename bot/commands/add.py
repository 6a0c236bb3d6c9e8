"""`articlebot add`: articles into the library one by one, without a folder that they stay in."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.commands.session import fetcher, open_library, style_of_stdout
from bot.progress import progress_on
from bot.terminal import report_text
from index import Article, ArticleError, BuildReport, Failure, TooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from config import Settings
    from index import Library

STDIN: Final = "-"
ADDRESSES: Final = ("http://", "https://")


def add(settings: Settings, sources: Sequence[str], name: str) -> int:
    """Add what the sources hold; 1 if one of them failed (all others are in).

    `name` is what a file with the content of stdin would be called; its ending tells its kind.
    """
    with open_library(settings, create=True) as library:
        found: list[Article] = []
        failed: list[Failure] = []
        for source in sources:
            try:
                found.append(_read(source, name, settings, library))
            except (ArticleError, OSError) as error:
                reason = error.strerror if isinstance(error, OSError) else None
                failed.append(Failure(source, reason or str(error)))
        report = _added(library, found) if found else _nothing(library)
    print(report_text(replace(report, failed=tuple(failed)), style_of_stdout()))
    return 1 if failed else 0


def _read(source: str, name: str, settings: Settings, library: Library) -> Article:
    """The article that a source on the command line stands for: stdin, an address or a file."""
    limit = settings.articles.max_file_mb * 1_000_000
    if source == STDIN:
        return library.read(_content(sys.stdin.buffer, limit), name)
    if source.startswith(ADDRESSES):
        page = fetcher(settings).fetch(source)
        assert page is not None  # no stamp was given
        return library.read_page(page)
    with Path(source).open("rb") as file:
        return library.read(_content(file, limit), source)


def _content(file: BinaryIO, limit: int) -> bytes:
    """All bytes of a file; of one that is too large, no more than show that."""
    content = file.read(limit + 1)
    if len(content) > limit:
        raise TooLarge(
            f"The file has more than the {limit // 1_000_000} MB allowed; "
            "split it, or raise articles.max_file_mb in the settings"
        )
    return content


def _added(library: Library, articles: Sequence[Article]) -> BuildReport:
    with progress_on(sys.stderr) as progress:
        return library.add(articles, progress=progress)


def _nothing(library: Library) -> BuildReport:
    status = library.status()
    return BuildReport((), (), (), status.articles, (), (), 0, status.passages, 0.0)
