"""Messages on their way out: text, how it is formatted, and the buttons under it. Pure.

Formatting is given as explicit entities with UTF-16 offsets, never as HTML or Markdown: what
an article holds is then only ever text, nothing in it needs escaping, and a cut cannot fall
inside a tag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from telegram import MessageEntity
from telegram.constants import MessageLimit

from bot.cutting import shorten, units

LIMIT: Final = int(MessageLimit.MAX_TEXT_LENGTH)


class Presser(Enum):
    """Whose press of a button counts. In a private chat there is only one who can."""

    ASKER = "asker"
    ANYONE = "anyone"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class Action:
    """What a button does: the name of a function that `bot.routes` registers, and what it is given.

    `payload` is anything that JSON can hold, of any length: it stays with the bot.
    """

    name: str
    payload: Any = None
    presser: Presser = Presser.ASKER


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message, which opens an address or does something."""

    text: str
    url: str | None = None
    action: Action | None = None

    def __post_init__(self) -> None:
        if (self.url is None) == (self.action is None):
            raise ValueError(f"the button {self.text!r} needs a url or an action, and not both")


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it will be sent: at most `LIMIT` UTF-16 units, formatting, rows of buttons."""

    text: str
    entities: tuple[MessageEntity, ...] = ()
    buttons: Rows = ()


@dataclass(slots=True)
class Draft:
    """A message in the making; remembers where in UTF-16 units each piece went."""

    text: str = ""
    entities: list[MessageEntity] = field(default_factory=list)

    def add(self, piece: str, kind: str | None = None, url: str | None = None) -> None:
        """Put a piece at the end, formatted as `kind` says."""
        start = units(self.text)
        self.text += piece
        if kind is not None:
            self.mark(start, kind, url)

    def mark(self, start: int, kind: str, url: str | None = None) -> None:
        """Format everything from `start` (in UTF-16 units) to the present end."""
        if (length := units(self.text) - start) > 0:
            self.entities.append(MessageEntity(kind, start, length, url=url))

    def join(self, other: Draft) -> None:
        """Put another draft at the end."""
        start = units(self.text)
        self.text += other.text
        self.entities += MessageEntity.shift_entities(start, other.entities)

    def finished(self, buttons: Rows = ()) -> Outgoing:
        """The message as it now stands."""
        return Outgoing(self.text, tuple(self.entities), buttons)


def lines_message(lines: Sequence[str], buttons: Rows = ()) -> Outgoing:
    """Plain lines as one message, shortened to what a message may hold."""
    text = "\n".join(lines)
    return Outgoing(text[: shorten(text, LIMIT)], (), buttons)
