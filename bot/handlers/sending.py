"""Getting a message to a person although networks and servers fail."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from telegram import Chat, InputFile, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ChatAction, ChatType, MessageLimit
from telegram.error import BadRequest, ChatMigrated, NetworkError, TelegramError

from bot.cutting import shorten
from bot.handlers.keyboards import keyboard_of, without_addresses
from bot.journal import postponable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from telegram import InlineKeyboardMarkup

    from bot.outgoing import Outgoing
    from bot.state import Buttons

LOG = logging.getLogger(__name__)
RETRY_PAUSES: Final = (0.5, 2.0, 6.0)  # seconds
TYPING_AFTER: Final = 0.3  # seconds; what is answered sooner needs none
TYPING_LASTS: Final = 4.5  # seconds; Telegram clients show it for five
TYPING_PATIENCE: Final = 1.0  # seconds that an answer waits for the last "typing" to get through
UPLOAD_SECONDS: Final = 600.0
CAPTION: Final = int(MessageLimit.CAPTION_LENGTH)
NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)

Sent = TypeVar("Sent")


async def reply(message: Message, outgoing: Outgoing, *, keys: Buttons | None = None) -> Message:
    """Answer a message with one that replies to it; returns it as it was sent.

    `keys` is where buttons that do something are kept; who sent the message is their owner.
    """
    keyboard = keyboard_of(outgoing, message.chat, keys, _asker(message))
    target = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    try:
        return await persistently(
            lambda: message.reply_text(
                outgoing.text,
                entities=outgoing.entities,
                link_preview_options=NO_PREVIEW,
                reply_parameters=target,
                reply_markup=keyboard,
            )
        )
    except ChatMigrated as moved:
        return await _send_elsewhere(message, outgoing, moved.new_chat_id, keys)
    except BadRequest as error:
        LOG.warning("Telegram refused a message (%s); sending it plain", error.message)
    # Without formatting, without addresses and without the topic, which may have been deleted meanwhile.
    return await persistently(
        lambda: message.reply_text(
            outgoing.text,
            link_preview_options=NO_PREVIEW,
            reply_parameters=target,
            message_thread_id=None,
            reply_markup=without_addresses(keyboard),
        )
    )


async def _send_elsewhere(message: Message, outgoing: Outgoing, chat: int, keys: Buttons | None) -> Message:
    """Answer in the supergroup that a message's group has become meanwhile, which has it under no number."""
    keyboard = keyboard_of(outgoing, Chat(chat, ChatType.SUPERGROUP), keys, _asker(message))
    return await persistently(
        lambda: message.get_bot().send_message(
            chat,
            outgoing.text,
            entities=outgoing.entities,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )
    )


async def edit(
    message: Message,
    outgoing: Outgoing,
    *,
    keys: Buttons | None = None,
    owner: int | None = None,
    keyboard: InlineKeyboardMarkup | None = None,
) -> None:
    """Change a message of the bot's own; that it already reads so is no error.

    `keys` is where buttons that do something are kept, `owner` who may press them. A `keyboard`
    is one that the message has already and is to keep.
    """
    keyboard = keyboard or keyboard_of(outgoing, message.chat, keys, owner)
    try:
        await persistently(
            lambda: message.edit_text(
                outgoing.text,
                entities=outgoing.entities,
                link_preview_options=NO_PREVIEW,
                reply_markup=keyboard,
            )
        )
    except BadRequest as error:
        if "not modified" in error.message.lower():
            return
        if not outgoing.entities and not outgoing.buttons:
            raise
        LOG.warning("Telegram refused a change of a message (%s); sending it plain", error.message)
        await persistently(
            lambda: message.edit_text(
                outgoing.text,
                link_preview_options=NO_PREVIEW,
                reply_markup=without_addresses(keyboard),
            )
        )


async def reply_photo(message: Message, picture: bytes, caption: str) -> None:
    """Answer a message with a picture; raises `TelegramError` if it cannot be sent."""
    target = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    await persistently(
        lambda: message.reply_photo(
            picture, caption=caption[: shorten(caption, CAPTION)], reply_parameters=target
        )
    )


async def reply_document(message: Message, file: Path, caption: str) -> None:
    """Answer a message with a file, once: it may be large. Raises `TelegramError` if it cannot be sent."""
    target = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    with file.open("rb") as content:
        await message.reply_document(
            InputFile(content, filename=file.name, read_file_handle=False),
            caption=caption[: shorten(caption, CAPTION)],
            reply_parameters=target,
            write_timeout=UPLOAD_SECONDS,
            read_timeout=UPLOAD_SECONDS,
        )


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show "typing" in the message's chat meanwhile; a server that cannot costs nothing else."""
    done = asyncio.Event()
    task = asyncio.create_task(_keep_typing(message, done))
    try:
        yield
    finally:
        done.set()
        # Were the request dropped half-way, its connection would be lost for the answer too.
        await asyncio.wait({task}, timeout=TYPING_PATIENCE)
        task.cancel()


async def persistently(call: Callable[[], Awaitable[Sent]]) -> Sent:
    """The result of a call to Telegram, made again after trouble on the way.

    A request that timed out may have been carried out all the same. Then a person gets
    the same answer twice, which is better than never. Too many requests at once are the
    rate limiter's affair.
    """
    for pause in RETRY_PAUSES:
        try:
            return await call()
        except BadRequest:  # a kind of NetworkError to the library, but asking again will not help
            raise
        except NetworkError as error:
            LOG.warning("Telegram could not be reached (%s); trying again in %s s", error.message, pause)
            with postponable():
                await asyncio.sleep(pause)
    return await call()


def _asker(message: Message) -> int | None:
    """Who asked, if they can be told from others: not somebody who writes as a group or a channel."""
    if message.sender_chat is not None or message.from_user is None:
        return None
    return message.from_user.id


async def _keep_typing(message: Message, done: asyncio.Event) -> None:
    pause = TYPING_AFTER
    while not await _happens(done, pause):
        pause = TYPING_LASTS
        try:
            await message.reply_chat_action(ChatAction.TYPING)
        except TelegramError as error:
            LOG.debug("no typing indicator: %s", error.message)
            return


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
