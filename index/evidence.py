"""What kind of answer a question asks for, and whether a sentence offers that kind. Pure.

Who asks "how much does it cost" wants a sum of money, who asks "when" a date. The kinds
are seen by their words in both languages, so they work across languages as well. Every
function takes folded text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.months import ANY_MONTH, WEEKDAY

_NUMERAL = r"(?:\d[\d,.]*|[一二两三四五六七八九十百千半])\s*[十百千万亿]*(?:多|余)?"
_NAMED = f"{ANY_MONTH}|{WEEKDAY}".lower()

# For each kind: what a question asking for it looks like, and a sentence that offers it.
_KINDS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "number": (
        re.compile(
            r"多少|几[^乎]|多大|多长|多高|多远|多重|多快|多久|占比|百分|比例|"
            r"\bhow (?:many|much|long|old|far|tall|big|large|fast|often|high|heavy|deep|wide)\b|"
            r"\bnumber of\b|"
            r"\bpercent|\bwhat (?:percentage|share|number|price|amount|is the price|was the score)\b"
        ),
        re.compile(
            rf"\d|{_NUMERAL}[个名位家人年天次种项元岁吨米公倍成%座所条辆台部支分件]|百分之|"
            r"\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion|half|twice)\b"
        ),
    ),
    "date": (
        re.compile(
            r"什么时候|何时|哪一?年|哪一?天|哪个?月|几月|几号|几点|哪日|日期|什么时间|"
            r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time|century|decade)\b"
        ),
        re.compile(
            rf"\d年|\d月|\d日|\d时|\d点|世纪|年代|去年|今年|明年|前年|昨[天日]|今[天日]|上周|上个?月|"
            rf"\b(?:1[0-9]|20)\d\d\b|\b(?:{_NAMED}|yesterday|today|century)\b"
        ),
    ),
    "money": (
        re.compile(
            r"多少钱|多少元|多少美元|造价|票价|售价|价格|定价|营收|收入|利润|赚|投资|投入|经费|预算|花费|耗资|"
            r"成本|市值|奖金|补贴|押金|费用|"
            r"\bhow much\b.*\b(?:cost|spend|spent|pay|paid|invest|earn|made|make|raise|worth|money|charge)|"
            r"\b(?:price|revenue|profit|income|budget|cost|fare|salary|subsid\w+|investment)\b"
        ),
        re.compile(
            rf"{_NUMERAL}(?:元|美元|欧元|英镑|日元|港元|港币|新台币|块钱?|美金)|[$€£¥]\s*\d|"
            r"\d[\d,.]*\s*(?:(?:thousand|million|billion|trillion)\s+)?(?:yuan|dollars?|euros?|pounds?|yen|rmb|usd)\b"
        ),
    ),
    "duration": (
        re.compile(r"多久|多长时间|几天|几年|几个月|几小时|\bhow long\b"),
        re.compile(
            rf"{_NUMERAL}(?:年|天|个?月|个?小时|分钟|秒|周|日)|"
            r"\d\s*(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?)\b"
        ),
    ),
    "future": (
        re.compile(
            r"计划|预计|将会?|未来|打算|接下来|明年|目标|准备|"
            r"\b(?:plans?|planning|will|going to|expects?|expected|intends?|future|next|upcoming|"
            r"forecast|aims?)\b"
        ),
        re.compile(
            r"计划|预计|将|未来|打算|接下来|明年|目标|今后|"
            r"\b(?:plans?|planned|will|going to|expects?|expected|intends?|future|next|upcoming|"
            r"forecast|aims?|by 20\d\d)\b"
        ),
    ),
    "place": (
        re.compile(
            r"哪里|哪儿|何处|何地|在哪|什么地方|哪个?(?:国家|城市|地区|省|州|市)|"
            r"\bwhere\b|\b(?:what|which) (?:country|city|place|state|region|town)\b"
        ),
        re.compile(r"[省市县区州国镇乡村旗岛港洲湾路街]|\b(?:in|at|near|from) [a-z]"),
    ),
    "person": (
        re.compile(r"谁|何人|哪位|哪个人|什么人|叫什么名字|\bwho(?:se|m)?\b"),
        re.compile(
            r"[说称]|表示|介绍|指出|先生|女士|教授|博士|总裁|经理|主任|主席|总统|教练|选手|创始人|"
            r"\b(?:said|says|by|mr|ms|dr|president|chief|director|founder|professor)\b"
        ),
    ),
}

KINDS = tuple(_KINDS)
_COUNTED = re.compile(r"(?:多少|几)([一-鿿])")
_COUNTED_NOUN = re.compile(r"\b(?:how many|number of) ([a-z]+)")
_FIGURE = re.compile(r"\d+(?:\.\d+)?|[一二三四五六七八九十]+(?=[号届次代期季级])")
_CHINESE_DIGITS = {character: str(value) for value, character in enumerate("零一二三四五六七八九十")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for: kinds of answer, the counted thing, and figures it names."""

    kinds: frozenset[str]
    counted: str | None
    figures: frozenset[str]


def wanted(question: str) -> Wanted:
    """Read off a folded question what kind of answer it asks for."""
    kinds = {kind for kind, (asked, _) in _KINDS.items() if asked.search(question)}
    if kinds & {"date", "duration"}:
        kinds.discard("number")
    counted = _COUNTED.search(question) or _COUNTED_NOUN.search(question)
    return Wanted(frozenset(kinds), counted[1] if counted else None, figures(question))


def figures(text: str) -> frozenset[str]:
    """The figures a folded text names, as digits; "六号" and "6号" name the same."""
    return frozenset(_CHINESE_DIGITS.get(each, each) for each in _FIGURE.findall(text))


def fits(want: Wanted, sentence: str) -> tuple[float, ...]:
    """For each of KINDS: 1 if asked for and offered, -1 if asked for and not, 0 if not asked for."""
    return tuple(
        0.0 if kind not in want.kinds else (1.0 if offered.search(sentence) else -1.0)
        for kind, (_, offered) in _KINDS.items()
    )


def counts(want: Wanted, sentence: str) -> float:
    """1 if the sentence counts the very thing the question wants counted ("多少戶", "5萬3000戶")."""
    if want.counted is None:
        return 0.0
    if want.counted.isascii():
        return float(
            re.search(rf"\d[\d,.]*(?: \w+)?(?: \w+)? {re.escape(want.counted)}", sentence) is not None
        )
    return float(re.search(_NUMERAL + re.escape(want.counted), sentence) is not None)
