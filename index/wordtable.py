"""What words stand for, with weights, as flat arrays: they cost their size in memory and nothing to build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FULL = 255  # a weight of 1


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words, and what each stands for among the words of another table.

    `words` are UTF-8, sorted, (n,). Word i stands for `targets[starts[i]:starts[i + 1]]`,
    numbers of words of the other table, likeliest first, with `weights` in 255ths.
    """

    words: npt.NDArray[np.bytes_]
    starts: npt.NDArray[np.int32]
    targets: npt.NDArray[np.int32]
    weights: npt.NDArray[np.uint8]

    def __contains__(self, word: object, /) -> bool:
        return isinstance(word, str) and self._number(word) is not None

    def _number(self, word: str) -> int | None:
        sought = np.bytes_(word.encode())
        if sought.itemsize > self.words.itemsize:
            return None  # and NumPy would copy the table to compare them
        at = int(np.searchsorted(self.words, sought))
        return at if at < len(self.words) and self.words[at] == sought else None

    def of(self, word: str, other: WordTable) -> Iterator[tuple[str, float]]:
        """What a word stands for, with weights; nothing if it is unknown."""
        at = self._number(word)
        if at is None:
            return
        own = slice(int(self.starts[at]), int(self.starts[at + 1]))
        words = other.words[self.targets[own]].tolist()
        for target, weight in zip(words, self.weights[own].tolist(), strict=True):
            yield target.decode(), weight / FULL
