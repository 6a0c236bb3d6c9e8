"""How far a build has come: bars in a terminal, a plain line now and then where there is none."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from index import Progress

SECONDS_BETWEEN_LINES = 3.0
_STAGES = {
    "read": "Reading files",
    "encode": "Encoding",
    "check": "Checking",
    "compact": "Compacting",
    "ask": "Asking",
}


@contextmanager
def progress_on(
    stream: TextIO, clock: Callable[[], float] = time.monotonic
) -> Iterator[Callable[[Progress], None]]:
    """Give what a build reports its progress to; `clock` counts seconds.

    The stream is stderr, so that stdout holds results alone.
    """
    console = Console(file=stream)
    if not console.is_terminal:
        yield _Lines(stream, clock)
        return
    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        yield _Stages(bars)


class _Stages:
    """One bar for each stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, progress: Progress) -> None:
        if progress.stage not in self._tasks:
            name = _STAGES.get(progress.stage, progress.stage)
            self._tasks[progress.stage] = self._bars.add_task(name, total=progress.total)
        self._bars.update(self._tasks[progress.stage], completed=progress.done, total=progress.total)


class _Lines:
    """One line at the start of a build, and then one every few seconds."""

    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._clock = clock
        self._written = float("-inf")

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        if now - self._written < SECONDS_BETWEEN_LINES:
            return
        self._written = now
        name = _STAGES.get(progress.stage, progress.stage)
        print(f"{name}: {progress.done} of {progress.total}", file=self._stream, flush=True)
