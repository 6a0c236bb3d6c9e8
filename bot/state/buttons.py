"""What buttons stand for. Telegram carries 64 bytes with a button, so that it carries a key."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.state.database import Database

KEY_BYTES: Final = 12  # random ones, so that nobody guesses a key; 16 characters
LIFETIME: Final = 30 * 86_400.0  # seconds
MOST: Final = 200_000


@dataclass(frozen=True, slots=True)
class StoredButton:
    """What pressing a button does, and whose press counts.

    `payload` is anything that JSON can hold. `chat` is the only chat it works in. `person`,
    if not None, is the only one who may press it; `admins` says that only admins may.
    """

    action: str
    payload: Any
    chat: int
    person: int | None = None
    admins: bool = False


class Buttons:
    """Buttons by their keys; the oldest are forgotten in time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, buttons: Sequence[StoredButton]) -> tuple[str, ...]:
        """Keep buttons; returns a new key of 16 ASCII characters for each."""
        keys = tuple(token_urlsafe(KEY_BYTES) for _ in buttons)
        now = self._database.clock()
        with self._database.transaction():
            for key, button in zip(keys, buttons, strict=True):
                self._insert(key, button, now)
            self._database.run("DELETE FROM buttons WHERE made < ?", (now - LIFETIME,))
            self._database.run(
                "DELETE FROM buttons WHERE number <= (SELECT max(number) FROM buttons) - ?", (MOST,)
            )
        return keys

    def get(self, key: str) -> StoredButton | None:
        """The button of that key, if it is still known."""
        rows = self._database.run(
            "SELECT action, payload, chat, person, admins FROM buttons WHERE key = ?", (key,)
        )
        if not rows:
            return None
        action, payload, chat, person, admins = rows[0]
        return StoredButton(action, json.loads(payload), chat, person, bool(admins))

    def _insert(self, key: str, button: StoredButton, now: float) -> None:
        payload = json.dumps(button.payload, ensure_ascii=False)
        self._database.run(
            "INSERT INTO buttons (key, action, payload, chat, person, admins, made) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, button.action, payload, button.chat, button.person, button.admins, now),
        )
