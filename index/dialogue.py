"""A follow-up question ("and in 2024?", 「那員工呢？」) as a question that stands by itself. Pure.

Nothing is known here but the words: which of them name a company cannot be looked up. So a
question is taken for a follow-up only by signs that a complete one does not bear: it opens
with "and" or 「那」 and names nothing, it leans on a pronoun before it has named anything,
or it has no word to search by. Then, in this order:

1. A period, a name or what is counted takes the place of its like in the question before.
2. "He" and "that company" give way to what the question before was about.
3. Else the question before is put in front, which serves searching nearly as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from index.keywords import question_terms
from index.months import MONTH
from index.text import CJK, fold, language_of

_TURNS: Final = 3
_LONGEST: Final = 400  # characters; a longer message is no question that another goes on from
_FEW_TERMS: Final = 2
_SHORT_NAME: Final = 4  # characters; a longer subject of a Chinese question is more than a name
_MARKS: Final = " \t\n?？.。!！…,，:："

# --- English -------------------------------------------------------------------------------

_AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)"
_ASKING = r"(?:how|what|which|who|whom|whose|when|where|why)"
_PLAIN = (
    rf"(?:{_AUXILIARY}|{_ASKING}|and|but|or|so|then|also|the|an?|in|on|at|by|for|from|of|to|with|many|much|"
    "i|it|they|he|she|tell|me|give|name|list|number|please|long|far|often|old|big|year|time|people|said|says)"
)
_PREPOSITION = "in|on|at|by|for|from|to|during|over|since|until|before|after|with|under|within"
_CAPITAL = rf"(?!(?i:{_PLAIN}|{MONTH}|r&d|ceo|ipo|q[1-4])(?![\w&]))[A-Z][\w&.’'-]*"
_NAME = re.compile(rf"(?<![\w&’']){_CAPITAL}(?: (?:{_CAPITAL}|\d+(?!\w)))*|[{CJK}]+")
_OWNING = re.compile(r"['’]s?$")
_STRETCH = r"(?:\w+ )?(?:years?|months?|weeks?|days?|quarters?)"
_PERIOD = re.compile(
    rf"\b(?:(?:the )?(?:first|second|third|fourth|last|next|past|previous|coming) (?:half|{_STRETCH})"
    rf"|this (?:year|month|week|quarter)|q[1-4]|(?:{MONTH})(?: \d\d?\b,?)?)"
    r"(?:,? (?:of )?(?:19|20)\d\d)?\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_PHRASE = re.compile(rf"(?:({_PREPOSITION}) )?(.+)", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:(?:and|but|so|or|also|then|ok|okay)\b,? *)*(?:(?:what|how) about\b *|what of\b *)?", re.IGNORECASE
)
_IS_ASKED = re.compile(rf"(?:\w+ )?(?:{_ASKING}|{_AUXILIARY})\b", re.IGNORECASE)
_COUNTED = re.compile(r"(?<=\bhow many )[\w-]+", re.IGNORECASE)
_DEFINITE = re.compile(
    r"\b(?:was|were|did)\b.*\bthe (?!weather|sun|moon|earth|world|universe)(?!.* of )", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\b(?:(?P<being>he|him|she|(?:the|that|this) (?:company|firm))|(?P<owner>his|her)"
    r"|(?P<there>there(?=$| now| today| then))|(?P<this>this|that|these|those)"
    r"|its?|they|them|their|(?:the|that|this) (?:plant|factory))\b",
    re.IGNORECASE,
)
_EMPTY_IT = re.compile(
    r"\bit (?:true|called|snow|rain|(?:takes?|costs?|mean) \w+|\w+ (?:to|that|for) )", re.IGNORECASE
)
_WHO_IS = re.compile(r"who (?:is|are|was|were) ([^'’]+)", re.IGNORECASE)

# --- Chinese, as `_simplified` reads it ----------------------------------------------------

_ASKING_ZH = "什么|[谁哪几]|多[少大久长高远重深快]|何[时地人处]|为何|如何|怎|吗$|能不能|有没有|是不是|是否"
_ASKED_ZH = re.compile(_ASKING_ZH)
_OPENING_ZH = re.compile(
    "(?:那么|那(?!不勒斯|霸|曲|英|斯达克|[家个种间座所部款位次条项样里边时些])|而且?|还有|另外|至于|请问|[,，])*"
)
_LEANING = re.compile(
    "(?:为什么|什么时候|哪一?年|谁是|是谁|当时|后来)?"
    "(?:(?P<being>[他她](?!们)|(?:该|[这那]一?[家间])(?:公司|集团|企业))|(?P<owner>其)(?![他它实次余中])"
    "|[他她它]们?|对方|[这那][里边]|[这那]一?[座个所](?:工?厂|车厂)|其中|[之此][前后])"
)
_BARE = re.compile(
    "(?:这|那|是)*(?:谁|何人|哪位)(?:这么|这样|这话)?说的?|(?:多少|几)[钱元人个次天年]|(?:什么|啥)(?:原因|意思)"
)
_NOTHING_NAMED = re.compile(
    "(?:是|在|要|从|有|会|共|一共|又|还|都)?"
    "(?:什么时候|何时|几[时点]|哪一?[年天]|哪[里儿]|多久|多少钱|怎么|为什么|为何)"
    "(?:是|在|要|会|能|有)?[^的是有在]{0,4}(?:的|了)?"
    "|(?:又|共|一共|大概)?(?:增长|增加|减少|下降|上升|上涨|下跌|坐|等|花|用|占|卖|赚)(?:要|了)?(?:多少|多久|几成?).{0,4}"
)
_PERIOD_ZH = re.compile(
    r"(?:19|20)\d\d年?(?:第?[一二三四1-4]季度?|[上下]半年|\d\d?月(?:\d\d?[日号])?)?|[去今明前后]年|昨天|今天|明天"
    r"|[上下这本]个?[月周季]度?|第[一二三四]季度?|[上下]半年|\d\d?月(?:\d\d?[日号])?"
    r"|(?:未来|今后|过去|最近|近|前)[一两二三四五六七八九十\d]+(?:个月|年|天|周)"
)
_MEASURE = (
    "员工|人数|营业?收入?|收入|净?利润|盈利|成本|造价|票价|价格|售价|股价|市值|销量|产量|面积|长度|高度|深度|重量|速度|时速"
    "|预算|支出|开支|经费|费用|投资|损失|年龄|身高|分红|总部|工厂|董事长|执行长|总经理|创[始办]人|市长|校长|作者|教练|对手"
)
_OF_THINGS = re.compile(rf".*(?:{_MEASURE}|[人者生费价款额率量数积期金牌票车轮班站位层号])")
_MEASURE_ASKED = re.compile(rf"(?:{_MEASURE})(?:是|有|又|在|叫|一共|总共)*(?:{_ASKING_ZH}).{{0,4}}")
_SUBJECT_ENDS = re.compile(
    rf"的|有|是|在|能(?!源)|可以|一共|总共|合计|累计|{_ASKING_ZH}|{_PERIOD_ZH.pattern}"
    "|(?:计划|打算|预计|准备|预期|将)(?=[投花推建购买卖招增裁收发])"
)
_LOOSE_END = re.compile("[了由叫被把给到从要会为共靠跟和都]+$")


def understood(question: str, turns: Sequence[str]) -> str | None:
    """What a follow-up question asks, in full; None where the question stands by itself.

    `turns` are the chat's earlier questions as they were understood, oldest first; the last
    three count. The words are the asker's and those of the question before, so that a person
    can check them; both languages stand in it where the chat has changed its language.
    """
    before = [told for turn in turns[-_TURNS:] if len(turn) <= _LONGEST if (told := turn.strip(_MARKS))]
    asked = question.strip(_MARKS)
    if not before or not asked or len(asked) > _LONGEST:
        return None
    read = _in_chinese if _is_chinese(question) else _in_english
    full = read(asked, before[-1])
    if full is None:
        return None
    return full + ("？" if _is_chinese(full) else "?")


def _is_chinese(text: str) -> bool:
    return language_of(text).startswith("zh")


def _after(last: str, question: str) -> str:
    """The question before, then this one; of a longer chain its first and its last stay."""
    first, *others = re.split("[?？] ?", last)
    mark = "？" if _is_chinese(last) else "? "
    return mark.join([first, *others[-1:], question])


# --- a follow-up in English ----------------------------------------------------------------


def _in_english(asked: str, last: str) -> str | None:
    opening = _OPENING.match(asked)
    assert opening is not None  # it matches nothing as well
    core = asked[opening.end() :]
    if not question_terms(core):
        return _after(last, core or asked)
    if not _IS_ASKED.match(core):
        return _with_part(core, last) if opening[0] or _is_period(core) else None
    if _NAME.search(core):
        return None
    pronoun = _leaning_pronoun(core)
    if pronoun is not None:
        return _with_pronoun(core, pronoun, last)
    definite = _DEFINITE.search(core) is not None and len(question_terms(core)) <= _FEW_TERMS
    return _after(last, core) if opening[0] or definite else None


def _is_period(core: str) -> bool:
    phrase = _PHRASE.fullmatch(core)
    return phrase is not None and _PERIOD.fullmatch(phrase[2]) is not None


def _leaning_pronoun(core: str) -> re.Match[str] | None:
    """The pronoun that stands for what was named before: nothing is named ahead of it here."""
    pronoun = _PRONOUN.search(core)
    if pronoun is None or _EMPTY_IT.match(core, pronoun.start()):
        return None
    ahead = core[: pronoun.start()].lower().split()
    named = [word for word in ahead if not re.fullmatch(_PLAIN, word)]
    asked = re.fullmatch(_AUXILIARY, "".join(ahead[-1:])) is not None
    if pronoun["this"] and not asked and pronoun.end() < len(core):
        return None
    return pronoun if len(named) <= 1 else None


def _with_pronoun(core: str, pronoun: re.Match[str], last: str) -> str:
    if not pronoun["being"] and not pronoun["owner"]:
        return _after(last, core)
    owner = "'s" if pronoun["owner"] else ""
    return core[: pronoun.start()] + _subject(last) + owner + core[pronoun.end() :]


def _with_part(part: str, last: str) -> str:
    """The question before with a part of it replaced, or with the part put behind."""
    phrase = _PHRASE.fullmatch(part)
    assert phrase is not None
    if phrase[1] or _PERIOD.fullmatch(part):
        return _with_phrase(phrase, last)
    if _NAME.search(part):
        return _with_name(part, last)
    counted, thing = _COUNTED.search(last), part.removeprefix("the ")
    if counted is not None and " " not in thing:
        return last[: counted.start()] + thing + last[counted.end() :]
    return _after(last, part)


def _with_phrase(phrase: re.Match[str], last: str) -> str:
    """The question before with "in 2024" for another period, or "in Tokyo" for another "in"."""
    period = _PERIOD.search(last) if _PERIOD.fullmatch(phrase[2]) else None
    if period is not None:
        lead = re.search(rf"\b(?:{_PREPOSITION}) $", last[: period.start()]) if phrase[1] else None
        return last[: (lead or period).start()] + phrase[0] + last[period.end() :]
    for same in re.finditer(rf"\b{phrase[1]} ", last, re.IGNORECASE):
        name = _NAME.match(last, same.end())
        if name is not None:
            return last[: same.start()] + phrase[0] + last[name.end() :]
    return f"{last} {phrase[0]}"


def _with_name(name: str, last: str) -> str:
    """The question before with another name for its first one, or for its subject in Chinese."""
    if _is_chinese(last):
        subject = _subject(last)
        known = len(subject) <= _SHORT_NAME
        return name + last[len(subject) :] if known else f"{_after(last, name)}呢"
    other = _NAME.search(last)
    if other is None:
        return _after(last, name)
    owning = _OWNING.search(other[0])
    end = other.start() + owning.start() if owning else other.end()
    return last[: other.start()] + name + last[end:]


# --- a follow-up in Chinese ----------------------------------------------------------------


def _simplified(text: str) -> str:
    """The text as the patterns read it, character for character as long as the original."""
    folded = fold(text)
    return folded.text if folded.starts is None else text


def _in_chinese(asked: str, last: str) -> str | None:
    opening = _OPENING_ZH.match(_simplified(asked))
    assert opening is not None  # it matches nothing as well
    core = asked[opening.end() :]
    read = _simplified(core)
    if len("".join(question_terms(core))) <= 1 or _BARE.fullmatch(read):
        return _after(last, core or asked)
    if read.endswith("呢") and not _ASKED_ZH.search(read):
        return _with_part_in_chinese(core[:-1], last)
    leaning = _LEANING.match(read)
    if leaning is not None:
        return _with_pronoun_in_chinese(core, leaning, last)
    incomplete = _NOTHING_NAMED.fullmatch(read) or _MEASURE_ASKED.fullmatch(read)
    return _after(last, core) if incomplete else None


def _with_part_in_chinese(part: str, last: str) -> str:
    read = _simplified(part)
    if _PERIOD_ZH.fullmatch(read):
        period = _PERIOD_ZH.search(_simplified(last)) or _PERIOD.search(last)
        return last[: period.start()] + part + last[period.end() :] if period else f"{part}，{last}"
    return f"{_subject(last)} {part}" if _OF_THINGS.fullmatch(read) else _with_name(part, last)


def _with_pronoun_in_chinese(core: str, leaning: re.Match[str], last: str) -> str:
    group = "being" if leaning["being"] else "owner"
    if not leaning[group]:
        return _after(last, core)
    owner = "的" if group == "owner" else ""
    return core[: leaning.start(group)] + _subject(last) + owner + core[leaning.end(group) :]


# --- what the question before was about ----------------------------------------------------


def _subject(last: str) -> str:
    """Who or what a question was about, as short as it can be told: TSMC, of "TSMC's sales"."""
    if _is_chinese(last):
        ends = _SUBJECT_ENDS.search(_simplified(last))
        subject = last[: ends.start()] if ends else last
        return subject[: len(_LOOSE_END.sub("", _simplified(subject)))] or last
    name, is_who = _NAME.search(last), _WHO_IS.fullmatch(last)
    if is_who is not None:
        return is_who[1]
    return _OWNING.sub("", name[0]) if name else last
