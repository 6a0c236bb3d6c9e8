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

LOG = logging.getLogger(__name__)
# Telegram chooses a menu by two letters only, so that "zh" has to serve both scripts.
MENU_LANGUAGES = (None, "zh")
EVERYBODY = ("new", "articles", "language", "help", "start")
GROUPS = ("ask", "new", "articles", "language", "help")
ADMINS = ("new", "articles", "reindex", "language", "help", "start")


async def offer_commands(bot: Bot, admins: Iterable[int]) -> None:
    """Set the menus: for everybody, for groups, and with /reindex for each admin's own chat.

    A menu that cannot be set (a server that lacks the method, an admin who never wrote to
    the bot) is done without.
    """
    scopes: list[tuple[BotCommandScope, tuple[str, ...]]] = [
        (BotCommandScopeDefault(), EVERYBODY),
        (BotCommandScopeAllGroupChats(), GROUPS),
    ]
    scopes += [(BotCommandScopeChat(admin), ADMINS) for admin in admins]
    for scope, names in scopes:
        for code in MENU_LANGUAGES:
            menu = _menu(names, texts_in(language_for(code)))
            try:
                await bot.set_my_commands(menu, scope=scope, language_code=code)
            except TelegramError as error:
                LOG.info("no menu of commands for %s: %s", scope.type, error.message)


def _menu(names: Iterable[str], texts: Texts) -> list[BotCommand]:
    return [BotCommand(name, texts.say(f"command.{name}")) for name in names]
