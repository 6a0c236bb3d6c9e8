"""Figures and dates in Chinese text, said in English.

Only what is clear is said: a word that may be something other than a number (萬一, 百度, 三成立)
is left alone, and so is what an English reader can read already (35%, 2024年). Approximate
numerals that name no number (一兩千, 七八萬) are left alone, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from index.figures.chinese_dates import DATES
from index.figures.currencies import CURRENCIES
from index.figures.numbers import (
    CHINESE_NUMBER,
    DIGITS,
    HAN_DIGITS,
    NUMERALS,
    SPACE,
    TO,
    read_chinese,
    read_digit,
    write_english,
)
from index.figures.scanning import Reader, scan
from index.records import Aid

# To Simplified script and half width, character by character, so that positions stay.
_SIMPLIFIED = str.maketrans(
    "萬億兩點餘號國幣歐圓鎊韓盧銖數幾約將過輛個臺間隻張條項種場顆噸戶棟頭層筆則歲時鐘週農曆舊陰達隊後節簽"
    "預條紐違契邀續關臨員長門為兒學團級華維聯豪豬貨盞裡０１２３４５６７８９．％＄\u00a0\u2009\u202f\u3000",
    "万亿两点余号国币欧圆镑韩卢铢数几约将过辆个台间只张条项种场颗吨户栋头层笔则岁时钟周农历旧阴达队后节签"
    "预条纽违契邀续关临员长门为儿学团级华维联豪猪货盏里0123456789.%$    ",
)

_START = rf"(?<![{NUMERALS}a-zA-Z几数第点.])(?<![0-9],)"
_ABOUT = {
    "more than": r"(?<!不)(?:超过|逾)|(?<![不英中意德法西])超",
    "nearly": "将近|接近|(?<![最附邻临远靠迫])近",
    "about": r"大约|(?<![签合预节条纽公违契制邀履续解相特])约",
    "at least": "至少",
}
_PREFIX = "|".join(f"(?P<{name.replace(' ', '_')}>{words})" for name, words in _ABOUT.items())
_CURRENCIES = {word: currency.english for currency in CURRENCIES for word in currency.read}
_NAMED = "|".join(sorted(_CURRENCIES.keys() - {"元"}, key=len, reverse=True))
_YUAN = "元(?![素宇旦件器年老首气朝代月宵勋凶音帅化组])"
_COUNTERS = (
    "人次|名(?!单|义|额|字)|人(?!民|均|工|口|才|员|类|士)|台(?!湾|北|中|南|风|海|商)|部(?!分|门)|只(?![有要是能])|家(?![庭长电])"
    "|位(?![于置元])|本(?![周月年次])|次(?![日年])|条(?!件)|所(?![有在以])|支(?![持出付])|个(?!百分点)"
    "|[辆件户座款栋间头匹册张项种场艘架颗枚套层笔株棵队盏]"
)
_UNITS = "小时|分钟|天|岁|公里|公斤|公顷|公尺|米(?!粉|饭)|吨|平方|立方|英里|吋|英寸"
# 增加3万至5万 may go up by 30,000, to 50,000: then each number is said by itself.
_NO_CHANGE = "".join(f"(?<!{verb})" for verb in "增加 增长 增至 上涨 上升 提高 减少 下降 下跌".split())
_AMOUNT = re.compile(
    rf"(?:{_PREFIX})?(?:(?P<before>{_NAMED}){SPACE})?{_START}"
    rf"(?:(?:{_NO_CHANGE}(?P<low>{CHINESE_NUMBER})(?:{_YUAN})?{TO})?(?P<number>{CHINESE_NUMBER})"
    rf"|(?P<bare>[百千]万(?!亿)|[十百千]亿|[万亿百千](?![科达豪分瓦克米])))(?![{NUMERALS}]|[.,][0-9])"
    rf"(?:(?<=[百千万亿兆])|(?!{SPACE}[年月日号时点:]))"
    rf"(?:{SPACE}(?P<after>元?(?:{_NAMED})|{_YUAN})"
    rf"|{SPACE}(?P<points>个?百分点)|{SPACE}(?P<times>倍(?![体频率思]))"
    rf"|{SPACE}(?P<counter>{_COUNTERS})|(?P<unit>(?={SPACE}(?:{_UNITS})))|)"
)


def explained(text: str) -> Iterator[Aid]:
    """English for the clear figures and dates of a Chinese text; no two share a character."""
    return scan(text.translate(_SIMPLIFIED), _KINDS)


# --- amounts -------------------------------------------------------------------------------


def _amount(match: re.Match[str]) -> str | None:
    said = _figure(match)
    if said is None or not _worth_saying(match):
        return None
    about = next((name for name in _ABOUT if match[name.replace(" ", "_")]), None)
    if about is None and re.search("[多余]", match["number"] or ""):
        about = "more than"
    return f"{about} {said}" if about else said


def _figure(match: re.Match[str]) -> str | None:
    """The number or the two of a range, with what is counted: "3 to 5 times", "2 billion yuan"."""
    high = read_chinese(match["number"] or f"一{match['bare']}")
    if high is None:
        return None
    if match["times"] and high == 1 and not match["low"]:
        return "100%"  # 增加一倍 is an increase by as much again, in English no "1 times"
    figure = write_english(high)
    if match["low"]:
        low = _low(match["low"], match["number"], high)
        if low is None:
            return None
        figure = f"{write_english(low)} to {figure}"
    counted = _counted(match)
    return figure + (counted.removesuffix("s") if high == 1 and not match["low"] else counted)


def _low(low: str, number: str, high: Decimal) -> Decimal | None:
    """The lower end of a range, counted as the upper one where it has no unit itself: 100至200亿."""
    value, unit = read_chinese(low), re.search("[百千万亿兆]+$", number)
    if value is None:
        return None
    if unit and not re.search("[百千万亿兆]", low):
        if not re.fullmatch(DIGITS, low) or not number[0].isascii():
            return None
        scale = high / Decimal(number[: unit.start()].strip(" 多余").replace(",", ""))
        value = value * scale if value * scale < high else value
    return value if value < high else None


def _counted(match: re.Match[str]) -> str:
    if match["points"]:
        return " percentage points"
    if match["times"]:
        return " times"
    money = match["before"] or (match["after"] or "").removeprefix("元") or match["after"]
    return f" {_CURRENCIES[money]}" if money else ""


def _worth_saying(match: re.Match[str]) -> bool:
    """Whether a number is clear where it stands, and more than an English reader can read already."""
    number = match["number"] or ""
    kind = match["before"] or match["after"] or match["points"] or match["times"]
    if match["bare"]:
        return bool(_is_about(match) and (kind or match["counter"]))
    if "兆" in number:
        return bool(match["before"] or match["after"])  # else it may be mega: 兆瓦, 兆赫
    if len(number) == 1 and not number.isdigit() and (match["before"] or match["after"] == "元"):
        return False  # 一元, 二元, 三元 are words of their own; 美元一 is the beginning of 美元一度
    if kind or re.search(rf"[0-9][ ]?[百千万亿]|[{HAN_DIGITS}两十百千][多余]?[万亿]", number):
        return not re.match("十万(?:火急|大山|八千里|个为什么)", match.string[match.start("number") :])
    if number.isascii():
        return False
    counted = match["counter"] or match["unit"] is not None
    return counted and (len(number) > 1 or (number == "十" and match["counter"] != "位"))


def _is_about(match: re.Match[str]) -> bool:
    return any(match[name.replace(" ", "_")] for name in _ABOUT)


_SEVERAL = re.compile(
    rf"(?<![{NUMERALS}人总次倍指系函参岁天个多无基分级户车台件票字读计订实少半奇偶整正负底股])"
    rf"[数几](?P<unit>[十百千]?(?:万亿|亿|万)|[百千](?=(?:{_COUNTERS}|{_YUAN}|{_NAMED})))(?![{NUMERALS}])"
    rf"(?P<money>元?(?:{_NAMED})|{_YUAN})?"
)


def _several(match: re.Match[str]) -> str:
    """数千万 is tens of millions: by how many places it stands above the English word below it."""
    unit = match["unit"]
    places = len(str(int(read_chinese(unit if unit[0] == "十" else f"一{unit}") or 0))) - 1
    name = ("", "thousand", "million", "billion", "trillion")[places // 3]
    money = (match["money"] or "").removeprefix("元") or match["money"]
    if not name or places % 3 == 0:
        return " ".join(["several", name or "hundred", *([_CURRENCIES[money]] if money else [])])
    many = f"{('tens', 'hundreds')[places % 3 - 1]} of {name}s"
    return f"{many} of {_CURRENCIES[money]}" if money else many


# --- shares --------------------------------------------------------------------------------

_PER_CENT = re.compile(
    rf"(?<![{NUMERALS}])百分之(?P<number>百(?![{NUMERALS}])|{CHINESE_NUMBER})(?![{NUMERALS}])"
)
_FRACTION = re.compile(
    rf"(?<![{NUMERALS}部第])(?P<below>{CHINESE_NUMBER}|[百千万])分之(?P<above>{CHINESE_NUMBER})(?![{NUMERALS}])"
)
_TENTH = "[一二三四五六七八九两1-9]"
_NO_TENTHS = "[员立为熟功长果本都语交绩型品就人群分份形才不活器效因见天年去绵渝]"
_TENTHS = re.compile(
    rf"(?:{_PREFIX})?(?<![{NUMERALS}第几数点.])(?:(?P<low>{_TENTH})成?{TO})?(?P<tenths>{_TENTH})成"
    rf"(?P<more>[多余])?(?:(?P<hundredths>[{HAN_DIGITS}](?![川处周面季年个大分级月方环岁星名家点国{NUMERALS}]))|(?![{NUMERALS}]))"
    rf"(?!{_NO_TENTHS})"
)


def _per_cent(match: re.Match[str]) -> str | None:
    value = Decimal(100) if match["number"] == "百" else read_chinese(match["number"])
    if value is None:
        return None
    more = "more than " if re.search("[多余]", match["number"]) else ""
    return f"{more}{write_english(value)}%"


def _fraction(match: re.Match[str]) -> str | None:
    below = read_chinese(match["below"] if match["below"] not in "百千万" else f"一{match['below']}")
    above = read_chinese(match["above"])
    if below is None or above is None or above >= below:
        return None
    return f"{write_english(above)}/{write_english(below)}"


def _tenths(match: re.Match[str]) -> str | None:
    """三成 is 30%, 七成五 is 75%."""
    high = 10 * read_digit(match["tenths"]) + read_digit(match["hundredths"] or "0")
    about = next((f"{name} " for name in _ABOUT if match[name.replace(" ", "_")]), "")
    if match["more"]:
        about = "more than "
    if match["low"] is None:
        return f"{about}{high}%"
    low = 10 * read_digit(match["low"])
    return f"{about}{low}% to {high}%" if low < high else None


# What is asked first has the first right to the words.
_KINDS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    *DATES,
    (_PER_CENT, _per_cent),
    (_FRACTION, _fraction),
    (_TENTHS, _tenths),
    (_SEVERAL, _several),
    (_AMOUNT, _amount),
)
