"""Dates and stretches of the year in Chinese text, said in English.

A year in Western digits can be read by anyone and is left alone where it stands by itself; so
are lunar dates, and 三月 without a day, which may be three months.
"""

from __future__ import annotations

import re
from datetime import date

from index.figures.numbers import HAN_DIGITS, NUMERALS, SPACE, TO, month_name, read_chinese, read_digit
from index.figures.scanning import Reader

_YEAR = (
    rf"(?:(?:(?P<republic>民国){SPACE})?"
    rf"(?P<year>[0-9]{{2,4}}|[{HAN_DIGITS}○]{{4}}|[一二三四五六七八九十百]{{2,6}}){SPACE}年)"
)
_MONTH = "(?:1[0-2]|0?[1-9])|十[一二]?|[一二三四五六七八九]"
_DAY = "(?:3[01]|[12][0-9]|0?[1-9])|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]"
_START = rf"(?<![{NUMERALS}./个每第-])"
_DATE = re.compile(
    rf"{_START}(?:{_YEAR}{SPACE})?(?P<month>{_MONTH}){SPACE}月{SPACE}(?P<day>{_DAY}){SPACE}[日号]"
)
_MONTH_OF_YEAR = re.compile(
    rf"{_START}(?:{_YEAR}{SPACE})?(?:(?P<first>{_MONTH}){SPACE}月?份?{TO})?(?P<month>{_MONTH}){SPACE}月"
    rf"(?:(?P<part>份|(?=[底初]|[上中下]旬))|(?![薪租供嫂子光饼球亮经刊票卡费龄大天半流瓜{NUMERALS}]))"
)
_DATED = rf"(?:(?:{_START}{_YEAR}|(?P<relative>[今去明前后同当]年)){SPACE})"
_HALF = re.compile(rf"{_DATED}?(?P<half>[上下])半年(?!度)")
_QUARTER = re.compile(
    rf"{_DATED}?(?:(?P<only>第|首|(?<![{NUMERALS}几前后]))(?P<number>[一二三四1-4])?个?|前(?P<firsts>[二两三2-3])个?)"
    rf"季(?P<degree>度)?(?!军|报)"
)
_YEAR_ALONE = re.compile(rf"{_START}{_YEAR}(?!代|级|期|{SPACE}[0-9])")
_LUNAR = re.compile("农历|阴历|旧历")
_ORDINALS = ("first", "second", "third", "fourth")


def _date(match: re.Match[str]) -> str | None:
    year, month, day = _year(match), _count(match["month"]), _count(match["day"])
    if year == 0 or _is_lunar(match):
        return None
    try:
        date(year or 2000, month, day)
    except ValueError:  # the 31st of February and the like: digits that are no date
        return None
    return f"{day} {month_name(month)}" + (f" {year}" if year else "")


def _month(match: re.Match[str]) -> str | None:
    year, month = _year(match), _count(match["month"])
    clear = match["month"][0].isascii() or len(match["month"]) > 1 or year or match["part"] is not None
    if year == 0 or not clear or _is_lunar(match):
        return None
    said = month_name(month) + (f" {year}" if year else "")
    if match["first"] is None:
        return said
    first = _count(match["first"])
    return f"{month_name(first)} to {said}" if first < month else None


def _half(match: re.Match[str]) -> str | None:
    if (year := _year(match)) == 0:
        return None
    return f"{'first' if match['half'] == '上' else 'second'} half of {year or 'the year'}"


def _quarter(match: re.Match[str]) -> str | None:
    """Without 度, 第三季 is a quarter only behind a year: else it may be a series' third season."""
    year = _year(match)
    dated = bool(year or match["relative"])
    if year == 0 or not (match["degree"] or (dated and match["only"] != "")):
        return None
    of_year = f" of {year}" if year else ""
    if match["firsts"]:
        return f"first {('two', 'three')[read_digit(match['firsts']) - 2]} quarters{of_year}"
    if (match["only"] == "首") == bool(match["number"]) or (not match["only"] and not match["number"]):
        return None
    return f"{_ORDINALS[read_digit(match['number'] or '1') - 1]} quarter{of_year}"


def _year_alone(match: re.Match[str]) -> str | None:
    """A year that is not written in Western digits of the Western count."""
    if not match["republic"] and match["year"].isascii():
        return None
    return str(year) if (year := _year(match)) else None


def _year(match: re.Match[str]) -> int | None:
    """The year of the Western count; None if none is named, 0 if it is no plausible one."""
    if (written := match["year"]) is None:
        return None
    if written.isascii():
        year = int(written)
    elif re.search("[十百]", written):
        year = int(read_chinese(written) or 0)
    else:
        year = int("".join(str(read_digit(each)) for each in re.sub("[〇○]", "零", written)))
    if match["republic"]:
        year += 1911
    return year if 1000 <= year <= 2999 else 0  # noqa: PLR2004 - four digits


def _count(written: str) -> int:
    return int(written) if written.isascii() else int(read_chinese(written) or 0)


def _is_lunar(match: re.Match[str]) -> bool:
    return _LUNAR.search(match.string, max(0, match.start() - 10), match.end()) is not None


DATES: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_DATE, _date),
    (_HALF, _half),
    (_QUARTER, _quarter),
    (_MONTH_OF_YEAR, _month),
    (_YEAR_ALONE, _year_alone),
)
"""What finds dates and what reads them, for `index.figures.scanning.scan`."""
