"""The one rebuild that may go on at a time, and how far it is. Knows nothing of Telegram."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from time import monotonic

from bot.estimate import Estimate
from bot.housekeeping import Housekeeping
from index import BuildReport, Progress

Build = Callable[[Callable[[Progress], None]], BuildReport]


class RebuildStopped(Exception):
    """The rebuild was broken off because the bot is being stopped."""


class RebuildCancelled(Exception):
    """The rebuild was broken off because an admin wished so."""


class Rebuilding:
    """Runs a build in a thread of its own, so that it takes no worker from the questions.

    `claim` and `release` belong to the event loop's thread; only `progress` is written from
    the thread that builds. `name` is what the present rebuild is called, never twice the same.
    `housekeeping` is kept out meanwhile.
    """

    def __init__(self, build: Build, housekeeping: Housekeeping) -> None:
        self.progress: Progress | None = None
        self.name = ""
        self._build = build
        self._housekeeping = housekeeping
        self._claimed = False
        self._stopping, self._cancelled = threading.Event(), threading.Event()
        self._estimate = Estimate()

    @property
    def going_on(self) -> bool:
        """Whether somebody has the right to rebuild."""
        return self._claimed

    def claim(self) -> bool:
        """Take the right to rebuild; False if somebody has it already."""
        if self._claimed:
            return False
        self._claimed = True
        self.progress, self.name, self._estimate = None, token_hex(8), Estimate()
        self._cancelled.clear()
        return True

    def release(self) -> None:
        """Give the right to rebuild back."""
        self._claimed = False

    def left(self) -> float | None:
        """The seconds that the present stage takes still; None while that cannot be said."""
        return self._estimate.left(monotonic())

    async def run(self, build: Build | None = None) -> BuildReport:
        """The report of a whole build, or whatever the build raised; None is the ordinary one."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="rebuild")
        work = build or self._build
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, self._alone, work)
        finally:
            thread.shutdown(wait=False)  # waiting here would keep the event loop from everybody

    def _alone(self, build: Build) -> BuildReport:
        with self._housekeeping.kept_out():
            return build(self._note)

    def cancel(self, name: str) -> bool:
        """Have the rebuild of that name end with `RebuildCancelled`; False if it has ended already."""
        if not self._claimed or name != self.name:
            return False
        self._cancelled.set()
        return True

    def stop(self) -> None:
        """Have a build that is going on end with `RebuildStopped` at its next sign of progress."""
        self._stopping.set()

    def _note(self, progress: Progress) -> None:
        # A build may be ended at any moment without harm, and this is the one place where the
        # thread that builds passes through our hands.
        if self._stopping.is_set():
            raise RebuildStopped
        if self._cancelled.is_set():
            raise RebuildCancelled
        self._estimate.note(progress, monotonic())
        self.progress = progress
