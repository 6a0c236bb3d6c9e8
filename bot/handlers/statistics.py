"""/status and /asked: how the bot fares, and what people asked that the articles do not say."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

from telegram.error import TelegramError

from bot.access import is_admin
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.sending import reply, reply_photo
from bot.machine import resident_bytes
from bot.outgoing import lines_message
from bot.overview import gaps_lines, questions_lines, status_lines
from bot.picture import picture_of
from bot.state import StateError
from bot.state.gaps import KEPT
from index import NotFound, wording_key

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.texts import Texts
    from index import Answer

LOG = logging.getLogger(__name__)
DAYS: Final = 30  # shown in the picture
GAPS: Final = 15  # listed by /asked


async def on_status(desk: Desk, update: Update, context: Context) -> None:
    """Tell what the library holds and how many questions there were, with a picture of them."""
    message, texts = message_in(update), texts_for(desk, update)
    if not is_admin(message, desk.admins):
        await reply(message, lines_message([texts.say("reindex.only_admins")]))
        return
    # Not awaited here: drawing takes a second, and on a machine's first day many.
    context.application.create_task(_status(desk, message, texts), update=update)


async def on_asked(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """List the commonest questions without an answer, to an admin alone: they are other people's words."""
    message, texts = message_in(update), texts_for(desk, update)
    if not is_admin(message, desk.admins):
        lines = [texts.say("reindex.only_admins")]
    elif message.chat.type != message.chat.PRIVATE:
        lines = [texts.say("transfer.private")]
    elif not desk.state.gaps.kept:
        lines = [texts.say("overview.not_kept")]
    else:
        lines = gaps_lines(desk.state.gaps.commonest(GAPS), KEPT, texts)
    await reply(message, lines_message(lines))


def count_question(desk: Desk, outcome: str, seconds: float) -> None:
    """Count a question that has been answered or not; a state that cannot be written costs the count."""
    try:
        desk.state.counts.count(outcome, seconds)
    except StateError as error:
        LOG.warning("a question could not be counted: %s", error)


def note_gap(desk: Desk, question: str, result: Answer | NotFound) -> None:
    """Remember that a question has no answer, or that it has one now.

    What chosen articles do not say, others may.
    """
    if result.within is not None and result.within.articles is not None:
        return
    gaps, key = desk.state.gaps, wording_key(question)
    try:
        if isinstance(result, NotFound):
            gaps.note(key, question)
        else:
            gaps.close(key)
    except StateError as error:
        LOG.warning("a question without an answer could not be remembered: %s", error)


async def _status(desk: Desk, message: Message, texts: Texts) -> None:
    status = await asyncio.to_thread(desk.library.status)
    days = desk.state.counts.days(DAYS)
    lines = [
        *status_lines(status, resident_bytes(), time.time(), texts),
        "",
        *questions_lines(days, desk.state.counts.percentiles(1), desk.state.answers.opinions(), texts),
    ]
    picture = await picture_of(days) if any(day.questions for day in days) else None
    if picture is not None:
        try:
            await reply_photo(message, picture, "\n".join([*lines, "", texts.say("overview.colours")]))
        except TelegramError as error:  # a server without pictures, or one that takes them for too large
            LOG.warning("the picture of the questions could not be sent: %s", error.message)
        else:
            return
    await reply(message, lines_message(lines))
