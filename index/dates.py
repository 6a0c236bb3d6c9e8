"""Full dates as articles write them, in English, Chinese and the numbers between.

Only dates with a year count: 「12月1日」 alone says nothing an archive can sort by.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime

from index.months import ANY_MONTH, WEEKDAY, month_number

EARLIEST_YEAR = 1900
HEAD = 300  # an article's own date stands in its first characters, later ones are events it tells of

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "元": 1}
_HAN = "零〇○一二三四五六七八九十元"
_DATE = re.compile(
    r"(?<!\d)(?P<y1>\d{4})(?P<sep>[-/.])(?P<m1>\d{1,2})(?P=sep)(?P<d1>\d{1,2})(?!\d)"
    rf"|(?P<roc>民[國国]\s*)?(?P<y2>\d{{2,4}}|[{_HAN}]{{1,4}})\s*年\s*"
    rf"(?P<m2>\d{{1,2}}|[{_HAN}]{{1,3}})\s*月\s*(?P<d2>\d{{1,2}}|[{_HAN}]{{1,3}})\s*[日號号]"
    rf"|\b(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<m3>{ANY_MONTH}),?\s+(?P<y3>\d{{4}})\b"
    rf"|\b(?P<m4>{ANY_MONTH})\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}})\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?|\d{1,2}[时時]\d{1,2}分|[上下]午|\b[ap]\.?m\b\.?"
    rf"|(?:星期|[週周])[一二三四五六日天]|\b(?:{WEEKDAY})\b|\b(?:GMT|UTC|EST|EDT|CST|BST)\b",
    re.IGNORECASE,
)
_NAME_DATE = re.compile(r"(?<!\d)(\d{4})([-_.]?)(\d{2})\2(\d{2})(?!\d)")


def date_in(text: str) -> date | None:
    """The first full, plausible date written in `text`, from 1900 to next year."""
    for match in _DATE.finditer(unicodedata.normalize("NFKC", text)):
        if (found := _date_of(match)) is not None:
            return found
    return None


def date_of_article(text: str) -> date | None:
    """The date an article gives itself: on a short line near its top, else in its first 300 characters."""
    lines = [line for line in text[:2000].split("\n") if line.strip()][:6]
    short = (date_in(line) for line in lines if len(line) <= 80)  # noqa: PLR2004 -- a dateline, not a paragraph
    return next((found for found in short if found is not None), None) or date_in(text[:HEAD])


def date_in_name(name: str) -> date | None:
    """The date in a file's name: 2025-12-01, 2025_12_01, 20251201 or any that `date_in` knows."""
    for match in _NAME_DATE.finditer(name):
        if (found := _plausible(int(match[1]), int(match[3]), int(match[4]))) is not None:
            return found
    return date_in(name)


def without_dates(text: str) -> str:
    """`text` with its full dates and times of day taken out: what else a byline holds."""
    rest = _DATE.sub(" ", unicodedata.normalize("NFKC", text))
    return _CLOCK.sub(" ", rest).strip(" ,;|()T")


def _date_of(match: re.Match[str]) -> date | None:
    year, month, day = (_part(match, kind) for kind in "ymd")
    if match["roc"]:
        year += 1911
    return _plausible(year, month, day)


def _part(match: re.Match[str], kind: str) -> int:
    """The year, month or day of whichever way of writing matched."""
    written = next(match[f"{kind}{way}"] for way in "1234" if match[f"{kind}{way}"])
    if (month := month_number(written)) is not None:
        return month
    return int(written) if written.isdecimal() else _han_number(written)


def _han_number(written: str) -> int:
    """二〇二五 -> 2025, 十二 -> 12, 三十一 -> 31, 一一四 -> 114."""
    tens, ten, ones = written.rpartition("十")
    if ten:
        return (_han_number(tens) if tens else 1) * 10 + (_han_number(ones) if ones else 0)
    return int("".join(str(_DIGITS[digit]) for digit in written))


def _plausible(year: int, month: int, day: int) -> date | None:
    if not EARLIEST_YEAR <= year <= datetime.now(tz=UTC).year + 1:
        return None
    try:
        return date(year, month, day)
    except ValueError:  # the 31st of February and the like: digits that are no date
        return None
