"""Where a quote can be read in its source: addresses that scroll a browser to it. Pure.

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
_SPACE: Final = re.compile(r"\s+")
_EDGES: Final = re.compile(r"^\W+|\W+$")


def source_address(quote: Quote) -> str | None:
    """Where the quote's article stands on the web, scrolled to the quote; None if it is not there.

    Telegram takes no address for a button whose host has no dot in its name.
    """
    url = web_address(quote.article.url)
    if url is None or "." not in (urlsplit(url).hostname or ""):
        return None
    fragment = text_fragment(quote.text)
    page = url.partition(":~:")[0]
    address = f"{page if '#' in page else f'{page}#'}:~:text={fragment}"
    return address if fragment and len(address) <= URL_LIMIT else url


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
