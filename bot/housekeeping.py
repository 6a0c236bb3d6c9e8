"""Work on the library that nobody waits for: it gives way to whoever has something to write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from index import Progress

Work = Callable[[Callable[[Progress], None]], None]
"""Does it, telling its progress; it may be ended by what that raises, and is begun again another time."""


class GivenWay(Exception):
    """The work was broken off because something is to be written, or the bot is being stopped."""


class Housekeeping:
    """Does its work unless, and as long as, nobody else has something to write. For threads."""

    def __init__(self, work: Work) -> None:
        self._work: Final = work
        self._stopping = threading.Event()
        self._working = threading.Lock()
        self._guard = threading.Lock()  # of the number below
        self._wanted = 0  # how many have something to write

    def run(self) -> None:
        """Do the work; raises `GivenWay`, and what the work raises."""
        with self._working:
            self._go_on()
            self._work(self._go_on)

    @contextmanager
    def kept_out(self) -> Iterator[None]:
        """Have the work end at its next step, wait for that, and have none begin while inside."""
        with self._guard:
            self._wanted += 1
        try:
            with self._working:
                pass
            yield
        finally:
            with self._guard:
                self._wanted -= 1

    def stop(self) -> None:
        """Have it end at its next step, for good."""
        self._stopping.set()

    def _go_on(self, progress: Progress | None = None) -> None:  # noqa: ARG002  told of a build's progress
        if self._wanted or self._stopping.is_set():
            raise GivenWay
