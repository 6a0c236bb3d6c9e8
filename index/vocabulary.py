"""Which number each of very many words has, on disk and mapped: sixteen bytes a word, and nothing to load.

A dictionary of two hundred thousand strings costs 46 MB and half a second; a search among
sorted hashes costs microseconds. Two words would have to share 64 bits of hash to be
confused: one chance in a billion for a million words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.arrays import mapped

_FILE = "vocabulary.npy"


class Vocabulary:
    """Words by their hashes, in ascending order, and their numbers, (2, n)."""

    def __init__(self, table: npt.NDArray[np.uint64]) -> None:
        self._table = table

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> Vocabulary:
        """The vocabulary with these words and numbers."""
        hashes = np.fromiter(map(hash_of, numbers), dtype=np.uint64)
        order = np.argsort(hashes)
        return cls(np.stack([hashes[order], np.fromiter(numbers.values(), dtype=np.uint64)[order]]))

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Open what `save` wrote; it stays on disk."""
        return cls(mapped(folder / _FILE))

    def save(self, folder: Path) -> None:
        """Write it into a folder."""
        np.save(folder / _FILE, self._table)

    def number(self, word: str) -> int | None:
        """A word's number; None if it is not there."""
        return self.number_of(hash_of(word))

    def number_of(self, hashed: np.uint64) -> int | None:
        """The number of the word with a hash; None if there is none."""
        hashes, numbers = self._table
        at = int(hashes.searchsorted(hashed))
        return int(numbers[at]) if at < len(hashes) and hashes[at] == hashed else None


def hash_of(word: str) -> np.uint64:
    """The 64 bits that stand for a word."""
    return np.uint64(int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little"))
