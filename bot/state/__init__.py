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
from bot.state.counts import Counts, Day, Percentiles
from bot.state.database import Database, StateError, fault, move_aside
from bot.state.feeds import Feeds, Watched
from bot.state.gaps import Gap, Gaps
from bot.state.members import Member, Members
from bot.state.outcomes import Outcomes
from bot.state.people import People
from bot.state.presence import Presence
from bot.state.proposals import Proposal, Proposals
from bot.state.scopes import Place, Scopes
from bot.state.turns import Turns
from bot.state.updates import Stage, StoredUpdate, Updates

STATE: Final = "bot.sqlite"  # the file's name in a library's folder
BOTS: Final = "bots"  # beside it: a file for each process that has it open


class State:
    """The bot's memory. Safe to use from several threads; all methods but `outcomes`' raise `StateError`."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, making or upgrading it as needed; None keeps everything in memory only."""
        self._database = Database(path)
        self.presence = Presence(path.parent / BOTS if path else None)
        self.answers = Answers(self._database)
        self.buttons = Buttons(self._database)
        self.people = People(self._database)
        self.members = Members(self._database)
        self.audit = Audit(self._database)
        self.proposals = Proposals(self._database)
        self.feeds = Feeds(self._database)
        self.counts = Counts(self._database)
        self.gaps = Gaps(self._database)
        self.updates = Updates(self._database, self.presence)
        self.scopes = Scopes(self._database)
        self.turns = Turns(self._database)
        self.outcomes = Outcomes(self._database)

    def truncate_log(self) -> None:
        """Have nothing stay in the database's log of what has been forgotten since."""
        self._database.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; what is not done with is for another process now."""
        self.presence.close()
        self._database.close()


__all__ = [
    "STATE",
    "Answers",
    "Audit",
    "Buttons",
    "Counts",
    "Day",
    "Deed",
    "Feeds",
    "Gap",
    "Gaps",
    "Member",
    "Members",
    "Opinions",
    "Outcome",
    "Outcomes",
    "People",
    "Proposal",
    "Proposals",
    "Percentiles",
    "Stage",
    "Place",
    "Scopes",
    "State",
    "StateError",
    "StoredAnswer",
    "StoredButton",
    "Watched",
    "StoredUpdate",
    "Updates",
    "fault",
    "move_aside",
]
