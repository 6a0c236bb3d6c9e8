"""Addresses: of a quote in its source, scrolled to it, and of the bot itself. Pure.

A text fragment (https://wicg.github.io/scroll-to-text-fragment/), `#:~:text=start,end`, names
the quote's first and last words. A browser finds them at word bounds only. Between Chinese
words there is nothing to see a bound by, so that there they begin and end at punctuation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

from bot.cutting import CLAUSE_END
from index import language_of, web_address

if TYPE_CHECKING:
    from index import Quote

URL_LIMIT: Final = 2000
# How long, in characters, the words at either end at least are, and for Chinese at most.
ENOUGH: Final = 24
ENOUGH_CHINESE: Final = 8
MOST_CHINESE: Final = 48
# What a link to the bot may carry, and how one that asks about an article begins.
PAYLOAD_LIMIT: Final = 64
ARTICLE: Final = "a-"
_PAYLOAD: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{PAYLOAD_LIMIT}}}")
_SPACE: Final = re.compile(r"\s+")
_EDGES: Final = re.compile(r"^\W+|\W+$")


def button_address(url: str | None) -> str | None:
    """An address if it may stand behind a button: Telegram wants a dot in the name of its host."""
    url = web_address(url)
    return url if url and "." in (urlsplit(url).hostname or "") else None


def source_address(quote: Quote) -> str | None:
    """Where the quote's article stands on the web, scrolled to the quote; None if it is not there."""
    url = button_address(quote.article.url)
    if url is None:
        return None
    fragment = text_fragment(quote.text)
    page = url.partition(":~:")[0]
    address = f"{page if '#' in page else f'{page}#'}:~:text={fragment}"
    return address if fragment and len(address) <= URL_LIMIT else url


def bot_link(bot: str, payload: str) -> str | None:
    """Where a person comes to the bot of that name with `/start payload`; None if no link may carry it."""
    return f"https://t.me/{bot}?start={payload}" if _PAYLOAD.fullmatch(payload) else None


def article_link(bot: str, article: str) -> str | None:
    """Where a person comes to ask the bot about one article; None if no link may carry its id."""
    return bot_link(bot, f"{ARTICLE}{article}")


def article_in(payload: str) -> str | None:
    """The id of the article that a link to the bot asks about, if it does."""
    return payload.removeprefix(ARTICLE) if payload.startswith(ARTICLE) else None


def share_link(address: str, words: str) -> str:
    """Where Telegram lets a person choose whom to send an address to, with a few words."""
    return f"https://t.me/share/url?url={percent_encoded(address, safe='')}&text={percent_encoded(words)}"


def text_fragment(words: str) -> str | None:
    """What stands after `text=` to find these words in a page; None if they cannot be named shortly.

    Nothing is named across the end of a line, which may be the end of a block on the page.
    """
    lines = [bare for line in words.splitlines() if (bare := _EDGES.sub("", line))]
    if not lines:
        return None
    chinese = language_of(words).startswith("zh")
    first, last = _beginning(lines[0], chinese=chinese), _ending(lines[-1], chinese=chinese)
    apart = len(lines) > 1 or len(first) + len(last) <= len(lines[0])
    whole = len(lines) == 1 and (len(lines[0]) <= (MOST_CHINESE if chinese else 2 * ENOUGH) or not apart)
    for parts in ([lines[0]] if whole else [first, last], [first]):
        named = [_SPACE.sub(" ", _EDGES.sub("", part)) for part in parts]
        if all(named) and not (chinese and max(map(len, named)) > MOST_CHINESE):
            return ",".join(map(_encoded, named))
    return None


def _beginning(line: str, *, chinese: bool) -> str:
    """The line up to the first bound after enough of it."""
    return next((line[:end] for end in _bounds(line, chinese=chinese) if end >= _enough(chinese)), line)


def _ending(line: str, *, chinese: bool) -> str:
    """The line from the last bound before enough of it."""
    bounds = reversed(_bounds(line, chinese=chinese))
    return next((line[start:] for start in bounds if len(line) - start >= _enough(chinese)), line)


def _bounds(line: str, *, chinese: bool) -> list[int]:
    return [match.end() for match in (CLAUSE_END if chinese else _SPACE).finditer(line)]


def _enough(chinese: bool) -> int:
    return ENOUGH_CHINESE if chinese else ENOUGH


def _encoded(words: str) -> str:
    # The hyphen, too, means something in a text fragment.
    return percent_encoded(words, safe="").replace("-", "%2D")
