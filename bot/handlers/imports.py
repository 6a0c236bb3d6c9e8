"""/import: a file that /export sent is shown, then merged with the library or put in its place."""

from __future__ import annotations

import asyncio
import logging
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from telegram.constants import FileSizeLimit
from telegram.error import TelegramError

from bot.handlers.admission import note_by
from bot.handlers.buttons import Press, Pressed, Toast
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.export import MEGABYTE, is_telegrams, refused
from bot.handlers.sending import edit, reply
from bot.handlers.telling import Telling, outcome_of, state_of, tell
from bot.outgoing import Action, Button, Outgoing, Presser, lines_message
from bot.overview import backup_lines
from index import BackupError, read_backup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram import Bot, Document, Message, Update

    from bot.handlers.rebuilding import Build
    from bot.texts import Texts

LOG = logging.getLogger(__name__)
DOWNLOAD: Final = int(FileSizeLimit.FILESIZE_DOWNLOAD)  # bytes that Telegram's own server gives out
MERGE, REPLACE, LEAVE = "import-merge", "import-replace", "import-leave"
FILE: Final = "import.zip"
LONGEST_TOAST: Final = 200  # characters

How: TypeAlias = Literal["merge", "replace"]


async def on_import(desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  one signature for all
    """Show what a file holds, and ask what to do with it."""
    message, texts = message_in(update), texts_for(desk, update)
    if (refusal := refused(desk, message, texts)) is not None:
        await reply(message, lines_message([refusal]))
        return
    document = message.document
    if document is None and message.reply_to_message is not None:
        document = message.reply_to_message.document
    if document is None:
        await reply(message, lines_message([texts.say("transfer.which")]))
        return
    if (document.file_size or 0) > DOWNLOAD and is_telegrams(message.get_bot()):
        size, limit = ceil((document.file_size or 0) / MEGABYTE), DOWNLOAD // MEGABYTE
        sentence = texts.say("transfer.too_large_to_get", size=size, limit=limit)
        await reply(message, lines_message([sentence]))
        return
    await reply(message, await _offer(desk, message, document, texts), keys=desk.state.buttons)


async def _offer(desk: Desk, message: Message, document: Document, texts: Texts) -> Outgoing:
    """What the file holds with buttons under it, or why it cannot be used."""
    try:
        with TemporaryDirectory(prefix="articlebot-") as folder:
            await _download(message.get_bot(), document.file_id, Path(folder) / FILE)
            backup = await asyncio.to_thread(read_backup, Path(folder) / FILE)
    except BackupError as error:
        return lines_message([texts.say("transfer.unusable", reason=str(error))])
    except TelegramError as error:
        LOG.warning("a file to be imported could not be fetched: %s", error.message)
        return lines_message([texts.say("transfer.not_fetched", reason=error.message)])
    here = (await asyncio.to_thread(desk.library.status)).articles
    return lines_message(backup_lines(backup, here, texts), _buttons(document, here, texts))


def _buttons(document: Document, here: int, texts: Texts) -> tuple[tuple[Button, ...], ...]:
    # The file stays with Telegram until it is wanted: so the buttons work after a restart, too.
    def button(text: str, action: str) -> tuple[Button, ...]:
        return (Button(text, action=Action(action, document.file_id, Presser.ADMINS)),)

    return (
        button(texts.say("transfer.merge"), MERGE),
        button(texts.say("transfer.replace", count=here), REPLACE),
        button(texts.say("transfer.leave"), LEAVE),
    )


async def _download(bot: Bot, file_id: str, place: Path) -> None:
    file = await bot.get_file(file_id)
    await file.download_to_drive(place)


async def _on_merge(desk: Desk, press: Press, context: Context) -> Toast | None:
    """Add the articles that are not here."""
    return await _begin(desk, press, context, "merge")


async def _on_replace(desk: Desk, press: Press, context: Context) -> Toast | None:
    """Put the file's articles in the place of those that are here."""
    return await _begin(desk, press, context, "replace")


async def _on_leave(desk: Desk, press: Press, context: Context) -> Toast | None:  # noqa: ARG001  one signature for all
    """Do nothing."""
    await press.edit(desk, lines_message([press.texts.say("transfer.left")]))
    return None


async def _begin(desk: Desk, press: Press, context: Context, how: How) -> Toast | None:
    if not desk.rebuilding.claim():
        lines = state_of(desk.rebuilding, press.texts.say("reindex.running"), press.texts)
        return Toast("\n".join(lines)[:LONGEST_TOAST], alert=True)
    # Not awaited here: whoever pressed would see the button wait.
    context.application.create_task(_import(desk, press, how))
    return None


async def _import(desk: Desk, press: Press, how: How) -> None:
    opening = press.texts.say("transfer.importing")
    work = None
    try:
        with TemporaryDirectory(prefix="articlebot-") as folder:
            file = Path(folder) / FILE
            if not await _fetched(press, opening, file):
                return
            work = asyncio.create_task(desk.rebuilding.run(_restore(desk, file, how)))
            telling = Telling(press.message, press.message, press.texts, opening, again="/import")
            await tell(work, desk.rebuilding, telling)
    finally:
        note_by(desk, press.by.id, f"/import: {how}", outcome_of(work))
        desk.rebuilding.release()


async def _fetched(press: Press, opening: str, file: Path) -> bool:
    """Whether the file could be fetched once more; if not, the message says so."""
    await edit(press.message, lines_message([opening]))
    try:
        await _download(press.message.get_bot(), press.payload, file)
    except TelegramError as error:
        LOG.warning("a file to be imported could not be fetched: %s", error.message)
        sentence = press.texts.say("transfer.not_fetched", reason=error.message)
        await edit(press.message, lines_message([sentence]))
        return False
    return True


def _restore(desk: Desk, file: Path, how: How) -> Build:
    return lambda note: desk.library.restore(file, how, progress=note)


ACTIONS: Final[Mapping[str, Pressed]] = {MERGE: _on_merge, REPLACE: _on_replace, LEAVE: _on_leave}
