"""The collections of a generation: opened when they are wanted, looked through where they cannot be asked.

A collection only saves looking at every vector. So whatever keeps one from being asked costs time
and no answer: a server that is silent, a folder that Chroma may not write to, and the first seconds
of a process, in which loading Chroma would hold up all that has been asked meanwhile.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from index.errors import LibraryError, LibraryUnwritable, VectorsUnreachable
from index.generations import Generation
from index.holdings import Mask
from index.inference import Vectors
from index.segments import VECTORS, Segment
from index.server import RemoteStore, place_of
from index.store import Searchable, Store, try_open
from index.tables import Rows

LOG = logging.getLogger(__name__)
LOOKED_THROUGH: Final = 20_000  # passages that are looked at in 20 ms; Chroma takes half a second to load
DELAY: Final = 10.0  # seconds after the first search; by then a backlog is answered


class Bases:
    """The collections of a generation's bases, and the rows that none of them finds.

    `starts` are the first rows of the segments, `alive` tells which rows can be found at all. They
    are opened by the first search that needs them: at once where there are many passages, or else
    `DELAY` seconds after it, and every vector is looked at until then. Safe to use from several threads.
    """

    def __init__(self, generation: Generation, starts: Rows, alive: Mask) -> None:
        self._generation, self._starts, self._alive = generation, starts, alive
        self._planning, self._opening = threading.Lock(), threading.Lock()
        self._opened: _Opened | None = None
        self._later: threading.Timer | None = None
        self._may_be_later = int(alive.sum()) <= LOOKED_THROUGH and not any(map(place_of, generation.folders))

    def near(self, vector: Vectors, count: int) -> Rows:
        """Rows among which the `count` nearest to a vector are."""
        opened = self._opened
        if opened is None:
            if self._open_later():
                return np.flatnonzero(self._alive)
            opened = self.open()
        return np.concatenate([*(base.nearest(vector, count) for base in opened.bases), opened.others])

    def open(self) -> _Opened:
        """Open them now, unless they are; raises LibraryDamaged."""
        with self._opening:
            if self._opened is None:
                self._opened = _open(self._generation, self._starts, self._alive)
            return self._opened

    def _open_later(self) -> bool:
        """See to it that they are opened in a while; False if that has been tried."""
        with self._planning:  # not `_opening`, which takes its time
            if self._may_be_later and self._later is None:
                self._later = threading.Timer(DELAY, self._open_at_last)
                self._later.daemon = True
                self._later.start()
        return self._may_be_later

    def _open_at_last(self) -> None:
        try:
            self.open()
        except LibraryError as error:
            LOG.warning("the vectors could not be opened: %s", error)
        finally:
            self._may_be_later = False  # what is wrong is told to the next search

    def close(self) -> None:
        """Let go of them."""
        if self._later is not None:
            self._later.cancel()
            self._later.join()
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()


@dataclass(frozen=True, slots=True)
class _Base:
    """A collection; `alive` tells which of its rows can be found, and the first has the number `start`."""

    store: Searchable
    start: int
    alive: Mask

    def nearest(self, vector: Vectors, count: int) -> Rows:
        """The rows of the passages nearest to a vector; all, to be looked at, if their server is silent."""
        try:
            return self.start + np.array(self._nearest(vector, count), dtype=np.int64)
        except VectorsUnreachable:
            everything: Rows = self.start + np.flatnonzero(self.alive)
            return everything

    def _nearest(self, vector: Vectors, count: int) -> list[int]:
        """The same of a collection that can be asked: more are, as long as too many of them are gone."""
        rows = len(self.alive)
        asked = min(count, rows)
        while True:
            own = self.store.nearest(vector, asked)
            kept = [row for row in own if 0 <= row < rows and self.alive[row]]
            if len(kept) >= count or asked >= rows:
                return kept[:count]
            asked = min(2 * asked, rows)


@dataclass(frozen=True, slots=True)
class _Opened:
    """Collections, and the rows that none of them finds, so that they are looked at."""

    bases: list[_Base]
    others: Rows

    def close(self) -> None:
        for base in self.bases:
            base.store.close()


def _open(generation: Generation, starts: Rows, alive: Mask) -> _Opened:
    others, bases = alive.copy(), list[_Base]()
    try:
        for segment, folder, start in zip(generation.segments, generation.folders, starts, strict=False):
            if segment.base:
                own = slice(int(start), int(start) + segment.passages)
                try:
                    store = _store(segment, folder)
                except LibraryUnwritable:
                    continue  # its vectors are looked at, too: slower, and right
                bases.append(_Base(store, own.start, alive[own]))
                others[own] = False
                others[own.start + np.array(segment.stragglers, dtype=np.int64)] = True
    except BaseException:
        for base in bases:
            base.store.close()
        raise
    return _Opened(bases, np.flatnonzero(others & alive))


def _store(segment: Segment, folder: Path) -> Searchable:
    """The collection of a base."""
    place = place_of(folder)
    if place is not None:
        return RemoteStore(place, segment.passages)
    if segment.is_suspect(folder):
        try_open(folder / VECTORS, segment.passages)
    return Store(folder / VECTORS)
