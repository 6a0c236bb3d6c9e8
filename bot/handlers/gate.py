"""The gate: before any handler sees an update, whether its sender may ask, and not too often."""

from __future__ import annotations

from math import ceil
from time import monotonic
from typing import TYPE_CHECKING, Final

from telegram import InlineQueryResultsButton, MessageEntity
from telegram.constants import ChatType
from telegram.ext import ApplicationHandlerStop, filters

from bot.access import is_meant_for, is_person, names
from bot.handlers.desk import Context, Desk, texts_for
from bot.handlers.sending import reply
from bot.outgoing import lines_message
from bot.state import Member
from bot.state.members import CODE_LASTS, LENGTH

if TYPE_CHECKING:
    from telegram import Chat, Message, Update, User

LONGEST_NAME: Final = 60


async def on_update(desk: Desk, update: Update, context: Context) -> None:
    """Let an update pass, or end it here. A gate that fails stays shut."""
    try:
        passes = await _passes(desk, update, context)
    except Exception as error:  # otherwise the library would tell the error and go on to the next handler
        await context.application.process_error(update, error)
        raise ApplicationHandlerStop from error
    if not passes:
        raise ApplicationHandlerStop


def person_in(message: Message) -> User | None:
    """The person who sent a message in their own name; None for groups, channels and bots."""
    sender = message.from_user
    return sender if sender and message.sender_chat is None and is_person(sender) else None


def name_of(user: User) -> str:
    """A person's name on one line: whatever they called themselves, it cannot look like more."""
    name = " ".join(user.full_name.split())[:LONGEST_NAME]
    return f"{name} (@{user.username})" if user.username else name


async def _passes(desk: Desk, update: Update, context: Context) -> bool:
    query, group = update.callback_query or update.inline_query, _group(update.effective_chat)
    if update.message is not None:
        return await _message_passes(desk, update, context, update.message)
    if query is None or desk.door.admits(query.from_user.id, group):
        return True
    if update.callback_query:
        await update.callback_query.answer(
            texts_for(desk, update).say("access.closed_button"), show_alert=True
        )
    elif update.inline_query:
        ask = InlineQueryResultsButton(texts_for(desk, update).say("inline.closed"), start_parameter="access")
        await update.inline_query.answer([], cache_time=0, is_personal=True, button=ask)
    return False


async def _message_passes(desk: Desk, update: Update, context: Context, message: Message) -> bool:
    person, group = person_in(message), _group(message.chat)
    number = person.id if person else None
    addressed = _addresses(update, message, context.bot.bot)
    if not desk.door.admits(number, group):
        if addressed:
            await _refuse(desk, update, message, person)
        return False
    if not addressed or number in desk.admins:
        return True
    sender = number or (message.sender_chat.id if message.sender_chat else None)
    wait = desk.door.limits.check(sender, group, monotonic())
    if wait is None:
        return True
    desk.metrics.limited()
    if wait.say:
        key = "access.slow_group" if wait.group else "access.slow"
        await reply(message, lines_message([texts_for(desk, update).say(key, count=ceil(wait.seconds))]))
    return False


def _group(chat: Chat | None) -> int | None:
    return None if chat is None or chat.type == ChatType.PRIVATE else chat.id


def _addresses(update: Update, message: Message, me: User) -> bool:
    """Whether some handler would answer: in a group, only what is meant for this bot."""
    if filters.StatusUpdate.ALL.check_update(update):
        return False
    if is_meant_for(message, me) or names(message, me):
        return True
    commands = message.parse_entities([MessageEntity.BOT_COMMAND]) if message.text else {}
    return any(entity.offset == 0 and "@" not in command for entity, command in commands.items())


async def _refuse(desk: Desk, update: Update, message: Message, person: User | None) -> None:
    """Say that the bot does not answer here, and nothing else; to a flood, nothing."""
    now = monotonic()
    if desk.door.strangers.wait(message.chat_id, now):
        return
    desk.door.strangers.take(message.chat_id, now)
    await reply(message, lines_message([_refusal(desk, update, message, person)]))


def _refusal(desk: Desk, update: Update, message: Message, person: User | None) -> str:
    texts, pairing = texts_for(desk, update), desk.door.policy.mode == "pairing"
    if message.chat.type != ChatType.PRIVATE or person is None:
        return texts.say("access.closed_group_pairing" if pairing else "access.closed_group")
    if not pairing:
        return texts.say("access.closed", id=person.id)
    code = desk.state.members.code_for(Member(person.id, name_of(person), texts.language))
    if code is None:
        return texts.say("access.no_more_codes")
    half = LENGTH // 2
    return texts.say("access.code", code=f"{code[:half]}-{code[half:]}", minutes=round(CODE_LASTS / 60))
