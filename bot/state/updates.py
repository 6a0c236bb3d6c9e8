"""What Telegram has handed over and the bot is not done with yet, so that no end of the process loses it.

Telegram forgets an update once the next ones are asked for. From then on this table is all there
is of it: the update as JSON until it is done with, its number for a while longer, so that one
that is handed over twice is worked on once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.state.database import Database
    from bot.state.presence import Presence

LIFETIME: Final = 86_400.0  # seconds, as long as Telegram itself keeps an update
REMEMBERED: Final = 2 * 86_400.0  # seconds for numbers; after a week Telegram may begin with any
MOST: Final = 100_000


class Stage(IntEnum):
    """How far an update has come."""

    WAITING = 0
    SENDING = 1  # a message was on its way to Telegram: whether it arrived is not known
    SENT = 2  # something was sent
    DONE = 3


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    """An update as JSON, how far it came, and how many processes have begun to work on it."""

    number: int
    body: str
    stage: Stage
    tries: int


class Updates:
    """Updates by the bot they are for and their number.

    Each belongs to one of the processes that share the state, until that has gone.
    """

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def arrive(self, bot: str, number: int, body: str) -> bool:
        """Keep an update that has come; False if it had come before."""
        now = self._database.clock()
        with self._database.transaction():
            self._database.run("DELETE FROM updates WHERE made < ?", (now - REMEMBERED,))
            self._database.run(
                "DELETE FROM updates WHERE body IS NULL AND rowid <= (SELECT max(rowid) FROM updates) - ?",
                (MOST,),
            )
            new = self._database.run(
                "INSERT INTO updates (bot, id, body, stage, tries, made, owner) "
                "VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
                (bot, number, body, Stage.WAITING, now, self._presence.name),
            )
        return bool(new)

    def begin(self, bot: str, number: int) -> None:
        """Note that this process begins to work on an update."""
        self._database.run("UPDATE updates SET tries = tries + 1 WHERE bot = ? AND id = ?", (bot, number))

    def leave(self, bot: str, number: int) -> None:
        """Leave an update to the next process, as if this one had not begun with it."""
        self._database.run(
            "UPDATE updates SET stage = ?, tries = tries - 1 WHERE bot = ? AND id = ?",
            (Stage.WAITING, bot, number),
        )

    def move(self, bot: str, number: int, stage: Stage) -> None:
        """Note how far an update that is not done with has come."""
        self._database.run(
            "UPDATE updates SET stage = ? WHERE bot = ? AND id = ? AND stage < ?",
            (stage, bot, number, Stage.DONE),
        )

    def finish(self, bot: str, number: int) -> None:
        """Forget what an update said; its number is remembered for a while."""
        self._database.run(
            "UPDATE updates SET stage = ?, body = NULL WHERE bot = ? AND id = ?", (Stage.DONE, bot, number)
        )

    def unfinished(self, bot: str) -> list[StoredUpdate]:
        """What was begun or waited when its process ended, in order, for this one to take up.

        What is too old is forgotten.
        """
        with self._database.transaction():
            self._database.run(
                "UPDATE updates SET stage = ?, body = NULL WHERE bot = ? AND body IS NOT NULL AND made < ?",
                (Stage.DONE, bot, self._database.clock() - LIFETIME),
            )
            owners = self._database.run("SELECT DISTINCT owner FROM updates WHERE body IS NOT NULL")
            gone = [owner for (owner,) in owners if not self._presence.is_there(owner)]
            for owner in gone:
                self._database.run(
                    "UPDATE updates SET owner = ? WHERE bot = ? AND body IS NOT NULL AND owner IS ?",
                    (self._presence.name, bot, owner),
                )
            rows = self._database.run(
                "SELECT id, body, stage, tries FROM updates "
                "WHERE bot = ? AND body IS NOT NULL AND owner = ? ORDER BY id",
                (bot, self._presence.name),
            )
        return [StoredUpdate(number, body, Stage(stage), tries) for number, body, stage, tries in rows]
