"""The faces of an answer, each a message with buttons that lead to the others. Pure.

    the best quote  <->  all quotes          either  <->  a quote in context

Where articles disagree, all quotes are shown at once: one of them alone would mislead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.links import source_address
from bot.outgoing import Action, Button, Outgoing, Presser
from bot.render import answer_message, context_message

if TYPE_CHECKING:
    from bot.texts import Texts
    from index import Answer, Quote

# The names of the actions. Each is given the answer's key in the state.
QUOTES: Final = "quotes"
CONTEXT: Final = "context"
OPINION: Final = "opinion"


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


def context_view(quote: Quote, key: str, texts: Texts, *, whole: bool) -> Outgoing:
    """One quote among the sentences around it, and the way back."""
    back = Button(texts.say("answer.back"), action=Action(QUOTES, {"answer": key, "whole": whole}))
    return context_message(quote, texts, ((back, *_source(quote, texts.say("answer.source"))),))


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
