"""Keyword search: BM25 over folded text. The only module that knows the stemmer.

Chinese is indexed as single characters and pairs of neighbours, which needs no dictionary
and finds names no dictionary has; other scripts as stemmed words. BM25 as Lucene has it (Kamphuis et
al. 2020, https://doi.org/10.1007/978-3-030-45442-5_4), its statistics those of all of an index.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.postings import Postings
from index.records import Span
from index.text import CJK, fold
from index.vocabulary import hash_of

_K1, _B = 1.2, 0.75  # how soon a term counts no more for being there again, how much for a short passage
# A run of Chinese; or a word or number, with thousands ("1,234", not the list "12,15") and decimals.
_TERM = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:(?<=[0-9]),[0-9]{{3}}(?![0-9])|(?<=[0-9])\.[0-9]+)*")
_NO_THOUSANDS = str.maketrans("，、", "  ")  # folding makes commas of them, but "100、200" is two numbers
_HAN = re.compile(rf"[{CJK}]")
# Function words: they say how something is asked, not what about.
_STOP_WORDS = frozenset(
    (
        "a an the of to in on at by for from with and or is are was were be been being do does did has "
        "have had it its this that these those what which who whom whose when where why how many much "
        "long old far will would can could should may might there their they he she his her him i you we "
        "our your as than then so if but not no about into over after before between during any some "
        "more most very also just s t tell me please give say said according"
    ).split()
)
# 为 belongs to the word before it in 华为什么时候, 认为什么 and the like.
_STOP_PHRASES = re.compile(
    "(?<![华作成称认以因])为什么(?!时候)|什么时候|[什甚]么|多少|(?<![华作成称认以因])为何(?![时地人])|怎么样|怎么|怎样|如何"
    "|哪里|哪儿|哪个|哪些|哪一|请问|多大|多久|多长|何时|何地|何人|告诉我|一共|总共"
)
_WORD = re.compile(rf"(?<![^\W_{CJK}])[a-z]+(?![^\W_{CJK}])")  # of folded text; also beside Chinese
_ALSO_NAMES = frozenset(("May", "Will"))
_STEMS = 20_000  # kept at hand; a bot that runs for years meets ever new words and numbers
_STOP_CHARACTERS = frozenset("哪几谁吗呢吧请的了是在和与及或有被把对会将要该此其这那个")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - PyStemmer's own name


@cache
def _stemmer() -> _Stemmer:
    import Stemmer  # noqa: PLC0415 - not needed to import the package

    stemmer: _Stemmer = Stemmer.Stemmer("english")
    return stemmer


@lru_cache(maxsize=_STEMS)
def _stem(word: str) -> str:
    return _stemmer().stemWord(word)


def terms(text: str) -> list[str]:
    """The terms a text is indexed under: stems, Chinese characters and pairs, numbers."""
    found: list[str] = []
    for match in _TERM.finditer(fold(text.translate(_NO_THOUSANDS)).text):
        run = match[0]
        if _HAN.match(run):
            found += run
            found += neighbours(run)
        else:
            found.append(_stem(run.replace(",", "")))
    return found


def neighbours(run: str) -> list[str]:
    """The pairs of characters under which a run of Chinese is indexed."""
    return [run[at : at + 2] for at in range(len(run) - 1)]


def question_terms(text: str) -> list[str]:
    """The terms a question is searched by: those of a text, less how it is asked.

    A stop word written as a name (WHO, IT; May and Will within a sentence) is kept.
    """
    return [term for term in terms(asked(text)) if term not in _STOP_CHARACTERS]


def asked(text: str) -> str:
    """A question's folded text, blank where it only says how it is asked."""
    folded = fold(text)

    def without_stop_word(match: re.Match[str]) -> str:
        stands = folded.original(Span(match.start(), match.end()))
        return " " if match[0] in _STOP_WORDS and not _is_name(text, stands) else match[0]

    return _STOP_PHRASES.sub(" ", _WORD.sub(without_stop_word, folded.text))


def _is_name(text: str, stands: Span) -> bool:
    word = stands.of(text)
    if len(word) > 1 and word.isupper() and not (text.isascii() and text.isupper()):
        return True
    return word in _ALSO_NAMES and bool(text[: stands.start].strip())


class Keywords:
    """BM25 over the passages of an index, addressed by row, whichever segments they are in.

    Passages that are gone are as if they had never been: no statistics count them.
    """

    def __init__(self, parts: Sequence[Postings], alive: npt.NDArray[np.bool_]) -> None:
        """Join the postings of segments; `alive` says which of all their rows count, (rows,)."""
        self._parts = parts
        self._starts = [0, *accumulate(len(part) for part in parts)]
        self._alive = alive
        self._whole = bool(alive.all())
        self._passages = int(alive.sum())
        lengths = np.concatenate([np.empty(0, np.uint32), *(part.lengths for part in parts)])
        usual = max(1.0, float(lengths[alive].mean())) if self._passages else 1.0
        self._norms = (_K1 * (1 - _B + _B * lengths / usual)).astype(np.float32)

    def __contains__(self, term: object, /) -> bool:
        """Whether any passage holds a term."""
        if not isinstance(term, str):
            return False
        hashed = hash_of(term)
        return any(
            len(rows) and (self._whole or self._alive[rows + start].any())
            for start, part in zip(self._starts, self._parts, strict=False)
            for rows, _ in [part.of(hashed)]
        )

    def holding(self, term: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """The rows of the passages that hold a term, ascending, and how often each does."""
        hashed, rows, counts = hash_of(term), [np.empty(0, np.int64)], [np.empty(0, np.uint8)]
        for start, part in zip(self._starts, self._parts, strict=False):
            own, times = part.of(hashed)
            rows.append(own.astype(np.int64) + start)
            counts.append(times)
        return self._kept(np.concatenate(rows), np.concatenate(counts))

    def _kept(
        self, rows: npt.NDArray[np.int64], counts: npt.NDArray[np.uint8]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """Those of the rows that are not gone."""
        if self._whole:
            return rows, counts
        kept = self._alive[rows]
        return rows[kept], counts[kept]

    def _frequencies(self, term: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The rows that hold a term, and how often: in units of k1, adjusted to their length."""
        rows, counts = self.holding(term)
        return rows, np.divide(counts, self._norms[rows], dtype=np.float32)

    def scores(self, wanted: Sequence[str]) -> npt.NDArray[np.float32]:
        """The BM25 score of every row for a question's terms, (rows,)."""
        scores = np.zeros(len(self._norms), dtype=np.float32)
        for term in wanted:
            rows, frequencies = self._frequencies(term)
            scores[rows] += _rarity(len(rows), self._passages) * (frequencies / (1 + frequencies))
        return scores

    def translated(
        self, wanted: Sequence[Mapping[str, float]], among: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
        """The BM25 score of every row for a question in another language, (rows,), and its terms' rarity.

        `wanted` has, for each of the question's terms, the terms a text may write it with and
        how likely, 0 to 1. A term's frequency in a row is the expected one over these, and so is
        the number of rows that hold it (probabilistic structured queries, Darwish and Oard
        2003, https://doi.org/10.1145/860435.860497). `among` says which rows are compared,
        (rows,): only they count for how rare a term is, (terms,), and the others score 0.
        """
        scores = np.zeros(len(self._norms), dtype=np.float32)
        expected, held = np.zeros_like(scores), np.zeros_like(scores)
        compared = int((among & self._alive).sum())
        rarity = np.empty(len(wanted))
        for number, ways in enumerate(wanted):
            rows = self._expect(ways, expected, held)
            rows_compared = rows[among[rows]]
            rarity[number] = _rarity(held[rows_compared].clip(max=1.0).sum(dtype=np.float64), compared)
            frequencies = expected[rows_compared]
            scores[rows_compared] += rarity[number] * (frequencies / (1 + frequencies))
            expected[rows] = held[rows] = 0
        return scores, rarity

    def _expect(
        self, ways: Mapping[str, float], expected: npt.NDArray[np.float32], held: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.int64]:
        """Add up over the ways to write a term how often and how likely each row holds it, where any does.

        Both arrays, (rows,), come with zeros; returns the rows that do not have them any more.
        """
        touched = [np.empty(0, dtype=np.int64)]
        for term, likely in ways.items():
            if likely == 0:
                continue
            rows, frequencies = self._frequencies(term)
            touched.append(rows[held[rows] == 0])
            expected[rows] += likely * frequencies
            held[rows] += likely
        return np.concatenate(touched)

    def rarity(self, term: str) -> float:
        """The inverse document frequency of a term, as BM25 weighs it; highest if unknown."""
        return float(_rarity(len(self.holding(term)[0]), self._passages))


def _rarity(holding: npt.ArrayLike, rows: int) -> npt.NDArray[np.float64]:
    found = np.asarray(holding, dtype=np.float64)
    return np.log(1 + (rows - found + 0.5) / (found + 0.5))
