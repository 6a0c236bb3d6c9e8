"""Keyword search: BM25 over folded text. The only module that knows bm25s and the stemmer.

Chinese is indexed as single characters and pairs of neighbours, which needs no dictionary
and finds names no dictionary has; other scripts as stemmed words. BM25 as in Lucene, by
bm25s (Lu 2024, https://arxiv.org/abs/2407.03618).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from index.records import Span
from index.text import CJK, fold
from index.vocabulary import Vocabulary

if TYPE_CHECKING:
    from bm25s import BM25

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
_STOP_CHARACTERS = frozenset("哪几谁吗呢吧请的了是在和与及或有被把对会将要该此其这那个")


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - PyStemmer's own name


@cache
def _stemmer() -> _Stemmer:
    import Stemmer  # noqa: PLC0415 - not needed to import the package

    stemmer: _Stemmer = Stemmer.Stemmer("english")
    return stemmer


@cache
def _stem(word: str) -> str:
    return _stemmer().stemWord(word)


def terms(text: str) -> list[str]:
    """The terms a text is indexed under: stems, Chinese characters and pairs, numbers."""
    found: list[str] = []
    for match in _TERM.finditer(fold(text.translate(_NO_THOUSANDS)).text):
        run = match[0]
        if _HAN.match(run):
            found += run
            found += (run[index : index + 2] for index in range(len(run) - 1))
        else:
            found.append(_stem(run.replace(",", "")))
    return found


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
    """A BM25 index over passages, addressed by row."""

    def __init__(self, index: BM25, vocabulary: Vocabulary, rows: int) -> None:
        self._index = index
        self._vocabulary = vocabulary
        self._rows = rows

    @classmethod
    def build(cls, texts: Iterable[str]) -> Keywords:
        """Index texts; the first is row 0."""
        from bm25s import BM25  # noqa: PLC0415 - a quarter of a second that only searching needs

        vocabulary: dict[str, int] = {}
        rows = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)] for text in texts]
        index = BM25(method="lucene", k1=1.2, b=0.75)
        # bm25s cannot index nothing at all; no question holds the empty term.
        indexed = (rows, vocabulary) if vocabulary else ([[0]], {"": 0})
        index.index(indexed, show_progress=False, create_empty_token=False)
        index.vocab_dict = {}  # which bm25s would write, and read as a whole
        return cls(index, Vocabulary.of(vocabulary), len(rows))

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._index.save(str(folder), show_progress=False)
        self._vocabulary.save(folder)

    @classmethod
    def load(cls, folder: Path, *, rows: int) -> Keywords:
        """Open what `save` wrote; the postings stay on disk and are mapped."""
        from bm25s import BM25  # noqa: PLC0415 - as above

        index = BM25.load(str(folder), mmap=True, load_vocab=False, show_progress=False)
        return cls(index, Vocabulary.load(folder), rows)

    def __contains__(self, term: object, /) -> bool:
        """Whether any row holds a term."""
        return isinstance(term, str) and self._vocabulary.number(term) is not None

    def scores(self, wanted: Sequence[str]) -> npt.NDArray[np.float32]:
        """The BM25 score of every row for a question's terms, (rows,)."""
        numbers = map(self._vocabulary.number, wanted)
        ids = [number for number in numbers if number is not None]
        if not ids:
            return np.zeros(self._rows, dtype=np.float32)
        return np.asarray(self._index.get_scores_from_ids(ids), dtype=np.float32)

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
        found = [
            (number * self._rows + rows, np.full(len(rows), likely), likely * frequencies)
            for number, terms_of_one in enumerate(wanted)
            for term, likely in terms_of_one.items()
            for rows, frequencies in [self._frequencies(term)]
        ]
        if not found:
            return np.zeros(self._rows, dtype=np.float32), _rarity(np.zeros(len(wanted)), int(among.sum()))
        cells, likely, frequencies = (np.concatenate(each) for each in zip(*found, strict=True))
        shape = (len(wanted), self._rows)
        expected = np.bincount(cells, frequencies, minlength=shape[0] * shape[1]).reshape(shape)
        held = np.bincount(cells, likely, minlength=shape[0] * shape[1]).reshape(shape).clip(max=1.0)
        rarity = _rarity((held * among).sum(axis=1), int(among.sum()))
        scores = rarity @ (expected / (1 + expected))
        return np.asarray(scores * among, dtype=np.float32), rarity

    def _frequencies(self, term: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """The rows that hold a term, and how often: in units of k1, adjusted to their length.

        The index holds rarity * f / (1 + f), which is solved for f.
        """
        identifier = self._vocabulary.number(term)
        if identifier is None:
            return np.empty(0, dtype=np.int64), np.empty(0)
        index = self._index.scores
        own = slice(int(index["indptr"][identifier]), int(index["indptr"][identifier + 1]))
        saturated = index["data"][own].astype(np.float64) / self.rarity(term)
        return index["indices"][own].astype(np.int64), saturated / (1 - saturated)

    def rarity(self, term: str) -> float:
        """The inverse document frequency of a term, as BM25 weighs it; highest if unknown."""
        identifier = self._vocabulary.number(term)
        starts = self._index.scores["indptr"]
        found = 0 if identifier is None else int(starts[identifier + 1] - starts[identifier])
        return float(_rarity(found, self._rows))


def _rarity(holding: npt.ArrayLike, rows: int) -> npt.NDArray[np.float64]:
    found = np.asarray(holding, dtype=np.float64)
    return np.log(1 + (rows - found + 0.5) / (found + 0.5))
