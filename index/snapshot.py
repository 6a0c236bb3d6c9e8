"""Finished generations open for reading, and the one that is live shared by all threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np

from index.archive import Archive
from index.bases import Bases
from index.errors import ArticleNotFound, LibraryDamaged, LibraryError
from index.generations import Generation, Generations
from index.holdings import Holdings, Mask
from index.inference import Vectors
from index.keywords import Keywords
from index.passages import Outline
from index.postings import Postings
from index.recent import Recent
from index.records import Article, Passage, Within
from index.segments import KEYWORDS, REMEDY
from index.tables import Rows, Table, Tables

_ARTICLES_AT_HAND = 512
_RECENT = 256


class Snapshot:
    """A generation open for searching: its tables, its keywords, its vectors.

    It cannot change and is not deleted while it is open. Its texts are cut from the
    archive, at the version this generation was made of. It owns the generation it is given.
    Rows and numbers of articles are counted over all segments; what is gone is never found.
    Unless `at_once`, its collections are opened later (`Bases`).
    """

    def __init__(self, generation: Generation, archive: Archive, *, at_once: bool = True) -> None:
        self._generation = generation
        self.name = generation.name
        self.manifest = generation.manifest
        try:
            generation.verify()
            self.holdings = generation.holdings
            self.tables, postings = _load(generation)
            self.alive = self.holdings.alive[self.tables.articles]
            self.keywords = Keywords(postings, self.alive)
            self._bases = Bases(generation, self.tables.starts, self.alive)
            if at_once:
                self._bases.open()
        except BaseException:
            generation.close()
            raise
        self.recent: Recent[Any] = Recent(_RECENT)  # goes with the generation, and what it holds of articles
        # Not a method of this object: its cache would keep the mapped tables from being freed.
        self.article = lru_cache(_ARTICLES_AT_HAND)(partial(_article, self.holdings, archive))

    @cached_property
    def chinese(self) -> Mask:
        """Which passages are of articles in Chinese, (rows,)."""
        chinese: Mask = self.holdings.chinese[self.tables.articles]
        return chinese

    @property
    def passages(self) -> int:
        """How many passages can be found."""
        return self.manifest.passages

    def nearest(self, vector: Vectors, count: int) -> list[int]:
        """The rows of the `count` passages nearest to a unit vector, nearest first."""
        return self.nearest_of(self._bases.near(vector, count), vector, count)

    def nearest_of(self, rows: Rows, vector: Vectors, count: int) -> list[int]:
        """Those `count` of some rows that are nearest to a unit vector, nearest first."""
        order = np.argsort(-self.tables.passage_cosines(vector, rows), kind="stable")
        return list(dict.fromkeys(rows[order].tolist()))[:count]

    def rows_within(self, within: Within) -> Rows:
        """The passages of the articles that a filter lets through."""
        rows: Rows = np.flatnonzero(self.holdings.within(within)[self.tables.articles])
        return rows

    def rows_without(self, rows: Rows, articles: frozenset[str]) -> Rows:
        """The passages among `rows` that are of none of the articles."""
        if not articles:
            return rows
        kept: Rows = rows[~np.isin(self.tables.articles[rows], self.holdings.numbers(articles))]
        return kept

    def article_of(self, row: int) -> Article:
        """The article a passage is of."""
        return self.article(self.tables.article_number(row))

    def article_by_id(self, id: str) -> Article:  # noqa: A002 - the record's own name for it
        """The article of an id, at the version that is quoted from here; raises ArticleNotFound."""
        number = self.holdings.number(id)
        if number is None:
            raise ArticleNotFound(f"no article {id!r} in this index")
        return self.article(number)

    def outline(self, row: int) -> Outline:
        """The passage in a row with its sentences."""
        sentences = tuple(self.tables.sentence(each) for each in self.tables.sentence_rows(row))
        return Outline(self.passage(row), sentences)

    def passage(self, row: int) -> Passage:
        """The passage in a row."""
        return Passage(self.article_of(row), self.tables.span(row))

    def close(self) -> None:
        """Let go of the generation."""
        self._bases.close()
        self._generation.close()


def _article(holdings: Holdings, archive: Archive, number: int) -> Article:
    return archive.article(*holdings.version(number))


def _load(generation: Generation) -> tuple[Tables, list[Postings]]:
    tables, postings = [], []
    for segment, folder in zip(generation.segments, generation.folders, strict=True):
        try:
            tables.append(Table.load(folder))
            postings.append(Postings.load(folder / KEYWORDS))
        except (OSError, EOFError, ValueError, KeyError) as error:
            raise LibraryDamaged(f"{folder} cannot be read ({error}); {REMEDY}") from error
        if {len(tables[-1].passages), len(postings[-1])} != {segment.passages}:
            raise LibraryDamaged(
                f"{folder} holds {len(tables[-1].passages)} passages and keywords of {len(postings[-1])} "
                f"instead of {segment.passages}; {REMEDY}"
            )
    return Tables(tables, [segment.articles for segment in generation.segments]), postings


class Readers:
    """The live snapshot, shared by all threads; a past one closes with its last reader.

    `on_past` is called whenever a past one has closed: its files may be deleted now.
    """

    def __init__(self, generations: Generations, archive: Archive, on_past: Callable[[], None]) -> None:
        self._generations = generations
        self._archive = archive
        self._on_past = on_past
        self._opening = threading.Lock()
        self._state = threading.Condition()  # guards the three below
        self._live: Snapshot | None = None
        self._users: Counter[Snapshot] = Counter()
        self._closed = False

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot | None]:
        """The generation that is live now, or None before the first."""
        self._follow()
        with self._state:
            self._check_open()
            snapshot = self._live
            if snapshot is not None:
                self._users[snapshot] += 1
        try:
            yield snapshot
        finally:
            if snapshot is not None:
                self._leave(snapshot)

    def _check_open(self) -> None:
        if self._closed:
            raise LibraryError("the library has been closed; open it again to ask")

    def refresh(self) -> None:
        """Let go of a past generation now, rather than with the next question."""
        if self._live is not None:
            self._follow()

    def _follow(self) -> None:
        """Open the generation that is live now, if it is not open yet.

        One thread does; the others go on with the past one meanwhile, and wait only where
        there is none.
        """
        name = self._generations.current()
        live = self._live
        if name is None or (live is not None and live.name == name):
            return
        if not self._opening.acquire(blocking=live is None):
            return
        try:
            self._check_open()
            self._replace()
        finally:
            self._opening.release()

    def _replace(self) -> None:
        generation = self._generations.live()
        if generation is None:
            return
        if self._live is not None and self._live.name == generation.name:
            generation.close()  # another thread was quicker
            return
        # While a past one answers, nobody need wait for the collections; a first one is wanted at once.
        fresh = Snapshot(generation, self._archive, at_once=self._live is not None)
        with self._state:
            past, self._live = self._live, fresh
            idle = past is not None and past not in self._users
        if past is not None and idle:
            self._end(past)

    def _leave(self, snapshot: Snapshot) -> None:
        with self._state:
            self._users[snapshot] -= 1
            if self._users[snapshot]:
                return
            del self._users[snapshot]
            self._state.notify_all()
            past = snapshot is not self._live
        if past:
            self._end(snapshot)

    def _end(self, past: Snapshot) -> None:
        past.close()
        self._on_past()

    def close(self) -> None:
        """Close the live snapshot once the questions under way are answered."""
        with self._opening, self._state:  # nothing is opened meanwhile, nor afterwards
            self._closed = True
            self._state.wait_for(lambda: not self._users)
            live, self._live = self._live, None
        if live is not None:
            live.close()
