"""/start, /help, /articles, and commands that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.access import is_admin
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.sending import reply
from bot.outgoing import lines_message
from bot.render import articles_message
from index import LibraryEmpty, LibraryNotFound

if TYPE_CHECKING:
    from telegram import Update


async def on_start(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Say what the bot does."""
    await reply(message_in(update), lines_message([texts_for(desk, update).say("greeting.start")]))


async def on_help(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Say how to ask; admins are told of their commands too."""
    message, texts = message_in(update), texts_for(desk, update)
    lines = [texts.say("greeting.help")]
    if is_admin(message, desk.admins):
        keys = ("greeting.help_admin", "overview.help", "adding.help", "feeds.help")
        lines += map(texts.say, keys)
    await reply(message, lines_message(lines))


async def on_articles(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """List the newest articles."""
    try:
        articles = await desk.work(desk.library.articles)
    except (LibraryEmpty, LibraryNotFound):
        articles = ()
    await reply(message_in(update), articles_message(articles, texts_for(desk, update)))


async def on_unknown_command(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Say that there is no such command."""
    await reply(message_in(update), lines_message([texts_for(desk, update).say("question.unknown_command")]))
