"""Estimate how terms translate, English to Chinese and back, and write models/lexicon.npz.

    python -m index.training.lexicon --data DATA/train

IBM Model 1 (Brown et al. 1993, https://aclanthology.org/J93-2003/) with a null word, both
ways over the same links. A translation then counts by its probability times the square root of
that of the way back, which takes away what only one way believes: a rare word gathers whatever
stands beside it, but is seldom a translation of that itself. English is the very stems of
`index.keywords`, so that they need no matching later; Chinese is words, folded, as jieba
segments them with the dictionary's words added.

DATA holds JSON lines:

    parallel.jsonl.xz     {"en", "zh", "src"}                      a text in both languages
    dictionary.jsonl.gz   {"simp", "pinyin", "en": [gloss, ...]}   names have capitals in their pinyin

Needs jieba (extra `train`). Takes about four minutes on one core; writes its log to standard
output. The same data give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import logging
import random
import re
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from index.keywords import question_terms, terms
from index.lexicon import LONGEST, MODEL, TABLES, Lexicon
from index.text import CJK, fold
from index.training import transcribing
from index.training.alignment import Floats, Integers, Links, Pair, link, model_1
from index.training.cases import rows
from index.transcription import letters
from index.wordtable import FULL, WordTable


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the outcome."""

    seed: int = 7
    iterations: int = 4
    texts: int = 413_825  # drawn at random, where there are more
    longest: int = 18  # different terms on a side; longer texts say little of single words
    longest_news: int = 30  # but names stand in them
    least: int = 3  # texts that hold a word, for it to count, unless the dictionary has it
    dictionary_weight: float = 3.0  # of a one-word gloss; longer ones have half
    news_weight: float = 2.0  # of texts whose source is among `news`
    news: tuple[str, ...] = ("wmt_news", "tico19", "country_names")
    least_likely: float = 1e-3  # a translation's probability either way, at least
    kept: int = 8  # translations of a term
    floor: float = 0.02  # a translation's share of a term, at least
    plain_weight: float = 0.1  # of a word that is no name, for how characters of names are read
    characters: int = 40  # of a syllable
    rare_surname: float = 0.03  # share of the people whose surname sounds so, at least
    readings: int = 3  # of a character
    rare_reading: float = 0.1  # share of a character's readings, at least
    capitals: float = 0.7  # share of a translation's uses, for a word that is a name and something else
    used: int = 5  # times that translation, at least


class Log:
    """Prints lines with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def __call__(self, line: str) -> None:
        """Print a line now, also into a file."""
        print(f"{time.perf_counter() - self._start:6.0f} s  {line}", flush=True)


# --- reading -------------------------------------------------------------------------------

_WORD = re.compile(f"[{CJK}]{{1,{LONGEST}}}")
_WHOLE = 3  # characters; a longer name is segmented, because texts hold parts of it
_WORD_CHARACTERS = 4  # hardly a text's words are longer on average, so it need not be segmented
_GLOSS = 6  # terms; a longer one describes instead of translating
_NOTE = re.compile(rf"\([^)]*\)|\[[^\]]*\]|[{CJK}|·]+(?:\[[^\]]*\])?")
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z&]*[A-Z])\)")
_ALSO_NAMED = re.compile(r"\b(?:aka|formerly|previously) ([^,;()]+)")
_DESCRIPTION = re.compile(r",| (?:in|founded|noted|between|off|from|near) ")
_SYLLABLE = "[b-df-hj-np-tw-z]{0,2}[aeiou]{1,3}(?:n|ng|r)?"
_PEOPLE = ([True, True], [True, True, False])  # capitals of syllables in somebody's name
_CAPITALISED = re.compile(r"(?<=[\w,] )[A-Z][^\W\d_A-Z]{3,13}\b")
_WITHIN = re.compile(r"(?<=[\w,] )[A-Za-z][A-Za-z-]+\b")  # words that a sentence does not begin with
_NAME = re.compile(f"[{CJK}]{{2,{LONGEST}}}")
_NO_NAME = ("variant of", "surname")  # how a first gloss begins
_REFERENCE = re.compile(
    r"\b(?:variant of|see also|abbr\. (?:for|of)|same as|also written|pr\. \[)"
    r"|^(?:see|used in|CL:|also called) "
)


class _Segmenter(Protocol):
    def cut(self, sentence: str) -> Iterator[str]: ...

    def add_word(self, word: str) -> None: ...


def _segmenter() -> _Segmenter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of jieba's own regular expressions
        import jieba  # noqa: PLC0415 - its warnings come with the import

    jieba.setLogLevel(logging.WARNING)
    segmenter: _Segmenter = jieba.Tokenizer()
    return segmenter


def glosses(meaning: str, *, name: bool) -> Iterator[str]:
    """What a dictionary's gloss translates to, without notes, references and descriptions."""
    if _REFERENCE.search(meaning):
        return
    plain = _NOTE.sub(" ", meaning).removeprefix("surname ")
    if name:
        yield from _ACRONYM.findall(meaning)
        yield from _ALSO_NAMED.findall(plain)
        plain = _DESCRIPTION.split(plain, maxsplit=1)[0]
    yield plain


def english_terms(text: str) -> list[str]:
    """The different stems of an English text."""
    return [term for term in dict.fromkeys(terms(text)) if term.isascii() and not term.isdigit()]


def read_dictionary(path: Path, segmenter: _Segmenter, settings: Settings) -> Iterator[Pair]:
    """Glosses with their words; afterwards the segmenter knows the words."""
    found: list[str] = []
    for entry in rows(path):
        parts = fold(entry["simp"]).text.split("·")
        if not all(map(_WORD.fullmatch, parts)):
            continue
        words = [word for part in parts for word in ([part] if len(part) <= _WHOLE else segmenter.cut(part))]
        for meaning in entry["en"]:
            for gloss in glosses(meaning, name=entry["pinyin"][:1].isupper()):
                english = english_terms(gloss)
                weight = settings.dictionary_weight / min(2, len(english) or 1)
                if 0 < len(english) <= _GLOSS:
                    yield Pair(english, words, weight)
        found += (part for part in parts if 1 < len(part) <= _WHOLE)
    for word in found:
        segmenter.add_word(word)


def read_parallel(path: Path, segmenter: _Segmenter, settings: Settings) -> Iterator[Pair]:
    """The texts that are short enough, in a random order."""
    texts = list(rows(path))
    random.Random(settings.seed).shuffle(texts)
    for row in texts[: settings.texts]:
        news = row["src"] in settings.news
        longest = settings.longest_news if news else settings.longest
        english = english_terms(row["en"])
        if not 0 < len(english) <= longest or len(row["zh"]) > longest * _WORD_CHARACTERS:
            continue
        cut = dict.fromkeys(segmenter.cut(fold(row["zh"]).text))
        chinese = [word for word in cut if _WORD.fullmatch(word)]
        if 0 < len(chinese) <= longest:
            yield Pair(english, chinese, settings.news_weight if news else 1.0)


# --- the table -----------------------------------------------------------------------------


def translations(
    links: Links, english: Floats, chinese: Floats, settings: Settings
) -> tuple[WordTable, WordTable]:
    """Both ways' translations; `english` and `chinese` are the probabilities into that language."""
    usable = np.minimum(english, chinese) > settings.least_likely
    for side, words in zip((links.english, links.chinese), links.pairs.T, strict=True):
        usable &= np.array([_searched(name) for name in side.names])[words]
    pairs, english, chinese = links.pairs[usable], english[usable], chinese[usable]
    into_chinese = table(
        links.english.names, pairs, chinese * np.sqrt(english), settings.kept, settings.floor
    )
    into_english = table(
        links.chinese.names, pairs[:, ::-1], english * np.sqrt(chinese), settings.kept, settings.floor
    )
    return into_chinese, into_english


def _searched(term: str) -> bool:
    """Whether a term says anything: no function word, no single letter."""
    return (len(term) > 1 or not term.isascii()) and bool(question_terms(term))


def sounds(path: Path, settings: Settings) -> tuple[WordTable, WordTable]:
    """Which characters a syllable may be, as names are written, and which syllables a character.

    A syllable with a capital is a surname: one that the dictionary says is one, as often as it writes
    somebody's name so.
    """
    counts: Counter[tuple[str, str]] = Counter()
    people: Counter[tuple[str, str]] = Counter()
    surnames: dict[tuple[str, str], None] = {}  # in the file's order: ties are then always broken alike
    for entry in rows(path):
        written = re.sub(r"[0-9:]", "", entry["pinyin"]).split()
        weight = 1.0 if entry["pinyin"][:1].isupper() else settings.plain_weight
        characters = fold(entry["simp"]).text
        if len(characters) != len(written):
            continue
        for syllable, character in zip(written, characters, strict=True):
            counts[syllable.lower(), character] += weight  # type: ignore[assignment]  # a Counter's values may be fractions
        if len(written) == 1 and any(gloss.startswith("surname ") for gloss in entry["en"]):
            surnames[written[0], characters] = None
        elif [syllable[0].isupper() for syllable in written] in _PEOPLE:
            people[written[0], characters[0]] += 1
    spoken = {
        pair: count for pair, count in counts.items() if all(map(re.fullmatch, (_SYLLABLE, f"[{CJK}]"), pair))
    }
    called = {(syllable, each): 1 + people[syllable, each] for syllable, each in surnames}
    whole = Counter[str]()
    for (syllable, _), count in called.items():
        whole[syllable] += count
    called = {
        pair: count
        for pair, count in called.items()
        if (pair[0].lower(), pair[1]) in spoken and count >= settings.rare_surname * whole[pair[0]]
    }
    read = {(character, syllable): count for (syllable, character), count in spoken.items()}
    syllables = sorted({syllable for syllable, _ in (*spoken, *called)})
    known = sorted({character for character, _ in read})
    return (
        _counted(syllables, known, {**spoken, **called}, settings.characters, 0.0),
        _counted(known, syllables, read, settings.readings, settings.rare_reading),
    )


def _counted(
    words: Sequence[str],
    others: Sequence[str],
    counts: Mapping[tuple[str, str], float],
    kept: int,
    floor: float,
) -> WordTable:
    """What each word stands for among the others, by counts of both together."""
    numbers = [{name: number for number, name in enumerate(each)} for each in (words, others)]
    pairs = [(numbers[0][word], numbers[1][other]) for word, other in counts]
    scores = np.array(list(counts.values()), dtype=np.float64)
    return table(words, np.array(pairs, dtype=np.int32).reshape(-1, 2), scores, kept, floor)


def proper_names(
    path: Path, parallel: Path, english: WordTable, chinese: WordTable, settings: Settings
) -> WordTable:
    """The Chinese words that the dictionary writes with a capital; they stand for nothing.

    Of a word that it also writes without one, the likeliest translation must mostly have one in the texts.
    """
    written: dict[str, set[bool]] = {}
    for entry in rows(path):
        word = fold(entry["simp"]).text
        if _NAME.fullmatch(word) and not entry["en"][0].startswith(_NO_NAME):
            written.setdefault(word, set()).add(entry["pinyin"][:1].isupper())
    found = Counter(word for row in rows(parallel) for word in _WITHIN.findall(row["en"]))
    used: Counter[tuple[str, bool]] = Counter()
    for word, times in found.items():
        for term in terms(word):
            used[term, word[0].isupper()] += times

    def is_capital(word: str) -> bool:
        term = next((term for term, _ in chinese.of(word, english)), "")
        capital, plain = used[term, True], used[term, False]
        return capital + plain >= settings.used and capital >= settings.capitals * (capital + plain)

    names = sorted(
        word for word, ways in written.items() if ways == {True} or (True in ways and is_capital(word))
    )
    return _counted(names, (), {}, 0, 0.0)


def transcriptions(path: Path, parallel: Path, characters: WordTable, settings: Settings) -> WordTable:
    """Which characters may write which letters of a Western name."""
    every = [
        name
        for simplified, pinyin, meanings in transcribing.entries(path)
        for meaning in meanings
        for gloss in glosses(meaning, name=True)
        for name in transcribing.names(simplified, pinyin, gloss)
    ]
    often = Counter(word for row in rows(parallel) for word in _CAPITALISED.findall(row["en"]))
    words = {letters(word) for word, times in often.items() if times >= settings.least}
    words |= {name.letters for name in every}
    numbers = {word.decode(): number for number, word in enumerate(characters.words.tolist())}
    found = [
        each for each in transcribing.likeliest(transcribing.count(every), every, words) if each[1] in numbers
    ]
    chunks = sorted({chunk for chunk, _, _ in found})
    places = {chunk: number for number, chunk in enumerate(chunks)}
    pairs = np.array([(places[chunk], numbers[character]) for chunk, character, _ in found], dtype=np.int32)
    return _ranked(chunks, pairs, np.array([score for _, _, score in found]), transcribing.SETTINGS.kept, 0.0)


def table(names: Sequence[str], pairs: Integers, scores: Floats, kept: int, floor: float) -> WordTable:
    """What each word stands for, likeliest first: word `pairs[k, 0]` for `pairs[k, 1]` by `scores[k]`."""
    words = pairs[:, 0]
    return _ranked(names, pairs, scores / np.bincount(words, scores)[words], kept, floor)


def _ranked(names: Sequence[str], pairs: Integers, likely: Floats, kept: int, floor: float) -> WordTable:
    """The same by probabilities, which need not sum to 1."""
    words, others = pairs.T
    order = np.lexsort((-likely, words))
    order = order[likely[order] >= floor]
    place = np.arange(len(order)) - np.searchsorted(words[order], words[order])
    order = order[place < kept]
    starts = np.searchsorted(words[order], np.arange(len(names) + 1)).astype(np.int32)
    weights = np.rint(FULL * np.sqrt(likely[order])).astype(np.uint8)
    return WordTable(np.array([name.encode() for name in names]), starts, others[order], weights)


def main() -> None:
    """Read the data, count, and write the lexicon."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=MODEL)
    arguments = parser.parse_args()
    settings, log = Settings(), Log()
    log(f"settings: {asdict(settings)}")
    segmenter, words = _segmenter(), arguments.data / "dictionary.jsonl.gz"
    dictionary = list(read_dictionary(words, segmenter, settings))
    log(f"{len(dictionary):,} glosses")
    parallel = arguments.data / "parallel.jsonl.xz"
    texts = list(read_parallel(parallel, segmenter, settings))
    log(f"{len(texts):,} texts")
    links = link(texts, dictionary, least=settings.least)
    log(
        f"{len(links.kinds):,} links of {len(links.pairs):,} pairs between {len(links.english.names):,} "
        f"English and {len(links.chinese.names):,} Chinese words"
    )
    chinese, english = (model_1(links, log, into=into, iterations=settings.iterations) for into in (1, 0))
    syllables, characters = sounds(words, settings)
    into_chinese, into_english = translations(links, english, chinese, settings)
    tables = (
        into_chinese,
        into_english,
        syllables,
        characters,
        transcriptions(words, parallel, characters, settings),
        proper_names(words, parallel, into_chinese, into_english, settings),
    )
    Lexicon(dict(zip(TABLES, tables, strict=True))).save(arguments.out)
    log(f"wrote {arguments.out}, {arguments.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
