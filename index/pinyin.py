"""Chinese names spelt by their sound: "Lei Jun" may be 雷军, and 郑州 may be "Zhengzhou".

Most people, companies and towns in the news are in no data that could teach how they
translate. Many characters share a sound; which are meant is told by what the library holds:
of all the characters that "lei jun" could be, few stand together in any of its passages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial, reduce
from itertools import groupby, product
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.keywords import neighbours, question_terms, terms
from index.records import Span
from index.wordtable import WordTable

_TOKEN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|[^\sA-Za-z]")
_SYLLABLE = 6  # letters at most: zhuang
_NAME = range(2, 5)  # syllables of a name, characters of a name
_CHECKED = 200  # runs, the likeliest, that are looked for in one passage
_LEAST = 0.14  # of a weight, the square root of a probability


class Terms(Protocol):
    """Terms that can be asked for one by one."""

    def __contains__(self, term: object, /) -> bool:
        """Whether a term is one of them."""


class Indexed(Terms, Protocol):
    """The terms that a library's passages hold."""

    def holding(self, term: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """The rows of the passages that hold a term, ascending, and how often each does."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name in an English text, the words that stand there, and how Chinese may write it.

    The `ways` are runs of one length; their weights are square roots of probabilities, as all here.
    """

    span: Span
    words: tuple[str, ...]
    ways: Mapping[str, float]

    @property
    def terms(self) -> list[str]:
        """The name's terms as the text writes it."""
        return list(question_terms(" ".join(self.words)))

    def pairs(self) -> Iterator[dict[str, float]]:
        """For each two neighbouring characters of the name: the pairs they may be."""
        for at in range(len(next(iter(self.ways))) - 1):
            likely: dict[str, float] = {}
            for way, weight in self.ways.items():
                likely[way[at : at + 2]] = likely.get(way[at : at + 2], 0.0) + weight**2
            yield {pair: each**0.5 for pair, each in likely.items() if each >= _LEAST**2}


class Pinyin:
    """Which characters a syllable may be, and which syllables a character; weights as in `Lexicon`."""

    def __init__(self, syllables: WordTable, characters: WordTable) -> None:
        self._syllables = syllables
        self._characters = characters

    def spellings(self, text: str, known: Terms, indexed: Indexed) -> Iterator[Spelling]:
        """The names of an English text that a library's passages hold, by their sound.

        `known` are the terms that need no spelling.
        """
        for found, name in self._names(text, known):
            if ways := self._ways(name, indexed):
                whole = math.hypot(*ways.values())
                yield Spelling(
                    Span(found[0].start(), found[-1].end()),
                    tuple(each[0] for each in found),
                    {way: weight / whole for way, weight in ways.items()},
                )

    def people(self, text: str, known: Terms) -> Iterator[tuple[str, ...]]:
        """The words of names that begin with a surname, in an English text."""
        for found, name in self._names(text, known):
            if name[0][0].isupper():
                yield tuple(each[0] for each in found)

    def _ways(self, name: Sequence[str], indexed: Indexed) -> dict[str, float]:
        """The runs of characters that sound so of which all pairs stand in one passage."""
        found = dict(self._syllables.of(name[0], self._characters))
        for syllable in name[1:]:
            characters = list(self._syllables.of(syllable, self._characters))
            found = {
                run + character: weight * other
                for (run, weight), (character, other) in product(found.items(), characters)
                if run[-1] + character in indexed
            }
        return together(found, indexed, most=_CHECKED)

    def _names(self, text: str, known: Terms) -> Iterator[tuple[list[re.Match[str]], list[str]]]:
        """Each name and its syllables: capitalised words in a row, or a word that is not known.

        Where more words follow a surname, its syllable has a capital.
        """

        def is_known(word: str) -> bool:
            return all(term in known for term in terms(word))

        for row in self._words_in_a_row(text, is_known):
            name = [syllable for _, syllables in row for syllable in syllables]
            if len(name) not in _NAME or (len(row) == 1 and is_known(row[0][0][0])):
                continue
            surname = name[0].capitalize()
            if len(row) > 1 and len(row[0][1]) == 1 and surname in self._syllables:
                name[0] = surname
            yield [word for word, _ in row], name

    def _words_in_a_row(
        self, text: str, known: Callable[[str], bool]
    ) -> Iterator[list[tuple[re.Match[str], list[str]]]]:
        """Words in a row that may be of a name, each with its syllables."""
        spelt = (
            (word, self.syllables(word[0]) if word[0][0].isupper() or not known(word[0]) else [])
            for word in _TOKEN.finditer(text)
        )
        for is_name, row in groupby(spelt, key=lambda each: bool(each[1] and question_terms(each[0][0]))):
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

    def spelt(self, name: str) -> str:
        """A person's name as English writes it, "Zhu Shijie" for 朱世杰; "" if a character has no sound."""
        found = [
            max(self._characters.of(each, self._syllables), key=lambda way: way[1], default=("", 0.0))[0]
            for each in name
        ]
        return f"{found[0]} {''.join(found[1:])}".title() if all(found) else ""

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


def together(runs: Mapping[str, float], indexed: Indexed, *, most: int) -> dict[str, float]:
    """Of the `most` likeliest runs of characters those whose pairs of neighbours stand in one passage."""
    holding = cache(lambda pair: indexed.holding(pair)[0])

    def rows(run: str) -> npt.NDArray[np.int64]:
        return reduce(partial(np.intersect1d, assume_unique=True), map(holding, neighbours(run)))

    likeliest = sorted(runs, key=lambda run: (runs[run], run), reverse=True)[:most]
    return {run: runs[run] for run in likeliest if len(rows(run))}
