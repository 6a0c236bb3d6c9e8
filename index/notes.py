"""Quotes as JSON can hold them: where they stand, never their words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from index.errors import ArticleNotFound, QuoteGone
from index.records import Aid, Article, Quote, Span

Find = Callable[[str], Article]


def note_of(quote: Quote) -> dict[str, object]:
    """A quote as JSON can hold it."""
    return {
        "article": quote.article.id,
        "digest": quote.article.digest,
        "span": _ends(quote.span),
        "highlight": _ends(quote.highlight) if quote.highlight else None,
        "score": quote.score,
        "aids": [[*_ends(aid.span), aid.text] for aid in quote.aids],
        "also": [article.id for article in quote.also],
    }


def quote_of(note: Any, find: Find) -> Quote:  # noqa: ANN401 - what JSON can hold
    """The quote of a note, cut anew from its article as `find` has it by its id.

    Raises `QuoteGone` if the article is no longer as it was quoted, or not there.
    """
    article = find_or_none(note["article"], find)
    if article is None or article.digest != note["digest"]:
        raise QuoteGone(f"article {note['article']!r} is no longer as it was quoted")
    return Quote(
        article,
        Span(*note["span"]),
        Span(*note["highlight"]) if note["highlight"] else None,
        note["score"],
        tuple(Aid(Span(start, end), text) for start, end, text in note["aids"]),
        tuple(other for id_ in note["also"] if (other := find_or_none(id_, find))),
    )


def find_or_none(identifier: str, find: Find) -> Article | None:
    """The article of an id; None if it is not there."""
    try:
        return find(identifier)
    except ArticleNotFound:
        return None


def _ends(span: Span) -> list[int]:
    return [span.start, span.end]
