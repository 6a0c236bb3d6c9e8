"""A question in, its answer out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Final

from bot.access import words_of
from bot.cards import noted
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.memory import Memory
from bot.handlers.sending import reply, typing
from bot.handlers.statistics import count_question, note_gap
from bot.logs import log_question
from bot.outgoing import Outgoing, lines_message
from bot.parts import about_part
from bot.render import not_found_message
from bot.state import StateError
from bot.views import answer_view
from index import (
    Answer,
    ArticlebotError,
    LibraryEmpty,
    LibraryNotFound,
    LibraryOutdated,
    QuestionError,
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
    """What is asked in a chat, after the person's `words`, and the questions that it may refer to."""

    question: str
    words: str
    chat: int
    turns: tuple[str, ...]


async def on_question(desk: Desk, update: Update, context: Context) -> None:
    """Answer a text message, or the caption of a picture."""
    message = message_in(update)
    _is_new_album(message, context)  # its other pictures then need no answer of their own
    await _answer(desk, update, context, words_of(message, context.bot.bot))


async def on_ask(desk: Desk, update: Update, context: Context) -> None:
    """Answer what stands after /ask, for groups in which the bot sees commands only."""
    await _answer(desk, update, context, _after_command(update, context))


async def on_new(desk: Desk, update: Update, context: Context) -> None:
    """Forget what was asked before; what stands after /new is the first question afresh."""
    message, question = message_in(update), _after_command(update, context)
    _memory(context).forget(_who(message))
    if question:
        await _answer(desk, update, context, question)
    else:
        await reply(message, lines_message([texts_for(desk, update).say("question.forgotten")]))


async def on_anything_else(desk: Desk, update: Update, context: Context) -> None:
    """Tell whoever sent a sticker, a voice message or the like what the bot can use."""
    message = message_in(update)
    if _is_new_album(message, context):
        await reply(message, lines_message([texts_for(desk, update).say("question.unsupported")]))


def _after_command(update: Update, context: Context) -> str:
    words = words_of(message_in(update), context.bot.bot).split(maxsplit=1)
    return words[1] if len(words) > 1 else ""


def _memory(context: Context) -> Memory:
    """What this message's chat remembers."""
    chat = context.chat_data
    assert chat is not None  # every message is in a chat
    memory: Memory = chat.setdefault("memory", Memory())
    return memory


def _who(message: Message) -> tuple[int | None, int | None]:
    """Whose conversation a message belongs to: the person's, in a topic the person's there."""
    sender = message.sender_chat or message.from_user
    return sender.id if sender else None, message.message_thread_id if message.is_topic_message else None


def _is_new_album(message: Message, context: Context) -> bool:
    """Whether a message is none of the pictures that follow the first of an album; remembers it."""
    album, seen = message.media_group_id, context.chat_data
    if album is None or seen is None:
        return True
    new = bool(seen.get("album") != album)
    seen["album"] = album
    return new


async def _answer(desk: Desk, update: Update, context: Context, question: str) -> None:
    message, texts = message_in(update), texts_for(desk, update)
    part = message.quote.text if message.quote else None
    if not question and not part:
        await reply(message, lines_message([texts.say("question.missing")]))
        return
    full, turns = about_part(question, part) if part else (question, _turns(desk, message, context))
    asked = Asked(full, question, message.chat_id, turns)
    response, started = Response("failed", Outgoing("")), perf_counter()
    ready = started
    try:
        async with typing(message):
            at_once = await desk.work_at_once(_is_at_hand, desk, asked)
            work = desk.work_at_once if at_once else desk.work
            response = await work(_respond, desk, asked, texts)
            ready = perf_counter()
        sent = await reply(message, response.message, keys=desk.state.buttons)
        _remember_sent(desk, response, sent)
    finally:
        if response.understood:  # even if the answer could not be sent
            _memory(context).remember(_who(message), response.understood, monotonic())
        ended = perf_counter()
        language = language_of(question)
        desk.metrics.question(
            outcome=response.outcome, language=language, ask=ready - started, send=ended - ready
        )
        count_question(desk, response.outcome, ready - started)
        log_question(
            chat=message.chat_id,
            language=language,
            outcome=response.outcome,
            quotes=response.quotes,
            milliseconds={"ask": (ready - started) * 1000, "send": (ended - ready) * 1000},
            question=question if desk.log_questions else None,
        )


def _turns(desk: Desk, message: Message, context: Context) -> tuple[str, ...]:
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
    return _memory(context).turns(_who(message), monotonic())


def _is_at_hand(desk: Desk, asked: Asked) -> bool:
    """Whether the library has the answer ready; it then passes by those that have to be worked out."""
    try:
        return desk.library.is_at_hand(asked.question, turns=asked.turns)
    except ArticlebotError:
        return False  # which asking will tell of


def _respond(desk: Desk, asked: Asked, texts: Texts) -> Response:
    try:
        result = desk.library.ask(asked.question, turns=asked.turns)
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
    key = _kept(desk, asked.chat, understood, result)
    if isinstance(result, Answer):
        return Response("answered", answer_view(result, key, texts), len(result.quotes), understood, key)
    return Response("not_found", not_found_message(result, texts), understood=understood, key=key)


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
