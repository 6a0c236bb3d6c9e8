"""Where a question says in which outlet something stands: "according to Xinhua", 「衛報怎麼說」. Pure.

An outlet may also be what is asked about ("Who founded the Guardian?", "Who works at the BBC?"),
so its name alone says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.characters import CJK
from index.outlets import Named, Names
from index.records import Span
from index.text import Folded

_BEGINNINGS = re.compile(rf"(?<![^\W_{CJK}])(?=[^\W_])|(?=[{CJK}])")
_PIECE = "(?:articles?|reports?|stories|story|news|coverage|headlines?)"
_TOLD = (
    r"\b(?:(?:as )?(?:reported|written|published|covered|quoted|printed) (?:by|in)|according to|per)"
    rf"(?: an?| the)?(?: {_PIECE} (?:by|in|from|of))?(?: the)? $"
)
_PIECES_OF = rf"\b{_PIECE}(?: (?:published|printed))?(?P<cut> (?:by|in|from|of)(?: the)? )$"
# "in the Guardian", but not who works or has shares in it.
_INSIDE = (
    r"(?<!\bwork )(?<!\bworks )(?<!\bworked )(?<!\bworking )(?<!\bstake )(?<!\bshares )(?<!\binvest )"
    r"(?<!\binvested )(?<!\bpeople )(?<!\bjob )(?<!\bposition )(?<!\bstaff )\bin (?P<the>the )?$"
)
_DOING = r"(?:\b(?:did|does|do|has|had) )?(?:\bthe )?$"
_WHAT_IT_SAYS = re.compile(r"(?<=\bwhat )(?:did|does|do|has|had) ")
_SAYS = (
    r"(?:['’]s?)? (?:(?:has |have |had )?(?:report(?:s|ed|ing)?|says?|said|wrote|writes?|claim(?:s|ed)?)\b"
    rf"(?: that\b)?,?|(?P<kept>{_PIECE})\b)"
)
_STOP = re.compile(
    r"\s*(?:[,.:;?!)]|$)|['’]s? (?:articles?|reports?|reporting|stor|coverage)"
    r"|\s+(?:how|what|who|when|where|which|why|is|was|are|were|did|do|does|in|on|last|this|about|since|the)\b"
)
_OWNS = re.compile("['’]")
_ASKED = (
    "According|As|In|From|By|Per|How|What|Who|When|Where|Which|Why|Is|Was|Did|Do|Does|Has|Had|The|Reported"
)
_GOES_ON = re.compile(rf" +(?!(?:{_ASKED}|News|Agency|Online|Website)\b)[A-Z]|[-&]")
_GOES_BEFORE = re.compile(rf"(?<![^\W_])(?!(?:{_ASKED})\b)[A-Z][\w.&-]* $")
_ENGLISH_TAIL = re.compile(r"(?: news| agency| online| newspaper| website|\.com\b)+(?=\W|$)")
_TOLD_ZH = re.compile('(?:根?据|依据|按照?|引述|引用|援引|来自|出自)[《"]?$')
_AFTER_TOLD_ZH = re.compile(
    '[》"]?(?:(?:网站|记者|通讯社)*的?(?:报[道导]|消息|新闻|文章|说法|称|说|指出?|透露)(?:指出|称|说)?[,:]?|[,:]|$)'
)
_SAYS_ZH = re.compile(
    '[》"]?(?:(?P<kept>'
    "(?:对.{1,12})?(?:是|曾)?(?:怎么|如何|怎样)(?:说|看|写|报[道导]|评论|评价)|的(?:文章|新闻|消息|社论|头条)"
    r"|(?=(?:[今去前昨][年天日]|[\d一二三四五六七八九十]+[年月日]|[上这本]个?[周月])+的?(?:报[道导]|文章|新闻)))"
    "|的?(?:有没有|是否|有无)?报[道导](?!员|文学)(?:称|说|指出|了)?(?:里|中|内|上)?,?"
    "|(?P<bare>称|指出|写道|刊文|说(?![明法服唱]))了?,?)"
)
_INSIDE_ZH = re.compile('[》"]?(?:上|里|中)(?![海国学])面?的?(?:报[道导]|文章|新闻)?(?:里|中)?,?')


@dataclass(frozen=True, slots=True)
class Attribution:
    """Outlets, spelled as the library has them, and what to cut out of the folded question for them.

    `instead` is to stand there: of "What did the BBC say about it" is left "What was said about it".
    """

    span: Span
    outlets: tuple[str, ...]
    instead: str = ""


def attributions(folded: Folded, question: str, names: Names) -> Iterator[Attribution]:
    """Where a question names outlets as its sources, in order."""
    text, end = folded.text, 0
    for start in _BEGINNINGS.finditer(text):
        if start.start() < end or (named := names.at(text, start.start())) is None:
            continue
        at = Span(start.start(), named.end)
        spelled = folded.original(at)
        capital = spelled.of(question)[:1].isupper() or not spelled.of(question).isascii()
        span = _english(text, at, named, capital=capital) or _chinese(text, at, named)
        if span is not None and not _is_of_a_longer_name(question, spelled):
            yield Attribution(
                span, named.outlets, "was said" if _WHAT_IT_SAYS.match(text, span.start) else ""
            )
            end = span.end


def _english(text: str, at: Span, named: Named, *, capital: bool) -> Span | None:
    tail = _ENGLISH_TAIL.match(text, at.end)
    end = tail.end() if tail else at.end
    before, after = text[max(0, at.start - 80) : at.start], text[end:]
    shift = at.start - len(before)
    stops = _STOP.match(after) is not None
    clear = stops or (named.whole and capital and not _OWNS.match(after))
    if (told := re.search(_TOLD, before)) and clear:
        return Span(shift + told.start(), end)
    if (pieces := re.search(_PIECES_OF, before)) and clear:
        return Span(shift + pieces.start("cut"), end)
    says, doing = re.match(_SAYS, after), re.search(_DOING, before)
    if says and doing and (capital or (named.whole and doing[0])):
        return Span(shift + doing.start(), end + (says.start("kept") if says["kept"] else says.end()))
    inside = re.search(_INSIDE, before)
    if inside and stops and capital and (inside["the"] or " " in text[at.start : at.end]):
        return Span(shift + inside.start(), end)
    return None


def _is_of_a_longer_name(question: str, spelled: Span) -> bool:
    """Whether a name in Latin script is only part of another: the Guardian Council, NY Times."""
    if question.isupper() or not spelled.of(question).isascii():
        return False
    around = (_GOES_ON.match(question, spelled.end), _GOES_BEFORE.search(question[: spelled.start]))
    return any(around)


def _chinese(text: str, at: Span, named: Named) -> Span | None:
    before = text[max(0, at.start - 6) : at.start]
    told = _TOLD_ZH.search(before)
    after = _AFTER_TOLD_ZH.match(text, at.end)
    begin = at.start - (before[-1:] in {"《", '"', "在"})
    if told and after:
        return Span(at.start - len(before) + told.start(), after.end())
    says = _SAYS_ZH.match(text, at.end)
    if says and (named.whole or says["bare"] is None):
        return Span(begin, says.end() if says["kept"] is None else says.start("kept"))
    inside = _INSIDE_ZH.match(text, at.end) if re.search('在[《"]?$', before) else None
    return Span(at.start - len(before) + before.rindex("在"), inside.end()) if inside else None
