"""A group becomes a supergroup: it has another id from then on, and keeps what is remembered of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.handlers.desk import Context, Desk, message_in
from bot.state import Member

if TYPE_CHECKING:
    from telegram import Update

LOG = logging.getLogger(__name__)


async def on_migrated(desk: Desk, update: Update, context: Context) -> None:
    """Move a group's state to its new id; both the old chat and the new one tell of it."""
    message = message_in(update)
    old = message.migrate_from_chat_id or message.chat_id
    new = message.migrate_to_chat_id or message.chat_id
    desk.state.members.move_chat(old, new)
    desk.state.scopes.move_chat(old, new)
    desk.state.turns.move_chat(old, new)
    if desk.door.settled(old):
        LOG.warning("a group that the settings let in has the number %s from now on, no longer %s", new, old)
        desk.state.members.add(Member(new, message.chat.title or ""))
    if context.application.chat_data.get(old):
        context.application.migrate_chat_data(old_chat_id=old, new_chat_id=new)
