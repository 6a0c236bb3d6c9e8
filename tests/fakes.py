"""A library without an index: it greps. Real records, the door's interface, nothing to build."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

import numpy as np

from index import (
    Answer,
    Article,
    ArticleNotFound,
    Backup,
    BuildReport,
    Failure,
    Feed,
    Hit,
    LibraryEmpty,
    LibraryLocked,
    Limits,
    Listing,
    NotFound,
    NothingToIndex,
    Origin,
    Page,
    Passage,
    Progress,
    QuestionError,
    Quote,
    Source,
    Span,
    Status,
    Within,
    additions,
)
from index.archive import ARCHIVE, Archive
from index.articles import digest_of
from index.backups import write
from index.encoder import WindowVectors
from index.unpacking import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from index import Server

SENTENCE = re.compile(r"[^。！？.!?\n]+[。！？.!?]*[」』”]*")


def article(
    text: str,
    *,
    title: str = "A title",
    url: str | None = None,
    published: date | None = None,
    source: str | None = "The Paper",
    language: str = "en",
) -> Article:
    made = Article("", title, text, url, published, language, source, "")
    digest = digest_of(made)
    return replace(made, id=digest[:12], digest=digest)


HARBOUR = article(
    "The new ferry terminal opened on Monday. It cost 340 million dollars, the port said. Ferries run "
    "every ten minutes.",
    title="Ferry terminal opens",
    url="https://news.example/ferry",
    published=date(2025, 3, 4),
    source="Harbour Daily",
)
TEA = article(
    "山上的茶園今年提早採收。農會表示，產量將增加兩成。茶農說：「今年的雨下得正好。」",
    title="高山茶提早採收",
    published=date(2025, 12, 1),
    source="山城日報",
    language="zh-Hant",
)
UNDATED = article("A page about nothing in particular.", title="Undated page", source=None)
ARTICLES = (TEA, HARBOUR, UNDATED)


class FakeLibrary:
    """Answers a question with every sentence that contains it, at most three.

    `trouble`, if set, is raised by the next `ask`, `build` or `add`. While `gate` is closed, a
    build waits for it after its first sign of progress, and a question that holds the word
    "slowly" waits too.
    """

    def __init__(self, articles: Iterable[Article] = ARTICLES, *, report: BuildReport | None = None) -> None:
        self.trouble: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.steps = [Progress("read", done, 3) for done in range(4)]
        self.pause = 0.0
        self.dimension = 8  # of the vectors in a backup
        self.stained = False  # whether something removed is still on the disk
        self.asked: list[str] = []
        self.turns: list[tuple[str, ...]] = []
        self.within: list[Within | None] = []
        self.built_from: list[tuple[Path, ...]] = []
        self._articles = tuple(articles)
        self._building = threading.Lock()
        self._report = report

    @classmethod
    def open(
        cls,
        path: Path,  # noqa: ARG003  the door's signature
        *,
        create: bool = False,  # noqa: ARG003
        model: str = "bundled",  # noqa: ARG003
        threads: int = 0,  # noqa: ARG003
        max_file_bytes: int = 20_000_000,  # noqa: ARG003
        quotes: int = 3,  # noqa: ARG003
        confidence: float | None = None,  # noqa: ARG003
        limits: Limits = Limits(),  # noqa: ARG003, B008
        server: Server | None = None,  # noqa: ARG003
    ) -> Self:
        """An open library."""
        return cls()

    def places(self) -> tuple[Path, ...]:
        """What it was built from last."""
        return self.built_from[-1] if self.built_from else ()

    def build(
        self, places: Sequence[Path], *, progress: Callable[[Progress], None] = lambda _: None
    ) -> BuildReport:
        """Take the steps, each one a sign of progress; then report."""
        self._raise_trouble()
        if not places:
            raise NothingToIndex("no places were named")
        if not self._building.acquire(blocking=False):
            raise LibraryLocked("somebody is building already")
        try:
            self.built_from.append(tuple(places))
            self._steps(progress)
            return self._report or BuildReport((), (), (), len(self._articles), (), (), 0, 9, 0.5)
        finally:
            self._building.release()

    def ask(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),
        without: frozenset[str] = frozenset(),
        within: Within | None = None,
        today: date | None = None,  # noqa: ARG002  the door's signature
    ) -> Answer | NotFound:
        """Whatever sentences contain the question, of all articles but some."""
        self._raise_trouble()
        self.asked.append(question)
        self.turns.append(tuple(turns))
        self.within.append(within)
        if not any(character.isalnum() for character in question):
            raise QuestionError("a question needs words")
        if len(question) > 1000:
            raise QuestionError(f"a question has at most 1000 characters, not {len(question)}")
        if not self._articles:
            raise LibraryEmpty("nothing is indexed")
        if "slowly" in question:
            self.gate.wait()
        allowed = within and within.articles
        there = [
            one for one in self._articles if one.id not in without and (allowed is None or one.id in allowed)
        ]
        quotes = [quote for one in there for quote in _quotes(one, question.replace("slowly ", ""))]
        if quotes:
            return Answer(question, tuple(quotes[:3]), within=within)
        return NotFound(question, tuple(there[:2]), within=within)

    def is_at_hand(
        self,
        question: str,
        *,
        turns: Sequence[str] = (),  # noqa: ARG002  the door's signature
        within: Within | None = None,  # noqa: ARG002
    ) -> bool:
        """What was asked before in just these words, however long it took."""
        return question in self.asked

    def articles(self) -> tuple[Article, ...]:
        """Newest first."""
        return tuple(
            sorted(self._articles, key=lambda one: one.published or date.min, reverse=True),
        )

    def browse(
        self,
        start: int,
        count: int,
        *,
        words: str = "",
        outlets: Collection[str | None] | None = None,
    ) -> Listing:
        """A page of them, newest first."""
        self._raise_trouble()
        found = [
            one
            for one in self.articles()
            if words.lower() in one.title.lower() and (outlets is None or one.source in outlets)
        ]
        first = max(0, min(start, (len(found) - 1) // count * count))
        return Listing(len(found), first, tuple(found[first : first + count]))

    def search(self, question: str, count: int = 10) -> tuple[Hit, ...]:
        """Whatever articles hold the words in their texts."""
        self._raise_trouble()
        found = [one for one in self._articles if question.lower() in one.text.lower()]
        return tuple(Hit(Passage(one, Span(0, len(one.text))), 0.5, Origin.KEYWORDS) for one in found[:count])

    def latest(self, count: int) -> tuple[Article, ...]:
        """The newest."""
        return self.articles()[:count]

    def sources(self) -> tuple[Source, ...]:
        """The outlets."""
        names = Counter(one.source for one in self._articles)
        dates = {
            name: max(
                (one.published for one in self._articles if one.source == name and one.published),
                default=None,
            )
            for name in names
        }
        found = [Source(name, count, dates[name]) for name, count in names.most_common()]
        return tuple(sorted(found, key=lambda one: one.name is None))

    def summary(self, id: str, *, count: int = 3) -> tuple[Quote, ...]:  # noqa: A002  the door's signature
        """Its first sentences."""
        self._raise_trouble()
        one = self.article(id)
        found = list(SENTENCE.finditer(one.text))[:count]
        return tuple(Quote(one, Span(*_stripped(one.text, *each.span()))) for each in found)

    def article(self, id: str) -> Article:  # noqa: A002  the door's signature
        """By its id."""
        for one in self._articles:
            if one.id == id:
                return one
        raise ArticleNotFound(f"no article {id}")

    def remove(
        self,
        id: str,  # noqa: A002  the door's signature
        *,
        compact: bool = True,
        progress: Callable[[Progress], None] = lambda _: None,  # noqa: ARG002
    ) -> Article:
        """Take one out."""
        gone = self.article(id)
        self._articles = tuple(one for one in self._articles if one is not gone)
        self.stained = self.stained or not compact
        return gone

    def purge(self, *, progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Take the steps if something was removed without compacting; each one is a sign of progress."""
        if self.stained:
            self._steps(progress)
            self.stained = False

    def read(self, content: bytes, name: str, *, url: str | None = None) -> Article:
        """The real reading."""
        return additions.read(content, name, url=url, max_bytes=20_000_000, limits=Limits())

    def read_page(self, page: Page) -> Article:
        """The real reading."""
        return additions.of_page(page, max_bytes=20_000_000, limits=Limits())

    def read_feed(self, page: Page) -> Feed:
        """The real reading."""
        return additions.feed_of(page, limits=Limits())

    def find(self, words: str, *, count: int | None = None) -> tuple[Article, ...]:
        """Those whose titles hold the words."""
        return tuple(one for one in self.articles() if words.lower() in one.title.lower())[:count]

    def twin(self, article: Article) -> Article | None:
        """One with the same text or address."""
        same = [one for one in self._articles if one.text == article.text]
        same += [one for one in self._articles if one.url and one.url == article.url]
        return next(iter(same), None)

    def add(
        self,
        article: Article | Sequence[Article],
        *,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> BuildReport:
        """Put in what has a new text, in place of what has its address."""
        self._raise_trouble()
        if not self._building.acquire(blocking=False):
            raise LibraryLocked("somebody is building already")
        try:
            self._steps(progress)
            added, changed, there = [], [], []
            for one in [article] if isinstance(article, Article) else article:
                twin = self.twin(one)
                if twin is not None and twin.text == one.text:
                    there.append(Failure(one.title, f"holds the same text as {twin.id}"))
                    continue
                kept = replace(one, id=twin.id if twin else one.id)
                (changed if twin else added).append(kept)
                self._articles = (*(other for other in self._articles if other is not twin), kept)
            unchanged = len(self._articles) - len(added) - len(changed)
            return BuildReport(tuple(added), tuple(changed), (), unchanged, tuple(there), (), 1, 9, 0.5)
        finally:
            self._building.release()

    def status(self) -> Status:
        """What it holds."""
        return Status(len(self._articles), 9, (("en", 2), ("zh-Hant", 1)), "1", 0.0, "grep")

    def backup(self, file: Path, *, small: bool = False) -> Backup:
        """Write a file that a real library would restore; its vectors are zeros."""
        self._raise_trouble()
        with TemporaryDirectory() as folder:
            with closing(Archive(Path(folder) / ARCHIVE)) as archive:
                for one in self._articles:
                    archive.put(one)
                if not small:
                    zeros = WindowVectors(np.zeros(self.dimension), np.zeros((0, self.dimension)))
                    archive.put_vectors("grep", [("all", zeros)])
            return write(Path(folder), file, small=small, also={})

    def restore(
        self, file: Path, how: str = "new", *, progress: Callable[[Progress], None] = lambda _: None
    ) -> BuildReport:
        """Take over what stands in the file."""
        before = self._articles
        with TemporaryDirectory() as folder, unpacked(file, Path(folder)) as (_, archive):
            found = [archive.article(*version) for version in archive.live()]
        with self._building:
            self._raise_trouble()
            for step in self.steps:
                progress(step)
                self.gate.wait()
                time.sleep(self.pause)
        kept = before if how == "merge" else ()
        ids = {one.id for one in kept}
        self._articles = (*kept, *(one for one in found if one.id not in ids))
        added = tuple(one for one in self._articles if one not in before)
        removed = tuple(one for one in before if one not in self._articles)
        return BuildReport(added, (), removed, len(self._articles) - len(added), (), (), 0, 9, 0.5)

    def close(self) -> None:
        """Let whoever waits go on."""
        self.gate.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def _steps(self, progress: Callable[[Progress], None]) -> None:
        for step in self.steps:
            progress(step)
            self.gate.wait()
            time.sleep(self.pause)

    def _raise_trouble(self) -> None:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    return end - len(text[start:end].lstrip()), end


def _quotes(one: Article, words: str) -> list[Quote]:
    found = []
    for sentence in SENTENCE.finditer(one.text):
        at = sentence[0].lower().find(words.lower())
        if at >= 0:
            start, end = _stripped(one.text, *sentence.span())
            at += sentence.start()
            found.append(Quote(one, Span(start, end), Span(at, at + len(words)), 0.9))
    return found
