"""/help, and commands that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.access import is_admin
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.sending import reply
from bot.outgoing import lines_message

if TYPE_CHECKING:
    from telegram import Update


async def on_help(desk: Desk, update: Update, context: Context) -> None:
    """Say how to ask; admins are told of their commands too."""
    message, texts = message_in(update), texts_for(desk, update)
    lines = [texts.say("greeting.help")]
    if is_admin(message, desk.admins):
        keys = ("greeting.help_admin", "overview.help", "adding.help", "feeds.help")
        lines += map(texts.say, keys)
    if context.bot.supports_inline_queries and desk.door.policy.inline:
        lines += ["", texts.say("inline.help", bot=context.bot.username)]
    await reply(message, lines_message(lines))


async def on_unknown_command(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Say that there is no such command."""
    await reply(message_in(update), lines_message([texts_for(desk, update).say("question.unknown_command")]))
