"""What the bot remembers over a restart, in one SQLite file beside the library.

Each subject has a module and a class of its own with plain methods; the schema of all of
them stands in `database.py`. Articles are not here: buttons and answers point into the
library's archive. Knows nothing of Telegram.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bot.state.answers import Answers, Opinions, StoredAnswer
from bot.state.audit import Audit, Deed, Outcome
from bot.state.buttons import Buttons, StoredButton
from bot.state.database import Database, StateError, fault, move_aside
from bot.state.members import Member, Members
from bot.state.people import People

STATE: Final = "bot.sqlite"  # the file's name in a library's folder


class State:
    """The bot's memory. Safe to use from several threads; every method raises `StateError`."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, making or upgrading it as needed; None keeps everything in memory only."""
        self._database = Database(path)
        self.answers = Answers(self._database)
        self.buttons = Buttons(self._database)
        self.people = People(self._database)
        self.members = Members(self._database)
        self.audit = Audit(self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


__all__ = [
    "STATE",
    "Answers",
    "Audit",
    "Buttons",
    "Deed",
    "Member",
    "Members",
    "Opinions",
    "Outcome",
    "People",
    "State",
    "StateError",
    "StoredAnswer",
    "StoredButton",
    "fault",
    "move_aside",
]
