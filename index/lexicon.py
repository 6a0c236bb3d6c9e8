"""How terms of one language are written in the other: English and Chinese, both ways.

Tables of translations with their weights, estimated by `index/training/lexicon.py` from
parallel texts and a dictionary; and for names that no data translates, their sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from index.errors import EncoderError
from index.keywords import asked, neighbours, question_terms
from index.pinyin import Indexed, Pinyin, Spelling, Terms
from index.text import CJK
from index.transcription import Transcription
from index.wordtable import WordTable

MODEL = Path(__file__).parent / "models" / "lexicon.npz"
LONGEST = 8  # characters of a Chinese word
TABLES = ("english", "chinese", "syllables", "characters", "chunks", "names")
_LIKELY = 0.5  # a probability
_ARRAYS = tuple(field.name for field in fields(WordTable))

_CHINESE = re.compile(f"[{CJK}]+")


class Lexicon:
    """Translates the terms of questions."""

    def __init__(self, tables: Mapping[str, WordTable]) -> None:
        self._tables = tables
        self._english, self._chinese = tables["english"], tables["chinese"]
        self._pinyin = Pinyin(tables["syllables"], tables["characters"])
        self._transcription = Transcription(tables["chunks"], tables["characters"])
        self._names = tables["names"]

    @classmethod
    def load(cls, path: Path = MODEL) -> Lexicon:
        """Read what `save` wrote. Raises EncoderError if that cannot be done."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls(
                    {name: WordTable(*(arrays[f"{name}_{each}"] for each in _ARRAYS)) for name in TABLES}
                )
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            raise EncoderError(f"{path} cannot be read ({error}); install the package again") from error

    def save(self, path: Path) -> None:
        """Write the tables into one compressed file."""
        arrays = {
            f"{name}_{each}": getattr(table, each) for name, table in self._tables.items() for each in _ARRAYS
        }
        np.savez_compressed(path, **arrays)

    def translate(
        self, question: str, indexed: Indexed, spellings: Sequence[Spelling] = ()
    ) -> list[dict[str, float]]:
        """For each of a question's terms, the index terms that texts may write it with, weighed 0 to 1.

        A term stands for itself at weight 1, because names and figures cross unchanged. Of
        terms in the other language the weights are square roots of probabilities: what is less
        likely stays worth looking for. A longer Chinese word shares its weight among its pairs
        of neighbours. `indexed` are the terms that the library's articles hold, and `spellings`
        the names that are known by their sound.
        """
        heard = self.heard(spellings)
        searched = dict.fromkeys(question_terms(question))
        english = [term for term in searched if not _CHINESE.match(term) and term not in heard]
        runs = _CHINESE.findall(asked(question))
        words = dict.fromkeys(word for run in runs for word in segmented(run, self._chinese))
        chinese = [word for word in words if not searched.keys().isdisjoint(_index_terms(word))]
        return [
            *(self._weighed(term, self._english, self._chinese) for term in english),
            *(self._weighed(word, self._chinese, self._english) for word in chinese),
            *(dict.fromkeys(each.terms, 1.0) | pair for each in spellings for pair in each.pairs()),
            *(spelt for run in runs for spelt in self._pinyin.into_english(run, self._english, indexed)),
        ]

    def respelt(self, question: str, spellings: Sequence[Spelling]) -> str:
        """The question with the names in Chinese whose `spellings` are sure.

        So models that cannot hear find them, too. Only a way to write a name that is likelier than all
        others together is put in its place.
        """
        for each in reversed(spellings):
            if self._is_sure(each):
                way = max(each.ways, key=lambda way: each.ways[way])
                question = f"{question[: each.span.start]}{way}{question[each.span.end :]}"
        return question

    def spellings(self, question: str, indexed: Indexed) -> list[Spelling]:
        """The names that are spelt by their sound, in order: Chinese ones, and others that are none."""
        own = list(self._pinyin.spellings(question, self._english, indexed))
        others = self._transcription.spellings(question, self._english, indexed)
        apart = [each for each in others if not any(one.span.contains(each.span) for one in own)]
        return sorted([*own, *apart], key=lambda each: each.span.start)

    def heard(self, spellings: Sequence[Spelling]) -> list[str]:
        """The question's terms that are of a name whose spelling is sure."""
        return [term for each in spellings if self._is_sure(each) for term in each.terms]

    def people(self, question: str) -> list[str]:
        """The terms of people's given names, which nobody translates: how they sound is how they are written.

        Where none of the ways to write such a name stands in the articles, they do not mention it.
        """
        named = self._pinyin.people(question, self._english)
        unknown = (words for words in named if not all(map(self._is_likely, words)))
        return [term for words in unknown for term in question_terms(" ".join(words[1:]))]

    def _is_sure(self, spelling: Spelling) -> bool:
        """Whether one way to write a name is likelier than all others together, and it needs to be spelt."""
        likely = max(spelling.ways.values()) ** 2 > _LIKELY
        return likely and not all(map(self._is_likely, spelling.words))

    def spelt(self, name: str) -> str:
        """A Chinese person's name as English writes it; "" if that is not known."""
        return self._pinyin.spelt(name)

    def _is_likely(self, word: str) -> bool:
        """Whether one translation of an English word is likelier than all others together."""
        return all(self.certainty(term) ** 2 > _LIKELY for term in question_terms(word))

    def certainty(self, term: str) -> float:
        """How surely a term is written in the likeliest way, 0 to 1; 0 if none is known."""
        tables = self._english, self._chinese
        own, other = reversed(tables) if _CHINESE.match(term) else tables
        return max((weight for _, weight in own.of(term, other)), default=0.0)

    def names(self, question: str) -> list[str]:
        """The names in the Chinese of a question: words, or beginnings of words.

        Nothing marks them there, so only those are found that a dictionary writes with a capital.
        """
        runs = _CHINESE.findall(asked(question))
        words = [word for run in runs for word in _agreed(run, self._chinese, self._names)]
        parts = ([word[:size] for size in range(len(word), 1, -1)] for word in words)
        found = (next(filter(self._names.__contains__, each), "") for each in parts)
        return list(dict.fromkeys(filter(None, found)))

    @staticmethod
    def _weighed(word: str, own: WordTable, other: WordTable) -> dict[str, float]:
        found: dict[str, float] = {}
        for written, weight in ((word, 1.0), *own.of(word, other)):
            spelt = _index_terms(written)
            for term in spelt:
                found[term] = min(1.0, found.get(term, 0.0) + weight / len(spelt))
        return found


def segmented(run: str, *known: Terms, backward: bool = False) -> Iterator[str]:
    """A run of Chinese as words: the longest that any knows, and single characters.

    From left to right, or `backward`, the last word first.
    """
    while run:
        pieces = (run[-size:] if backward else run[:size] for size in range(LONGEST, 0, -1))
        word = next(piece for piece in pieces if len(piece) == 1 or any(piece in each for each in known))
        yield word
        run = run[: -len(word)] if backward else run[len(word) :]


def _agreed(run: str, *known: Terms) -> Iterator[str]:
    """The words of a run that begin in the same place backward too, as long as they are in both.

    Elsewhere chance has joined the end of one to the beginning of the next: 中共 in 其中共有.
    """
    lengths, end = dict[int, int](), len(run)
    for word in segmented(run, *known, backward=True):
        end -= len(word)
        lengths[end] = len(word)
    start = 0
    for word in segmented(run, *known):
        if start in lengths:
            yield word[: lengths[start]]
        start += len(word)


@cache
def bundled_lexicon() -> Lexicon:
    """The lexicon that comes with the package, read when it is first asked for."""
    return Lexicon.load()


def _index_terms(word: str) -> list[str]:
    """A word in the terms of the keyword index: longer Chinese words as pairs of neighbours."""
    if len(word) == 1 or not _CHINESE.match(word):
        return [word]
    return neighbours(word)
