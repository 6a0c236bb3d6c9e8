"""Buttons as Telegram has them: an address, or a key under which the state knows what to do."""

from __future__ import annotations

import logging
from itertools import repeat
from typing import TYPE_CHECKING

from telegram import Chat, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ChatType

from bot.outgoing import Action, Outgoing, Presser
from bot.state import Buttons, StateError, StoredButton

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.outgoing import Button, Rows

LOG = logging.getLogger(__name__)


def keyboard_of(
    outgoing: Outgoing, chat: Chat, keys: Buttons | None, owner: int | None
) -> InlineKeyboardMarkup | None:
    """The keyboard under a message to `chat`; what its buttons do is kept in `keys`.

    `owner` is whose press counts in a group, None being anybody's. A state that fails costs
    the buttons, not the message. Raises `ValueError` where buttons do something and there is
    no place to keep what.
    """
    actions = [button.action for row in outgoing.buttons for button in row if button.action]
    if actions and keys is None:
        raise ValueError(f"a message whose buttons do something ({actions[0].name}) needs `keys`")
    made = _keys([_stored(action, chat, owner) for action in actions], keys) if keys else iter(())
    return _markup([_telegram_button(button, made) for button in row] for row in outgoing.buttons)


def without_addresses(keyboard: InlineKeyboardMarkup | None) -> InlineKeyboardMarkup | None:
    """The same keyboard without buttons that open an address, which Telegram may have refused."""
    rows = keyboard.inline_keyboard if keyboard else ()
    return _markup([button for button in row if button.url is None] for row in rows)


def address_keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """A keyboard of buttons that open addresses; others have no place in a message of somebody else's."""
    return _markup(
        [InlineKeyboardButton(button.text, url=button.url) for button in row if button.url] for row in rows
    )


def _keys(buttons: Sequence[StoredButton], keys: Buttons) -> Iterator[str | None]:
    """A key for each button in order, or for none of them."""
    try:
        return iter(keys.put(buttons) if buttons else ())
    except StateError as error:
        LOG.warning("a message goes without its buttons: %s", error)
        return repeat(None)


def _markup(rows: Iterable[Iterable[InlineKeyboardButton | None]]) -> InlineKeyboardMarkup | None:
    filled = [kept for row in rows if (kept := [button for button in row if button])]
    return InlineKeyboardMarkup(filled) if filled else None


def _stored(action: Action, chat: Chat, owner: int | None) -> StoredButton:
    private = chat.type == ChatType.PRIVATE
    person = owner if action.presser is Presser.ASKER and not private else None
    return StoredButton(action.name, action.payload, chat.id, person, action.presser is Presser.ADMINS)


def _telegram_button(button: Button, keys: Iterator[str | None]) -> InlineKeyboardButton | None:
    if button.action is None:
        return InlineKeyboardButton(button.text, url=button.url)
    key = next(keys)
    return InlineKeyboardButton(button.text, callback_data=key) if key else None
