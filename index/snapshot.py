"""Finished generations open for reading, and the one that is live shared by all threads."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.archive import Archive
from index.errors import LibraryDamaged, LibraryError
from index.finding import Labels, cards_of
from index.generations import Generation, Generations, Manifest
from index.keywords import Keywords
from index.passages import Outline
from index.recent import Recent
from index.records import Article, Passage, Within
from index.store import Store
from index.tables import Rows, Tables

_ARTICLES_AT_HAND = 512
_RECENT = 256


class Snapshot:
    """A generation open for searching: its tables, its keywords, its vectors.

    It cannot change and is not deleted while it is open. Its texts are cut from the
    archive, at the version this generation was made of. It owns the generation it is given.
    """

    def __init__(self, generation: Generation, archive: Archive) -> None:
        self._generation = generation
        self.name = generation.name
        self.manifest = generation.manifest
        try:
            generation.verify()
            self.tables, self.keywords = _load(generation.folder, self.manifest.passages)
            self._labels = Labels.of(cards_of(self.manifest.articles, archive.cards()))
            self.store = Store(generation.folder / "vectors")
        except BaseException:
            generation.close()
            raise
        self.recent: Recent[Any] = Recent(_RECENT)  # goes with the generation, and what it holds of articles
        # Not a method of this object: its cache would keep the mapped tables from being freed.
        self.article = lru_cache(_ARTICLES_AT_HAND)(partial(_article, self.manifest, archive))

    def is_chinese(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Which of some passages are of articles in Chinese."""
        chinese: npt.NDArray[np.bool_] = self._labels.chinese[self.tables.passages[rows, 0]]
        return chinese

    @property
    def outlets(self) -> tuple[str, ...]:
        """The outlets of the articles, in every way they are spelled."""
        return self._labels.spellings

    def rows_within(self, within: Within) -> Rows:
        """The passages of the articles that a filter lets through."""
        kept = self._labels.within(within)
        if within.articles is not None:
            kept &= [article in within.articles for article, _ in self.manifest.articles]
        rows: Rows = np.flatnonzero(kept[self.tables.passages[:, 0]])
        return rows

    def rows_without(self, rows: Rows, articles: frozenset[str]) -> Rows:
        """The passages among `rows` that are of none of the articles."""
        if not articles:
            return rows
        numbers = [at for at, (article, _) in enumerate(self.manifest.articles) if article in articles]
        kept: Rows = rows[~np.isin(self.tables.passages[rows, 0], numbers)]
        return kept

    def article_of(self, row: int) -> Article:
        """The article a passage is of."""
        return self.article(self.tables.article_number(row))

    def outline(self, row: int) -> Outline:
        """The passage in a row with its sentences."""
        sentences = tuple(self.tables.sentence(each) for each in self.tables.sentence_rows(row))
        return Outline(self.passage(row), sentences)

    def passage(self, row: int) -> Passage:
        """The passage in a row."""
        return Passage(self.article_of(row), self.tables.span(row))

    def close(self) -> None:
        """Let go of the generation."""
        self.store.close()
        self._generation.close()


def _article(manifest: Manifest, archive: Archive, number: int) -> Article:
    return archive.article(*manifest.articles[number])


def _load(folder: Path, passages: int) -> tuple[Tables, Keywords]:
    try:
        tables, keywords = Tables.load(folder), Keywords.load(folder / "keywords", rows=passages)
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise LibraryDamaged(
            f"{folder} cannot be read ({error}); run `articlebot index` to rebuild it"
        ) from error
    if len(tables) != passages:
        raise LibraryDamaged(
            f"{folder} holds {len(tables)} passages instead of {passages}; "
            "run `articlebot index` to rebuild it"
        )
    return tables, keywords


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
        fresh = Snapshot(generation, self._archive)
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
