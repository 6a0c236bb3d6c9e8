"""What stands above an article's text: its title, and lines that name source, author, date, url.

Readers of files deliver a `Draft`, with whatever their format states about the article;
`settle` fills the gaps from the first lines, which it takes out of the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.dates import date_in, without_dates
from index.text import CJK

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader found in a file; None where the format says nothing.

    `published` is the date the article states, `created` the day its file says it was made,
    which is only a last resort.
    """

    text: str
    title: str | None = None
    url: str | None = None
    published: date | None = None
    source: str | None = None
    author: str | None = None
    created: date | None = None


_TITLE_LENGTH = 120
_CLAUSE_LENGTH = 60
_HEADER_LINES = 6
_VALUE_LENGTH = 80
_LABELS = {
    "source": "(?:文章|新[聞闻]|信息|消息)?[來来]源|稿源|出[處处]|媒[體体]|source|publisher|outlet",
    "author": "作者|記者|记者|撰文|撰稿|文|authors?|byline|written by|by",
    "published": "發[布佈表]時間|发[布表]时间|發[布佈]日期|发布日期|刊登日期|日期|時間|时间"
    "|date|published(?: on)?|posted(?: on)?",
    "url": "原文鏈接|原文链接|原文連結|鏈接|链接|連結|網址|网址|url|link",
    "title": "標題|标题|title",
}
_LABEL = re.compile(
    r"(?:^|(?<=[\s|｜,，;；]))(?:"
    + "|".join(f"(?P<{kind}>{names})" for kind, names in _LABELS.items())
    + r")"
    r"\s*[:：／/丨]\s*",
    re.IGNORECASE,
)
_UNMARKED_AUTHOR = re.compile(
    rf"(?:By|BY) (?P<latin>[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]*|and|de|van|von|of|the|&),?){{0,7}})"
    rf"|(?:作者|撰文)\s+(?P<han>[{CJK}·、 ]{{2,20}})"
)
_SENTENCE_END = re.compile(r"[。．.；;：:，,、…][」』”’\"')）]*$")
_CLAUSE_END = re.compile(r"[，。！？；,;!?]|\.(?=\s|$)")
_AGENCIES = (
    "新華社|新华社|中新社|中新網|中新网|中央社|人民網|人民网|央視網|央视网|法新社|路透社|美聯社|美联社|共同社"
)
_DATELINE = re.compile(
    rf"(?P<agency>{_AGENCIES})[^。\n]{{0,16}}?\d{{1,2}}日?[電电訊讯]"
    rf"|(?P<reporter>{_AGENCIES})[記记]者"
    r"|\((?P<latin>Reuters|AP|AFP|Xinhua|Bloomberg|Kyodo)\)\s*[-–—]"
)
_CREDIT = re.compile(r"[（(【]\s*(?:文章)?[來来]源\s*[:：]\s*([^）)】\n]{2,24})[）)】]")
_HEAD, _TAIL = 200, 300


def settle(draft: Draft) -> Draft:
    """The draft with a title, its header lines read and taken out of the text.

    What the format stated wins over what a line says. Text never becomes empty by this: an
    article of one line is its own title and keeps the line.
    """
    lines = draft.text.split("\n")
    title, rest = _titled(draft.title, lines)
    found, body = _header(rest)
    text = "\n".join(body).strip("\n").rstrip()
    if not text:
        text = draft.text
    return replace(
        draft,
        text=text,
        title=title,
        url=draft.url or found.url,
        published=draft.published or found.published,
        source=draft.source or found.source or source_in(text),
        author=draft.author or found.author,
    )


def source_in(text: str) -> str | None:
    """The outlet a text names itself: in the dateline it opens with, or a credit it ends on."""
    dateline = _DATELINE.search(text[:_HEAD])
    if dateline is not None:
        return next(name for name in dateline.groups() if name)
    credit = _CREDIT.search(text[-_TAIL:])
    return credit[1].strip() if credit is not None else None


def _titled(stated: str | None, lines: list[str]) -> tuple[str, list[str]]:
    """The title, and the lines left when the line that holds it is taken away."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    line, rest = lines[first].strip(), lines[first + 1 :]
    if stated is not None:
        return stated, rest if is_same_line(stated, line) else lines
    label = _LABEL.match(line)
    if label is not None and label["title"] and line[label.end() :]:
        return line[label.end() :], rest
    if _is_title(line, rest):
        return line, rest
    return _first_clause(line), lines


def is_same_line(title: str, line: str) -> bool:
    """Whether a line says the title again, however it is spaced."""
    return re.sub(r"\s", "", title) == re.sub(r"\s", "", line)


def _is_title(line: str, rest: list[str]) -> bool:
    """Whether a first line is a title: short, no sentence, and something other than it follows."""
    if len(line) > _TITLE_LENGTH or _SENTENCE_END.search(line) or not any(map(str.strip, rest)):
        return False
    hard_wrapped = bool(rest[0][:1].islower())
    return not hard_wrapped


def _first_clause(line: str) -> str:
    end = _CLAUSE_END.search(line)
    clause = (line[: end.start()] if end is not None else line).strip() or line
    return clause if len(clause) <= _CLAUSE_LENGTH else clause[: _CLAUSE_LENGTH - 1].rstrip() + "…"


def _header(lines: list[str]) -> tuple[Draft, list[str]]:
    """What the first lines state about the article, and the lines from the first that does not."""
    found, seen, start = Draft(""), 0, 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        stated = header_line(line)
        if stated is None or seen == _HEADER_LINES:
            break
        found, seen, start = _merged(found, stated), seen + 1, number + 1
    return found, lines[start:]


def _merged(first: Draft, second: Draft) -> Draft:
    return replace(
        first,
        url=first.url or second.url,
        published=first.published or second.published,
        source=first.source or second.source,
        author=first.author or second.author,
    )


def header_line(line: str) -> Draft | None:
    """What one line says about the article, or None if it says anything else besides."""
    line = line.strip()
    labels = list(_LABEL.finditer(line))
    if not labels:
        return _unlabelled(line)
    bounds = [label.start() for label in labels[1:]] + [len(line)]
    values = [
        (label, line[label.end() : end].strip(" \t　|｜,，;；"))
        for label, end in zip(labels, bounds, strict=True)
    ]
    lead = line[: labels[0].start()]
    if without_dates(lead) or not all(_is_value(label, value) for label, value in values):
        return None
    found = Draft("", published=date_in(lead))
    for label, value in values:
        found = _merged(found, _stated(label, value))
    return found


def _unlabelled(line: str) -> Draft | None:
    author = _UNMARKED_AUTHOR.fullmatch(line)
    if author is not None:
        return Draft("", author=(author["latin"] or author["han"]).strip())
    published = date_in(line)
    return Draft("", published=published) if published is not None and not without_dates(line) else None


def _is_value(label: re.Match[str], value: str) -> bool:
    if label["url"]:
        return re.fullmatch(r"https?://\S+", value) is not None
    if label["published"]:
        return date_in(value) is not None and len(without_dates(value)) <= len("Beijing time")
    return 0 < len(value) <= _VALUE_LENGTH and not re.search(r"[。！？!?]", value)


def _stated(label: re.Match[str], value: str) -> Draft:
    published = date_in(value)
    if label["url"]:
        return Draft("", url=value)
    if label["published"]:
        return Draft("", published=published)
    name = without_dates(value) if published is not None else value
    if label["title"]:
        return Draft("")
    if label["source"]:
        return Draft("", source=name or None, published=published)
    return Draft("", author=name or None, published=published)
