"""Several ways of searching, one ranked list. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]


def standardised(scores: Scores) -> Scores:
    """Scores as distances from their mean in standard deviations; zeros where all are equal."""
    if not scores.size or scores.min() == scores.max():
        return np.zeros_like(scores)
    exact = scores.astype(np.float64)
    scaled: Scores = ((exact - exact.mean()) / exact.std()).astype(np.float32)
    return scaled


def fuse(lists: Sequence[tuple[Scores, float]]) -> Scores:
    """The weighted sum of standardised score lists over the same candidates.

    Standardising makes cosines and BM25 comparable without knowing either's range, and keeps
    how far apart scores are, which their ranks alone would lose.
    """
    total = np.zeros_like(lists[0][0], dtype=np.float32)
    for scores, weight in lists:
        total += np.float32(weight) * standardised(scores)
    return total
