"""Dates and stretches of the year in English text, said in Chinese.

A month without a day is one only where the words before it say so: "may" and "march" are verbs, too.
"""

from __future__ import annotations

import re
from datetime import date

from index.figures.scanning import Reader
from index.months import MONTH, MONTHS, month_number

_MONTH = rf"(?:(?:{MONTH})\b|(?:Sept|{'|'.join(name[:3] for name in MONTHS)})\b\.?)"
_YEAR = r"(?P<year>(?:1[5-9]|20)[0-9]{2})\b(?![,.][0-9])"
_DAY = r"(?P<day>[0-3]?[0-9])"
_DAY_FIRST = re.compile(rf"(?<![\w.,$-]){_DAY}(?:st|nd|rd|th)?(?: of)? (?P<month>{_MONTH})(?:,? {_YEAR})?")
_MONTH_FIRST = re.compile(
    rf"\b(?P<month>{_MONTH}) {_DAY}(?:st|nd|rd|th)?\b"
    rf"(?![-–]?[0-9]|[:.,][0-9]|[ -]?(?:%|per|hundred|thousand|million|billion|trillion))(?:,? {_YEAR})?"
)
_MONTH_AND_YEAR = re.compile(rf"\b(?P<month>{_MONTH}),? {_YEAR}")
_MONTH_ALONE = re.compile(
    r"\b(?:in|since|until|till|by|during|last|next|this|early|late|[Mm]id|from)[ -]"
    rf"(?P<words>(?P<month>{MONTH}))\b(?! [A-Z0-9])"
)
_PERIOD = re.compile(
    r"\b(?P<number>first|second|third|fourth|last|final)[ -](?P<unit>quarter|half) of "
    rf"(?P<of>{_YEAR}|this year|last year|next year|the year)\b"
)
_ORDINALS = {"first": "一", "second": "二", "third": "三", "fourth": "四", "last": "四", "final": "四"}
_YEARS = {"this year": "今年", "last year": "去年", "next year": "明年", "the year": ""}


def _date(match: re.Match[str]) -> str | None:
    year, month, day = match["year"], _month_number(match), int(match["day"])
    try:
        date(int(year or 2000), month, day)
    except ValueError:  # the 31st of February and the like: digits that are no date
        return None
    return f"{year}年{month}月{day}日" if year else f"{month}月{day}日"


def _month_and_year(match: re.Match[str]) -> str:
    return f"{match['year']}年{_month_number(match)}月"


def _month_alone(match: re.Match[str]) -> str:
    return f"{_month_number(match)}月"


def _month_number(match: re.Match[str]) -> int:
    number = month_number(match["month"])
    assert number is not None  # the pattern lets nothing else through
    return number


def _period(match: re.Match[str]) -> str | None:
    year = f"{match['year']}年" if match["year"] else _YEARS[match["of"]]
    if match["unit"] == "quarter":
        return f"{year}第{_ORDINALS[match['number']]}季度"
    if match["number"] in {"third", "fourth"}:
        return None
    return f"{year}{'上' if match['number'] == 'first' else '下'}半年"


DATES: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_DAY_FIRST, _date),
    (_MONTH_FIRST, _date),
    (_MONTH_AND_YEAR, _month_and_year),
    (_PERIOD, _period),
    (_MONTH_ALONE, _month_alone),
)
"""What finds dates and what reads them, for `index.figures.scanning.scan`."""
