"""The bytes of a file -> what is kept of its article: one parser for each format.

Text is normalised here, once, before ids and offsets exist; everything after only maps to it.
Most of this runs in a child process (`index.confinement`), since the bytes are a stranger's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index.addresses import web_address
from index.dates import date_in_name, date_of_article
from index.decoding import normalise
from index.documents import read_docx, read_pdf
from index.errors import EmptyArticle, TooLarge, UnsupportedFormat
from index.formats import read_markdown, read_plain
from index.headings import Draft, settle
from index.webpage import read_page

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = (".html", ".htm", ".xhtml")
PLAIN = (".txt", ".text")
_PARSERS: dict[str, Callable[[bytes], Draft]] = {
    **dict.fromkeys(PLAIN, read_plain),
    ".md": read_markdown,
    ".markdown": read_markdown,
    **dict.fromkeys(PAGES, read_page),
    ".pdf": read_pdf,
    ".docx": read_docx,
}
SUFFIXES = tuple(_PARSERS)
_LONGEST_TITLE, _LONGEST_NAME = 300, 120  # characters; each passage is searched with its title


@dataclass(frozen=True, slots=True)
class Parsed:
    """What is kept of an article; all of it normalised, and the url one that a person may follow."""

    title: str
    text: str
    url: str | None
    published: date | None
    source: str | None
    author: str | None


def check_suffix(suffix: str) -> None:
    """Raises UnsupportedFormat unless files that end so can be read."""
    if suffix.lower() not in _PARSERS:
        kind = f"Files that end in {suffix}" if suffix else "Files without an ending"
        raise UnsupportedFormat(f"{kind} cannot be read; articles are {', '.join(SUFFIXES)} files")


def parse(data: bytes, suffix: str, name: str, *, characters: int) -> Parsed:
    """The article in `data`, as a file called `name` of the kind `suffix` (".txt") would hold it.

    Raises ArticleError, or one below it; TooLarge where the text has more than so many characters.
    """
    check_suffix(suffix)
    if not data.strip():
        raise EmptyArticle("The file is empty; put the article's text into it or delete it")
    raw = _PARSERS[suffix.lower()](data)
    if len(raw.text) > characters:
        raise TooLarge(
            f"The file holds {len(raw.text):,} characters of text, more than the {characters:,} allowed; "
            "split it, or raise articles.max_file_mb in the settings"
        )
    if not raw.text.strip():
        raise EmptyArticle("The file holds no text; put the article's text into it or delete it")
    return _parsed(settle(raw), name)


def _parsed(draft: Draft, name: str) -> Parsed:
    return Parsed(
        title=_line(draft.title, _LONGEST_TITLE) or "",
        text=normalise(draft.text),
        url=web_address(draft.url.strip()) if draft.url else None,
        published=draft.published or date_in_name(name) or date_of_article(draft.text) or draft.created,
        source=_line(draft.source, _LONGEST_NAME) or _line(name, len(name)),
        author=_line(draft.author, _LONGEST_NAME),
    )


def _line(words: str | None, longest: int) -> str | None:
    """Words on one line, with "…" for what is beyond any title or name; None if there are none."""
    line = " ".join(normalise(words or "").split())
    return (line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…") or None
