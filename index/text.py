"""Text as search sees it, and text as a reader sees it.

Searching compares folded text: one script (Simplified), one width, one case. `fold` makes
that throwaway copy and keeps the way back to the original's offsets. Quoting cuts the
original at sentence bounds, which `sentences` finds (in a module of its own). Pure.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

from index.characters import CJK, chinese_characters, display_width, is_chinese
from index.records import Span
from index.sentences import sentences

__all__ = ["CJK", "Folded", "display_width", "fold", "language_of", "sentences", "wording_key"]

# Marks that sit on the letter before them, dropped from a folded copy so that "café" finds
# "cafe", and variation selectors, which choose between pictures of one character.
_MARKS = re.compile("[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


# --- folding -------------------------------------------------------------------------------


@cache
def _script_table() -> dict[str, str]:
    """Traditional to Simplified characters and full-width to ASCII punctuation, one to one.

    It is the table the bundled encoder was trained over, so both look at the same text.
    """
    path = Path(__file__).parent / "models" / "fold.json"
    table: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return table


class _FoldTable(dict[int, str]):
    """Folds a character the first time `str.translate` asks for it, and remembers it.

    `irregular` collects characters that fold to none or to several, which is what makes
    offsets differ; most texts hold none of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.irregular: set[str] = set()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = _fold_character(character)
        if len(folded) != 1:
            self.irregular.add(character)
        self[code] = folded  # last, for another thread that finds it must find it in `irregular`, too
        return folded


def _fold_character(character: str) -> str:
    script = _script_table()
    if unicodedata.category(character) == "Cf":  # zero-width and bidi marks are invisible to search
        return ""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", character)).casefold()
    return "".join(script.get(each, each) for each in unicodedata.normalize("NFC", plain))


_FOLD_TABLE = _FoldTable()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded copy of a text, and the way back.

    `starts[i]` is the folded offset at which the original's character `i` begins; None
    where both texts run in step, which is the usual case.
    """

    text: str
    starts: tuple[int, ...] | None

    def folded_offset(self, offset: int) -> int:
        """Where the original's character at `offset` begins in the folded text."""
        return offset if self.starts is None else self.starts[offset]

    def original(self, span: Span) -> Span:
        """The smallest span of the original whose folded form covers `span`."""
        if self.starts is None:
            return span
        if not span:
            at = bisect_right(self.starts, span.start) - 1
            return Span(at, at)
        return Span(bisect_right(self.starts, span.start) - 1, bisect_right(self.starts, span.end - 1))


def fold(text: str) -> Folded:
    """A copy of `text` for comparing: Simplified script, half width, lower case, no accents.

    Compatibility forms are resolved character by character (NFKC), so that every folded
    character comes from exactly one original one.
    """
    folded = text.translate(_FOLD_TABLE)
    if _FOLD_TABLE.irregular.isdisjoint(text):
        return Folded(folded, None)
    lengths = (len(_FOLD_TABLE[ord(character)]) for character in text)
    return Folded(folded, tuple(accumulate(lengths, initial=0)))


# A Chinese character, or a word in letters and digits, of folded text.
WORD = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")


def wording_key(text: str) -> str:
    """A text's folded words, whatever stands between them: a question in both scripts is one."""
    return " ".join(WORD.findall(fold(text).text))


# --- languages -----------------------------------------------------------------------------

_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa]")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f]+")
_ENGLISH_GRAMMAR = frozenset(
    (
        "the a an of in on at to for from by with and or is are was were be does do did has have had will "
        "can who whom whose what when where which why how many much that it its about"
    ).split()
)
_CHINESE_GRAMMAR = re.compile("[的了是在和有也與与及為为將将被把誰谁哪幾几嗎吗呢]|什[麼么]|多少|[怎如]何?")
_BOTH_SCRIPTS = frozenset("乾吒夥徵拚摺薹袷")  # in the table for one of their meanings only
_TRADITIONAL_QUOTES = re.compile("[「『]")


@cache
def _script_marks() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only Traditional text uses, and those that only Simplified text does."""
    pairs = [(key, value) for key, value in _script_table().items() if is_chinese(key)]
    simplified = frozenset(value for _, value in pairs if not value.encode("big5", "ignore")) | {"么"}
    return frozenset(key for key, _ in pairs) - _BOTH_SCRIPTS, simplified


def language_of(text: str) -> str:
    """The language and script of a text: "en", "zh-Hant", "zh-Hans", or "und" for others.

    Names in the other language are common in both, so grammar decides between English and
    Chinese where words alone do not. The script is the one with more characters of its own;
    text that both write alike counts as Traditional if its quotation marks are 「」, else as
    Simplified. Other languages in Latin script count as English.
    """
    sample = text[:4000]
    letters = sum(map(str.isalpha, sample))
    if not letters or len(_KANA.findall(sample)) * 10 > letters:
        return "und"
    chinese = chinese_characters(sample)
    words = _LATIN_WORD.findall(sample)
    if (len(chinese) + sum(map(len, words))) * 2 <= letters:
        return "und"
    if not chinese or _looks_english(sample, words, len(chinese)):
        return "en"
    return _script_of(sample, chinese)


def same_language(one: str, other: str) -> bool:
    """Whether two languages, as `language_of` tells them, are the same, in whatever script."""
    return one[:2] == other[:2]


def _looks_english(sample: str, words: list[str], chinese: int) -> bool:
    """Weighs a word as a Chinese character, a name as half of one, and grammar as three more."""
    grammar = sum(word.casefold() in _ENGLISH_GRAMMAR for word in words)
    english = len(words) - sum(word[0].isupper() for word in words) / 2 + 3 * grammar
    return english > chinese + 3 * len(_CHINESE_GRAMMAR.findall(sample))


def _script_of(sample: str, chinese: list[str]) -> str:
    only_traditional, only_simplified = _script_marks()
    traditional = sum(character in only_traditional for character in chinese)
    simplified = sum(character in only_simplified for character in chinese)
    if traditional == simplified == 0:
        return "zh-Hant" if _TRADITIONAL_QUOTES.search(sample) else "zh-Hans"
    return "zh-Hant" if traditional > simplified else "zh-Hans"
