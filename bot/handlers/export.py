"""/export: the library as one file."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from telegram.constants import ChatType, FileSizeLimit
from telegram.error import TelegramError

from bot.access import is_admin
from bot.handlers.admission import note
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.sending import edit, reply, reply_document
from bot.outgoing import lines_message
from bot.transport import TELEGRAM
from index import ArticlebotError

if TYPE_CHECKING:
    from telegram import Bot, Message, Update

    from bot.handlers.desk import Library
    from bot.texts import Texts

LOG = logging.getLogger(__name__)
UPLOAD: Final = int(FileSizeLimit.FILESIZE_UPLOAD)  # bytes that Telegram's own server takes
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class _Made:
    """A backup as it lies on the disk: its bytes, and how many articles it holds."""

    file: Path
    size: int
    articles: int


async def on_export(desk: Desk, update: Update, context: Context) -> None:
    """Send the library as a file, or say why not."""
    message, texts = message_in(update), texts_for(desk, update)
    if (refusal := refused(desk, message, texts)) is not None:
        await reply(message, lines_message([refusal]))
        return
    chat = context.chat_data
    assert chat is not None  # every message is in a chat
    if chat.get("exporting"):
        await reply(message, lines_message([texts.say("transfer.already_exporting")]))
        return
    chat["exporting"] = True

    async def export() -> None:
        try:
            await _export(desk, message, texts)
        finally:
            chat["exporting"] = False

    # Not awaited here: the admin's chat would have to wait for its other questions.
    context.application.create_task(export(), update=update)


def refused(desk: Desk, message: Message, texts: Texts) -> str | None:
    """Why a message may not have the library sent or replaced; None if it may."""
    if not is_admin(message, desk.admins):
        return texts.say("reindex.only_admins")
    return None if message.chat.type == ChatType.PRIVATE else texts.say("transfer.private")


def is_telegrams(bot: Bot) -> bool:
    """Whether it is Telegram's own server that a bot speaks to, which limits the size of files."""
    return bot.base_url.startswith(TELEGRAM)


async def _export(desk: Desk, message: Message, texts: Texts) -> None:
    shown = await reply(message, lines_message([texts.say("transfer.exporting")]))
    limit = UPLOAD if is_telegrams(message.get_bot()) else None
    with TemporaryDirectory(prefix="articlebot-") as folder:
        try:
            made = await asyncio.to_thread(_write, desk.library, Path(folder), limit)
        except ArticlebotError as error:
            note(desk, message, "/export", "failed")
            await edit(shown, lines_message([texts.say("transfer.not_made", reason=str(error))]))
            return
        told = await _send(message, made, limit, texts)
    note(desk, message, "/export", "failed" if told else "done")
    await edit(shown, lines_message([told or texts.say("transfer.exported")]))


def _write(library: Library, folder: Path, limit: int | None) -> _Made:
    """Write the backup, the small form of it if the whole one is too large."""
    file = folder / f"articlebot-{datetime.now(UTC).astimezone():%Y-%m-%d}.zip"
    backup = library.backup(file)
    if limit is not None and file.stat().st_size > limit:
        backup = library.backup(file, small=True)
    return _Made(file, file.stat().st_size, backup.articles)


async def _send(message: Message, made: _Made, limit: int | None, texts: Texts) -> str | None:
    """Send the file; returns why it cannot be, or None."""
    size = ceil(made.size / MEGABYTE)
    if limit is not None and made.size > limit:
        return texts.say("transfer.too_large_to_send", size=size, limit=limit // MEGABYTE)
    try:
        await reply_document(message, made.file, texts.say("transfer.caption", count=made.articles))
    except TelegramError as error:
        LOG.warning("the exported library could not be sent: %s", error.message)
        return texts.say("transfer.not_sent", size=size, reason=error.message)
    return None
