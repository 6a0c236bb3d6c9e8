"""A small encoder that needs no model: texts that share words have near vectors."""

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


class HashEncoder:
    """Adds up one fixed random direction for each word; `encoded` counts the texts it was given."""

    def __init__(self, *, name: str = "hash", dimension: int = 64) -> None:
        self.name = name
        self.digest = f"{name}-{dimension}"
        self.dimension = dimension
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector for each text."""
        self.encoded += len(texts)
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def encode_windows(self, windows: Sequence[Window]) -> list[WindowVectors]:
        """The vectors of passages and of their sentences."""
        return [
            WindowVectors(
                self.encode([window.text])[0],
                self.encode([span.of(window.text) for span in window.sentences]),
            )
            for window in windows
        ]

    def _vector(self, text: str) -> Vectors:
        words = [fold(text).text, *fold(text).text.split()]
        summed = sum(self._direction(word) for word in words)
        return np.asarray(summed / np.linalg.norm(summed), dtype=np.float32)

    def _direction(self, word: str) -> Vectors:
        generator = np.random.default_rng(zlib.crc32(word.encode("utf-8", "surrogatepass")))
        return generator.standard_normal(self.dimension).astype(np.float32)
