"""Whether two sentences of different articles say the same, or give different figures for it. Pure.

Both are asked of pairs only, and in doubt the answer is no: two quotes too many cost a reader
a line, two statements taken for one hide what an article says. Sentences in one language are
compared word by word, those in two by their vectors, their figures and their times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import cache, cached_property

from index.characters import CJK, is_chinese
from index.keywords import terms
from index.quantities import Quantity, Times, quantities, times
from index.text import fold

# Of the shorter sentence's words, how many the longer one must hold: to say the same, to be
# about the same thing, and about the same thing if the vectors are near as well.
_SAME, _ALIKE, _ALIKE_IF_NEAR = 0.8, 0.6, 0.45
_NEAR = 0.7  # cosine of two sentences' vectors, in one language or in two
_NEAR_WITHOUT_FIGURES = 0.8  # where no equal figures speak for a translation
_FEWEST = 3  # words (a Chinese character is one) and figures that make a statement

# --- what is said, without who reports it ---------------------------------------------------

_REPORTING = "says?|said|told|announced|reported|added|wrote|according|confirmed"
_WHO_SAYS = re.compile(
    r"^According to [^,]{1,60},\s"
    rf"|^[^,;:]{{1,60}}\b(?:{_REPORTING})(?: on \w+day)?(?: that)?[:,]?\s(?=[A-Z“\"]|that\b)"
    rf"|,\s(?:[^,;]{{1,60}}\s)?(?:{_REPORTING})\b[^,;]{{0,30}}(?=[.”\"]*$)"
    r"|,\saccording to [^,;]{1,60}(?=\.?$)"
    "|^[^，,;；]{1,15}(?:表示|指出|介绍|介紹|透露|宣布|说|說|称|稱)[，,:：]?"
)
_ENGLISH_THAT = re.compile(rf"^(?:[^,;:]{{1,60}})\b(?:{_REPORTING})\b(?:\s\w+){{0,3}}\sthat\s", re.IGNORECASE)
_NAMED_NUMBER = re.compile(r"\b([A-Z][\w’']*) (?=\d{1,3}\b(?![,.]\d|\s?(?:%|percent|million|billion|[a-z])))")
_CLAUSE = re.compile(r"[;:]|,(?!\d)")

# --- words that count for nothing, and words that turn a statement round ---------------------

_EMPTY = (
    "a an the this that these those it its he she they them their his her of in on at to for from with by "
    "and or is are was were be been being will would shall has have had do does did as also just now total "
    "altogether there who which 的了在是和与及或将会已就也都为于由被把对其该此这那共总并则我们"
)
_TURNS = {
    "not": re.compile(
        r"\bnot\b|n['’]t\b|\b(?:no|never|without|nor|neither|denie[sd]|deny|den(?:ying|ial)|false|cancel\w*|scrap\w*|reject\w*)\b"
        r"|不(?![过仅断少久同论管])|没|未(?!来)|无(?!人机|线|论)|非(?![洲常])|否认|取消|拒绝"
    ),
    "planned": re.compile(
        r"\b(?:will|would|plan(?:s|ned|ning)?|expect(?:s|ed)?|aim(?:s|ed)?|target(?:s|ed)?|hop(?:es?|ed)|intends?|"
        r"forecasts?|could|may|might|going to|(?:is|are) to|set to|due to)\b"
        r"|计划|预计|预期|预估|目标|打算|拟|将|有望|希望|力争"
    ),
}
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]*")


@dataclass(frozen=True)
class Statement:
    """A sentence taken apart for comparing. ``published` and `title` are its article's."""

    text: str
    published: date | None = None
    title: str = ""

    @cached_property
    def words(self) -> str:
        """Its folded letters and digits in a row."""
        return "".join(filter(str.isalnum, fold(self.text).text))

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Its different words, a Chinese character being one: cheap to make and to compare."""
        return frozenset(_TOKEN.findall(fold(self.text).text))

    @cached_property
    def chinese(self) -> bool:
        """Whether more of its tokens are Chinese characters than words of other scripts."""
        return sum(map(is_chinese, self.tokens)) * 2 > len(self.tokens)

    @cached_property
    def _claim(self) -> str:
        claim = _WHO_SAYS.sub("", _ENGLISH_THAT.sub("", self.text))
        return _NAMED_NUMBER.sub(r"\1-", claim if _TOKEN.search(claim) else self.text)

    @cached_property
    def _folded(self) -> str:
        return _GAP.sub("", fold(self._claim.translate(_COMMAS)).text)

    @cached_property
    def _timed(self) -> tuple[Times, str]:
        return times(self._folded, self.published)

    @property
    def times(self) -> Times:
        """When it says something holds."""
        return self._timed[0]

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities it names."""
        return quantities(self._timed[1])

    @cached_property
    def skeleton(self) -> tuple[str, ...]:
        """Its words in order, without figures, times, and words that count for nothing."""
        rest = list(self._timed[1])
        for each in self.quantities:
            rest[each.start : each.end] = " " * (each.end - each.start)
        return tuple(_content("".join(rest)))

    @cached_property
    def turns(self) -> frozenset[str]:
        """In which ways it is turned round: negated, planned only."""
        return _turns(self._timed[1])  # where May is no longer a month

    @cached_property
    def names(self) -> frozenset[str]:
        """The words that capitals mark as names, folded, less the sentence's first."""
        return frozenset(terms(" ".join(_NAME.findall(self._claim)))).intersection(self.skeleton)

    def clauses_like(self, other: Statement) -> str:
        """The folded clauses of this one that the other one has, too."""
        said = frozenset(other.skeleton)
        clauses = _CLAUSE.split(self._timed[1])
        return ";".join(
            each
            for each in clauses
            if (own := _content(each)) and 2 * len(said.intersection(own)) >= len(own)
        )


_TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
_GAP = re.compile(rf"(?<=\d) (?=[{CJK}])|(?<=[{CJK}]) (?=\d)")  # as some set them around figures in Chinese
_COMMAS = str.maketrans("，、", ";;")  # folding makes commas of them, but 100、200 is two numbers


@cache
def _empty() -> frozenset[str]:
    return frozenset(terms(_EMPTY))


def _content(folded: str) -> list[str]:
    """The terms of a folded text in order: stems and single characters."""
    return [each for each in terms(folded) if each not in _empty() and not _is_pair(each)]


def _is_pair(term: str) -> bool:
    return len(term) > 1 and is_chinese(term)


def _turns(folded: str) -> frozenset[str]:
    return frozenset(kind for kind, pattern in _TURNS.items() if pattern.search(folded))


# --- the same -------------------------------------------------------------------------------


def same(one: Statement, other: Statement, cosine: float | None = None) -> bool:
    """Whether two sentences make one statement: copied, edited, one in the other, or translated.

    `cosine` is that of their vectors, None where there are none; a translation needs it.
    """
    if one.chinese != other.chinese:
        return cosine is not None and _translated(one, other, cosine)
    shorter, longer = sorted((one, other), key=lambda each: len(each.words))
    if _shared(one.tokens, other.tokens) < _ALIKE or not _figures_within(shorter, longer):
        return False
    if one.title != other.title and not _share_subject(one, other):
        return False
    if _turns(longer.clauses_like(shorter)) != shorter.turns:
        return False
    return shorter.words in longer.words or _edited(shorter, longer)


def _edited(shorter: Statement, longer: Statement) -> bool:
    """Whether one has all words of the other, in about the same order, and not many more."""
    own, more = sorted((shorter.skeleton, longer.skeleton), key=len)
    if len(own) + len(shorter.quantities) < _FEWEST or len(more) > 2 * len(own) or not set(own) <= set(more):
        return False
    blocks = SequenceMatcher(None, own, more, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) >= _SAME * len(own)


def _figures_within(shorter: Statement, longer: Statement) -> bool:
    """Whether the longer one gives every figure and time of the shorter one."""
    return shorter.times.within(longer.times) and _equal(shorter.quantities, longer.quantities)


def _equal(some: Sequence[Quantity], among: Sequence[Quantity]) -> bool:
    """Whether every quantity has its own equal among the others."""
    left = list(among)
    for each in some:
        match = next((other for other in left if each.equals(other)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _all_stated(one: Statement, other: Statement) -> bool:
    """Whether every quantity of one stands in the other, whatever the language."""
    return all(
        any(_may_be(each, two) and each.is_same(two) for two in other.quantities) for each in one.quantities
    )


def _may_be(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities of two languages may count the same: "832" and 832人."""
    return one.is_of(other) or {one.unit, other.unit} in _COUNTS


_COUNTS = ({"", "people"}, {"", "age"})


def _translated(one: Statement, other: Statement, cosine: float) -> bool:
    return (
        cosine >= (_NEAR if one.quantities else _NEAR_WITHOUT_FIGURES)
        and _all_stated(one, other)
        and _all_stated(other, one)
        and not one.times.contradict(other.times)
        and ("not" in one.turns) == ("not" in other.turns)
        and not _other_names(one, other)
    )


# --- different figures for the same ----------------------------------------------------------


def differ(one: Statement, other: Statement, cosine: float | None = None, *, on_times: bool = False) -> bool:
    """Whether two sentences say the same thing with another figure.

    With `on_times`, where a question asks when, the figure may be a time; else times that
    differ mean that both can be true. `cosine` as for `same`.
    """
    if not _alike(one, other, cosine) or one.turns != other.turns or _other_names(one, other):
        return False
    if one.times.contradict(other.times):
        return on_times and not _conflicts(one, other)
    return len(_conflicts(one, other)) == 1


def _alike(one: Statement, other: Statement, cosine: float | None) -> bool:
    """Whether two sentences are about the same thing, but for their figures."""
    near = cosine is not None and cosine >= _NEAR
    if one.chinese != other.chinese:
        return near
    if _shared(one.tokens, other.tokens) < _ALIKE_IF_NEAR or not _share_subject(one, other):
        return False
    shared = _shared(frozenset(one.skeleton), frozenset(other.skeleton))
    return shared >= (_ALIKE_IF_NEAR if near else _ALIKE) and not _swapped(one.skeleton, other.skeleton)


def _share_subject(one: Statement, other: Statement) -> bool:
    """Whether both name what a title of theirs names; else "the price" may be that of two things."""
    named = {each for title in (one.title, other.title) for each in terms(title) if len(each) > 1} - _empty()
    return not named.isdisjoint(frozenset(terms(one.text)).intersection(terms(other.text)))


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


def _swapped(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a word stands where the other sentence has another: revenue for profit, one town for another.

    Where nearly all else is alike, words of either's own are such words wherever they stand.
    """
    if _shared(frozenset(one), frozenset(other)) >= _SAME:
        return bool(set(one) - set(other)) and bool(set(other) - set(one))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return any(
        operation == "replace" and set(one[a:b]) - set(other) and set(other[c:d]) - set(one)
        for operation, a, b, c, d in matcher.get_opcodes()
    )


def _other_names(one: Statement, other: Statement) -> bool:
    """Whether each names somebody or something in Latin script that the other does not name."""
    if one.chinese != other.chinese:
        chinese, english = (one, other) if one.chinese else (other, one)
        latin = {term for term in chinese.skeleton if term[0].isascii() and term[0].isalpha()}
        return bool(latin) and latin.isdisjoint(english.skeleton)
    return bool(one.names.difference(other.skeleton) and other.names.difference(one.skeleton))


def _conflicts(one: Statement, other: Statement) -> list[tuple[Quantity, Quantity]]:
    """The pairs of figures for one thing that cannot both be true."""
    own, theirs = _unmatched(one, other), _unmatched(other, one)
    if one.chinese != other.chinese:
        return [(own[0], theirs[0])] if len(own) == len(theirs) == 1 and _may_be(own[0], theirs[0]) else []
    return [(each, two) for each in own for two in theirs if each.is_of(two) and _same_noun(each, two)]


def _unmatched(one: Statement, other: Statement) -> list[Quantity]:
    """The quantities of one to which none of the other fits."""
    return [
        each
        for each in one.quantities
        if not any(_may_be(each, two) and each.fits(two) for two in other.quantities)
    ]


def _same_noun(one: Quantity, other: Quantity) -> bool:
    """Whether what stands behind two figures does not tell them apart: 學生, or nothing."""
    if not one.noun or not other.noun:
        return True
    if is_chinese(one.noun) and is_chinese(other.noun):
        return not set(one.noun[:2]).isdisjoint(other.noun[:2])
    return terms(one.noun) == terms(other.noun)
