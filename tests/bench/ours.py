"""articlebot, through its door, as the bench's child asks it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from index import Answer, Library, Progress
from index.library import DEFAULT_MAX_FILE_BYTES
from index.reader import OnnxReader
from tests.bench.seeded import SeededEncoder

if TYPE_CHECKING:
    from pathlib import Path

    from index import NotFound, Server


class OurBot:
    """A library with every setting at its default."""

    def __init__(self, library: Path, server: Server | None = None) -> None:
        self.path = library
        self.server = server

    def library(self) -> Library:
        """The library, which is made if it is not there."""
        return Library.open(self.path, create=True, server=self.server)

    def index(self, articles: Path) -> dict[str, Any]:
        """Build the library; returns the report's counts and the seconds of each stage."""
        stages = _Stages()
        with self.library() as library:
            report = library.build([articles], progress=stages.note)
        return {
            "articles": len(report.added) + report.unchanged,
            "unchanged": report.unchanged,
            "failed": len(report.failed),
            "embedded": report.embedded,
            "pieces": report.passages,
            "build_seconds": report.seconds,
            "stages": stages.seconds(),
        }

    def open(self) -> None:
        """Open the library."""
        self._library = self.library()

    def ask(self, question: str) -> Answer | NotFound:
        """Up to three quotes, or that the articles do not say it."""
        return self._library.ask(question)

    def found(self, answer: Answer | NotFound) -> list[tuple[str, str]]:
        """The quotes, with the digests of their articles."""
        quotes = answer.quotes if isinstance(answer, Answer) else ()
        return [(quote.article.digest, quote.text) for quote in quotes]


class SeededBot(OurBot):
    """The same, but its vectors are those of `SeededEncoder`."""

    def library(self) -> Library:
        """The library, which is made if it is not there."""
        self.path.mkdir(exist_ok=True)
        return Library(
            self.path,
            SeededEncoder(),
            OnnxReader(),
            max_file_bytes=DEFAULT_MAX_FILE_BYTES,
            quotes=3,
            confidence=None,
            server=self.server,
        )


class _Stages:
    """When each stage of a build began, from the progress it tells."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {"open": time.perf_counter()}

    def note(self, progress: Progress) -> None:
        """Take a stage's first and last word."""
        if progress.done < progress.total:
            self._began.setdefault(progress.stage, time.perf_counter())
        else:
            self._began.setdefault(f"after {progress.stage}", time.perf_counter())

    def seconds(self) -> dict[str, float]:
        """How long each took, in order; what lies between two is named for what it follows."""
        ends = [*list(self._began.values())[1:], time.perf_counter()]
        return {name: end - start for (name, start), end in zip(self._began.items(), ends, strict=True)}
