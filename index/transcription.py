"""Western names as Chinese transcribes them: "Bernini" may be 贝尔尼尼, and "Hillman" 希尔曼.

A name is cut into chunks of letters, and each chunk is a character of its sound. Which characters
write which letters is estimated from pairs of names (the joint source-channel model of Li, Zhang and
Su 2004, https://aclanthology.org/P04-1021/). There are many ways to cut and to write; which is meant is
told by what the library holds: of all characters that a name could be, few stand together in any of its
passages, and the longer a run is, the less it does so by accident.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from index.keywords import question_terms
from index.pinyin import Indexed, Spelling, Terms, together
from index.records import Span
from index.wordtable import WordTable

LONGEST_CHUNK: Final = 5  # letters
_LETTERS = range(4, 15)  # of a name; a shorter one sounds like too much
# Capitals mark a name, but for a sentence's first word, which has one anyhow.
_NAME = re.compile(r"(?<=[\w,] )[A-Z][^\W\d_]*[^\W\d_A-Z]\b")
_NOT_LETTERS = re.compile("[^a-z]")
_BEAM = 16  # runs that are followed up, at each letter
_CHECKED = 12  # whole runs that are looked for in one passage
_ACCIDENT = 0.05  # how often a pair of characters stands in a passage though nobody wrote this name
_DOUBT = 5.0  # of a run, against how much likelier it is than an accident


class Transcription:
    """Which characters may write which letters of a name; weights as in `Lexicon`."""

    def __init__(self, chunks: WordTable, characters: WordTable) -> None:
        self._chunks = chunks
        self._characters = characters

    def spellings(self, text: str, known: Terms, indexed: Indexed) -> Iterator[Spelling]:
        """The names of an English text that a library's passages hold, transcribed.

        `known` are the terms that need no spelling.
        """
        for match in _NAME.finditer(text):
            terms = list(question_terms(match[0]))
            if not terms or any(term in known for term in terms):
                continue
            if ways := self._ways(letters(match[0]), indexed):
                yield Spelling(Span(*match.span()), (match[0],), ways)

    def _ways(self, name: str, indexed: Indexed) -> dict[str, float]:
        """How passages may write a name: the likeliest, and others of its length."""
        if len(name) not in _LETTERS:
            return {}
        runs = self._runs(name, indexed)
        longer = {run: odds for run, odds in runs.items() if len(run) > 1}
        found = together(longer, indexed, most=_CHECKED)
        if not found:
            return {}
        whole, length = sum(found.values()) + _DOUBT, len(next(iter(found)))
        return {run: (odds / whole) ** 0.5 for run, odds in found.items() if len(run) == length}

    def _runs(self, name: str, indexed: Indexed) -> dict[str, float]:
        """The runs whose pairs the library holds, and how much likelier each is than an accident."""
        held: dict[str, bool] = {}
        ends: list[dict[str, float]] = [{"": _ACCIDENT}, *({} for _ in name)]
        for start in range(len(name)):
            best = sorted(ends[start].items(), key=lambda way: -way[1])[:_BEAM]
            for end in range(start + 1, min(len(name), start + LONGEST_CHUNK) + 1):
                for character, weight in self._chunks.of(name[start:end], self._characters):
                    for run, odds in best:
                        pair = run[-1:] + character
                        if pair not in held:
                            held[pair] = len(pair) == 1 or pair in indexed
                        if not held[pair]:
                            continue
                        longer = run + character
                        ends[end][longer] = ends[end].get(longer, 0.0) + odds * weight**2 / _ACCIDENT
        return ends[-1]


def letters(word: str) -> str:
    """A word's plain small letters, without accents."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKD", word).lower())
