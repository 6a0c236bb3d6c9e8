"""Figures and dates in English text, said in Chinese.

Only what is clear is said: "a third", "a quarter", "three times", "dollars" and "pounds" mean
several things and are left alone, and so is what a Chinese reader can read already (35%, 2,600).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from index.figures.currencies import CURRENCIES, Currency
from index.figures.english_dates import DATES
from index.figures.numbers import DIGITS, LARGEST, han_numeral, write_chinese
from index.figures.scanning import Reader, scan
from index.records import Aid

# Characters that stand for plainer ones, one for one, so that positions stay.
_PLAIN = str.maketrans("\u00a0\u2009\u202f\u2011", "   -")
_TRADITIONAL = str.maketrans("数万亿个点欧镑韩币卢铢门", "數萬億個點歐鎊韓幣盧銖門")
_MYRIAD = 10_000  # from here on English and Chinese group digits differently

_ONES = "one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPELLED = {word: value for value, word in enumerate([*_ONES, *_TEENS], start=1)}
_SPELLED |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}
_PLACES = {
    "hundred": 2,
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "mn": 6,
    "bn": 9,
    "tn": 12,
}


def explained(text: str, language: str) -> Iterator[Aid]:
    """Chinese in the script of `language` for the clear figures and dates of an English text."""
    for aid in scan(text.translate(_PLAIN), _KINDS):
        yield aid if language == "zh-Hans" else Aid(aid.span, _traditional(aid.text))


def _traditional(said: str) -> str:
    return said.translate(_TRADITIONAL).replace("萬億", "兆").replace("日元", "日圓")


# --- amounts -------------------------------------------------------------------------------

_SIGNS = {sign: currency for currency in CURRENCIES for sign in currency.signs}
_NAMES = {name: currency for currency in CURRENCIES for name in currency.words}


def _any_of(words: dict[str, Currency]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_ANY_TENS, _ANY_ONE = "|".join(_TENS), "|".join([*reversed(_TEENS), *_ONES])
_WORD = rf"(?:(?:{_ANY_TENS})(?:-(?:{'|'.join(_ONES)}))?|{_ANY_ONE})"
_SCALE = r"(?:hundred[ -](?:thousand|million|billion)|hundred|thousand|million|billion|trillion|[mbt]n)\b"
_ALONE = r"half a|a(?= (?:million|billion|trillion|hundred (?:thousand|million|billion)))"
_NUMBER = rf"(?:{DIGITS}(?:[ -]?{_SCALE})?|(?i:\b(?:{_ALONE}|{_WORD}))[ -]{_SCALE})"
_SMALL = r"[0-9]{1,3}(?:\.[0-9]{1,3})?"  # "rose 3 million to 5 million" is no range; 3 to 5 million is
_TO = r"(?: to |[-–—])\$?"
_AMOUNT = re.compile(
    rf"(?:(?<![A-Za-z$])(?P<sign>{_any_of(_SIGNS)}) ?|(?<![\w.,-]))"
    rf"(?:(?P<low>{_SMALL}(?= to )|{_NUMBER}(?=[-–—])){_TO})?"
    rf"(?P<number>{_NUMBER})(?:[ -](?P<name>{_any_of(_NAMES)})\b)?"
    rf"(?!\w|[.,][0-9]|[ ]?%| and a (?:half|quarter)|(?: and|,)?[ -](?i:{_WORD}|{_SCALE})\b)"
)
# Before these words a number may be a part of a larger one, or of a phrase: one in a million.
_OPEN_END = re.compile(
    rf"\b(?:{_SCALE}|{_ANY_TENS}|point|quarter|half|of|in|per|times)(?: and)?[ -]$", re.IGNORECASE
)


def _amount(match: re.Match[str]) -> str | None:
    number = match["number"]
    high = _value(number)
    currency = _currency(match)
    if not 0 < high < LARGEST or _is_part(match):
        return None
    if not (match["name"] or re.search("[a-z]", number) or ("," in number and high >= _MYRIAD)):
        return None
    if match["low"] is None:
        return f"{write_chinese(high)}{currency}"
    low = _low(match["low"], number, high)
    return f"{write_chinese(low)}至{write_chinese(high)}{currency}" if 0 < low < high else None


def _is_part(match: re.Match[str]) -> bool:
    at = match.start("number")
    spelled = match["number"][0].isalpha()
    return spelled and _OPEN_END.search(match.string, max(0, at - 24), at) is not None


def _currency(match: re.Match[str]) -> str:
    currency = _NAMES.get(match["name"] or "") or _SIGNS.get(match["sign"] or "")
    return currency.chinese if currency else ""


def _low(low: str, number: str, high: Decimal) -> Decimal:
    """The lower end of a range, counted as the upper one where it names no unit: 3 to 5 million."""
    value, digits = _value(low), re.match(DIGITS, number)
    if re.search("[a-z]", low) or digits is None:
        return value
    return value * high / _value(digits[0])


def _value(words: str) -> Decimal:
    """1.2 million, twenty-five thousand, half a billion."""
    digits = re.match(DIGITS, words)
    number, rest = (digits[0], words[digits.end() :]) if digits else (words, words)
    places = sum(_PLACES.get(each, 0) for each in re.findall("[a-z]+", rest.lower()))
    value = Decimal(number.replace(",", "")) if digits else _spelled(words.lower())
    return value.scaleb(places)


def _spelled(words: str) -> Decimal:
    if words.startswith("half a"):
        return Decimal("0.5")
    return Decimal(sum(_SPELLED.get(each, 0) for each in re.findall("[a-z]+", words)) or 1)


_SEVERAL = re.compile(
    r"(?<![0-9] )\b(?:(?P<more>tens|hundreds) of )?(?P<unit>thousands|millions|billions|trillions)\b"
    r"|\b(?P<hundreds>hundreds)\b(?! of (?:thousand|million|billion|trillion)s)",
    re.IGNORECASE,
)
_ROUND = {"1": "", "10": "十", "100": "百", "1000": "千"}


def _several(match: re.Match[str]) -> str:
    """Tens of millions are 数千万."""
    if match["hundreds"]:
        return "数百"
    places = _PLACES[match["unit"].lower().removesuffix("s")]
    places += {"tens": 1, "hundreds": 2}[match["more"].lower()] if match["more"] else 0
    written = write_chinese(Decimal(10) ** places)
    return "数" + re.sub("^[0-9]+", lambda digits: _ROUND[digits[0]], written)


# --- shares --------------------------------------------------------------------------------

_SHARE = re.compile(
    rf"(?<![\w.,-])(?:(?P<low>{DIGITS})(?: to |[-–—]))?(?P<number>{DIGITS}|(?i:\b{_WORD}))[ -]?"
    r"(?P<unit>per ?cent|pct|percentage[ -]points?|-?fold)\b"
)
_PARTS = {
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_FRACTION = re.compile(
    rf"(?<![\w-])(?P<above>(?i:{'|'.join(_ONES)}))[ -](?P<below>{'|'.join(_PARTS)})s?\b(?!-)"
)


def _share(match: re.Match[str]) -> str | None:
    low, high = match["low"], _value(match["number"])
    if low is not None and _value(low) >= high:
        return None
    figure = f"{write_chinese(_value(low))}至{write_chinese(high)}" if low else write_chinese(high)
    if match["unit"].endswith("fold"):
        return f"{figure}倍"
    return f"{figure}个百分点" if "point" in match["unit"] else f"{figure.replace('至', '%至')}%"


def _fraction(match: re.Match[str]) -> str | None:
    """Two thirds are 三分之二; two quarters may be half a year."""
    above, below = _SPELLED[match["above"].lower()], _PARTS[match["below"]]
    if above >= below or (match["below"] == "quarter" and above != 3):  # noqa: PLR2004 - three quarters
        return None
    return f"{han_numeral(below)}分之{han_numeral(above)}"


_KINDS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    *DATES,
    (_SHARE, _share),
    (_FRACTION, _fraction),
    (_SEVERAL, _several),
    (_AMOUNT, _amount),
)
