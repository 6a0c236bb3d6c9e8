"""Which passages hold a term, and how often: a segment's keywords as flat arrays, on disk and mapped.

The rows of a term stand together, in ascending order, as in the inverted files of Zobel and Moffat
(2006, https://doi.org/10.1145/1132956.1132959). What the terms are worth is not kept: that depends on
all segments of an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import mapped
from index.vocabulary import Vocabulary

_NAMES = ("starts", "rows", "counts", "lengths")
_BLOCK = 2048  # rows sorted by term together
_MOST = 255  # occurrences that are told apart: BM25 hardly does from a dozen on

RowNumbers = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Postings:
    """One segment's postings.

    Term i stands in `rows[starts[i]:starts[i + 1]]`, `counts` times each. `lengths` says how
    many terms each row has, (rows,).
    """

    vocabulary: Vocabulary
    starts: npt.NDArray[np.int64]
    rows: RowNumbers
    counts: Counts
    lengths: npt.NDArray[np.uint32]

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Map what `PostingsWriter` wrote."""
        arrays = (mapped(folder / f"{name}.npy") for name in _NAMES)
        return cls(Vocabulary.load(folder), *arrays)

    def __len__(self) -> int:
        return len(self.lengths)

    def of(self, hashed: np.uint64) -> tuple[RowNumbers, Counts]:
        """The rows that hold the term with a hash, and how often each does."""
        number = self.vocabulary.number_of(hashed)
        own = slice(0, 0) if number is None else slice(int(self.starts[number]), int(self.starts[number + 1]))
        return self.rows[own], self.counts[own]


@dataclass(frozen=True, slots=True)
class _Block:
    """The postings of neighbouring rows: `terms` in ascending order, with `runs` of rows each."""

    terms: npt.NDArray[np.int64]
    runs: npt.NDArray[np.int64]
    rows: RowNumbers
    counts: Counts

    @classmethod
    def of(cls, first: int, rows: Sequence[npt.NDArray[np.int64]]) -> _Block:
        """Sort the terms of rows, the first of which is number `first`."""
        numbers = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        cells, counts = np.unique(np.concatenate(rows) * len(rows) + numbers, return_counts=True)
        terms, runs = np.unique(cells // len(rows), return_counts=True)
        own = (first + cells % len(rows)).astype(np.uint32)
        return cls(terms, runs, own, np.minimum(counts, _MOST).astype(np.uint8))


class PostingsWriter:
    """Collects the terms of row after row, a few bytes for each."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._lengths: list[int] = []
        self._waiting: list[npt.NDArray[np.int64]] = []
        self._blocks: list[_Block] = []

    def add(self, terms: Sequence[str]) -> None:
        """Take the next row's terms, each as often as it occurs."""
        numbers = self._numbers
        found = [numbers.setdefault(term, len(numbers)) for term in terms]
        self._waiting.append(np.array(found, dtype=np.int64))
        self._lengths.append(len(found))
        if len(self._waiting) == _BLOCK:
            self._sort()

    def _sort(self) -> None:
        if self._waiting:
            self._blocks.append(_Block.of(len(self._lengths) - len(self._waiting), self._waiting))
            self._waiting = []

    def save(self, folder: Path) -> None:
        """Write everything into a new folder."""
        self._sort()
        folder.mkdir()
        found = np.zeros(len(self._numbers) + 1, dtype=np.int64)
        for block in self._blocks:
            found[block.terms + 1] += block.runs
        starts = np.cumsum(found)
        np.save(folder / "starts.npy", starts)
        np.save(folder / "lengths.npy", np.array(self._lengths, dtype=np.uint32))
        self._write_rows(folder, starts)
        Vocabulary.of(self._numbers).save(folder)

    def _write_rows(self, folder: Path, starts: npt.NDArray[np.int64]) -> None:
        rows = np.empty(int(starts[-1]), dtype=np.uint32)
        counts = np.empty(len(rows), dtype=np.uint8)
        ends = starts[:-1].copy()  # behind what is filled in so far
        for block in self._blocks:
            befores = np.cumsum(block.runs) - block.runs
            places = np.repeat(ends[block.terms] - befores, block.runs) + np.arange(len(block.rows))
            rows[places], counts[places] = block.rows, block.counts
            ends[block.terms] += block.runs
        np.save(folder / "rows.npy", rows)
        np.save(folder / "counts.npy", counts)
