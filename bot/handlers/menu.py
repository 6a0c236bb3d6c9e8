"""The menu of commands that Telegram shows beside the place where one writes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.texts import Texts, language_for, texts_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.handlers.desk import Bot
    from bot.state import People

LOG = logging.getLogger(__name__)
# Telegram chooses a menu by two letters only, so that "zh" has to serve both scripts.
MENU_LANGUAGES = (None, "zh")
EVERYBODY = ("new", "articles", "latest", "sources", "language", "help", "start")
GROUPS = ("ask", "new", "articles", "latest", "sources", "language", "help")
ADMINS = (
    "new",
    "articles",
    "latest",
    "sources",
    "add",
    "remove",
    "watch",
    "watching",
    "unwatch",
    "reindex",
    "status",
    "asked",
    "export",
    "import",
    "approve",
    "revoke",
    "audit",
    "language",
    "help",
    "start",
)


async def offer_commands(bot: Bot, admins: Iterable[int], people: People) -> None:
    """Set the menus: for everybody, for groups, and with /reindex for each admin's own chat.

    A menu that cannot be set (a server that lacks the method, an admin who never wrote to
    the bot) is done without.
    """
    await _offer(bot, BotCommandScopeDefault(), EVERYBODY, None)
    await _offer(bot, BotCommandScopeAllGroupChats(), GROUPS, None)
    for admin in admins:
        await offer_in_chat(bot, admin, people.language(admin), admin=True)


async def offer_in_chat(bot: Bot, person: int, language: str | None, *, admin: bool) -> None:
    """Set the menu of a person's own chat, in the language they chose; None leaves it to Telegram's."""
    await _offer(bot, BotCommandScopeChat(person), ADMINS if admin else EVERYBODY, language)


async def _offer(bot: Bot, scope: BotCommandScope, names: Iterable[str], language: str | None) -> None:
    for code in MENU_LANGUAGES:
        menu = _menu(names, texts_in(language or language_for(code)))
        try:
            await bot.set_my_commands(menu, scope=scope, language_code=code)
        except TelegramError as error:
            LOG.info("no menu of commands for %s: %s", scope.type, error.message)


def _menu(names: Iterable[str], texts: Texts) -> list[BotCommand]:
    return [BotCommand(name, texts.say(f"command.{name}")) for name in names]
