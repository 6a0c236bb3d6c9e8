"""A question in, its answer out."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final

from bot.access import words_of
from bot.cards import noted
from bot.courtesy import courtesy
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.places import place_of
from bot.handlers.sending import reply, typing
from bot.handlers.statistics import count_question, note_gap
from bot.journal import repeatable
from bot.logs import log_question
from bot.outgoing import Outgoing, lines_message
from bot.parts import about_part
from bot.state import Place, StateError
from bot.views import answer_view, not_found_view
from index import (
    Answer,
    ArticlebotError,
    ArticleNotFound,
    LibraryEmpty,
    LibraryNotFound,
    LibraryOutdated,
    QuestionError,
    Within,
    language_of,
)

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.texts import Texts
    from index import NotFound

LOG = logging.getLogger(__name__)
LONG_QUESTION: Final = 400  # characters; a question that is refused and longer is refused for its length


@dataclass(frozen=True, slots=True)
class Response:
    """What a question comes to: an outcome for the log, and what the person is told.

    `understood` is the question in full, to which a later one may refer; None if it was none.
    `key` is where the state keeps the answer.
    """

    outcome: str
    message: Outgoing
    quotes: int = 0
    understood: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked at a place, after the person's `words`, and the questions that it may refer to.

    `article` is the id of the one that the conversation is kept within.
    """

    question: str
    words: str
    place: Place
    turns: tuple[str, ...]
    article: str | None = None

    @property
    def within(self) -> Within | None:
        """What the answer is kept within."""
        return Within(articles=frozenset((self.article,))) if self.article else None


async def on_question(desk: Desk, update: Update, context: Context) -> None:
    """Answer a text message, or the caption of a picture."""
    message = message_in(update)
    _is_new_album(message, context)  # its other pictures then need no answer of their own
    await answer(desk, update, words_of(message, context.bot.bot))


async def on_ask(desk: Desk, update: Update, context: Context) -> None:
    """Answer what stands after /ask, for groups in which the bot sees commands only."""
    await answer(desk, update, after_command(update, context))


async def on_new(desk: Desk, update: Update, context: Context) -> None:
    """Forget what was asked before, and of which article; what stands after /new is asked afresh."""
    message, question = message_in(update), after_command(update, context)
    place = place_of(message)
    desk.state.turns.forget(place)
    left = desk.state.scopes.article(place) is not None
    desk.state.scopes.leave(place)
    if question:
        await answer(desk, update, question)
    else:
        key = "within.left" if left else "question.forgotten"
        await reply(message, lines_message([texts_for(desk, update).say(key)]))


async def on_anything_else(desk: Desk, update: Update, context: Context) -> None:
    """Tell whoever sent a sticker, a voice message or the like what the bot can use."""
    message = message_in(update)
    if _is_new_album(message, context):
        await reply(message, lines_message([texts_for(desk, update).say("question.unsupported")]))


def after_command(update: Update, context: Context) -> str:
    """What stands after the command that a message begins with."""
    words = words_of(message_in(update), context.bot.bot).split(maxsplit=1)
    return words[1] if len(words) > 1 else ""


def _is_new_album(message: Message, context: Context) -> bool:
    """Whether a message is none of the pictures that follow the first of an album; remembers it."""
    album, seen = message.media_group_id, context.chat_data
    if album is None or seen is None:
        return True
    new = bool(seen.get("album") != album)
    seen["album"] = album
    return new


async def answer(desk: Desk, update: Update, question: str) -> None:
    """Answer a question that a message asks, in whatever form."""
    message, texts = message_in(update), texts_for(desk, update)
    part = message.quote.text if message.quote else None
    if not question and not part:
        await reply(message, lines_message([texts.say("question.missing")]))
        return
    if part is None and (name := courtesy(question)) is not None:
        await reply(message, lines_message([texts.say(name)]))
        return
    full, turns = about_part(question, part) if part else (question, _turns(desk, message))
    place = place_of(message)
    asked = Asked(full, question, place, turns, _kept_within(desk, place))
    response, started = Response("failed", Outgoing("")), perf_counter()
    ready = started
    try:
        async with typing(message):
            at_hand = await desk.work_at_once(_respond_at_once, desk, asked, texts)
            response = at_hand if at_hand is not None else await desk.work(_respond, desk, asked, texts)
            ready = perf_counter()
        with repeatable():
            sent = await reply(message, response.message, keys=desk.state.buttons)
        _remember_sent(desk, response, sent)
    finally:
        if not _is_left():
            if response.understood:  # even if the answer could not be sent
                _remember_turn(desk, place, response.understood)
            account(
                desk,
                chat=message.chat_id,
                question=question,
                outcome=response.outcome,
                quotes=response.quotes,
                ask=ready - started,
                send=perf_counter() - ready,
            )


def _is_left() -> bool:
    """Whether the question is left to the next process, which will remember and count it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def account(
    desk: Desk, *, chat: int, question: str, outcome: str, quotes: int, ask: float, send: float
) -> None:
    """Count and log a question; `ask` and `send` are the seconds that finding and sending took."""
    language = language_of(question)
    desk.metrics.question(outcome=outcome, language=language, ask=ask, send=send)
    count_question(desk, outcome, ask)
    log_question(
        chat=chat,
        language=language,
        outcome=outcome,
        quotes=quotes,
        milliseconds={"ask": ask * 1000, "send": send * 1000},
        question=question if desk.log_questions else None,
    )


def _turns(desk: Desk, message: Message) -> tuple[str, ...]:
    """The questions this one may refer to; a reply to an answer goes on from it, whosever it was."""
    earlier = message.reply_to_message
    if earlier is not None:
        try:
            question = desk.state.answers.question_of(message.chat_id, earlier.message_id)
        except StateError as error:
            LOG.warning("an earlier answer could not be looked up: %s", error)
            question = None
        if question is not None:
            return (question,)
    try:
        return desk.state.turns.of(place_of(message))
    except StateError as error:
        LOG.warning("what was asked before could not be looked up: %s", error)
        return ()


def _remember_turn(desk: Desk, place: Place, question: str) -> None:
    """Have a follow-up find what it refers to."""
    try:
        desk.state.turns.add(place, question)
    except StateError as error:
        LOG.warning("a question could not be remembered: %s", error)


def _kept_within(desk: Desk, place: Place) -> str | None:
    """The article that questions there are kept within; a state that fails costs that, not the answer."""
    try:
        return desk.state.scopes.article(place)
    except StateError as error:
        LOG.warning("what questions are kept within could not be looked up: %s", error)
        return None


def _respond_at_once(desk: Desk, asked: Asked, texts: Texts) -> Response | None:
    """The response if the library has it ready; it then passes by those that have to be worked out."""
    try:
        if not desk.library.is_at_hand(asked.question, turns=asked.turns, within=asked.within):
            return None
    except ArticlebotError:
        return None  # which asking will tell of
    return _respond(desk, asked, texts)


def _respond(desk: Desk, asked: Asked, texts: Texts) -> Response:
    chosen = None
    try:
        if asked.article is not None:
            chosen = desk.library.article(asked.article)
        result = desk.library.ask(asked.question, turns=asked.turns, within=asked.within)
    except ArticleNotFound:
        desk.state.scopes.leave(asked.place)
        return Response("gone", lines_message([texts.say("within.gone")]))
    except QuestionError as error:
        return Response("refused", lines_message([_why_refused(error, asked.words, texts)]))
    except (LibraryEmpty, LibraryNotFound):
        return Response("empty", lines_message([texts.say("library.empty"), texts.say("library.add")]))
    except LibraryOutdated:
        return Response("outdated", lines_message([texts.say("library.outdated")]))
    if asked.question != asked.words:
        result = replace(result, understood=result.understood or asked.question)
    understood = result.understood or asked.question
    note_gap(desk, understood, result)
    key = _kept(desk, asked.place.chat, understood, result)
    if isinstance(result, Answer):
        return Response("answered", answer_view(result, key, texts), len(result.quotes), understood, key)
    return Response("not_found", not_found_view(result, texts, chosen), understood=understood, key=key)


def _kept(desk: Desk, chat: int, understood: str, result: Answer | NotFound) -> str | None:
    """The key under which the state now has the result; an answer is given without it, too."""
    note = noted(result) if isinstance(result, Answer) else None
    try:
        return desk.state.answers.keep(chat, understood, note)
    except StateError as error:
        LOG.warning("an answer could not be remembered: %s", error)
        return None


def _remember_sent(desk: Desk, response: Response, sent: Message) -> None:
    """Have a reply to the message find the answer."""
    if response.key is None:
        return
    try:
        desk.state.answers.sent(response.key, sent.message_id)
    except StateError as error:
        LOG.warning("where an answer was given could not be remembered: %s", error)


def _why_refused(error: QuestionError, question: str, texts: Texts) -> str:
    """The reason in the person's language where it can be told, else the library's own sentence."""
    if not any(character.isalnum() for character in question):
        return texts.say("question.no_words")
    if len(question) > LONG_QUESTION:
        return texts.say("question.too_long")
    return str(error)
