"""Where every passage and sentence of an index stands, and their vectors.

Flat arrays on disk, one set for each segment, mapped when opened: a passage is a row, its
sentences are consecutive rows of a second table. Vectors are half precision, which moves a cosine
by less than 0.001. An index numbers the rows of all its segments in one run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from index.arrays import GrowingArray, mapped
from index.encoder import WindowVectors
from index.inference import Vectors
from index.records import Span

Rows = npt.NDArray[np.int64]
Halves = npt.NDArray[np.float16]

_NAMES = ("passages", "sentences", "passage_vectors", "sentence_vectors")
_AT_ONCE = 512  # vectors made single precision together, so that they stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Table:
    """One segment's arrays.

    `passages` is (n, 4): number of the article in the segment, start, end, first sentence row.
    `sentences` is (m, 2): start, end. The vector tables are (n, d) and (m, d). A passage's
    sentences end where the next one's begin.
    """

    passages: Rows
    sentences: Rows
    passage_vectors: Halves
    sentence_vectors: Halves

    @classmethod
    def load(cls, folder: Path) -> Table:
        """Map the tables `TableWriter` wrote."""
        return cls(*(mapped(folder / f"{name}.npy") for name in _NAMES))


class Tables:
    """The tables of an index's segments, one behind the other. Rows are counted over all of them.

    `articles` is the number of each passage's article, (rows,), counted over all segments as well.
    """

    def __init__(self, parts: Sequence[Table], articles: Sequence[int]) -> None:
        """Join tables; `articles` says how many articles each one's segment has."""
        self._parts = parts
        self.starts = np.array([0, *accumulate(len(part.passages) for part in parts)])
        self._sentence_starts = np.array([0, *accumulate(len(part.sentences) for part in parts)])
        firsts = [0, *accumulate(articles)]
        numbered = (part.passages[:, 0] + first for part, first in zip(parts, firsts, strict=False))
        self.articles: Rows = np.concatenate([np.empty(0, np.int64), *numbered])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def article_number(self, row: int) -> int:
        """Which of the index's articles a passage belongs to."""
        return int(self.articles[row])

    def span(self, row: int) -> Span:
        """Where a passage stands in its article."""
        part, own = self._at(self.starts, row)
        return Span(int(part.passages[own, 1]), int(part.passages[own, 2]))

    def sentence_rows(self, row: int) -> range:
        """The rows of a passage's sentences."""
        part, own = self._at(self.starts, row)
        shift = int(self._sentence_starts[self._number(self.starts, row)])
        last = part.passages[own + 1, 3] if own + 1 < len(part.passages) else len(part.sentences)
        return range(shift + int(part.passages[own, 3]), shift + int(last))

    def sentence(self, row: int) -> Span:
        """Where a sentence stands in its article."""
        part, own = self._at(self._sentence_starts, row)
        return Span(int(part.sentences[own, 0]), int(part.sentences[own, 1]))

    def passage_vectors(self, rows: Rows) -> Vectors:
        """The vectors of some passages, (rows, d)."""
        return self._gathered(self.starts, [part.passage_vectors for part in self._parts], rows)

    def sentence_vectors(self, rows: Rows) -> Vectors:
        """The vectors of some sentences, (rows, d)."""
        return self._gathered(self._sentence_starts, [part.sentence_vectors for part in self._parts], rows)

    def passage_cosines(self, vector: Vectors, rows: Rows) -> Vectors:
        """The cosines of a unit vector with some passages, (rows,)."""
        return _cosines(vector, self.passage_vectors, rows)

    def sentence_cosines(self, vector: Vectors, rows: Rows) -> Vectors:
        """The cosines of a unit vector with some sentences, (rows,)."""
        return _cosines(vector, self.sentence_vectors, rows)

    @staticmethod
    def _number(starts: Rows, row: int) -> int:
        return int(np.searchsorted(starts, row, side="right")) - 1

    def _at(self, starts: Rows, row: int) -> tuple[Table, int]:
        number = self._number(starts, row)
        return self._parts[number], row - int(starts[number])

    def _gathered(self, starts: Rows, tables: Sequence[Halves], rows: Rows) -> Vectors:
        numbers = np.searchsorted(starts, rows, side="right") - 1
        gathered = np.empty((len(rows), tables[0].shape[1] if tables else 0), dtype=np.float32)
        for number in np.unique(numbers):
            own = numbers == number
            gathered[own] = tables[number][rows[own] - starts[number]]
        return gathered


def _cosines(vector: Vectors, vectors_of: Callable[[Rows], Vectors], rows: Rows) -> Vectors:
    found = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), _AT_ONCE):
        found[start : start + _AT_ONCE] = vectors_of(rows[start : start + _AT_ONCE]) @ vector
    return found


class TableWriter:
    """Writes a segment's tables row by row; they can be loaded once it is left."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._open = ExitStack()
        shapes: tuple[tuple[npt.DTypeLike, int], ...] = (
            (np.int64, 4), (np.int64, 2), (np.float16, dimension), (np.float16, dimension)
        )  # fmt: skip
        self._arrays = [
            self._open.enter_context(GrowingArray(folder / f"{name}.npy", dtype, width))
            for name, (dtype, width) in zip(_NAMES, shapes, strict=True)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def add(self, article_number: int, span: Span, sentences: Iterable[Span], vectors: WindowVectors) -> int:
        """Append a passage with its sentences; returns its row."""
        passages, places, passage_vectors, sentence_vectors = self._arrays
        passages.append([(article_number, span.start, span.end, len(places))])
        places.append([(sentence.start, sentence.end) for sentence in sentences])
        passage_vectors.append(vectors.passage)
        sentence_vectors.append(vectors.sentences)
        return len(passages) - 1
