"""Times as a question has them ("last week", "since June", 「2024年3月」), as ranges of days. Pure.

Reads folded text. A range includes both of its days; an end that is None is open. Weeks begin
on Monday. Rolling ones ("the past three days") run up to today and are a day too long rather
than too short; a month without a year is the latest that has begun.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from index.figures.numbers import read_chinese
from index.months import ANY_MONTH, WEEKDAYS, month_number
from index.records import Span

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A time in a question: where it stands, with its preposition, and which days it means.

    `recent` are days, weeks and months told from today ("last week"). A year ("last year",
    "in 2024") is as often what is asked about as when it was printed, and so is any time with a date.
    `vague` is "today", which may also mean nowadays.
    """

    span: Span
    since: date | None
    until: date | None
    recent: bool = False
    vague: bool = False


@dataclass(frozen=True, slots=True)
class _Moment:
    since: date
    until: date
    recent: bool = False
    vague: bool = False
    year: int | None = None  # as written
    bare: bool = False  # the name of a month alone, which is often another word: May, March


_Reader = Callable[[re.Match[str], date, int | None], _Moment | None]

# --- what the calendar knows ---------------------------------------------------------------

_UNITS = {"周": "week", "星期": "week", "礼拜": "week", "月": "month", "天": "day", "日": "day", "年": "year"}
_FEW = 5


def _calendar(unit: str, back: int, today: date) -> tuple[date, date]:
    """The whole day, week, month or year that lies `back` of its kind before today's."""
    if unit == "day":
        return today - back * DAY, today - back * DAY
    if unit == "week":
        monday = today - (today.weekday() + 7 * back) * DAY
        return monday, monday + 6 * DAY
    if unit == "year":
        return date(today.year - back, 1, 1), date(today.year - back, 12, 31)
    return _month(*_months_back(today, back))


def _months_back(day: date, back: int) -> tuple[int, int]:
    months = day.year * 12 + day.month - 1 - back
    return months // 12, months % 12 + 1


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _rolling(unit: str, count: int, today: date) -> date:
    """The first of the days of the past `count` units, which end today."""
    if unit in {"month", "year"}:
        year, month = _months_back(today, count * (12 if unit == "year" else 1))
        return date(year, month, min(today.day, monthrange(year, month)[1]))
    days = {"hour": -(-count // 24), "fortnight": 14 * count, "week": 7 * count}.get(unit, count)
    return today - days * DAY


# --- single moments, as both languages write them -------------------------------------------

_MONTH = ANY_MONTH.lower()
_YEAR = r"(?<![\d.,])(?:19|20)\d\d(?![\d%])"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])(?!\d)"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)}|an?|couple of|few)"
_WEEKDAYS = [name.lower() for name in WEEKDAYS]
_HAN_WEEKDAYS = "一二三四五六日"
_HAN_COUNT = r"(?:\d{1,3}|[一二两三四五六七八九十几]{1,3})"
_HAN_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_HAN_DAY = r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
_NAMED = {
    "yesterday": 1, "last night": 1, "the day before yesterday": 2, "today": 0, "this morning": 0,
    "this afternoon": 0, "昨天": 1, "昨日": 1, "昨晚": 1, "前天": 2, "今天": 0, "今日": 0, "今早": 0,
    "今晨": 0,
}  # fmt: skip
_WHICH = {
    "this": 0,
    "last": 1,
    "previous": 1,
    "这": 0,
    "本": 0,
    "上": 1,
    "上上": 2,
    "今年": 0,
    "去年": 1,
    "前年": 2,
}


def _number(words: str | None) -> int:
    if words is None or words in {"a", "an"}:
        return 1
    if words in {"few", "几"}:
        return _FEW
    if words == "couple of":
        return 2
    return _NUMBERS.index(words) + 1 if words in _NUMBERS else _han(words)


def _han(words: str) -> int:
    return int(words) if words.isascii() else int(read_chinese(words) or 0)


def _unit(words: str) -> str:
    return _UNITS.get(words.removeprefix("个")) or words.removesuffix("s")


def _named(match: re.Match[str], today: date, _: int | None) -> _Moment:
    back = _NAMED[match[0]]
    day = today - back * DAY
    return _Moment(day, day, recent=True, vague=match[0] in {"today", "今天", "今日"})


def _which(match: re.Match[str], today: date, _: int | None) -> _Moment:
    unit = _unit(match["unit"])
    return _Moment(*_calendar(unit, _WHICH[match["which"]], today), recent=unit != "year")


def _past(match: re.Match[str], today: date, _: int | None) -> _Moment | None:
    unit, count = _unit(match["unit"]), _number(match["count"])
    if not count or (unit == "year" and count >= today.year):
        return None
    return _Moment(_rolling(unit, count, today), today, recent=unit != "year")


def _ago(match: re.Match[str], today: date, _: int | None) -> _Moment | None:
    unit, count = _unit(match["unit"]), _number(match["count"])
    return _Moment(*_calendar(unit, count, today), recent=unit != "year") if count else None


def _weekday(match: re.Match[str], today: date, _: int | None) -> _Moment:
    day = today - ((today.weekday() - _WEEKDAYS.index(match["day"]) - 1) % 7 + 1) * DAY
    return _Moment(day, day, recent=True)


def _han_weekday(match: re.Match[str], today: date, _: int | None) -> _Moment:
    monday, _sunday = _calendar("week", _WHICH[match["which"]], today)
    day = monday + _HAN_WEEKDAYS.index(match["day"].replace("天", "日")) * DAY
    return _Moment(day, day, recent=True)


def _dated(match: re.Match[str], today: date, given: int | None) -> _Moment | None:
    """A year, a month, or a day, with what is left out taken from `given` or from today."""
    parts = match.groupdict()
    written, year = parts.get("y"), given
    if written:
        year = int(written) if written.isdecimal() else today.year - _WHICH[written]
    month, day = _month_number(parts.get("m")), _han(parts["d"]) if parts.get("d") else None
    if month is None:
        return _Moment(*_calendar("year", today.year - int(year or 0), today), year=year) if year else None
    own, day_or_first = year, day or 1
    try:
        if year is None:
            year = today.year - (date(today.year, month, day_or_first) > today)
        first = date(year, month, day_or_first)
    except ValueError:  # the 31st of February: digits that are no date
        return None
    last = first if day else _month(year, month)[1]
    return _Moment(first, last, year=own, bare=own is None and day is None)


def _month_number(written: str | None) -> int | None:
    if written is None:
        return None
    return month_number(written) or _han(written)


_ENGLISH: tuple[tuple[str, _Reader], ...] = (
    (r"(?P<y>(?:19|20)\d\d)[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _dated),
    (rf"(?P<d>{_DAY})(?:st|nd|rd|th)?(?: of)? (?P<m>{_MONTH})(?:,? (?P<y>{_YEAR}))?", _dated),
    (rf"(?P<m>{_MONTH}) (?P<d>{_DAY})(?:st|nd|rd|th)?(?:,? (?P<y>{_YEAR}))?", _dated),
    (rf"(?:(?:early|mid|late|last)[ -])?(?P<m>{_MONTH})(?:,? (?:of )?(?P<y>{_YEAR}))?", _dated),
    (rf"(?P<y>{_YEAR})(?!s\b)", _dated),
    (r"(?:the day before )?yesterday|last night|today|this (?:morning|afternoon)", _named),
    (r"(?<!the )(?P<which>this|last|previous) (?P<unit>week|month|year)(?!end| of\b)", _which),
    (
        (
            rf"(?:the )?(?:past|last|previous) (?:(?P<count>{_COUNT}) )?"
            r"(?P<unit>(?:hour|day|week|fortnight|month|year)s?)(?! of\b)"
        ),
        _past,
    ),
    (rf"(?P<count>{_COUNT}) (?P<unit>(?:day|week|month|year)s?) ago", _ago),
    (rf"last (?P<day>{'|'.join(_WEEKDAYS)})", _weekday),
)
# Characters that make another word of 上周, 本月 and the like: 晚上周杰伦, 日本周边, 登上月球.
_CHINESE: tuple[tuple[str, _Reader], ...] = (
    (r"(?P<y>(?:19|20)\d\d)[-/.](?P<m>1[0-2]|0?[1-9])[-/.](?P<d>3[01]|[12]\d|0?[1-9])(?!\d)", _dated),
    (
        (
            rf"(?P<y>(?<!\d)(?:19|20)\d\d ?(?=年)|[今去前]年)(?:年 ?)?(?:(?P<m>{_HAN_MONTH}) ?月份?"
            rf"(?: ?(?P<d>{_HAN_DAY}) ?[日号])?)?(?![代级])"
        ),
        _dated,
    ),
    (
        (
            rf"(?<![\d个每第十])(?P<m>{_HAN_MONTH}) ?月(?:份|(?![薪租供嫂光饼球亮经刊票费卡]))"
            rf"(?: ?(?P<d>{_HAN_DAY}) ?[日号])?"
        ),
        _dated,
    ),
    (
        r"(?<![以之目])前天(?![气空鹅线])|昨[天日晚]|(?<![到至如])今[天日早晨](?!头条|[仍还也]|依[旧然])",
        _named,
    ),
    (r"(?P<which>上|这|本)(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?![年月周间期])", _han_weekday),
    (
        (
            r"(?<![日书版剧资基样脚根文晚以早路网线街登])(?P<which>上上|上|这|本)"
            r"(?P<unit>个?(?:星期|礼拜|周(?![期刊年边围末岁转杰润星])|月(?![球面背壤亮表相饼刊]|台(?![积湾北中南东大塑达泥新铁电]))))(?!最佳)"
        ),
        _which,
    ),
    (
        rf"(?:最近|过去|近|这(?!一[天年]))的?(?P<count>{_HAN_COUNT})(?P<unit>天|日|年|周(?![年岁])|个?(?:星期|礼拜)|个月)",
        _past,
    ),
    (rf"(?P<count>(?!几){_HAN_COUNT})(?P<unit>天)前(?!后)", _ago),
)


def _any_of(moments: tuple[tuple[str, _Reader], ...]) -> str:
    return "(?:" + "|".join(re.sub("[?]P<[a-z]+>", "?:", pattern) for pattern, _ in moments) + ")"


# --- moments with what stands around them ---------------------------------------------------

_EN, _ZH = _any_of(_ENGLISH), _any_of(_CHINESE)
_TIMES = re.compile(
    rf"\b(?:between (?P<a>{_EN}) and|from (?P<a2>{_EN}) (?:to|until|till|through)) (?P<b>{_EN})\b"
    rf"|\b(?:(?P<since>(?:ever )?since|from(?= .{{3,30}} on(?:wards?)?\b))|(?P<after>after)"
    rf"|(?P<before>before|until|till|up to|prior to|by)) (?:the )?(?P<c>{_EN})(?: on(?:wards?)?\b)?"
    rf"|\b(?P<at>(?:in|on|of|during|over|within|for|throughout|from|through) )?(?P<d>{_EN})\b(?:['’]s?\b)?"
    rf"|(?:[在于从自由])?(?P<e>{_ZH}) ?(?:至|到|[-–—~])(?!今|现在) ?(?P<f>{_ZH})(?:之?[间内]|期间)?"
    rf"|(?:[在于从自由])?(?P<g>{_ZH})(?:(?P<sincezh>以来|以后|之后|后(?!天)|起|开始|至今|到现在|迄今)"
    r"|(?P<beforezh>以前|之前|前(?![\d一二三四半后往来]))|期间|之?[间内]|[里中](?!国|[秋学小央共文]))?"
)


def periods(folded: str, today: date) -> Iterator[Period]:
    """The times in a folded question, in order."""
    for match in _TIMES.finditer(folded):
        read = _range if match["a"] or match["a2"] or match["e"] else _single
        period = read(match, today)
        if period is not None:
            yield period


def _range(match: re.Match[str], today: date) -> Period | None:
    first, last = (match["a"] or match["a2"] or match["e"]), match["b"] or match["f"]
    one, other = _moment(first, today, None), _moment(last, today, None)
    if one is None or other is None:
        return None
    one = _moment(first, today, one.year or other.year) or one
    other = _moment(last, today, other.year or one.year) or other
    if one.since > other.until:
        return None
    return Period(Span(*match.span()), one.since, other.until, recent=one.recent and other.recent)


def _single(match: re.Match[str], today: date) -> Period | None:
    moment = _moment(match["c"] or match["d"] or match["g"], today, None)
    if moment is None or (moment.bare and match["d"] and not match["at"]):
        return None
    period = Period(Span(*match.span()), moment.since, moment.until, moment.recent, moment.vague)
    if match["since"] or match["sincezh"]:
        return replace(period, until=None)
    if match["after"]:
        return replace(period, since=moment.until + DAY, until=None)
    if match["before"] or match["beforezh"]:
        last = moment.until if match["before"] in {"until", "till", "up to", "by"} else moment.since - DAY
        return replace(period, since=None, until=last)
    return period


def _moment(words: str, today: date, year: int | None) -> _Moment | None:
    for pattern, read in (*_ENGLISH, *_CHINESE):
        match = re.fullmatch(pattern, words)
        if match is not None:
            return read(match, today, year)
    return None
