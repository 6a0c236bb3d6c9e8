"""Chinese questions word by word in English, by a dictionary's glosses."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.characters import CJK
from index.lexicon import segmented
from index.text import fold
from index.training.cases import rows
from index.training.lexicon import glosses

_RUN = re.compile(f"[{CJK}]+")
_WORDS = 3  # of a gloss; a longer one describes instead of translating


class Glosses:
    """The short glosses of words of two characters and more; single ones are too vague."""

    def __init__(self, meanings: Mapping[str, tuple[str, ...]]) -> None:
        self._meanings = meanings

    @classmethod
    def read(cls, path: Path) -> Glosses:
        """Read a dictionary: JSON lines with `simp`, `pinyin` and `en`."""
        found: dict[str, list[str]] = {}
        for entry in rows(path):
            short = [each for each in _plain(entry) if len(each.split()) <= _WORDS]
            found.setdefault(fold(entry["simp"]).text, []).extend(short)
        return cls({word: tuple(short) for word, short in found.items() if short and len(word) > 1})

    def of(self, question: str, draw: random.Random) -> str:
        """A question with each word it knows replaced by one of its first two glosses."""
        replaced = _RUN.sub(lambda run: " ".join(self._parts(run[0], draw)), fold(question).text)
        return " ".join(replaced.split())

    def _parts(self, run: str, draw: random.Random) -> Iterator[str]:
        for word in segmented(run, self._meanings):
            yield draw.choice(self._meanings[word][:2]) if len(word) > 1 else word


def _plain(entry: Mapping[str, Any]) -> Iterator[str]:
    for meaning in entry["en"]:
        for gloss in glosses(meaning, name=entry["pinyin"][:1].isupper()):
            plain = gloss.split(";")[0].strip(" ?!").removeprefix("to ")
            if plain and ":" not in plain:
                yield plain
