"""Quotes as cards that a person can send into any chat. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.cutting import trim
from bot.links import article_link
from bot.outgoing import Button, Outgoing
from bot.quotation import OUTLET_LIMIT, TITLE_LIMIT, outlet_and_date, title_of, window
from bot.views import answer_view
from index import web_address

if TYPE_CHECKING:
    from bot.texts import Texts
    from index import Answer, Quote

SHOWN: Final = 140  # UTF-16 units of a quote in the list, where two lines are seen


@dataclass(frozen=True, slots=True)
class Card:
    """What a list shows of a quote, and the message that is sent if it is chosen."""

    title: str
    description: str
    url: str | None
    message: Outgoing


def cards(answer: Answer, texts: Texts, bot: str) -> tuple[Card, ...]:
    """A card for each quote; where articles disagree one for all, since one alone would mislead.

    `bot` is the bot's name, for the button that leads to it.
    """
    answer = replace(answer, understood=None, within=None)
    if answer.disagree:
        return (_card(answer, texts, bot, texts.say("answer.disagree")),)
    return tuple(_card(replace(answer, quotes=(quote,), prose=None), texts, bot) for quote in answer.quotes)


def _card(answer: Answer, texts: Texts, bot: str, title: str | None = None) -> Card:
    first = answer.quotes[0]
    message = answer_view(answer, None, texts)
    link = article_link(bot, first.article.id)
    if link and len(answer.quotes) == 1:
        button = Button(texts.say("page.ask"), url=link)
        message = replace(message, buttons=(*message.buttons, (button,)))
    return Card(
        title or trim(title_of(first.article), TITLE_LIMIT),
        _description(first, texts),
        web_address(first.article.url),
        message,
    )


def _description(quote: Quote, texts: Texts) -> str:
    """Where a quote is from, and its words as far as they can be seen."""
    words = trim(window(quote, SHOWN).of(quote.article.text), SHOWN)
    return "\n".join(filter(None, (outlet_and_date(quote.article, texts, OUTLET_LIMIT), words)))
