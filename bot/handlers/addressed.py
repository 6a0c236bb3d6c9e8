"""Which messages are meant for this bot, as python-telegram-bot's filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message, MessageEntity
from telegram.ext import filters

from bot.access import is_meant_for, names

if TYPE_CHECKING:
    from bot.handlers.desk import Bot


def is_question(bot: Bot, message: Message) -> bool:
    """Whether a message is a question in plain words, and no command, to this bot."""
    command = any(one.type == MessageEntity.BOT_COMMAND and not one.offset for one in message.entities)
    return bool(message.text) and not command and is_meant_for(message, bot.bot)


class MeantForMe(filters.MessageFilter):
    """Any message in a private chat; in a group what mentions the bot or replies to it."""

    def filter(self, message: Message) -> bool:
        """Whether it is."""
        return is_meant_for(message, message.get_bot().bot)


class NamesMe(filters.MessageFilter):
    """A command with the bot's name, as in "/ask@thisbot"."""

    def filter(self, message: Message) -> bool:
        """Whether it is."""
        return names(message, message.get_bot().bot)
