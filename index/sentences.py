"""Where sentences begin and end, in Chinese, in English and in both mixed. Pure.

A quote is made of whole sentences, so this is what decides what a reader is shown. The
rules are of three kinds: what may end a sentence (`_BOUNDARY`), what must be left alone
(`_PROTECTED`, abbreviations, numbers), and what carries a sentence on although it seemed
to end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.characters import is_chinese
from index.lines import wrapped_line_ends
from index.records import Span

# Marks that only ever close, so that no sentence begins with one.
_ONLY_CLOSES = "」』）】》〉〕］｝〗"
_INVISIBLE = "\u200b-\u200d\u2060\ufe0e\ufe0f\u20e3\ufeff\u0300-\u036f"
_CLOSERS = f"{_ONLY_CLOSES}”’)\\]}}»›\"'＂{_INVISIBLE}"
_QUOTES = frozenset("」』”’\"'＂»›")
_OPENERS = frozenset("\"'“‘「『《〈【〔（([")
_LINE_ENDS = "\n\r\v\f\x85\u2028\u2029"
_REFERENCE = r"\[(?:\d{1,3}|[a-z]|citation needed)\]"  # as encyclopedias set them after a stop
_BOUNDARY = re.compile(
    rf"(?P<stop>[。｡！？!?…；;]+|\.+)(?P<close>(?:\s{{0,3}}[{_ONLY_CLOSES}]|[{_CLOSERS}]|{_REFERENCE})*)"
    rf"|(?P<line>[{_LINE_ENDS}])"
)
_ALWAYS_STOPS = frozenset("。｡！？；")
# Titles, addresses and a brand, whose stops are their own.
_PROTECTED = re.compile(
    r"《[^《》\n]{1,60}》|〈[^〈〉\n]{1,60}〉|(?:https?://|www\.)[!-~]*[a-z0-9/]|\byahoo[!！]", re.IGNORECASE
)
# What carries a sentence on after its stop; after one that asks or exclaims in quotes, as in
# 「誰？」的問題; and on the next line.
_CONTINUES = frozenset("，、,：:；;。")
_CONTINUES_QUESTION = frozenset("的之等—")
_CONTINUES_LINE = re.compile(rf"\s{{0,8}}[{_ONLY_CLOSES}，、。；：！？]")
# Who said the words that were just quoted, up to the end of the sentence.
_SPEECH = (
    "(?<![小传傳])[说說]|(?<![知街频頻轨軌味])道|(?<![疑访訪学學慰])[问問]|[表指宣]示|指出|坦言|[感慨][叹嘆]|介[绍紹]"
    "|(?<![出作])回[应應答]|解[释釋]|[认認][为為]|[补補]充|透露|[強强][调調]"
)
_SAYS_WHO = re.compile(
    rf"(?!\s)[^，,。！？!?；;：:…\n「“『\"]{{1,60}}(?:{_SPEECH})[。！？!?.]"
    r"|\s(?:[A-Z][\w.'’-]{0,20}\s){1,4}(?:said|says|asked|added|told|replied|wrote)\b"
)
# Abbreviations that stand before a name or an explanation; before a number; and those that
# may also end a sentence, which the next word must decide.
_BEFORE_NAME = frozenset(
    (
        "mr mrs ms messrs dr prof gen col capt cmdr lt sgt sen rep rev hon gov pres supt vs cf viz approx "
        "ca al e.g i.e"
    ).split()
)
_BEFORE_NUMBER = frozenset(
    "no nos fig figs vol pp ch sec art eq ed jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_EITHER = frozenset("st mt ft inc ltd co corp jr sr bros plc etc llc ph.d est dept univ".split())
_STARTERS = frozenset(
    (
        "the a an it its he she they we i you his her their our this that these those there in on at by "
        "for from to as but and or so if when while after before since although however meanwhile with "
        "without one some many most all both each no not what who where why how according"
    ).split()
)
_LAST_WORD = re.compile(r"(?<![^\s\"'“‘(\[])[\w.]*\w$")
_LONGEST_WORD = 24  # of those that could be abbreviations
_DOTTED = re.compile(r"(?:[a-z]\.)+[a-z]")
_NEXT_WORD = re.compile(r"\s*[\"'“‘(\[]*(\w{1,40})")
_LIST_NUMBER = re.compile(r"\s*(?:\d{1,3}|[A-Za-z])")
_LONGEST_LIST_NUMBER = 8  # with its indent


def sentences(text: str) -> tuple[Span, ...]:
    """Where the sentences of a text stand, in order, without the white space around them.

    Chinese sentences end at 。！？；… and the closing quotes and brackets after them, unless
    who said the words follows; English ones at . ! ? unless an abbreviation, an initial or
    a number stands there. A line end is a sentence end, except inside a block of hard-wrapped
    lines. Together the spans hold every character of the text that is not white space.
    """
    cuts = [0, *_sentence_ends(text), len(text)]
    spans = (_trimmed(text, start, end) for start, end in pairwise(cuts))
    return tuple(span for span in spans if span)


def surroundings(text: str, span: Span, count: int) -> Span:
    """A stretch of a text with `count` whole sentences more on either side, as far as there are any."""
    found = sentences(text)
    first = next((number for number, each in enumerate(found) if each.end > span.start), len(found))
    last = next((number for number, each in enumerate(found) if each.end >= span.end), len(found) - 1)
    around = [span, *found[max(0, first - count) : last + count + 1]]
    return Span(min(each.start for each in around), max(each.end for each in around))


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _sentence_ends(text: str) -> Iterator[int]:
    wrapped = wrapped_line_ends(text)
    quotes = _StraightQuotes(text)
    begun = 0
    chinese_dots = "。" not in text  # else a dot between Chinese characters is part of a name
    for match in _unprotected(text):
        if match["line"] is None:
            stop = _Stop(text, begun, match.start(), match["stop"], quotes.end_of(match))
            if not stop.is_at_line_end(wrapped) and stop.ends_sentence(chinese_dots=chinese_dots):
                begun = stop.end
                yield begun
        elif match.start() not in wrapped and not _CONTINUES_LINE.match(text, match.end()):
            begun = match.end()
            quotes.forget(begun)
            yield begun


def _unprotected(text: str) -> Iterator[re.Match[str]]:
    """The boundaries that are no part of a title, an address or a brand."""
    nowhere = (len(text), len(text))
    spans = (match.span() for match in _PROTECTED.finditer(text))
    start, end = next(spans, nowhere)
    for match in _BOUNDARY.finditer(text):
        while end <= match.start():
            start, end = next(spans, nowhere)
        if match.start() < start:
            yield match


class _StraightQuotes:
    """Tells the " that closes from the " that opens, which look alike: they take turns in a line."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._read_to = 0
        self._open = False

    def end_of(self, match: re.Match[str]) -> int:
        """Where a stop ends with the marks that close after it, before a quote that opens anew."""
        self._read(match.end("stop"))
        for at in range(match.end("stop"), match.end()):
            if self._text[at] == '"' and not self._closes(at):
                return at
            self._read(at + 1)
        return match.end()

    def _closes(self, at: int) -> bool:
        after = self._text[at + 1 : at + 2]
        return self._open or not (after.isalnum() or after in _OPENERS)

    def _read(self, end: int) -> None:
        self._open ^= self._text.count('"', self._read_to, end) % 2 == 1
        self._read_to = end

    def forget(self, start: int) -> None:
        """Begin anew: a mistake in one line must not spread to the next."""
        self._read_to, self._open = start, False


@dataclass(frozen=True, slots=True)
class _Stop:
    """A run of stops in a sentence begun at `begun`: from `start`, with its closing marks up to `end`."""

    text: str
    begun: int
    start: int
    marks: str
    end: int

    @property
    def _before(self) -> str:
        return self.text[self.start - 1 : self.start]

    @property
    def _after(self) -> str:
        return self.text[self.end : self.end + 1]

    @property
    def _closers(self) -> str:
        return self.text[self.start + len(self.marks) : self.end]

    def is_at_line_end(self, wrapped: frozenset[int]) -> bool:
        """Whether the line ends here, so that the line's end decides."""
        return self._after in tuple(_LINE_ENDS) and self.end not in wrapped

    def ends_sentence(self, *, chinese_dots: bool) -> bool:
        if not self._after or self._is_carried_on():
            return not self._after
        if not _ALWAYS_STOPS.isdisjoint(self.marks):
            return True
        if "…" in self.marks or self._is_dotted_ellipsis():
            return not self._lower_case_follows() and self._after != "等"
        if "!" in self.marks or "?" in self.marks:
            return self._touches_chinese() or self._new_sentence_follows()
        if ";" in self.marks:
            return self._touches_chinese()
        return self._full_stop_ends(chinese_dots=chinese_dots)

    def _is_carried_on(self) -> bool:
        if self._after in _CONTINUES:
            return True
        if self._closers and "。" not in self.marks and self._after in _CONTINUES_QUESTION:
            return True
        return not _QUOTES.isdisjoint(self._closers) and _SAYS_WHO.match(self.text, self.end) is not None

    def _touches_chinese(self) -> bool:
        return is_chinese(self._before) or is_chinese(self._after)

    def _is_dotted_ellipsis(self) -> bool:
        return len(self.marks) > 2 and not self._after.isspace() and self._touches_chinese()  # noqa: PLR2004 - "..."

    def _full_stop_ends(self, *, chinese_dots: bool) -> bool:
        if not self._after.isspace():
            after_chinese = is_chinese(self._before) or bool(self._closers) or self._before in tuple("%)）")
            opener = self._after in _OPENERS
            before_chinese = is_chinese(self.text[self.end + opener : self.end + opener + 1])
            return chinese_dots and len(self.marks) == 1 and after_chinese and before_chinese
        if not self._new_sentence_follows() or self._numbers_a_list():
            return False
        return len(self.marks) > 1 or not self._is_abbreviation()

    def _new_sentence_follows(self) -> bool:
        return self._after.isspace() and not self._lower_case_follows()

    def _lower_case_follows(self) -> bool:
        word = self._next_word()
        return word[:1].islower() and word.islower()  # "iPhone" may begin a sentence

    def _next_word(self) -> str:
        following = _NEXT_WORD.match(self.text, self.end)
        return following[1] if following else ""

    def _numbers_a_list(self) -> bool:
        """Whether nothing but a number or a letter stands before: "2. Take out the lamp"."""
        if self.start - self.begun > _LONGEST_LIST_NUMBER:
            return False
        return _LIST_NUMBER.fullmatch(self.text, self.begun, self.start) is not None

    def _is_abbreviation(self) -> bool:
        found = _LAST_WORD.search(self.text, max(0, self.start - _LONGEST_WORD), self.start)
        word = found[0].casefold() if found else ""
        if word in _BEFORE_NAME:
            return True
        following = self._next_word()
        if word in _BEFORE_NUMBER:
            return following[:1].isdigit()
        is_initial = len(word) == 1 and word.isascii() and word.isalpha() and word != "i"
        if is_initial or word in _EITHER or _DOTTED.fullmatch(word):
            return following.casefold() not in _STARTERS
        return False
