"""Which Chinese characters write which letters of Western names, learnt from pairs of names.

A pair is cut into as many chunks of letters as there are characters, in every way, and each way counts as
much as is likely by what was counted before (expectation maximisation over the joint source-channel
model, Li, Zhang and Su 2004, https://aclanthology.org/P04-1021/). It begins with how alike chunk and
character sound. What was seen a few times or never is written by the sound alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from index.text import CJK, fold
from index.training.cases import rows
from index.transcription import LONGEST_CHUNK, letters

Counts = Mapping[tuple[str, str], float]  # of a chunk and a character


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the outcome."""

    iterations: int = 8
    least: float = 2.0  # names in which a character writes something, to be one that transcribes
    sound: float = 1.0  # how often what only sounds alike counts as seen
    edit: float = 3.0  # how much less likely a letter makes it by which chunk and sound differ
    first: float = 1 / 3  # and if they begin otherwise
    frequent: int = 4  # words in which a chunk stands, to be in the table
    kept: int = 8  # characters of a chunk
    floor: float = 0.005  # a character's probability, at least


SETTINGS = Settings()


class Name(NamedTuple):
    """A name: its letters, the characters that write it, and their syllables."""

    letters: str
    characters: str
    syllables: tuple[str, ...]


# --- names of the dictionary ---------------------------------------------------------------

_WRITTEN = re.compile(f"[{CJK}]{{2,8}}")
_KINDS = "市州省县区郡国语族人"  # what something is, rather than how it sounds
_LONGEST = 14  # letters


def names(simplified: str, pinyin: str, english: str) -> Iterator[Name]:
    """The names of a dictionary's entry that are transcribed: 巴拉克·奥巴马 for "Barack Obama" are two."""
    words, parts = english.split(), fold(simplified).text.split("·")
    syllables = [each for each in re.sub("[0-9:]", "", pinyin).lower().split() if each.isalpha()]
    if len(words) != len(parts) or len(syllables) != sum(map(len, parts)):
        return
    for word, part in zip(words, parts, strict=True):
        own = tuple(syllables[: len(part)])
        syllables = syllables[len(part) :]
        made = Name(letters(word), part, own)
        if (
            word[0].isupper()
            and _WRITTEN.fullmatch(part)
            and part[-1] not in _KINDS
            and _is_transcribed(made)
        ):
            yield made


def _is_transcribed(name: Name) -> bool:
    """Whether there are letters for each character, and it is no Chinese name as pinyin has it."""
    own = letters("".join(name.syllables))
    return len(name.characters) <= len(name.letters) <= _LONGEST and name.letters != own


# --- counting ------------------------------------------------------------------------------


def count(every: Iterable[Name], settings: Settings = SETTINGS) -> Counts:
    """How often each character writes each chunk."""
    known, counts = sorted(set(every)), dict[tuple[str, str], float]()
    for iteration in range(settings.iterations):
        whole = sum(counts.values())
        likely = {pair: times / whole for pair, times in counts.items()}
        counts = defaultdict(float)
        for name in known:
            for pair, share in _shares(name, likely if iteration else None, settings):
                counts[pair] += share
    return {pair: times for pair, times in counts.items() if times > settings.floor}


def _shares(name: Name, likely: Counts | None, settings: Settings) -> Iterator[tuple[tuple[str, str], float]]:
    """How likely each character of a name writes each chunk of it, by all ways to cut it."""
    size, length = len(name.letters), len(name.characters)
    before, after = ([[0.0] * (size + 1) for _ in range(length + 1)] for _ in range(2))
    before[0][0] = after[length][size] = 1.0
    cuts: list[tuple[int, int, int, float]] = []
    for place, start in product(range(length), range(size)):
        if not before[place][start]:
            continue
        for end in range(start + 1, min(size, start + LONGEST_CHUNK) + 1):
            chunk = name.letters[start:end]
            fits = (
                _alike(chunk, name.syllables[place], settings)
                if likely is None
                else likely.get((chunk, name.characters[place]), 0.0)
            )
            if fits:
                cuts.append((place, start, end, fits))
                before[place + 1][end] += before[place][start] * fits
    whole = before[length][size]
    for place, start, end, fits in reversed(cuts):
        after[place][start] += fits * after[place + 1][end]
        if whole:
            share = before[place][start] * fits * after[place + 1][end] / whole
            yield (name.letters[start:end], name.characters[place]), share


@lru_cache(maxsize=1 << 20)
def _alike(chunk: str, syllable: str, settings: Settings) -> float:
    """How much a chunk and a syllable sound alike."""
    begins = 1.0 if chunk[0] == syllable[0] else settings.first
    return begins * settings.edit ** -_edits(chunk, syllable)


def _edits(one: str, other: str) -> int:
    """The letters to put, take or change to make one of the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row[0] = row[0], at
        for place, each in enumerate(other, 1):
            above, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, above + (letter != each))
    return row[-1]


# --- the table -----------------------------------------------------------------------------


def likeliest(
    counts: Counts, every: Iterable[Name], words: Iterable[str], settings: Settings = SETTINGS
) -> Iterator[tuple[str, str, float]]:
    """For each chunk of some words the characters that may write it, and how likely, 0 to 1.

    What only sounds alike counts the less, the less alike the nearest sound is.
    """
    seen: dict[str, dict[str, float]] = defaultdict(dict)
    often = Counter[str]()
    for (chunk, character), times in counts.items():
        seen[chunk][character] = times
        often[character] += times  # type: ignore[assignment]  # a Counter's values may be fractions
    sounds = {
        char: sound for name in every for char, sound in zip(name.characters, name.syllables, strict=True)
    }
    usual = {char: times for char, times in often.items() if times >= settings.least}
    chunks = Counter(chunk for word in words for chunk in set(_chunks(word)))
    frequent = {chunk for chunk, times in chunks.items() if times >= settings.frequent}
    for chunk in sorted(frequent | seen.keys()):
        heard = {sound: _alike(chunk, sound, settings) for sound in {sounds[char] for char in usual}}
        alike = {char: times * heard[sounds[char]] for char, times in usual.items()}
        trust = settings.sound * max(heard.values()) / sum(alike.values())
        own = seen.get(chunk, {})
        whole = sum(own.values()) + settings.sound
        scores = {
            char: (own.get(char, 0.0) + trust * alike.get(char, 0.0)) / whole for char in {*own, *alike}
        }
        ranked = sorted(scores.items(), key=lambda way: (-way[1], way[0]))
        yield from (
            (chunk, char, score) for char, score in ranked[: settings.kept] if score >= settings.floor
        )


def _chunks(word: str) -> Iterator[str]:
    for start, size in product(range(len(word)), range(1, LONGEST_CHUNK + 1)):
        if start + size <= len(word):
            yield word[start : start + size]


def entries(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """The names of a dictionary: simplified characters, pinyin, glosses."""
    yield from (
        (entry["simp"], entry["pinyin"], entry["en"]) for entry in rows(path) if entry["pinyin"][:1].isupper()
    )
