"""The faces of an answer, each a message with buttons that lead to the others. Pure.

    the best quote  <->  all quotes          either  <->  a quote in context
    no answer  <->  the page of a near article

Where articles disagree, all quotes are shown at once: one of them alone would mislead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.cards import noted_missing
from bot.cutting import trim
from bot.links import source_address
from bot.outgoing import Action, Button, Outgoing, Presser
from bot.pages import page_action
from bot.quotation import title_of
from bot.render import answer_message, context_message, not_found_message

if TYPE_CHECKING:
    from bot.texts import Texts
    from index import Answer, Article, NotFound, Quote

# The names of the actions. Each is given the answer's key in the state.
QUOTES: Final = "quotes"
CONTEXT: Final = "context"
OPINION: Final = "opinion"
MISSING: Final = "missing"  # is given a note of what was not found

NEAREST: Final = 3
BUTTON_LIMIT: Final = 60  # of a title on a button, in UTF-16 units; clients cut what is too wide


def answer_view(answer: Answer, key: str | None, texts: Texts, *, whole: bool = False) -> Outgoing:
    """An answer's best quote, or as a `whole` all of them.

    `key` is where the state keeps the answer; with None its buttons open addresses only.
    """
    shown = len(answer.quotes) if whole or answer.disagree else 1
    part = replace(answer, quotes=answer.quotes[:shown])
    rows = [
        _quote_row(quote, number, key, texts, several=shown > 1, whole=whole)
        for number, quote in enumerate(part.quotes)
    ]
    if key is not None:
        rows.append(_answer_row(answer, key, texts, whole=whole))
    return answer_message(part, texts, tuple(row for row in rows if row))


def not_found_view(result: NotFound, texts: Texts, chosen: Article | None = None) -> Outgoing:
    """That the articles do not say it, and a button for each of the nearest that opens its page.

    `chosen` is the one article that was asked.
    """
    if chosen is not None:
        return not_found_message(result, texts, chosen=chosen)
    result = replace(result, nearest=result.nearest[:NEAREST])
    back = Action(MISSING, noted_missing(result))
    rows = tuple(
        (Button(trim(title_of(article), BUTTON_LIMIT), action=page_action(article.id, back)),)
        for article in result.nearest
    )
    return not_found_message(result, texts, rows)


def context_view(quote: Quote, key: str, number: int, texts: Texts, *, whole: bool) -> Outgoing:
    """One quote, by its number from 0, among the sentences around it; the way back, and to its article."""
    back = Button(texts.say("answer.back"), action=Action(QUOTES, {"answer": key, "whole": whole}))
    here = Action(CONTEXT, {"answer": key, "quote": number, "whole": whole})
    page = Button(texts.say("page.open"), action=page_action(quote.article.id, here))
    return context_message(quote, texts, ((back, *_source(quote, texts.say("answer.source"))), (page,)))


def _quote_row(
    quote: Quote, number: int, key: str | None, texts: Texts, *, several: bool, whole: bool
) -> tuple[Button, ...]:
    """What can be done with one quote; its number is named where several are shown."""
    name = f"{number + 1} · " if several else ""
    row = _source(quote, name + texts.say("answer.source"))
    if key is not None:
        action = Action(CONTEXT, {"answer": key, "quote": number, "whole": whole})
        row = (*row, Button(name + texts.say("answer.context"), action=action))
    return row


def _source(quote: Quote, name: str) -> tuple[Button, ...]:
    address = source_address(quote)
    return (Button(name, url=address),) if address else ()


def _answer_row(answer: Answer, key: str, texts: Texts, *, whole: bool) -> tuple[Button, ...]:
    """What can be done with the answer: an opinion given, more or fewer quotes shown."""
    row = [
        Button(face, action=Action(OPINION, {"answer": key, "good": good}, Presser.ANYONE))
        for face, good in (("👍", True), ("👎", False))
    ]
    rest = len(answer.quotes) - 1
    if rest and not answer.disagree:
        name = texts.say("answer.fewer") if whole else texts.say("answer.others", count=rest)
        row.append(Button(name, action=Action(QUOTES, {"answer": key, "whole": not whole})))
    return tuple(row)
