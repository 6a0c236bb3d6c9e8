"""Long work on the library, told in one message that is edited as it goes on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError

from bot.handlers.rebuilding import RebuildCancelled, RebuildStopped
from bot.handlers.sending import edit, reply
from bot.outgoing import Outgoing, lines_message
from bot.render import progress_line, report_message
from index import ArticlebotError, BuildReport, LibraryLocked, NothingToIndex

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Message

    from bot.handlers.rebuilding import Rebuilding
    from bot.state import Outcome
    from bot.texts import Texts

LOG = logging.getLogger(__name__)
# Seconds between edits: a chat bears one message a second, a group twenty a minute.
PRIVATE_INTERVAL: Final = 3.0
GROUP_INTERVAL: Final = 4.0
MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Telling:
    """Where work is told of: the admin's message, the bot's own that is edited, how that begins.

    `again` is the command that goes on where work was broken off, `keyboard` what stays under the
    message meanwhile.
    """

    asked: Message
    shown: Message
    texts: Texts
    opening: str
    again: str = "/reindex"
    keyboard: InlineKeyboardMarkup | None = None


async def tell(work: asyncio.Task[BuildReport], rebuilding: Rebuilding, telling: Telling) -> None:
    """Edit the message every so often until the work is done, then to how it ended."""
    await _tell_progress(work, rebuilding, telling)
    ending = _ending(work, telling)
    try:
        await edit(telling.shown, ending)
    except BadRequest as error:
        LOG.info("the progress message cannot be edited (%s); sending a new one", error.message)
        await reply(telling.asked, ending)


def outcome_of(work: asyncio.Task[BuildReport] | None) -> Outcome:
    """How work ended, for the log of what admins did; None is work that was not begun."""
    done = work is not None and work.done() and not work.cancelled() and work.exception() is None
    return "done" if done else "failed"


def state_of(rebuilding: Rebuilding, opening: str, texts: Texts) -> list[str]:
    """How far work is, in lines."""
    progress, left = rebuilding.progress, rebuilding.left()
    lines = [opening] if progress is None else [opening, progress_line(progress, texts)]
    if left is not None:
        minutes = round(left / MINUTE)
        lines.append(texts.say("progress.minutes", count=minutes) if minutes else texts.say("progress.soon"))
    return lines


async def _tell_progress(work: asyncio.Task[BuildReport], rebuilding: Rebuilding, telling: Telling) -> None:
    """Edit the message when there is something new to tell; its buttons stay."""
    private = telling.asked.chat.type == ChatType.PRIVATE
    told: list[str] = []
    while not (await asyncio.wait({work}, timeout=PRIVATE_INTERVAL if private else GROUP_INTERVAL))[0]:
        lines = state_of(rebuilding, telling.opening, telling.texts)
        if rebuilding.progress is None or lines == told:
            continue
        told = lines
        try:
            await edit(telling.shown, lines_message(lines), keyboard=telling.keyboard)
        except TelegramError as error:
            LOG.info("progress could not be shown: %s", error.message)


def _ending(work: asyncio.Task[BuildReport], telling: Telling) -> Outgoing:
    """How work ended: its report, or in a calm sentence why there is none."""
    error = work.exception()
    if error is None:
        return report_message(work.result(), telling.texts)
    return lines_message([_why(error, telling)])


def _why(error: BaseException, telling: Telling) -> str:
    texts = telling.texts
    if isinstance(error, RebuildStopped):
        return texts.say("reindex.stopped", again=telling.again)
    if isinstance(error, RebuildCancelled):
        return texts.say("progress.cancelled")
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
