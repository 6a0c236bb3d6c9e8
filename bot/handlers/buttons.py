"""A button is pressed: whose press counts, what it does, and always an answer to the press."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from telegram import Message
from telegram.error import TelegramError

from bot.access import is_person
from bot.handlers.desk import Context, Desk, texts_for
from bot.handlers.sending import edit, persistently

if TYPE_CHECKING:
    from telegram import CallbackQuery, Update, User

    from bot.outgoing import Outgoing
    from bot.state import StoredButton
    from bot.texts import Texts

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Toast:
    """A sentence of at most 200 characters that is shown for a moment; an `alert` until it is closed."""

    text: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """A press that counts: by whom, under which of the bot's messages, and what the button was given."""

    by: User
    message: Message
    payload: Any
    owner: int | None
    texts: Texts

    async def edit(self, desk: Desk, outgoing: Outgoing) -> None:
        """Change the message; whose press counted still counts."""
        await edit(self.message, outgoing, keys=desk.state.buttons, owner=self.owner)


# What a press does. It ends soon: whoever pressed sees the button wait. Long work belongs into
# `application.create_task`.
Pressed: TypeAlias = Callable[[Desk, Press, Context], Coroutine[Any, Any, Toast | None]]


async def on_press(actions: Mapping[str, Pressed], desk: Desk, update: Update, context: Context) -> None:
    """Do what the pressed button stands for; the press is answered once, whatever happens."""
    query = update.callback_query
    assert query is not None  # its handler gets no other updates
    toast = None
    try:
        toast = await _press(actions, desk, update, context)
    finally:
        await _answer(query, toast)


async def _press(
    actions: Mapping[str, Pressed], desk: Desk, update: Update, context: Context
) -> Toast | None:
    query, texts = update.callback_query, texts_for(desk, update)
    assert query is not None
    button = desk.state.buttons.get(query.data or "")
    message = query.message
    act = actions.get(button.action) if button else None
    if button is None or act is None or not isinstance(message, Message) or message.chat_id != button.chat:
        LOG.info("a button was pressed that is no longer known")
        return Toast(texts.say("button.old"))
    if not _counts(button, query, desk):
        return Toast(texts.say("button.only_admins" if button.admins else "button.not_yours"))
    return await act(desk, Press(query.from_user, message, button.payload, button.person, texts), context)


def _counts(button: StoredButton, query: CallbackQuery, desk: Desk) -> bool:
    by = query.from_user
    if button.admins:
        return is_person(by) and by.id in desk.admins
    return button.person is None or button.person == by.id


async def _answer(query: CallbackQuery, toast: Toast | None) -> None:
    try:
        if toast is None:
            await persistently(query.answer)
        else:
            await persistently(lambda: query.answer(toast.text, show_alert=toast.alert))
    except TelegramError as error:  # pressed long ago, or by somebody who is gone: nobody waits
        LOG.info("a press could not be answered: %s", error.message)
