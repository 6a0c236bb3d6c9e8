"""Where a conversation goes on: whose it is, in which chat and topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.state import Place

if TYPE_CHECKING:
    from telegram import Message, User


def place_of(message: Message) -> Place:
    """The conversation a message belongs to: the person's, in a topic the person's there."""
    sender = message.sender_chat or message.from_user
    return Place(message.chat_id, sender.id if sender else 0, _topic(message))


def place_of_press(message: Message, by: User) -> Place:
    """The conversation of whoever pressed a button under a message of the bot's."""
    return Place(message.chat_id, by.id, _topic(message))


def _topic(message: Message) -> int:
    return message.message_thread_id or 0 if message.is_topic_message else 0
