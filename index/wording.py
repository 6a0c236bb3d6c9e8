"""A question's terms as texts may write them, and how much of them a text holds. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Wording:
    """The terms of a question for texts of one language.

    Term i has the rarity `rarity[i]`, (t,), and is a name if `names[i]`, (t,); of a `certain` one, (t,),
    it is known how such texts write it. A text that holds the word w holds term i to the share s, 0
    to 1, where `written[w]` has (i, s).
    """

    rarity: Shares
    names: npt.NDArray[np.bool_]
    certain: npt.NDArray[np.bool_]
    written: Mapping[str, tuple[tuple[int, float], ...]]

    @classmethod
    def of(
        cls,
        terms: Sequence[Mapping[str, float]],
        rarity: Sequence[float],
        names: Collection[str],
        certain: Collection[str] = (),
    ) -> Wording:
        """Terms, each as the words that texts may write it with and how likely."""
        written: dict[str, tuple[tuple[int, float], ...]] = {}
        for number, words in enumerate(terms):
            for word, share in words.items():
                written[word] = (*written.get(word, ()), (number, share))
        named = [any(words.get(name, 0.0) >= 1.0 for name in names) for words in terms]
        sure = [not words.keys().isdisjoint(certain) for words in terms]
        return cls(
            np.array(rarity, dtype=np.float64),
            np.array(named, dtype=np.bool_),
            np.array(sure, dtype=np.bool_),
            written,
        )

    def held(self, words: frozenset[str]) -> Shares:
        """How much of each term stands in a text of these words, (t,)."""
        shares = np.zeros(len(self.rarity))
        for word in self.written.keys() & words:
            for number, share in self.written[word]:
                shares[number] = max(shares[number], share)
        return shares


def coverage(weights: Shares, held: Shares) -> float:
    """The weighted share of terms that is held."""
    total = float(weights.sum())
    return float(weights @ held) / total if total else 0.0
