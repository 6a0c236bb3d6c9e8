"""/reindex: bring the library up to date, told in one message that is edited as it goes on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot.access import is_admin
from bot.handlers.admission import note
from bot.handlers.desk import Context, Desk, message_in, texts_for
from bot.handlers.rebuilding import Rebuilding, RebuildStopped
from bot.handlers.sending import edit, reply
from bot.outgoing import Outgoing, lines_message
from bot.render import progress_line, report_message
from index import ArticlebotError, BuildReport, LibraryLocked, NothingToIndex

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.texts import Texts

LOG = logging.getLogger(__name__)
# Seconds between edits: a chat bears one message a second, a group twenty a minute.
PRIVATE_INTERVAL: Final = 1.75
GROUP_INTERVAL: Final = 4.0


@dataclass(frozen=True, slots=True)
class _Telling:
    """Where a rebuild is told of: the admin's command, the bot's message under it, the language."""

    asked: Message
    shown: Message
    texts: Texts


async def on_reindex(desk: Desk, update: Update, context: Context) -> None:
    """Start a rebuild, or say why not: the sender is no admin, or one is going on."""
    message, texts = message_in(update), texts_for(desk, update)
    if not is_admin(message, desk.admins):
        await reply(message, lines_message([texts.say("reindex.only_admins")]))
    elif not desk.rebuilding.claim():
        await reply(message, lines_message(_state(texts.say("reindex.running"), desk.rebuilding, texts)))
    else:
        # Not awaited here: the admin's chat would have to wait for its other questions.
        context.application.create_task(_rebuild(desk, message, texts), update=update)


async def _rebuild(desk: Desk, message: Message, texts: Texts) -> None:
    rebuilding = desk.rebuilding
    try:
        shown = await reply(message, lines_message([texts.say("reindex.started")]))
        telling = _Telling(message, shown, texts)
        work = asyncio.create_task(rebuilding.run())
        await _tell_progress(work, rebuilding, telling)
        note(desk, message, "/reindex", "failed" if work.exception() else "done")
        await _tell_ending(_ending(work, texts), telling)
    finally:
        rebuilding.release()


async def _tell_progress(work: asyncio.Task[BuildReport], rebuilding: Rebuilding, telling: _Telling) -> None:
    """Edit the message every so often until the work is done, when there is something new to tell."""
    private = telling.asked.chat.type == ChatType.PRIVATE
    told = ""
    while not (await asyncio.wait({work}, timeout=PRIVATE_INTERVAL if private else GROUP_INTERVAL))[0]:
        lines = _state(telling.texts.say("reindex.started"), rebuilding, telling.texts)
        if rebuilding.progress is None or lines[-1] == told:
            continue
        told = lines[-1]
        try:
            await edit(telling.shown, lines_message(lines))
        except TelegramError as error:
            LOG.info("progress could not be shown: %s", error.message)


async def _tell_ending(ending: Outgoing, telling: _Telling) -> None:
    try:
        await edit(telling.shown, ending)
    except BadRequest as error:
        LOG.info("the progress message cannot be edited (%s); sending a new one", error.message)
        await reply(telling.asked, ending)


def _state(opening: str, rebuilding: Rebuilding, texts: Texts) -> list[str]:
    progress = rebuilding.progress
    return [opening] if progress is None else [opening, progress_line(progress, texts)]


def _ending(work: asyncio.Task[BuildReport], texts: Texts) -> Outgoing:
    """How a rebuild ended: its report, or in a calm sentence why there is none."""
    error = work.exception()
    if error is None:
        return report_message(work.result(), texts)
    return lines_message([_why(error, texts)])


def _why(error: BaseException, texts: Texts) -> str:
    if isinstance(error, RebuildStopped):
        return texts.say("reindex.stopped")
    if isinstance(error, LibraryLocked):
        return texts.say("reindex.locked")
    if isinstance(error, NothingToIndex):
        return texts.say("reindex.nothing_to_index")
    if isinstance(error, ArticlebotError):
        LOG.warning("the library could not be brought up to date: %s", error)
        return texts.say("reindex.refused", reason=str(error))
    identifier = token_hex(3)
    LOG.error("error %s while bringing the library up to date", identifier, exc_info=error)
    return texts.say("reindex.broken", id=identifier)
