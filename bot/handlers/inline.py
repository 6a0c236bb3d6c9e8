"""Inline mode: in any chat, `@bot question` lists quotes to choose from and send there."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from math import ceil
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Final

from telegram import InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent
from telegram.error import TelegramError

from bot.handlers.desk import Context, Desk, texts_for
from bot.handlers.keyboards import address_keyboard
from bot.handlers.questions import account
from bot.handlers.sending import NO_PREVIEW, persistently
from bot.inline import Card, cards
from bot.state import StateError, StoredButton
from index import Answer, LibraryEmpty, LibraryNotFound, LibraryOutdated, QuestionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from telegram import InlineQuery, Message, Update

LOG = logging.getLogger(__name__)
SETTLES: Final = 0.3  # seconds; who types on within them is asking something else
CACHED: Final = 60  # seconds that Telegram may give the same person the same answer by itself
MOST: Final = 50  # results that Telegram takes
GREETING: Final = "inline"
QUESTION: Final = "q-"  # how a link begins that goes on with a question


@dataclass(slots=True)
class Newest:
    """The newest query of each person who is typing."""

    queries: dict[int, str] = field(default_factory=dict)

    def came(self, person: int, query: str) -> None:
        """A query has come, and makes the person's earlier ones pointless."""
        self.queries[person] = query

    def done(self, person: int, query: str) -> None:
        """Nothing is left to be done for a query."""
        if self.is_newest(person, query):
            del self.queries[person]

    def is_newest(self, person: int, query: str) -> bool:
        """Whether no newer query of the person's has come."""
        return self.queries.get(person) == query


async def on_inline_query(desk: Desk, newest: Newest, update: Update, context: Context) -> None:
    """Answer what a person types, if they have not typed on meanwhile."""
    query = update.inline_query
    assert query is not None  # its handler gets no other updates
    if not desk.door.policy.inline:
        await give_up(desk, update)
        return
    person = query.from_user.id
    newest.came(person, query.id)
    try:
        if query.query.strip():
            await asyncio.sleep(SETTLES)
            if newest.is_newest(person, query.id):
                await _answer(desk, update, context, lambda: newest.is_newest(person, query.id))
        else:
            await _offer(query, _button(texts_for(desk, update).say("inline.hint")))
    finally:
        newest.done(person, query.id)


async def give_up(desk: Desk, update: Update) -> None:
    """Tell a person that their query could not be worked on."""
    assert update.inline_query is not None
    await _offer(update.inline_query, _button(texts_for(desk, update).say("inline.failed")))


def question_in(desk: Desk, message: Message, payload: str) -> str | None:
    """The question with which somebody comes from inline mode by a link of their own; None for others."""
    stored = desk.state.buttons.get(payload.removeprefix(QUESTION)) if payload.startswith(QUESTION) else None
    sender = message.from_user
    if stored is None or stored.action != QUESTION or sender is None or stored.person != sender.id:
        return None
    return str(stored.payload)


async def _answer(desk: Desk, update: Update, context: Context, wanted: Callable[[], bool]) -> None:
    query, texts = update.inline_query, texts_for(desk, update)
    assert query is not None
    person, words = query.from_user.id, query.query.strip()
    limited = person not in desk.admins
    wait = desk.door.limits.check(person, None, monotonic(), aside=True) if limited else None
    if wait is not None:
        desk.metrics.limited()
        await _offer(query, _button(texts.say("inline.slow", count=ceil(wait.seconds))))
        return
    started = perf_counter()
    result = await desk.work(_asked, desk, words, wanted)
    ready = perf_counter()
    if not wanted():
        return
    shown = cards(result, texts, context.bot.username) if result else ()
    text = texts.say("inline.more" if shown else "inline.nothing")
    await _offer(query, _continued(desk, person, words, text), shown)
    account(
        desk,
        chat=person,
        question=words,
        outcome="answered" if shown else "not_found",
        quotes=len(shown),
        ask=ready - started,
        send=perf_counter() - ready,
    )


def _asked(desk: Desk, words: str, wanted: Callable[[], bool]) -> Answer | None:
    """The answer, if there is one and it is still wanted when its turn comes."""
    if not wanted():
        return None
    try:
        result = desk.library.ask(words)
    except (QuestionError, LibraryEmpty, LibraryNotFound, LibraryOutdated) as error:
        LOG.info("an inline query was not answered: %s", type(error).__name__)
        return None
    return result if isinstance(result, Answer) else None


def _continued(desk: Desk, person: int, words: str, text: str) -> InlineQueryResultsButton:
    """A button that asks the same question in the person's private chat."""
    try:
        (key,) = desk.state.buttons.put([StoredButton(QUESTION, words, chat=person, person=person)])
    except StateError as error:
        LOG.warning("a question could not be kept for a private chat: %s", error)
        return _button(text)
    return _button(text, QUESTION + key)


def _button(text: str, payload: str = GREETING) -> InlineQueryResultsButton:
    return InlineQueryResultsButton(text, start_parameter=payload)


async def _offer(query: InlineQuery, button: InlineQueryResultsButton, shown: Sequence[Card] = ()) -> None:
    results = [_result(number, card) for number, card in enumerate(shown[:MOST])]
    cached = CACHED if results else 0
    try:
        await persistently(lambda: query.answer(results, cache_time=cached, is_personal=True, button=button))
    except TelegramError as error:  # typed long ago: nobody waits
        LOG.info("an inline query could not be answered: %s", error.message)


def _result(number: int, card: Card) -> InlineQueryResultArticle:
    content = InputTextMessageContent(
        card.message.text, entities=card.message.entities, link_preview_options=NO_PREVIEW
    )
    return InlineQueryResultArticle(
        str(number),
        card.title,
        content,
        reply_markup=address_keyboard(card.message.buttons),
        url=card.url,
        description=card.description,
    )
