"""What happens when something goes wrong: first the log, then a calm sentence to the person."""

from __future__ import annotations

import logging
from secrets import token_hex
from time import monotonic
from traceback import format_exception
from typing import TYPE_CHECKING

from telegram import MessageEntity, Update
from telegram.error import Conflict, Forbidden, TelegramError

from bot.cutting import units
from bot.handlers.desk import Bot, Context, Desk, texts_for, texts_of
from bot.handlers.inline import give_up
from bot.handlers.sending import NO_PREVIEW, reply
from bot.logs import redacted
from bot.outgoing import LIMIT, Draft, Outgoing, lines_message

if TYPE_CHECKING:
    from bot.texts import Texts

LOG = logging.getLogger(__name__)


async def on_error(desk: Desk, update: object, context: Context) -> None:
    """Log an error under a short id and tell that id to whoever's message caused it."""
    error = context.error
    if isinstance(error, Forbidden):
        LOG.info("a message could not be delivered: %s", error.message)
        return
    desk.metrics.error()
    identifier = token_hex(3)
    LOG.error("error %s", identifier, exc_info=error)
    if isinstance(update, Update):
        await _tell_sender(desk, update, identifier)
    if error is not None:
        await _tell_owner(desk, context.bot, error, identifier)


async def _tell_sender(desk: Desk, update: Update, identifier: str) -> None:
    if update.inline_query:
        await give_up(desk, update)
    message = update.effective_message
    if message is None:
        return
    try:
        await reply(message, lines_message([texts_for(desk, update).say("error.sorry", id=identifier)]))
    except TelegramError as error:
        LOG.warning("error %s could not be told: %s", identifier, error.message)


async def _tell_owner(desk: Desk, bot: Bot, error: Exception, identifier: str) -> None:
    """Send the traceback to the owner's private chat; of many errors at once, the first few."""
    owner, now = desk.owner, monotonic()
    if owner is None or desk.alarms.wait(owner, now):
        return
    desk.alarms.take(owner, now)
    alarm = _alarm(error, identifier, bot.token, texts_of(desk, owner))
    try:
        await bot.send_message(owner, alarm.text, entities=alarm.entities, link_preview_options=NO_PREVIEW)
    except TelegramError as second:
        LOG.warning("error %s could not be told to the owner: %s", identifier, second.message)


def _alarm(error: Exception, identifier: str, token: str, texts: Texts) -> Outgoing:
    """The traceback's end, which says most, as far as a message reaches; without the token."""
    trace = redacted("".join(format_exception(error)), token).strip()
    draft = Draft(texts.say("error.alarm", id=identifier) + "\n")
    room = LIMIT - units(draft.text)
    while units(trace) > room:
        trace = trace.partition("\n")[2] or trace[-room // 2 :]
    draft.add(trace, MessageEntity.PRE)
    return draft.finished()


def on_polling_error(error: TelegramError) -> None:
    """Log that messages cannot be fetched at present; fetching goes on by itself, ever more slowly."""
    if isinstance(error, Conflict):
        LOG.error(
            "another program is fetching this bot's messages with the same token; "
            "stop it, or get a second token from @BotFather"
        )
    else:
        LOG.warning("messages cannot be fetched at present: %s", error.message)
