"""Numbers as Chinese and English text has them: read exactly, written as each language writes them.

The only module that knows cn2an and Babel. cn2an reads numerals up to 9999 only: it takes
三五 for 35 and 兩千三 for 2300, which are a guess in running text, raises KeyError for some
numerals that are none, and returns floats; myriads, decimals and digits are added up here.
"""

from __future__ import annotations

import re
from decimal import Decimal

LARGEST = Decimal(10) ** 15  # beyond it nobody counts in words
SPACE = "[ ]?"
TO = rf"{SPACE}(?:至|到|[-–—~～]){SPACE}"
"""What stands between the two ends of a range in Chinese."""

DIGITS = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}(?![0-9])|[0-9]{1,15})(?:\.[0-9]{1,15})?"
"""Digits with or without commas and decimals, as both languages write them."""

HAN_DIGITS = "零〇一二三四五六七八九"
NUMERALS = f"0-9{HAN_DIGITS}两十百千万亿兆"
"""Whatever a number is written with in Simplified Chinese, to stand inside a character class."""

# A unit that begins another word is none: 2024万科年报, 5千瓦, 3亿航.
_HUNDREDS = "百(?![分度货科事帕])|千(?![瓦克米赫卡帕伏焦字兆])"
_MYRIADS = "万亿|亿(?!欧(?!元)|[航纬联达帆])|万(?![科达豪向华事圣物能维])|兆"
_MORE = "(?:多(?!元化|媒体|样|边|方)|余(?![额下地热震姚杭党]))"
_PART = (
    rf"(?:(?P<digits>{DIGITS})(?:{SPACE}(?P<hundreds>{_HUNDREDS}))?"
    rf"|(?P<han>[{HAN_DIGITS}两十][{HAN_DIGITS}两十百千]{{0,8}}(?:点[{HAN_DIGITS}]{{1,9}})?))"
    rf"{_MORE}?(?:{SPACE}(?P<myriads>{_MYRIADS}))?{_MORE}?"
)
_PARTS = re.compile(_PART)
_MULTIPLES = {"": 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "兆": 10**12, "万亿": 10**12}
_PLAIN_DIGITS = {"〇": "零", "○": "零", "两": "二"}
_SPOKEN = re.compile("[百千][一二三四五六七八九]$")

CHINESE_NUMBER = rf"(?>(?:{re.sub('[?]P<[a-z]+>', '?:', _PART)}){{1,4}})"
"""What may be a number in Simplified Chinese text; `read_chinese` knows whether it is."""

_NUMBER = re.compile(CHINESE_NUMBER)


def read_chinese(words: str) -> Decimal | None:
    """The number that Simplified words such as 3.5亿, 5万3000 or 两千三百万 say; None if it is not clear.

    多 and 余 ("and more") are passed over.
    """
    total, above = Decimal(0), None
    if not _NUMBER.fullmatch(words):
        return None
    for part in _PARTS.finditer(words):
        mantissa = _mantissa(part, first=above is None)
        if mantissa is None or (above is not None and not _continues(part, mantissa, total, above)):
            return None
        above = _MULTIPLES[part["myriads"] or ""]
        total += mantissa * above
    return total if 0 < total < LARGEST else None


def _continues(part: re.Match[str], mantissa: Decimal, total: Decimal, above: int) -> bool:
    """Whether a part may stand behind one counted in `above`: 3000 behind 5万, but no 5, no 6万."""
    value = mantissa * _MULTIPLES[part["myriads"] or ""]
    if value >= above or mantissa % 1 or total % above:
        return False
    if part["digits"]:
        return bool(part["hundreds"] or part["myriads"]) or len(part["digits"]) > 1
    return part["han"][0] in "零〇" or value * 10 >= above


def _mantissa(part: re.Match[str], *, first: bool) -> Decimal | None:
    digits = part["digits"]
    if digits is None:
        return _han(part["han"] if first else part["han"].lstrip("零〇"))
    if digits[0] == "0" and not digits.startswith("0."):
        return None
    return Decimal(digits.replace(",", "")) * _MULTIPLES[part["hundreds"] or ""]


def _han(words: str) -> Decimal | None:
    """A numeral below 10,000, perhaps with decimals; None for an approximate or a malformed one."""
    import cn2an  # noqa: PLC0415 - a tenth of a second that most quotes do not need

    whole, point, decimals = words.partition("点")
    if _SPOKEN.search(whole) or (len(whole) > 1 and not re.search("[十百千]", whole)):
        return None
    try:
        value = Decimal(cn2an.cn2an(whole, "normal"))
        return Decimal(f"{value}.{cn2an.cn2an(decimals, 'direct')}") if point else value
    except (ValueError, KeyError):
        return None


def read_digit(character: str) -> int:
    """3 for 三 or 3, one character that is a digit."""
    return (
        int(character)
        if character.isdigit()
        else "零一二三四五六七八九".index(_PLAIN_DIGITS.get(character, character))
    )


def han_numeral(value: int) -> str:
    """三 for 3."""
    import cn2an  # noqa: PLC0415 - as above

    return str(cn2an.an2cn(value, "low"))


def write_english(value: Decimal) -> str:
    """A number exactly: "200 billion", "7.5 million", "53,000"."""
    from babel.numbers import format_compact_decimal, format_decimal  # noqa: PLC0415 - as above

    if _is_round(value):
        return format_compact_decimal(value, format_type="long", locale="en", fraction_digits=6)
    return format_decimal(value, locale="en", decimal_quantization=False)


def write_chinese(value: Decimal) -> str:
    """A number exactly, in Simplified script: 2000亿, 5.3万, 1200."""
    from babel.numbers import format_compact_decimal  # noqa: PLC0415 - as above

    return format_compact_decimal(value, locale="zh_Hans", fraction_digits=18)


def _is_round(value: Decimal) -> bool:
    """Whether a number is said better in words: from a million on, if that takes few decimals."""
    thousands = (len(str(int(value))) - 1) // 3
    return thousands > 1 and value % 1000 ** max(1, thousands - 2) == 0


def month_name(month: int) -> str:
    """December for 12."""
    from babel.dates import get_month_names  # noqa: PLC0415 - as above

    return str(get_month_names("wide", locale="en")[month])
