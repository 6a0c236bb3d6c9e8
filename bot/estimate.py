"""How long a build will take still, by its pace. Knows nothing of Telegram."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from index import Progress

WINDOW: Final = 30.0  # seconds; what was slow or quick before says little of what comes
SOONEST: Final = 3.0  # seconds; a shorter look at the pace is a guess


class Estimate:
    """The time left of the stage that a build is in. Safe to use from two threads.

    Times are seconds of a clock that never goes back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stage, self._total = "", 0
        self._seen: deque[tuple[float, int]] = deque()

    def note(self, progress: Progress, now: float) -> None:
        """Note how far the build is."""
        with self._lock:
            if progress.stage != self._stage:
                self._seen.clear()
            self._stage, self._total = progress.stage, progress.total
            self._seen.append((now, progress.done))
            while len(self._seen) > 2 and now - self._seen[1][0] > WINDOW:  # noqa: PLR2004 - two make a pace
                self._seen.popleft()

    def left(self, now: float) -> float | None:
        """The seconds until the stage is done; None while that cannot be said."""
        with self._lock:
            if len(self._seen) < 2:  # noqa: PLR2004 - as above
                return None
            (began, before), (ended, done) = self._seen[0], self._seen[-1]
            if now - began < SOONEST or not before < done < self._total:
                return None
            pace = (done - before) / (ended - began)
            return max(0.0, (self._total - done) / pace - (now - ended))
