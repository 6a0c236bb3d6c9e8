"""Before all else: updates that a restart came between, and questions that waited for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import ApplicationHandlerStop

from bot.handlers.desk import Context, Desk, texts_for
from bot.handlers.sending import reply
from bot.outgoing import lines_message

if TYPE_CHECKING:
    from telegram import Update

    from bot.journal import Inbox


async def on_update(inbox: Inbox, desk: Desk, update: Update, context: Context) -> None:  # noqa: ARG001  a handler's signature
    """Let an update pass, unless it makes way for a later one or may have been answered already."""
    passed = inbox.backlog.turn(update)
    if passed is None:
        raise ApplicationHandlerStop
    if update.update_id in inbox.journal.undecided:
        await _tell(desk, update, texts_for(desk, update).say("backlog.interrupted"))
        raise ApplicationHandlerStop
    if passed and _is_admitted(desk, update):
        await _tell(desk, update, texts_for(desk, update).say("backlog.passed", count=passed))


async def _tell(desk: Desk, update: Update, sentence: str) -> None:
    message = update.message
    if message is not None:  # a button that was pressed before a restart is pressed again
        await reply(message, lines_message([sentence]), keys=desk.state.buttons)


def _is_admitted(desk: Desk, update: Update) -> bool:
    """Whether the gate will let the update's sender in, whose business the rest is."""
    message = update.message
    if message is None:
        return False
    sender = message.from_user.id if message.from_user else None
    return desk.door.admits(sender, message.chat_id)
