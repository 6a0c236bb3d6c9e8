"""A question in, its answer out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final

from bot.access import words_of
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.sending import reply, typing
from bot.logs import log_question
from bot.render import Outgoing, answer_messages, lines_message, not_found_message
from index import (
    Answer,
    LibraryEmpty,
    LibraryNotFound,
    LibraryOutdated,
    QuestionError,
    language_of,
)

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.texts import Texts

LOG = logging.getLogger(__name__)
LONG_QUESTION: Final = 400  # characters; a question that is refused and longer is refused for its length


@dataclass(frozen=True, slots=True)
class Response:
    """What a question comes to: an outcome for the log, and what the person is told."""

    outcome: str
    messages: tuple[Outgoing, ...]
    quotes: int = 0


async def on_question(desk: Desk, update: Update, context: Context) -> None:
    """Answer a text message, or the caption of a picture."""
    message = message_in(update)
    _is_new_album(message, context)  # its other pictures then need no answer of their own
    await _answer(desk, update, words_of(message, context.bot.bot))


async def on_ask(desk: Desk, update: Update, context: Context) -> None:
    """Answer what stands after /ask, for groups in which the bot sees commands only."""
    words = words_of(message_in(update), context.bot.bot).split(maxsplit=1)
    await _answer(desk, update, words[1] if len(words) > 1 else "")


async def on_anything_else(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Tell whoever sent a sticker, a voice message or the like what the bot can use."""
    message = message_in(update)
    if _is_new_album(message, context):
        await reply(message, lines_message([texts_for(update).say("question.unsupported")]))


def _is_new_album(message: Message, context: Context) -> bool:
    """Whether a message is none of the pictures that follow the first of an album; remembers it."""
    album, seen = message.media_group_id, context.chat_data
    if album is None or seen is None:
        return True
    new = bool(seen.get("album") != album)
    seen["album"] = album
    return new


async def _answer(desk: Desk, update: Update, question: str) -> None:
    message, texts = message_in(update), texts_for(update)
    if not question:
        await reply(message, lines_message([texts.say("question.missing")]))
        return
    response, started = Response("failed", ()), perf_counter()
    asked = started
    try:
        async with typing(message):
            response = await desk.work(_respond, desk, question, texts)
            asked = perf_counter()
        await reply(message, *response.messages)
    finally:
        ended = perf_counter()
        log_question(
            chat=message.chat_id,
            language=language_of(question),
            outcome=response.outcome,
            quotes=response.quotes,
            milliseconds={"ask": (asked - started) * 1000, "send": (ended - asked) * 1000},
            question=question if desk.log_questions else None,
        )


def _respond(desk: Desk, question: str, texts: Texts) -> Response:
    try:
        result = desk.library.ask(question)
    except QuestionError as error:
        return Response("refused", (lines_message([_why_refused(error, question, texts)]),))
    except (LibraryEmpty, LibraryNotFound):
        return Response("empty", (lines_message([texts.say("library.empty"), texts.say("library.add")]),))
    except LibraryOutdated:
        return Response("outdated", (lines_message([texts.say("library.outdated")]),))
    if isinstance(result, Answer):
        return Response("answered", answer_messages(result, texts), len(result.quotes))
    return Response("not_found", (not_found_message(result, texts),))


def _why_refused(error: QuestionError, question: str, texts: Texts) -> str:
    """The reason in the person's language where it can be told, else the library's own sentence."""
    if not any(character.isalnum() for character in question):
        return texts.say("question.no_words")
    if len(question) > LONG_QUESTION:
        return texts.say("question.too_long")
    return str(error)
