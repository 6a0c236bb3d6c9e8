"""Saved web pages -> Draft: the main text, without menus, teasers and comments.

Trafilatura finds the text and most of what pages declare about themselves; the line above
the text that names date and author (「2025年11月28日 08:15　作者：…」) is read here, since old
Chinese pages declare nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.dates import date_in
from index.decoding import decode, decode_as, normalise
from index.errors import EmptyArticle
from index.headings import Draft, is_same_line
from index.hidden import drop_hidden

if TYPE_CHECKING:
    from datetime import date

    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # lxml carries no types
    from trafilatura.settings import Document

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=(?:\(\d+\))?(https?://\S+)\s*-->")
_SEPARATOR = re.compile(r"\s*[_|｜]\s*|\s+[-–—·»]\s+")
_BYLINE_AUTHOR = re.compile(
    r"(?:(?:作者|記者|记者|撰文)[:：／/ ]|文[:：／/])\s*([\u4e00-\u9fff·]{2,12})(?![\u4e00-\u9fff])"
)
_BYLINE_SOURCE = re.compile(r"(?:來源|来源|稿源|Source)\s*[:：]\s*([^\s|｜]{2,24})")
_TABLE_RULE = re.compile(r"^\|(?:-+\|)+$")
_AROUND_NAME = re.compile(
    r"^(?:本報記者|本报记者|記者|记者|作者|文|By)\s*[:：／/]?\s+|\s*[／/].*$", re.IGNORECASE
)
_SHOWN = ".//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]"
_ABOVE = 400  # characters of the page before its text in which date and author may stand


def read_page(data: bytes) -> Draft:
    """The article on a saved page. Raises EmptyArticle where no main text can be told from the rest."""
    import trafilatura  # noqa: PLC0415 -- a question must not wait for it

    html = _XML_DECLARATION.sub("", _decoded(data)).replace("\0", "")
    tree = trafilatura.load_html(html)
    if tree is not None:
        drop_hidden(tree)
    page = _extracted(tree) if tree is not None else None
    text = _plain(page.text or "") if page is not None else ""
    if page is None or not text:
        raise EmptyArticle(
            "The page has no main text that could be found; save the article itself as .txt or .pdf"
        )
    return _draft(html, tree, page, text)


def _extracted(tree: HtmlElement) -> Document | None:
    import trafilatura  # noqa: PLC0415 -- a question must not wait for it

    page = trafilatura.bare_extraction(
        tree,
        favor_precision=True,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        # Only what a page declares: the long search also takes the year of a copyright line.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    return None if isinstance(page, dict) else page  # a dict comes only where one is asked for


def _decoded(data: bytes) -> str:
    """The page by its mark, else by the encoding it declares, else by what its bytes look like."""
    declared = _CHARSET.search(data[:4096])
    text = None
    if declared is not None and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        text = decode_as(data, declared[1].decode("ascii"))
    return decode(data) if text is None else text


def _plain(text: str) -> str:
    """The extracted text without the rules and rims that tables are drawn with."""
    lines = [line.strip() for line in text.split("\n")]
    kept = [line for line in lines if not _TABLE_RULE.match(line)]
    return normalise("\n".join(line.strip("| ") if line.startswith("|") else line for line in kept))


def _draft(html: str, tree: HtmlElement, page: Document, text: str) -> Draft:
    headings = [" ".join(heading.text_content().split()) for heading in tree.iter("h1")]
    title = _title(page.title or "", page.sitename or "", headings)
    whole_title = " ".join((tree.findtext(".//title") or "").split())
    above = _above(tree, title, text)
    saved = _SAVED_FROM.search(html[:4096])
    source = _BYLINE_SOURCE.search(above)
    author = _BYLINE_AUTHOR.search(above)
    return Draft(
        text,
        title=title or None,
        url=page.url or (saved[1] if saved is not None else None),
        published=_day(page.date) or date_in(above),
        source=(source[1] if source is not None else None)
        or page.sitename
        or _site(whole_title, title)
        or page.hostname,
        author=_name(page.author) if page.author else (author[1] if author is not None else None),
    )


def _title(stated: str, site: str, headings: list[str]) -> str:
    """The title without the names of section and site that pages hang on it."""
    for heading in headings:
        if heading and stated.startswith(heading):
            return heading
    parts = _SEPARATOR.split(stated)
    if len(parts) > 1 and parts[-1] == site:
        return stated[: stated.rindex(site)].rstrip(" _|｜-–—·»")
    return re.split(r"\s*[_|｜]\s*", stated)[0].strip()


def _site(whole_title: str, title: str) -> str | None:
    """The site's name, which pages hang on their title last."""
    if not title or not whole_title.startswith(title):
        return None
    parts = _SEPARATOR.split(whole_title[len(title) :])
    return parts[-1].strip() or None


def _above(tree: HtmlElement, title: str, text: str) -> str:
    """What the page shows between its title and its text: the byline and little else."""
    shown = [part for element in tree.iter("body") for part in element.xpath(_SHOWN)]
    whole = " ".join(" ".join(shown).split())
    first, _, rest = text.partition("\n")
    opening = re.sub(r"\s", "", rest if rest and is_same_line(title, first) else text)[:16]
    start = re.search(r"\s*".join(map(re.escape, opening)), whole)
    above = whole[max(0, start.start() - _ABOVE) : start.start()] if start is not None else ""
    return above[above.rindex(title) + len(title) :] if title and title in above else above[-_ABOVE // 4 :]


def _day(written: str | None) -> date | None:
    return date_in(written) if written else None


def _name(written: str) -> str:
    """Names without what bylines put around them: 「記者 林曉彤／港都報導」 -> 「林曉彤」."""
    names = (_AROUND_NAME.sub("", name).strip() for name in written.split(";"))
    return ", ".join(name for name in names if name)
