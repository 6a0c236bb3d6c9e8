"""IBM Model 1: how likely words translate, learnt from texts in both languages.

Brown et al. 1993, https://aclanthology.org/J93-2003/. Every word of a text may be a
translation of every word of its other side, or of none (the null word); counting how well
each explains it, and counting again with what was found, settles who does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

_NULL = 0.1  # how likely the null word gives a word, against 1 of a word of the text, to begin with


class Pair(NamedTuple):
    """The different terms of a text in both languages, and how much it counts."""

    english: Sequence[str]
    chinese: Sequence[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Side:
    """One language's words as they stand in the texts, (p,): which word, and its text's weight."""

    names: tuple[str, ...]
    words: Integers
    weights: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Links:
    """Everything that may be a translation: a word and one of the other language in its text.

    A link l is of pair `kinds[l]`, between places `english_at[l]` and `chinese_at[l]`; pair k
    is of English word `pairs[k, 0]` and Chinese word `pairs[k, 1]`.
    """

    english: Side
    chinese: Side
    english_at: Integers
    chinese_at: Integers
    kinds: Integers
    pairs: Integers


def _side(
    texts: Sequence[Sequence[str]], weights: Floats, least: int, dictionary: int
) -> tuple[Side, npt.NDArray[np.int64]]:
    """A language's words, and how many of each text count; from number `dictionary` on all do."""
    counts = Counter(word for text in texts for word in text)
    known = {word for text in texts[dictionary:] for word in text}
    names = sorted(word for word, count in counts.items() if count >= least or word in known)
    numbers = {word: number for number, word in enumerate(names)}
    words = [[numbers[word] for word in text if word in numbers] for text in texts]
    lengths = np.array([len(each) for each in words])
    flat = np.fromiter((word for each in words for word in each), dtype=np.int32)
    return Side(tuple(names), flat, np.repeat(weights, lengths).astype(np.float32)), lengths


def link(texts: Sequence[Pair], dictionary: Sequence[Pair], *, least: int) -> Links:
    """Link every English word with every Chinese word of its text.

    Words count that stand in at least so many texts or in the dictionary.
    """
    both = [*texts, *dictionary]
    weights = np.array([pair.weight for pair in both])
    english, rows = _side([pair.english for pair in both], weights, least, len(texts))
    chinese, columns = _side([pair.chinese for pair in both], weights, least, len(texts))
    cells = rows * columns
    within = np.arange(cells.sum()) - np.repeat(np.cumsum(cells) - cells, cells)
    width = np.repeat(columns, cells)
    english_at = (np.repeat(np.cumsum(rows) - rows, cells) + within // width).astype(np.int32)
    chinese_at = (np.repeat(np.cumsum(columns) - columns, cells) + within % width).astype(np.int32)
    keys = english.words[english_at].astype(np.int64) * len(chinese.names) + chinese.words[chinese_at]
    different, kinds = np.unique(keys, return_inverse=True)
    of_pairs = np.stack(np.divmod(different, len(chinese.names)), axis=1).astype(np.int32)
    return Links(english, chinese, english_at, chinese_at, kinds.astype(np.int32), of_pairs)


def model_1(links: Links, log: Callable[[str], None], *, into: int, iterations: int) -> Floats:
    """P(word | word of the other language) of every pair, (k,); `into` 0 is English, 1 Chinese.

    Every word of the target text is explained by the source's words and the null word, in
    proportion to how likely they are to give it; the shares are counted, and are the next
    probabilities.
    """
    target, at = ((links.english, links.english_at), (links.chinese, links.chinese_at))[into]
    sources = links.pairs[:, 1 - into]
    likely = np.ones(len(links.pairs))
    null = np.full(len(target.names), _NULL)
    for _ in range(iterations):
        share = likely[links.kinds]
        total = np.bincount(at, share, len(target.words)) + null[target.words]
        share *= (target.weights / total)[at]
        counts = np.bincount(links.kinds, share, len(likely))
        likely = counts / np.bincount(sources, counts)[sources]
        unexplained = np.bincount(target.words, null[target.words] * target.weights / total, len(null))
        null = unexplained / unexplained.sum()
        share_of_null = unexplained.sum() / target.weights.sum()
        log(f"into {('English', 'Chinese')[into]}: the null word explains {share_of_null:.3f}")
    return likely
