"""An encoder that costs next to nothing, to measure what an index costs beside its encoding."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from index.encoder import WindowVectors
from index.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.encoder import Vectors
    from index.passages import Window

_DIMENSION = 384  # the bundled encoder's
_DIRECTIONS = 4096
_SEED = 20


class SeededEncoder:
    """Adds up a fixed random direction for each pair of neighbouring characters of the folded text.

    Texts that share words have near vectors, so that a graph of them is as hard to make and to search as
    one of a model's; what they mean plays no part.
    """

    name = digest = "seeded"
    dimension = _DIMENSION

    def __init__(self) -> None:
        drawn = np.random.default_rng(_SEED).standard_normal((_DIRECTIONS, _DIMENSION))
        self._directions = drawn.astype(np.float32)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text, (n, d)."""
        return np.stack([self._vector(text) for text in texts])

    def encode_windows(self, windows: Sequence[Window]) -> list[WindowVectors]:
        """The vectors of passages and of their sentences, in the order given."""
        return [
            WindowVectors(
                self._vector(window.text),
                np.stack([self._vector(span.of(window.text)) for span in window.sentences]),
            )
            for window in windows
        ]

    def _vector(self, text: str) -> Vectors:
        folded = fold(text).text
        pairs = [
            zlib.crc32(folded[at : at + 2].encode()) % _DIRECTIONS for at in range(max(1, len(folded) - 1))
        ]
        summed: Vectors = self._directions[pairs].sum(axis=0)
        made: Vectors = summed / np.linalg.norm(summed)
        return made
