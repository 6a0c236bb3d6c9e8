"""Where every passage and sentence of a generation stands, and their vectors.

Flat arrays on disk, mapped when opened: a passage is a row, its sentences are consecutive
rows of a second table. Vectors are half precision, which moves a cosine by less than 0.001.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import WindowVectors
from index.inference import Vectors
from index.records import Span

Rows = npt.NDArray[np.int64]
Halves = npt.NDArray[np.float16]

_NAMES = ("passages", "sentences", "passage_vectors", "sentence_vectors")


@dataclass(frozen=True, slots=True)
class Tables:
    """`passages` is (n, 4): article number, start, end, first sentence row.

    `sentences` is (m, 2): start, end. The vector tables are (n, d) and (m, d). A passage's
    sentences end where the next one's begin.
    """

    passages: Rows
    sentences: Rows
    passage_vectors: Halves
    sentence_vectors: Halves

    @classmethod
    def load(cls, folder: Path) -> Tables:
        """Map the tables `TableWriter` wrote."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _NAMES))

    def __len__(self) -> int:
        return len(self.passages)

    def article_number(self, row: int) -> int:
        """Which of the generation's articles a passage belongs to."""
        return int(self.passages[row, 0])

    def span(self, row: int) -> Span:
        """Where a passage stands in its article."""
        return Span(int(self.passages[row, 1]), int(self.passages[row, 2]))

    def sentence_rows(self, row: int) -> range:
        """The rows of a passage's sentences."""
        last = self.passages[row + 1, 3] if row + 1 < len(self.passages) else len(self.sentences)
        return range(int(self.passages[row, 3]), int(last))

    def sentence(self, row: int) -> Span:
        """Where a sentence stands in its article."""
        return Span(int(self.sentences[row, 0]), int(self.sentences[row, 1]))


class TableWriter:
    """Collects rows and writes the tables once all are there."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._passages: list[tuple[int, int, int, int]] = []
        self._sentences: list[tuple[int, int]] = []
        self._passage_vectors: list[Halves] = []
        self._sentence_vectors: list[Halves] = []

    def add(self, article_number: int, span: Span, sentences: Iterable[Span], vectors: WindowVectors) -> int:
        """Append a passage with its sentences; returns its row."""
        self._passages.append((article_number, span.start, span.end, len(self._sentences)))
        self._sentences.extend((sentence.start, sentence.end) for sentence in sentences)
        self._passage_vectors.append(vectors.passage.astype(np.float16))
        self._sentence_vectors.append(vectors.sentences.astype(np.float16))
        return len(self._passages) - 1

    def save(self, folder: Path) -> Tables:
        """Write the tables into a folder and return them, mapped."""
        empty = np.zeros((0, self._dimension), dtype=np.float16)
        np.save(folder / "passages.npy", np.array(self._passages, dtype=np.int64).reshape(-1, 4))
        np.save(folder / "sentences.npy", np.array(self._sentences, dtype=np.int64).reshape(-1, 2))
        np.save(
            folder / "passage_vectors.npy", np.stack([*self._passage_vectors]) if self._passages else empty
        )
        np.save(folder / "sentence_vectors.npy", np.concatenate([empty, *self._sentence_vectors]))
        return Tables.load(folder)


def cosines(vector: Vectors, table: Halves, rows: npt.NDArray[np.int64]) -> Vectors:
    """The cosines of a unit vector with some rows of a table of unit vectors, (rows,)."""
    found: Vectors = table[rows].astype(np.float32) @ vector
    return found
