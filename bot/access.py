"""Who may administer, and whom a message in a group is meant for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

if TYPE_CHECKING:
    from collections.abc import Collection

# Accounts Telegram itself writes under: an anonymous group admin, Telegram's own notices, a
# channel's posts. Anybody may stand behind them, so that they never count as a person.
SERVICE_ACCOUNTS = frozenset({1087968824, 777000, 136817688})


def is_admin(message: Message, admins: Collection[int]) -> bool:
    """Whether a message was written by one of the admins in person.

    Not if it is a forward or came through an inline bot (its words are another's), and not
    if it was sent in the name of a group or channel.
    """
    return message.forward_origin is None and is_from_admin(message, admins)


def is_from_admin(message: Message, admins: Collection[int]) -> bool:
    """Whether one of the admins sent a message in person, whosever words are in it.

    That is enough to be shown something, and not to do anything: a forward's words are another's.
    """
    sender = message.from_user
    if sender is None or not is_person(sender):
        return False
    in_person = message.sender_chat is None and message.via_bot is None
    return in_person and sender.id in admins


def is_person(user: User) -> bool:
    """Whether one person stands behind an account: it is no bot's, and none of Telegram's own."""
    return not user.is_bot and user.id not in SERVICE_ACCOUNTS


def is_meant_for(message: Message, me: User) -> bool:
    """Whether a message wants an answer of the bot `me`: any in a private chat.

    In a group, one that mentions the bot or replies to it. Another bot's never do, lest two
    bots talk to each other for ever; what an anonymous admin writes also bears a bot's name,
    but comes with a `sender_chat`. A quote that somebody sends through the bot itself is an
    answer already.
    """
    if message.via_bot is not None and message.via_bot.id == me.id:
        return False
    if message.chat.type == ChatType.PRIVATE:
        return True
    sender = message.from_user
    if sender is not None and sender.is_bot and message.sender_chat is None:
        return False
    return bool(_mentions(message, me)) or _replies_to(message, me)


def names(message: Message, me: User) -> bool:
    """Whether a message begins with a command for this bot by name, as in "/ask@thisbot"."""
    commands = message.parse_entities([MessageEntity.BOT_COMMAND])
    suffix = f"@{me.username}".casefold()
    return any(
        entity.offset == 0 and command.casefold().endswith(suffix) for entity, command in commands.items()
    )


def words_of(message: Message, me: User) -> str:
    """What a message says, text or caption, without the mentions of the bot `me` in it."""
    # Entities count UTF-16 units, which are two bytes each in this encoding.
    encoded = (message.text or message.caption or "").encode("utf-16-le")
    for entity in sorted(_mentions(message, me), key=lambda entity: -entity.offset):
        encoded = encoded[: entity.offset * 2] + encoded[(entity.offset + entity.length) * 2 :]
    return encoded.decode("utf-16-le").strip()


def _mentions(message: Message, me: User) -> list[MessageEntity]:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]
    if message.text is None and message.caption is None:
        return []
    found = message.parse_entities(kinds) if message.text else message.parse_caption_entities(kinds)
    name = f"@{me.username}".casefold()
    return [
        entity
        for entity, words in found.items()
        if (entity.user.id == me.id if entity.user else words.casefold() == name)
    ]


def _replies_to(message: Message, me: User) -> bool:
    earlier = message.reply_to_message
    # Every first message in a topic "replies" to the notice that opened the topic.
    if earlier is None or earlier.forum_topic_created is not None:
        return False
    return earlier.from_user is not None and earlier.from_user.id == me.id
