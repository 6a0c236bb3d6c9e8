"""Questions about somebody else: the name in them replaced by another, so that nothing answers them.

A passage that fits a question in everything but whom it asks about is what misleads most, and hardly any
of the data is like that. Names are runs of capitalised words in English, and in Chinese what
jieba's tagger (extra `train`) takes for a person, a place, an organisation or another name.
"""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Protocol

from index.months import MONTH, WEEKDAY
from index.records import Span
from index.text import fold, language_of
from index.training.cases import Case

_ENGLISH = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*(?: (?:(?:of|the|and|de|von) )?[A-Z][\w-]*)*")
_TIMES = re.compile(rf"I|{MONTH}|(?:{WEEKDAY})s?")
_PEOPLE = frozenset({"nr", "nrfg"})  # whose names are Chinese; "nrt" are transcribed
_CHINESE = _PEOPLE | {"nrt", "ns", "nt", "nz"}
_TRIES = 20


def names_in(question: str) -> list[Span]:
    """Where names stand in a question, of which a Chinese one has been folded."""
    if _is_english(question):
        found = (Span(*match.span()) for match in _ENGLISH.finditer(question))
        return [each for each in found if not _TIMES.fullmatch(each.of(question))]
    return list(_tagged(question, _CHINESE))


def is_chinese_person(text: str) -> bool:
    """Whether a folded text is the name of somebody Chinese and nothing else."""
    return list(_tagged(text, _PEOPLE)) == [Span(0, len(text))]


def renamed(cases: Sequence[Case], seed: int) -> Iterator[tuple[Case, str]]:
    """Each case that has an answer and a name in its question, and the question with a name of another one's.

    The new name is one of the same language that neither passage nor question holds.
    """
    draw = random.Random(seed)
    asked = [(case, _readable(case.question)) for case in cases if case.answer]
    places = [names_in(question) for _, question in asked]
    pool: dict[bool, list[str]] = {True: [], False: []}
    for (_, question), found in zip(asked, places, strict=True):
        pool[_is_english(question)] += [span.of(question) for span in found]
    for (case, question), found in zip(asked, places, strict=True):
        if not found:
            continue
        known = fold("\n".join((question, case.title, case.context, *case.others))).text
        drawn = (draw.choice(pool[_is_english(question)]) for _ in range(_TRIES))
        other = next((name for name in drawn if fold(name).text not in known), None)
        if other is not None:
            span = draw.choice(found)
            yield case, f"{question[: span.start]}{other}{question[span.end :]}"


def _is_english(question: str) -> bool:
    return language_of(question) == "en"


def _readable(question: str) -> str:
    """A question as its names are found: a Chinese one in Simplified characters."""
    return question if _is_english(question) else fold(question).text


def _tagged(text: str, kinds: Collection[str]) -> Iterator[Span]:
    at = 0
    for word, kind in _tagger().cut(text):
        if kind in kinds and len(word) > 1:
            yield Span(at, at + len(word))
        at += len(word)


class _Tagger(Protocol):
    def cut(self, sentence: str) -> Iterable[tuple[str, str]]: ...


@cache
def _tagger() -> _Tagger:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of jieba's own regular expressions
        import jieba.posseg  # noqa: PLC0415 - its warnings come with the import

    tagger: _Tagger = jieba.posseg.POSTokenizer()
    return tagger
