"""What happens when something goes wrong: first the log, then a calm sentence to the person."""

from __future__ import annotations

import logging
from secrets import token_hex

from telegram import Update
from telegram.error import Conflict, Forbidden, TelegramError

from bot.handlers.desk import Context, Desk, texts_for
from bot.handlers.inline import give_up
from bot.handlers.sending import reply
from bot.outgoing import lines_message

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
    message = update.effective_message if isinstance(update, Update) else None
    if isinstance(update, Update) and update.inline_query:
        await give_up(desk, update)
    if message is None:
        return
    try:
        await reply(message, lines_message([texts_for(desk, update).say("error.sorry", id=identifier)]))
    except TelegramError as second:
        LOG.warning("error %s could not be told: %s", identifier, second.message)


def on_polling_error(error: TelegramError) -> None:
    """Log that messages cannot be fetched at present; fetching goes on by itself, ever more slowly."""
    if isinstance(error, Conflict):
        LOG.error(
            "another program is fetching this bot's messages with the same token; "
            "stop it, or get a second token from @BotFather"
        )
    else:
        LOG.warning("messages cannot be fetched at present: %s", error.message)
