"""The site's furniture in an article's text: stored with it, but never searched or quoted.

Copyright notices, disclaimers, editors' credits, teasers of other stories, prompts to share
or subscribe. Hiding a sentence of the news is worse than showing a credit line, so a piece
anywhere in the text must speak as the site does (「本網…」, "we use cookies") or be a line of a
known shape. The end of a page is different: there furniture stands in a block, and the block
that gathers the most evidence is taken whole, sentences without a mark of their own included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from index.records import Span
from index.text import fold, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from index.text import Folded

# What a piece says for a block of furniture that begins at or before it. Two notices outweigh
# one sentence that could be news; credits alone never do.
_NOTICE, _CREDIT, _TITLE, _NEUTRAL, _PROSE = 3, 1, 1, 0, -5

# All patterns meet folded text: Simplified script, half width, lower case; 。is a full stop.
_SITE = r"(?<![日标样版基根资成])(?:本|此|我)(?:网|站|报|刊|社|台|公众号|号|平台|文|篇|公司|稿|app)"

# Each notice has a word that it cannot do without: looking for that first is twenty times faster.
# Rights: a news sentence tells of someone's rights, a notice forbids, asks or reserves.
_RIGHTS = (
    ("all rights reserved", ""),
    ("copyright", r"^\W*(?:copyright\b|©)|copyright ©"),
    ("©", r"^\W*©"),
    ("必究", r"(?:违者|转载|侵权|翻[印版]|盗版)必究"),
    (
        "版权",
        r"版权(?:所有|声明|说明)|版权[^.]{0,16}(?:归|属于?|为)[^.]{0,30}所有[^.]{0,12}(?:未经|转载|禁止|不得|感谢|如)",
    ),
    (
        "版权",
        r"(?:如|若|因)[^.]{0,24}(?:版权|侵权)[^.]{0,40}(?:联[系络]|删除|来[电函]|告知|处理)|^\W*版权[^.]{0,6}电话",
    ),
    ("侵权", r"(?:如|若|因)[^.]{0,24}侵权[^.]{0,40}(?:联[系络]|删除|来[电函]|告知|处理)"),
    ("未经", r"未经[^.]{0,16}(?:许可|允许|授权|同意|准许)[^.]{0,20}(?:转载|摘编|镜像|转贴|链接)"),
    (
        "转载",
        r"转载[^.]{0,12}(?:请|须|需|务必|必须)[^.]{0,12}(?:注明|标注|保留|标明|联系|保持)|(?:禁止|谢绝|请勿)转载",
    ),
    ("注明", r"请(?:务必)?注明(?:来源|出处|作者|转自)|凡(?:本[网站])?注明"),
    (
        "not be",
        (
            r"(?:material|content|article|page|part|copy)\b[^.]{0,60}m(?:ay|ust) not be "
            r"(?:re)?(?:published|produced|distributed|broadcast|written)"
        ),
    ),
    ("without", r"without (?:the |our )?(?:prior |express |written )*(?:permission|consent) (?:of|from)"),
)
_DISCLAIMERS = (
    ("代表", rf"不能?代表(?:{_SITE})|(?:仅|只)代表(?:作者|个人|发言者)"),
    ("无关", rf"与(?:{_SITE})(?:的)?(?:立场|观点)?无关"),
    ("参考", rf"(?:{_SITE}|文章|以上|上述|所载|内容|信息)[^.]{{0,40}}(?:仅供|只供)[^.]{{0,8}}参考"),
    ("构成", r"不(?:对您?)?构成[^.]{0,12}(?:建议|依据|邀约|要约)"),
    ("有风险", r"^\W*(?:投资|股市|入市|市场|理财)有风险[,; ]?[^.]{0,6}(?:谨慎|慎重)"),
    ("声明", r"(?:广告|免责|特别|郑重|版权|原创)声明:|^\W*(?:免责|特别|版权)?声明\s*:|^\W*免责声明"),
    ("最终解释权", rf"(?:{_SITE})[^.]{{0,40}}最终解释权"),
    ("不承担", rf"(?:{_SITE})[^.]{{0,40}}不承担[^.]{{0,12}}责任"),
    ("本文", r"本文(?:属于|系|为|由)[^.]{0,12}(?:原创|授权|转载|算法|独家|企业供稿|ai)"),
    ("disclaimer", r"^\W*disclaimer\b"),
    ("opinions", r"opinions expressed (?:here|in this|are|by)"),
    (
        "views",
        r"(?:views expressed (?:here|in this|are|by)|not (?:necessarily )?(?:reflect|represent) the views)",
    ),
    ("purposes only", r"for inform(?:ation|ational) purposes only"),
    ("advice", r"not (?:constitute|intended as) (?:\w+ )?advice"),
)
_PROMPTS = (
    ("本", rf"(?:{_SITE})(?:编辑部|客服)?的?(?:联[系络](?:电话|方式|邮箱)?|热线|电话|邮箱|信箱)"),
    ("投稿", r"投稿[^.]{0,12}[:@]"),
    ("合作", r"(?:商务|广告|区域)合作[^.]{0,8}[:@]"),
    ("料", r"[爆报]料[^.]{0,12}[:@]"),
    ("新闻热线", r"新闻热线\s*:"),
    ("返回搜狐", ""),
    ("往下", r"^\W*请?(?:继续往下|往下继续)(?:继续)?阅读\W*$"),
    ("按赞", r"^\W*(?:请|欢迎)?按赞"),
    (
        "更多",
        r"更多[^.]{0,8}(?:内容|新闻|资讯|报[道导]|精彩)[^.]{0,6}(?:请|尽在|进入|关注|点击|下载|锁定|搜)",
    ),
    ("app", r"^\W*(?:立即|马上|请|赶快|点我|现在)?(?:下载|打开|用)[^.?]{0,16}app[^.?]{0,24}$"),
    ("客户端", r"^\W*(?:立即|马上|请|赶快|点我|现在)?(?:下载|打开)[^.?]{0,16}客户端[^.?]{0,24}$"),
    ("二维码", r"^\W*(?:请|欢迎|微信)?(?:扫[描码]?|长按|识别)[^.,]{0,16}二维码[^.]{0,24}$"),
    ("订阅", r"^\W*(?:请|欢迎|立即|免费)?订阅[^.]{0,24}$"),
    (
        "关注",
        r"^\W*(?:请|欢迎|点击|立即)?关注[^.]{0,16}(?:公众号|微信|微博|line|粉丝|频道|官方账号)[^.]{0,20}$",
    ),
    ("加入", r"^\W*(?:请|欢迎|立即)?加入[^.]{0,16}(?:line|粉丝|频道|会员|好友|群)[^.]{0,20}$"),
    ("点", r"点击(?:阅读原文|下方|此处|这里)|^\W*点我"),
    ("欢迎", r"^\W*欢迎[^.]{0,8}(?:点赞|转发|留言|评论|订阅|关注)"),
    ("subscribe", r"^\W*subscribe\b"),
    ("sign up", r"^\W*sign up\b"),
    ("app", r"^\W*(?:download|get) (?:our|the) [\w ]{0,24}\bapp\b"),
    ("follow", r"^\W*follow (?:us|our)\b"),
    ("click here", ""),
    ("join", r"^\W*join (?:our|the conv|the disc)"),
    ("tip", r"^\W*(?:got a|do you have a|send us) (?:news |your )?(?:story )?tips?\b"),
    ("contact us", r"^\W*contact us\b"),
    ("cookie", r"(?:我们|本网站|本站)[^.]{0,16}cookie|\bwe (?:and our partners )?use (?:\w+ ){0,2}cookies\b"),
    ("cookies", r"accept (?:all |our )cookies|by (?:continuing|clicking)[^.]{0,60}cookies"),
    ("继续", r"继续(?:浏览|使用)[^.]{0,20}(?:同意|接受)"),
    ("privacy policy", r"privacy policy.{0,40}terms of|terms of.{0,40}privacy policy"),
)
# Sentences that tell of rights, notices or cookies instead of being them.
_REPORTED = re.compile(
    r"表示(?!同意|接受)|指出|认为|宣布|[说称道][,:\"]|法院|法庭|判[决处令赔]|起诉|被告|原告|诉讼|赔偿|记者|据悉|条例|法案|追诉"
    r"|\b(?:said|says|told|court|judge|sued|lawsuits?|ruled|ruling|fined|according)\b"
)
_ROLES = (
    r"(?:责任|核稿|流程|值班|实习|网络|文字|图片|视觉|执行|本文|本期|新媒体)?编辑|责编|美编|编审|[校审][对校]|核校|监制|审[核读稿定]"
    r"|总编辑?|主编|[一二三初复终]审|核稿|排版|统筹|策划|出品|编译|(?:文章|信息|图片)?来源|稿源|图源|供[图稿]|摄影|制图|剪辑"
    r"|通讯员|作者|原标题"
)
_CREDITS = (
    rf"\W*(?:{_ROLES})\s*[:丨|/]",
    r"\W*(?:责任编辑|责编|编辑|校对|审核|监制|摄影)[ \xa0]+\w{2,4}?(?:\W|$|校对|责编|编辑)",
    r"[(\[【〔].{0,40}?(?:记者|通讯员|实习生|编译|来源|转自|配图|供图|供稿|责任编辑|责编|编辑|校对|资料照|资料图).{0,40}[)\]】〕]\W*$",
    r"[(\[【〔](?:[图文](?:\s*/|:).{0,30}|.{0,30}[图文译摄])\s*[)\]】〕]\W*$",
    r"[(\[【]\s*(?:完|完毕|end)\s*[)\]】]\W*$",
    r"图\s*[:/丨|]|(?:photo|image|picture)s?(?: credit| by| courtesy)?\s*[:/]",
    r"\(?(?:file )?(?:photo|image|picture)s? (?:by|courtesy|credit)\b",
    r"(?:(?:additional )?reporting|editing|writing|edited|compiled) by\b|source\s*:|our standards\s*:",
    r"\W*\w{2,10}\W*\(\s*\d{4}年\d{1,2}月\d{1,2}日.{0,12}版\s*\)\W*$",
    r"分享(?:到|至|给|让更多人|此文|本文|文章|$|\s|:)|share(?: (?:this|on|via|article)\b|\s*$|:)",
    r"(?:print|列印|打印)(?: this (?:page|article))?$|字[级体号]\s*:|(?:加入|取消)收藏",
    r"\d+ min(?:ute)?s? read$",
    r"\W*广告(?:$|[:(]|\W*$)|advertisement\W*$",
    r"(?:story|article) continues (?:below|after)\b|ic[pb]备|\W*不用抽",
    r"(?:网友|读者)?(?:评论|回应|留言|讨论)\s*(?:\(\d+\)|区)?$|文明上网|(?:发表|我要|查看)(?:评论|留言)|我来?说两句",
    r"comments?(?: \(\d+\))?$|(?:leave|post|add|write) a comment\b|\d+ comments?$|关注↓",
)
_RELATED = (
    r"相关(?:新闻|报[道导]|阅读|文章|链接|推荐|内容)|延伸阅读|推荐(?:阅读|文章|新闻)|猜你(?:还会|喜欢|会|爱)?(?:看|喜欢)?",
    r"(?:你|您)(?:可能|也许)(?:还|也|会)*(?:关注|喜欢|感兴趣|想看)(?:的新闻|的)?|更多(?:新闻|报[道导]|相关|文章)",
    r"(?:热门|最新)(?:新闻|文章|推荐)|点击排行|看更多|继续阅读|今日(?:热点|推荐)|(?:精彩|编辑)推荐|往期(?:回顾|精选)",
    r"more (?:on this story|stories|news|like this)|more from\b.{0,40}",
    r"related(?: stories| articles| news| content| coverage)?|recommended(?: for you| stories)?",
    r"most (?:read|popular|viewed)|you (?:may|might) (?:also )?(?:like|be interested in)|trending(?: now)?",
    r"read (?:next|also|more)|see also|also read|what to read next",
)
_HEADING = re.compile(rf"\W*(?:{'|'.join(_RELATED)})(?:\W{{0,4}}$|\s*[:>»丨|].{{0,80}}$)")
_CREDIT_LINE = re.compile("|".join(_CREDITS))
_NOTICE_WORDS = tuple((word, re.compile(pattern)) for word, pattern in _RIGHTS + _DISCLAIMERS + _PROMPTS)
_LONGEST_TEASER = 200  # a whole article may stand on one line and end in "read more"
# The end of a line that advertises another story.
_TEASER = re.compile(
    r"[\[【(](?:详细|详情|全文|阅读全文|查看全文|更多|more|read more|full story)[\]】)]\s*$"
    r"|(?:阅读|查看)(?:全文|详情|更多|原文)\W*$|\b(?:read more|continue reading|full story)\W*$"
    r"|(?:更多|详细|详情|more)\s*[>»→]+\s*$"
)
# Furniture that is glued to the sentence before it, up to the sentence's end.
_GLUED = re.compile(
    r"返回搜狐.*|[\[【(]\s*(?:责任编辑|责编|编辑|校对)\s*:.*|(?:责任编辑|责编)\s*:.{0,30}$|广告声明:.*|分享让更多人看到$"
    r"|本文(?:属于|系|由|为)[^.]{0,12}(?:原创|独家|授权转载).*|以上内容[由为][^.]{0,24}(?:整理|生成).*",
    re.DOTALL,
)
_GLUED_WORDS = ("返回搜狐", "编辑", "责编", "校对", "广告声明", "分享让", "本文", "以上内容")
_LONGEST_CREDIT, _LONGEST_NOTICE, _LONGEST_TITLE = 60, 400, 60
_STOP = re.compile(r"[.;!?…][\"')\]]*$")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence or a part of one, and what it says for a block of furniture."""

    span: Span
    weight: int

    @property
    def is_furniture(self) -> bool:
        return self.weight > 0


def furniture(text: str) -> tuple[Span, ...]:
    """The stretches of `text` that are furniture, in order and apart from each other."""
    folded = fold(text)
    pieces = _weighed(text, folded)
    cut = _tail(pieces)
    marked = [piece.span for piece in pieces[:cut] if piece.is_furniture]
    return _merged(text, (*marked, *(piece.span for piece in pieces[cut:])))


def _tail(pieces: list[_Piece]) -> int:
    """Where the block of furniture at the end begins: the cut with the most weight after it."""
    sums = list(accumulate((piece.weight for piece in reversed(pieces)), initial=0))[::-1]
    best = max(sums)
    starts = (at for at, piece in enumerate(pieces) if sums[at] == best > 0 and piece.is_furniture)
    return next(starts, len(pieces))


def _merged(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans with nothing but white space between them as one."""
    whole: list[Span] = []
    for span in spans:
        if whole and not text[whole[-1].end : span.start].strip():
            whole[-1] = Span(whole[-1].start, span.end)
        else:
            whole.append(span)
    return tuple(whole)


def _weighed(text: str, folded: Folded) -> list[_Piece]:
    """The sentences of the text with their weights; a teaser weighs as one line with its title."""
    teasers = _teasers(text, folded)
    pieces = []
    for span in _cut(text, folded):
        weight = next((value for line, value in teasers if line.contains(span)), None)
        pieces.append(_Piece(span, _weight(_of(folded, span)) if weight is None else weight))
    return pieces


def _of(folded: Folded, span: Span) -> str:
    if folded.starts is None:
        return span.of(folded.text)
    return folded.text[folded.starts[span.start] : folded.starts[span.end]]


def _cut(text: str, folded: Folded) -> Iterator[Span]:
    """The sentences, and what is glued to their ends as pieces of its own."""
    for span in sentences(text):
        start = span.start if folded.starts is None else folded.starts[span.start]
        words = _of(folded, span)
        glued = _GLUED.search(words) if any(word in words for word in _GLUED_WORDS) else None
        if glued is None or not glued.start():
            yield span
            continue
        at = folded.original(Span(start + glued.start(), start + glued.end())).start
        yield from (Span(span.start, at), Span(at, span.end))


def _teasers(text: str, folded: Folded) -> list[tuple[Span, int]]:
    """The lines that advertise other stories, each with the title line before it."""
    lines = [
        Span(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text) if not match[0].isspace()
    ]
    found = []
    for number, line in enumerate(lines):
        if len(line) <= _LONGEST_TEASER and _TEASER.search(_of(folded, line)[-24:]):
            title = lines[number - 1] if number else line
            if title != line and _is_title(_of(folded, title)):
                found.append((title, _TITLE))
            found.append((line, _NOTICE))
    return found


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE * 2 and (not _STOP.search(line) or line.rstrip()[-1] in "?!")


def _weight(piece: str) -> int:
    """What a folded piece says for furniture."""
    words = piece.strip()
    if len(words) <= _LONGEST_TITLE * 2 and _HEADING.match(words):
        return _NOTICE
    if (
        len(words) <= _LONGEST_CREDIT
        and _CREDIT_LINE.match(words)
        and not _STOP.search(words.rstrip(')]"】'))
    ):
        return _CREDIT
    if len(words) <= _LONGEST_NOTICE and _is_notice(words):
        return _NOTICE
    is_short = len(words) <= _LONGEST_TITLE and not _STOP.search(words)
    return _NEUTRAL if is_short else _PROSE


def _is_notice(words: str) -> bool:
    found = any(word in words and pattern.search(words) for word, pattern in _NOTICE_WORDS)
    return found and not _REPORTED.search(words)
