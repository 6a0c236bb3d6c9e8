"""The sign of life that a running bot leaves beside its library, and what it says. Stdlib only.

The file is replaced every few seconds, and removed when the bot ends. `articlebot health` reads
it: no port has to be open and nothing has to be asked, so that a bot that hangs cannot answer
that it is well.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME: Final = "heartbeat.json"
STALE: Final = 60.0  # seconds without a beat, of which there are several
UNREACHED: Final = 300.0  # seconds without an answer from Telegram, which polling gets every thirty
STUCK: Final = 300.0  # seconds in which messages waited and none was done with


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How the bot is at one moment. Times are seconds since the epoch, UTC.

    `reached` is when Telegram last answered; `waiting` is how many messages are not done with,
    and `stuck` for how many seconds none of them has been.
    """

    process: int
    written: float
    reached: float
    waiting: int
    stuck: float

    def complaint(self, now: float) -> str | None:
        """What is wrong, in a sentence; None if nothing is."""
        if now - self.written > STALE:
            return (
                f"the bot (process {self.process}) has shown no sign of life since {_clock(self.written)} "
                f"({_span(now - self.written)}): it was killed or hangs; start it again"
            )
        if now - self.reached > UNREACHED:
            return (
                f"Telegram has not answered since {_clock(self.reached)} ({_span(now - self.reached)}): "
                "look at the network, at telegram.base_url and at the bot's log"
            )
        if self.waiting and self.stuck > STUCK:
            return (
                f"{self.waiting} messages wait and none has been answered for {_span(self.stuck)}: "
                "look at the bot's log and start it again"
            )
        return None


def write_heartbeat(folder: Path, heartbeat: Heartbeat) -> None:
    """Leave the sign of life in a folder, all of it or none."""
    new = folder / f"{FILE_NAME}.{os.getpid()}"
    new.write_text(json.dumps(asdict(heartbeat)), encoding="utf-8")
    new.replace(folder / FILE_NAME)


def remove_heartbeat(folder: Path) -> None:
    """Take the sign of life away: the bot has ended, as it should."""
    (folder / FILE_NAME).unlink(missing_ok=True)


def read_heartbeat(folder: Path) -> Heartbeat | None:
    """The last sign of life, or None if no bot runs; raises ValueError if the file holds none."""
    try:
        text = (folder / FILE_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return Heartbeat(**json.loads(text))
    except (TypeError, ValueError):
        raise ValueError(
            f"{folder / FILE_NAME} holds no sign of life of this version's bot; start the bot again"
        ) from None


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S UTC")


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} minutes"  # noqa: PLR2004  two minutes
