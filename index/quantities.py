"""The quantities and times a sentence names, in English or Chinese, made comparable. Pure.

2000億元 and "200 billion yuan" are one quantity. A year, a month or a day is no quantity but
says when something holds; 去年 and "last year" are reckoned from the day of publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from index.characters import CJK

# --- numbers -------------------------------------------------------------------------------

_SCALES = {
    "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "万亿": 1e12, "兆": 1e12,
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9, "mn": 1e6,
}  # fmt: skip
_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: value for value, word in enumerate(_ONES, 1)} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
_ANY_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ENGLISH_SCALE = r"(?:\s*(?:thousand|million|billion|trillion|bn|mn)\b)"
_HAN = "一二两三四五六七八九十百千万亿"
_MEASURES = "名个位家人年天次种项元岁吨米公倍成座所条辆台部支件户间层只头棵艘架例票"
_QUANTITY = re.compile(
    rf"(?P<sign>us\$|hk\$|nt\$|[$€£¥]|rmb\s?|新台币\s?|人民币\s?)?"
    rf"(?:百分之(?P<share>{_DIGITS}|[{_HAN}零点]+)"
    rf"|(?<![\w.])(?P<words>(?!one (?!hundred|thousand|million|billion))"
    rf"(?:{_ANY_WORD})(?:[ -](?:{_ANY_WORD}))?(?: hundred)?)"
    rf"{_ENGLISH_SCALE}?(?!\w)"
    rf"|(?<![a-z\d.第:-])(?P<digits>{_DIGITS})(?!\d*(?:st|nd|rd|th)\b|[\d.]*(?:[:-]\d|\s?[ap]\.?m\b))"
    rf"(?P<rough>[多余](?=[千万亿]))?(?P<scale>{_ENGLISH_SCALE}|[百千万亿兆]+)?"
    rf"(?P<more>\d[\d.]*[千万亿]?)?"
    rf"|(?<!第)(?P<han>[二两三四五六七八九十百千][{_HAN}零]*)(?=多?余?[{_MEASURES}]))"
)

# What stands behind a number, by the name it is compared under. 元 may be any yuan or dollar of the region.
_UNITS = {
    "%": r"%|percent\b|per cent\b",
    "usd": r"美元|美金|(?:us )?dollars?\b|usd\b",
    "hk元": r"港元|港币|hong kong dollars?\b",
    "eur": r"欧元|euros?\b",
    "gbp": r"英镑|pounds?\b",
    "jpy": r"日元|日圆|yen\b",
    "元": r"元|块钱?|yuan\b|rmb\b|人民币",
    "km2": r"平方公里|square kilomet(?:re|er)s?\b",
    "m2": r"平方米|square met(?:re|er)s?\b",
    "km": r"公里|千米|kilomet(?:re|er)s?\b|km\b",
    "m": r"公尺|米|met(?:re|er)s?\b|m\b",
    "kg": r"公斤|千克|kilogram(?:me)?s?\b|kg\b",
    "t": r"公?吨|tonnes?\b|tons?\b",
    "ha": r"公顷|hectares?\b",
    "mw": r"兆瓦|megawatts?\b|mw\b",
    "hour": r"个?(?:小时|钟头)|hours?\b",
    "minute": r"分钟|minutes?\b",
    "month": r"个月|months?\b",
    "week": r"周|个?星期|weeks?\b",
    "day": r"天|days?\b",
    "age": r"岁|years?[ -]old\b",
    "year": r"年|years?\b",
    "times": r"倍|times\b",
    "people": r"人|people\b|persons?\b",
}
_UNIT = re.compile(
    r"[\s-]?(?P<rough>多|余)?(?:"
    + "|".join(f"(?P<u{at}>{unit})" for at, unit in enumerate(_UNITS.values()))
    + ")"
)
_UNIT_NAMES = tuple(_UNITS)
_SIGNS = {"$": "usd", "us$": "usd", "hk$": "hk元", "€": "eur", "£": "gbp"}  # all others: 元
_ROUGH_BEFORE = re.compile(
    r"(?:about|around|some|nearly|almost|roughly|over|more than|at least|up to|an estimated|approximately"
    r"|fewer than|less than|close to|[约近逾超]|超过|大约|接近|将近|至少|最多|不到|突破)\s*$"
)
_NOUN = re.compile(
    rf"\s?(?:(?:new|more|further|additional|extra|other|full-time)\s)*内?(?P<noun>[{CJK}]{{1,6}}|[a-z]+)"
)
_NO_NOUNS = frozenset(
    "a the and or of in on at to for from with by is are was were be been have has had as its".split()
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts: `unit` is "" where only the `noun` behind it says that.

    `step` is how exactly it is given: 21.3 billion to a tenth of a billion. `rough` are those
    that say so themselves: about, more than, 約.
    """

    value: float
    unit: str
    noun: str
    step: float
    rough: bool
    start: int
    end: int

    def equals(self, other: Quantity) -> bool:
        """Whether both are the same number of the same."""
        return self.is_of(other) and self.is_same(other)

    def is_same(self, other: Quantity) -> bool:
        """Whether both are the same number, of whatever."""
        return abs(self.value - other.value) <= _EXACTLY * abs(self.value)

    def fits(self, other: Quantity) -> bool:
        """Whether both can be true of one thing: one may be given less exactly than the other."""
        apart = abs(self.value - other.value)
        if self.rough or other.rough:
            return apart <= _ROUGHLY * max(self.value, other.value)
        return apart <= max(self.step, other.step) / 2 * (1 + _EXACTLY)

    def is_of(self, other: Quantity) -> bool:
        """Whether both have units that can be compared: 元 with 港元, but not with US dollars."""
        return self.unit == other.unit or (
            self.unit.endswith("元") and other.unit.endswith("元") and "元" in (self.unit, other.unit)
        )


_EXACTLY = 1e-6  # of the value, for what floats lose
_ROUGHLY = 0.1  # "more than 300,000" and 312,000 are no contradiction


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a folded text without its times, in order; names such as 第3 and b52 are none."""
    return tuple(_quantity(text, match) for match in _QUANTITY.finditer(text))


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    value, step = _value(match)
    unit, end, rough = _unit(text, match)
    if unit == "成":
        value, step, unit = value * 10, step * 10, "%"
    noun = _NOUN.match(text, end)
    word = noun["noun"] if noun and noun["noun"] not in _NO_NOUNS else ""
    rough = (
        rough
        or match["rough"] is not None
        or _ROUGH_BEFORE.search(text, max(0, match.start() - 14), match.start()) is not None
    )
    return Quantity(round(value, 6), unit, word, step, rough, match.start(), end)


def _value(match: re.Match[str]) -> tuple[float, float]:
    """The number and the last place it is given to."""
    if match["share"]:
        return _plain(match["share"]) if match["share"][0].isdigit() else (_han(match["share"]), 1.0)
    if match["words"]:
        scale = _SCALES.get(match[0].split()[-1], 1.0)
        return _english(match["words"]) * scale, scale
    if match["han"]:
        return _han(match["han"]), 1.0
    value, step = _plain(match["digits"])
    scale = _scale((match["scale"] or "").strip())
    if not match["more"]:
        return value * scale, step * scale
    rest, place = _plain(match["more"].rstrip("千万亿"))
    smaller = _SCALES.get(match["more"][-1], 1.0)
    return value * scale + rest * smaller, place * smaller


def _plain(digits: str) -> tuple[float, float]:
    whole, _, decimals = digits.replace(",", "").partition(".")
    return float(f"{whole}.{decimals or 0}"), 10.0 ** -len(decimals)


def _scale(written: str) -> float:
    if written in _SCALES or not written:
        return _SCALES.get(written, 1.0)
    scale = 1.0
    for each in written:  # 百萬, 千億
        scale *= _SCALES[each]
    return scale


def _english(words: str) -> float:
    parts = words.replace("-", " ").split()
    total = sum(_WORDS.get(part, 0) for part in parts)
    return float(total * (100 if parts[-1] == "hundred" else 1))


def _han(written: str) -> float:
    """三百二十 -> 320, 两万五千 -> 25000."""
    total = section = digit = 0.0
    for each in written.split("点", maxsplit=1)[0]:
        if each in _HAN_DIGITS:
            digit = _HAN_DIGITS[each]
        elif each in "万亿":
            total = (total + section + digit) * _SCALES[each]
            section = digit = 0.0
        else:
            section += (digit or 1) * (10 if each == "十" else _SCALES[each])
            digit = 0.0
    return total + section + digit


def _unit(text: str, match: re.Match[str]) -> tuple[str, int, bool]:
    """The unit's name, where it ends, and whether 多 or 余 stands before it."""
    if match["share"]:
        return "%", match.end(), False
    if match["sign"]:
        behind = _UNIT.match(text, match.end())
        return _SIGNS.get(match["sign"], "元"), behind.end() if behind else match.end(), False
    found = _UNIT.match(text, match.end())
    if found is None:
        at = match.end() + (text[match.end() : match.end() + 1] in tuple("多余"))
        measure = text[at : at + 1]
        if measure and measure in _MEASURES:
            return ("成" if measure == "成" else ""), at + 1, at > match.end()
        return "", match.end(), False
    return _UNIT_NAMES[int(str(found.lastgroup)[1:])], found.end(), found["rough"] is not None


# --- times ---------------------------------------------------------------------------------

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)
_AFTER = "(?:" + "|".join(rf"(?<=\b{word} )" for word in "in of by to for since until from".split()) + ")"
_COUNTED = r"(?:thousand|million|billion|trillion|people|yuan|dollars|metres|meters|kilomet|tonnes|tons)"
_ANY_TIME = re.compile(rf"\d\d|[年月日季]|半年|year|quarter|half|day|昨|今|{_MONTH}")
_TIME = re.compile(
    rf"(?<!\d)(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month1>{_MONTH})"
    rf"|\b(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d,]*\d)"
    rf"|{_AFTER}(?P<month3>{_MONTH})|\b(?P<month4>{_MONTH})(?= (?:1[89]|20)\d\d\b)"
    r"|(?<![\d.,])(?P<month5>\d{1,2})月(?:(?P<day3>\d{1,2})[日号])?|(?<![\d.,])(?P<day4>\d{1,2})日"
    rf"|(?<![\d.,$€£¥-])(?P<year>(?:1[89]|20)\d\d)(?:年(?![多来间内])|(?![\d,.]*\d|\s?(?:[{CJK}%]|{_COUNTED})))"
    r"|(?P<deictic>前年|去年|今年|明年|last year|this year|next year)"
    r"|(?P<today>[昨今][天日早晚晨]|\btoday\b|\byesterday\b)"
    r"|(?P<part>(?:第?[一二三四1-4])季度?|[上下]半年|(?:first|second|third|fourth) quarter"
    r"|(?:first|second) half(?: of the year)?|\bq[1-4]\b)"
)
_YEARS_AWAY = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "last year": -1, "this year": 0, "next year": 1}
_YESTERDAY = frozenset(("yesterday", *(f"昨{each}" for each in "天日早晚晨")))
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4"} | dict(
    zip("一二三四上下", "123412", strict=True)
)


@dataclass(frozen=True, slots=True)
class Times:
    """The years, months, days and parts of a year a sentence names."""

    years: frozenset[int]
    months: frozenset[int]
    days: frozenset[int]
    parts: frozenset[str]

    def contradict(self, other: Times) -> bool:
        """Whether both say when, and not the same."""
        return any(own and theirs and own.isdisjoint(theirs) for own, theirs in self._paired(other))

    def within(self, other: Times) -> bool:
        """Whether the other names all that this one names."""
        return all(own <= theirs for own, theirs in self._paired(other))

    def _paired(self, other: Times) -> Iterator[tuple[frozenset[int] | frozenset[str], ...]]:
        yield self.years, other.years
        yield self.months, other.months
        yield self.days, other.days
        yield self.parts, other.parts


_NEVER = Times(frozenset(), frozenset(), frozenset(), frozenset())


def times(text: str, published: date | None) -> tuple[Times, str]:
    """When a folded text says something holds, and the text with those words blanked out."""
    if not _ANY_TIME.search(text):
        return _NEVER, text
    years: set[int] = set()
    months: set[int] = set()
    days: set[int] = set()
    parts: set[str] = set()
    for match in _TIME.finditer(text):
        found = {key.rstrip("123456"): value for key, value in match.groupdict().items() if value}
        if "year" in found:
            years.add(int(found["year"]))
        if "month" in found:
            months.add(_month(found["month"]))
        if "day" in found:
            days.add(int(found["day"]))
        if "deictic" in found and published is not None:
            years.add(published.year + _YEARS_AWAY[found["deictic"]])
        if "today" in found and published is not None:
            day = published - timedelta(days=found["today"] in _YESTERDAY)
            months.add(day.month)
            days.add(day.day)
        if "part" in found:
            parts.add(_part(found["part"]))
    blanked = _TIME.sub(lambda match: " " * len(match[0]), text)
    return Times(frozenset(years), frozenset(months), frozenset(days), frozenset(parts)), blanked


def _month(written: str) -> int:
    return int(written) if written.isdigit() else _MONTHS.index(written[:3]) + 1


def _part(written: str) -> str:
    """第一季度 and "first quarter" alike."""
    kind = "half" if "半年" in written or "half" in written else "quarter"
    digits = (_ORDINALS.get(each, each) for each in chain(written.split(), written))
    return kind + next(each for each in digits if each.isdigit())
