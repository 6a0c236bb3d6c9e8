"""An answer as it is remembered: where its quotes stand, never their words; or that there is none. Pure.

What is shown again, after a press of a button or a restart, is cut from the archive again. An
article that has changed meanwhile is not quoted by its old offsets.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from index import Answer, Article, NotFound, Quote, Within, find_or_none, note_of, quote_of

Find = Callable[[str], Article]


def noted(answer: Answer) -> Any:  # noqa: ANN401  what JSON can hold
    """An answer as JSON can hold it."""
    return {
        "question": answer.question,
        "understood": answer.understood,
        "prose": answer.prose,
        "disagree": answer.disagree,
        "within": _noted_within(answer.within),
        "quotes": [note_of(quote) for quote in answer.quotes],
    }


def recalled(note: Any, find: Find) -> Answer:  # noqa: ANN401
    """The answer that was noted, cut anew from the articles as they are; raises `QuoteGone`."""
    return Answer(
        note["question"],
        tuple(quote_of(quote, find) for quote in note["quotes"]),
        prose=note["prose"],
        understood=note["understood"],
        disagree=note["disagree"],
        within=_recalled_within(note.get("within")),  # answers of earlier versions have none
    )


def noted_missing(result: NotFound) -> Any:  # noqa: ANN401
    """That the articles do not say it, and the nearest of them, as JSON can hold it."""
    return {
        "question": result.question,
        "understood": result.understood,
        "within": _noted_within(result.within),
        "none_within": result.none_within,
        "nearest": [article.id for article in result.nearest],
    }


def recalled_missing(note: Any, find: Find) -> NotFound:  # noqa: ANN401
    """What was noted; an article that is no longer there is not among the nearest."""
    return NotFound(
        note["question"],
        tuple(article for id_ in note["nearest"] if (article := find_or_none(id_, find))),
        note["understood"],
        _recalled_within(note["within"]),
        note["none_within"],
    )


def recalled_quote(note: Any, number: int, find: Find) -> Quote:  # noqa: ANN401
    """One quote of the answer that was noted, by its number from 0; raises `QuoteGone`."""
    return quote_of(note["quotes"][number], find)


def _noted_within(within: Within | None) -> dict[str, object] | None:
    if within is None:
        return None
    return {
        "articles": None if within.articles is None else sorted(within.articles),
        "since": within.since and within.since.isoformat(),
        "until": within.until and within.until.isoformat(),
        "outlets": within.outlets,
    }


def _recalled_within(note: dict[str, Any] | None) -> Within | None:
    if note is None:
        return None
    return Within(
        None if note["articles"] is None else frozenset(note["articles"]),
        note["since"] and date.fromisoformat(note["since"]),
        note["until"] and date.fromisoformat(note["until"]),
        None if note["outlets"] is None else tuple(note["outlets"]),
    )
