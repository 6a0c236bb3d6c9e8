"""`articlebot health`: whether the bot that runs over this library is well."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bot.heartbeat import read_heartbeat

if TYPE_CHECKING:
    from config import Settings


def check(settings: Settings) -> int:
    """Say in a sentence how the bot is; 1 if it does not run or is not well."""
    folder = settings.library.path
    try:
        heartbeat = read_heartbeat(folder)
    except ValueError as error:
        return _unwell(str(error))
    now = time.time()
    if heartbeat is None:
        return _unwell(f"no bot is running over {folder}; start one with `articlebot run`")
    if complaint := heartbeat.complaint(now):
        return _unwell(complaint)
    ago = max(0.0, now - heartbeat.reached)
    print(f"ok: the bot (process {heartbeat.process}) heard from Telegram {ago:.0f} s ago")
    print(f"messages being answered or waiting: {heartbeat.waiting}")
    return 0


def _unwell(sentence: str) -> int:
    print(f"articlebot: {sentence}", file=sys.stderr)
    return 1
