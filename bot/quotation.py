"""Quotes and what is known of their articles, as pieces of a message. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from telegram import MessageEntity

from bot.cutting import shorten, trim
from bot.outgoing import Draft
from index import Span, display_width, web_address

if TYPE_CHECKING:
    from bot.texts import Texts
    from index import Article, Quote

CUT: Final = "[…]"
LONG_QUOTE: Final = 480  # columns, a Chinese character taking two: about a dozen lines on a phone
# In UTF-16 units, in a citation and in a list.
TITLE_LIMIT: Final = 150
OUTLET_LIMIT: Final = 60
LISTED_TITLE_LIMIT: Final = 90
LISTED_OUTLET_LIMIT: Final = 40


def quoted(quote: Quote, shown: Span) -> Draft:
    """A quote as a blockquote with the answer's own words bold; a long one opens at a touch."""
    draft = Draft()
    add_words(draft, quote, shown, quote.span)
    long = display_width(draft.text) > LONG_QUOTE
    draft.mark(0, MessageEntity.EXPANDABLE_BLOCKQUOTE if long else MessageEntity.BLOCKQUOTE)
    return draft


def add_words(draft: Draft, quote: Quote, shown: Span, whole: Span) -> None:
    """Add what is shown of a stretch of the article, and where something of it is left out."""
    if shown.start > whole.start:
        draft.add(f"{CUT} ")
    for words, bold in _pieces(quote, shown):
        draft.add(words, MessageEntity.BOLD if bold and words.strip() else None)
    if shown.end < whole.end:
        draft.add(f" {CUT}")


def window(quote: Quote, limit: int) -> Span:
    """The stretch of a quote that is shown: all of it, or its beginning.

    Where the answer's own words stand too far on for that, it begins at the last end of a
    clause from which they fit.
    """
    text, wanted = quote.article.text, quote.highlight
    start, end = quote.span.start, quote.span.start + shorten(quote.text, limit)
    while wanted and wanted.end > end and start < wanted.start:
        # At most half of what fits is passed over at a time, so that what led up to the words stays.
        start += shorten(text[start : wanted.start], limit // 2)
        start += _indent(text[start : wanted.start])
        end = start + shorten(text[start : quote.span.end], limit)
    return Span(start, end)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _pieces(quote: Quote, shown: Span) -> tuple[tuple[str, bool], ...]:
    """The shown words in order, cut where the highlight begins and ends; whether each is in it."""
    text, bold = quote.article.text, quote.highlight or Span(shown.end, shown.end)
    first = min(max(bold.start, shown.start), shown.end)
    last = min(max(bold.end, first), shown.end)
    return (
        (text[shown.start : first], False),
        (text[first:last], True),
        (text[last : shown.end], False),
    )


def add_title(draft: Draft, article: Article, limit: int) -> None:
    """Add an article's title, linked to where it stands on the web."""
    url = web_address(article.url)
    draft.add(trim(title_of(article), limit), MessageEntity.TEXT_LINK if url else None, url)


def title_of(article: Article) -> str:
    """What an article is called, if need be by its outlet or its id."""
    return article.title.strip() or article.source or article.id


def outlet_and_date(article: Article, texts: Texts, limit: int) -> str:
    """Where and when an article was published, as far as that is known, in a line."""
    outlet = trim(article.source or "", limit)
    day = texts.date(article.published) if isinstance(article.published, date) else ""
    return " · ".join(part for part in (outlet, day) if part)


def words_of(quote: Quote) -> Span:
    """Where the words of a quote's article begin and end."""
    text = quote.article.text
    return Span(_indent(text), len(text.rstrip()))
