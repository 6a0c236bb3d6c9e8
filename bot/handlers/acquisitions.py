"""Where articles are read and added one by one, away from the questions. Knows nothing of Telegram."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TypeVar

from bot.housekeeping import Housekeeping
from index import Article, Progress

Fetch = Callable[[str], Article]  # an address to its article; raises ArticlebotError
Result = TypeVar("Result")
READERS = 2


class Acquisitions:
    """Threads that take no worker from the questions: some that read, and one that writes.

    As only one thread writes, what several admins decide at once is done in turn. `fetch` is None
    where pages cannot be fetched; `max_bytes` is how large a file may be. `housekeeping` is what is done
    while nobody writes. `stopping` is set when the bot is being stopped.
    """

    def __init__(self, *, fetch: Fetch | None, max_bytes: int, housekeeping: Housekeeping) -> None:
        self.fetch = fetch
        self.max_bytes = max_bytes
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="reading")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="writing")
        self._keeping = ThreadPoolExecutor(1, thread_name_prefix="housekeeping")
        self._housekeeping = housekeeping
        self._claimed: set[str] = set()
        self.stopping = threading.Event()

    async def read(self, task: Callable[..., Result], *arguments: object) -> Result:
        """The result of a function that reads or fetches."""
        return await _run(self._reading, task, *arguments)

    async def write(self, task: Callable[..., Result], *arguments: object) -> Result:
        """The result of a function that changes the library, once those before it are done."""
        return await _run(self._writing, self._write, task, *arguments)

    def in_turn(self, task: Callable[..., Result], /, *arguments: object) -> Result:
        """`write` for who is in a thread already."""
        return self._writing.submit(self._write, task, *arguments).result()

    def _write(self, task: Callable[..., Result], *arguments: object) -> Result:
        with self._housekeeping.kept_out():
            return task(*arguments)

    async def keep_house(self) -> None:
        """Do what is done while nobody writes; raises `GivenWay` if somebody wants to."""
        await _run(self._keeping, self._housekeeping.run)

    def claim(self, what: str) -> bool:
        """Take the right to do something; False if it is being done already."""
        if what in self._claimed:
            return False
        self._claimed.add(what)
        return True

    def release(self, what: str) -> None:
        """Give the right back."""
        self._claimed.discard(what)

    def go_on(self, progress: Progress) -> None:  # noqa: ARG002  told of a build's progress
        """End a build with `AddingStopped` when the bot is being stopped; harmless at any moment."""
        if self.stopping.is_set():
            raise AddingStopped

    def stop(self) -> None:
        """Have a build that is going on end at its next sign of progress, and housekeeping too."""
        self.stopping.set()
        self._housekeeping.stop()

    def close(self) -> None:
        """Wait for the threads to end."""
        self._reading.shutdown()
        self._writing.shutdown()
        self._keeping.shutdown()


class AddingStopped(Exception):
    """Adding was broken off because the bot is being stopped."""


async def _run(pool: Executor, task: Callable[..., Result], *arguments: object) -> Result:
    return await asyncio.get_running_loop().run_in_executor(pool, task, *arguments)
