"""What a question says about when and where articles appeared: "last week", 「據新華社報導」. Pure.

A time is read as that of the articles only where the words leave little doubt, because a filter
taken wrongly hides the right answer, while one that is missed only lets more through. Days,
weeks and months told from today count by themselves ("yesterday", 「上個月」). A year or a date
("revenue in 2024") is mostly part of what is asked, so it counts only beside words for articles
("news from 2024", 「2024年的報導」). An outlet counts where something is said to stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from index.attribution import Attribution, attributions
from index.keywords import question_terms
from index.outlets import names_of
from index.periods import Period, periods
from index.records import Span, Within
from index.text import Folded, fold


@dataclass(frozen=True, slots=True)
class Filtered:
    """A question's filter, if it has one, and the question without the words that say so."""

    text: str
    within: Within | None = None


def filtered(question: str, today: date, outlets: Sequence[str]) -> Filtered:
    """Read the filter off a question that is asked `today`; `outlets` are those there are.

    Of several times the last one counts; several outlets count together.
    """
    folded = fold(question)
    said = list(attributions(folded, question, names_of(tuple(outlets)))) if outlets else []
    times = list(_times(folded, question, today, said))
    if not said and not times:
        return Filtered(question)
    period = times[-1][1] if times else None
    within = Within(
        since=period.since if period else None,
        until=period.until if period else None,
        outlets=tuple(dict.fromkeys(name for each in said for name in each.outlets)) or None,
    )
    cuts = [(each.span, each.instead) for each in said] + [(span, "") for span, _ in times]
    return Filtered(_without(question, [(folded.original(span), instead) for span, instead in cuts]), within)


def _without(question: str, cuts: list[tuple[Span, str]]) -> str:
    """The question with something else in some places; as it is if nothing is left to search by."""
    kept = list(question)
    for cut, instead in cuts:
        kept[cut.start : cut.end] = [instead or "\0"] + [""] * (len(cut) - 1)
    text = _PIECES_SAY.sub("was said", _ENDS.sub("", _GAP.sub(_joined, "".join(kept))))
    return text if question_terms(text) else question


_GAP = re.compile("[ ,，]*\0[ \0]*(?P<stop>[,，]? *[.。?？!！,，、:：;；]?)")
_PIECES_SAY = re.compile(
    r"(?<=\bwhat )(?:do|did|does) (?:the )?(?:articles?|news|reports|stories) (?:say|report|mention)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"^[\s,，、:：;；.。的]+|\s+$")


def _joined(gap: re.Match[str]) -> str:
    stop = gap["stop"].strip()
    if stop:
        return stop + " " if gap["stop"].endswith(" ") else stop
    return " " if " " in gap[0] else ""


# --- times ---------------------------------------------------------------------------------

_ARTICLES = "(?:news|articles?|coverage|headlines)"
_TEXTS = r"(?:(?<!short )stories|(?:(?<=news )|(?<=press )|(?<=me )|^)reports|interviews)"
_PRINTED = (
    r"(?P<cut>(?: that| which)?(?: (?:is|was|are|were|ha[sd] been|have been))?"
    r" (?:published|printed|posted|written|dated|released|reported|filed|appear(?:ing|ed)))?"
)
_HEADED = re.compile(
    rf"\b(?:(?P<noun>{_ARTICLES})(?: items?)?|(?P<text>{_TEXTS}))"
    rf"(?: (?:about|on) [^.?!;,]{{1,60}}?)?{_PRINTED} $"
)
_FIRM = re.compile(r"(?:from|since|between|before|after|until|published)\b")
_SAID = re.compile(
    r"\bwhat(?:'s| (?:was|is|were|ha[sd] been))(?: ever)? (?:said|written|reported|printed|published)\b"
    r"|\bwhat did (?:people|reporters|the (?:press|media|(?:news)?papers|news)) (?:say|write|report)\b"
    r"|\bwhat (?:do|did|does) (?:the |any )?(?:articles?|news|reports|stories) (?:say|report)\b"
)
_ON = re.compile(r"\b(?:about|on)\b")
_FOLLOWED = re.compile(
    rf" (?:['’]s )?(?:news )?{_ARTICLES}\b(?! (?:conference|agency|channel|anchor|release|presenter|of ))"
)
_PAST = re.compile(r"\b(?:was|were|did|happen(?:ed|s|ing)?|news|headlines|articles?|reported)\b")
_NEWS_ZH = (
    "(?:新闻|报[道导]|文章|消息|资讯|头条|社论|专访)"
    "(?!自由|发布|文学|[局学奖社处署部界网报司台员组]|记者|工作|主[播持]|频道|联播|周刊|媒体|出版|中心)"
)
_FOLLOWED_ZH = re.compile(
    rf"的?(?:{_NEWS_ZH}|(?<=的)[^\W的]{{1,4}}{_NEWS_ZH})(?P<cut>(?:之?[中内]|里)面?,?)?"
    rf"|的?(?:有(?:什么|哪些|没有|关|何)|关于)[^,.?]{{0,16}}{_NEWS_ZH}"
)
_PAST_ZH = re.compile(f"了|发生|宣布|公布|{_NEWS_ZH}")


def _times(
    folded: Folded, question: str, today: date, said: Sequence[Attribution]
) -> Iterator[tuple[Span, Period]]:
    """The times that are the articles', each with what to cut out of the folded question for it."""
    text = folded.text
    for period in periods(text, today):
        span = period.span
        headed, followed = _headed(folded, question, span), _FOLLOWED_ZH.match(text, span.end)
        meant = headed or followed or _FOLLOWED.match(text, span.end) or _is_said(text, span, said)
        if period.vague and _is_name(question, folded.original(span)):
            continue
        if meant or (period.recent and not (period.vague and _is_nowadays(text, span))):
            start = headed.start("cut") if headed and headed["cut"] else span.start
            end = followed.end() if followed and followed["cut"] else span.end
            yield Span(start, end), period


def _headed(folded: Folded, question: str, span: Span) -> re.Match[str] | None:
    """The words for articles that a time is said of: "stories about X published" (in 2024)."""
    text = folded.text
    headed = _HEADED.search(text[: span.start] + ("" if text[: span.start].endswith(" ") else " "))
    if headed is None:
        return None
    group = "noun" if headed["noun"] else "text"
    if _is_name(question, folded.original(Span(*headed.span(group)))):  # Fox News in 2013
        return None
    firm = headed["cut"] or _FIRM.match(text, span.start)
    direct = headed.end(group) + 1 == headed.end()
    return headed if firm or (direct and group == "noun") else None


def _is_said(text: str, span: Span, said: Sequence[Attribution]) -> bool:
    """Whether it stands beside an outlet, or in a question for what was written about something."""
    beside = (gap for each in said for gap in (span.start - each.span.end, each.span.start - span.end))
    if any(0 <= gap <= 1 for gap in beside):
        return True
    asked = _SAID.search(text, 0, span.start)
    return asked is not None and _ON.search(text, asked.end()) is not None


def _is_name(question: str, stands: Span) -> bool:
    """Whether a word is written as a name: World Today, the second one of Fox News."""
    return stands.start > 0 and stands.of(question)[:1].isupper()


def _is_nowadays(text: str, span: Span) -> bool:
    """Whether "today" may mean the age rather than the day: today's doctors, who lives there today."""
    return span.of(text).endswith("s") or not (_PAST.search(text) or _PAST_ZH.search(text))
