"""The one rebuild that may go on at a time, and how far it is. Knows nothing of Telegram."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from index import BuildReport, Progress

Build = Callable[[Callable[[Progress], None]], BuildReport]


class RebuildStopped(Exception):
    """The rebuild was broken off because the bot is being stopped."""


class Rebuilding:
    """Runs a build in a thread of its own, so that it takes no worker from the questions.

    `claim` and `release` belong to the event loop's thread; only `progress` is written from
    the thread that builds.
    """

    def __init__(self, build: Build) -> None:
        self.progress: Progress | None = None
        self._build = build
        self._claimed = False
        self._stopping = threading.Event()

    def claim(self) -> bool:
        """Take the right to rebuild; False if somebody has it already."""
        if self._claimed:
            return False
        self._claimed = True
        self.progress = None
        return True

    def release(self) -> None:
        """Give the right to rebuild back."""
        self._claimed = False

    async def run(self) -> BuildReport:
        """The report of a whole build, or whatever the build raised."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="rebuild")
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, self._build, self._note)
        finally:
            thread.shutdown(wait=False)  # waiting here would keep the event loop from everybody

    def stop(self) -> None:
        """Have a build that is going on end with `RebuildStopped` at its next sign of progress."""
        self._stopping.set()

    def _note(self, progress: Progress) -> None:
        # A build may be ended at any moment without harm, and this is the one place where the
        # thread that builds passes through our hands.
        if self._stopping.is_set():
            raise RebuildStopped
        self.progress = progress
