"""Chinese names spelt by their sound: "Lei Jun" may be 雷军, and 郑州 may be "Zhengzhou".

Most people, companies and towns in the news are in no data that could teach how they
translate. Many characters share a sound; which are meant is told by what the library holds:
of all the pairs of characters that "lei jun" could be, few stand in any of its articles.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise, product
from typing import Protocol

from index.keywords import question_terms, terms
from index.wordtable import WordTable

_TOKEN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|[^\sA-Za-z]")
_SYLLABLE = 6  # letters at most: zhuang
_NAME = range(2, 5)  # syllables of a name, characters of a name
_LEAST = 0.14  # of a weight, the square root of a probability


class Terms(Protocol):
    """Terms that can be asked for one by one."""

    def __contains__(self, term: object, /) -> bool:
        """Whether a term is one of them."""


class Pinyin:
    """Which characters a syllable may be, and which syllables a character; weights as in `Lexicon`."""

    def __init__(self, syllables: WordTable, characters: WordTable) -> None:
        self._syllables = syllables
        self._characters = characters

    def into_chinese(self, text: str, known: Terms, indexed: Terms) -> Iterator[dict[str, float]]:
        """For each two neighbouring syllables of an English text's names: the pairs they may be.

        Only pairs that are `indexed` are given; their weights are theirs of each other.
        `known` are the terms that need no spelling.
        """
        for name in self._names(text, lambda word: all(term in known for term in terms(word))):
            for first, second in pairwise(name):
                pairs = self._pairs(first, second, indexed)
                whole = sum(weight**2 for weight in pairs.values()) ** 0.5
                if pairs:
                    yield {pair: each / whole for pair, each in pairs.items() if each >= whole * _LEAST}

    def _pairs(self, first: str, second: str, indexed: Terms) -> dict[str, float]:
        lefts = self._syllables.of(first, self._characters)
        rights = list(self._syllables.of(second, self._characters))
        return {
            left + right: one * other
            for (left, one), (right, other) in product(lefts, rights)
            if left + right in indexed
        }

    def _names(self, text: str, known: Callable[[str], bool]) -> Iterator[list[str]]:
        """The syllables of each name: capitalised words in a row, or a word that is not known."""
        for row in self._rows(text, known):
            name = [syllable for _, syllables in row for syllable in syllables]
            if len(name) in _NAME and (len(row) > 1 or not known(row[0][0])):
                yield name

    def _rows(self, text: str, known: Callable[[str], bool]) -> Iterator[list[tuple[str, list[str]]]]:
        """Words in a row that may be of a name, each with its syllables."""
        spelt = (
            (word, self.syllables(word) if word[0].isupper() or not known(word) else [])
            for word in _TOKEN.findall(text)
        )
        for is_name, row in groupby(spelt, key=lambda each: bool(each[1] and question_terms(each[0]))):
            if is_name:
                yield list(row)

    def syllables(self, word: str) -> list[str]:
        """A word in as few syllables as it can be; none if it is not pinyin."""
        parts = [self._split(part) for part in re.split("['’-]", word.lower())]
        return [syllable for part in parts for syllable in part] if all(parts) else []

    def _split(self, word: str) -> list[str]:
        best: list[list[str] | None] = [[]]
        for end in range(1, len(word) + 1):
            ways = (
                [*before, word[start:end]]
                for start in range(max(0, end - _SYLLABLE), end)
                if (before := best[start]) is not None and word[start:end] in self._syllables
            )
            best.append(min(ways, key=len, default=None))
        return best[-1] or []

    def into_english(self, run: str, known: Terms, indexed: Terms) -> Iterator[dict[str, float]]:
        """For each stretch of a run of Chinese: the terms that its sound may be spelt as.

        Only terms that are `indexed` and not `known` are given, because of a known one its
        translations are known.
        """
        for start, size in product(range(len(run)), _NAME):
            if start + size > len(run):
                continue
            readings = [
                list(self._characters.of(each, self._syllables)) for each in run[start : start + size]
            ]
            found = {
                term: math.prod(weight for _, weight in reading)
                for reading in product(*readings)
                for term in terms("".join(syllable for syllable, _ in reading))
                if term in indexed and term not in known
            }
            if found:
                yield found
