"""Articles come and go, ten thousand times: room on disk and in memory stay what they are."""

from __future__ import annotations

import os
import resource
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 20  # articles that are there at a time
_EACH = 2  # that come and go in a cycle
_SETTLED = 0.25  # of the cycles, after which caches and the like are full


@dataclass(frozen=True, slots=True)
class Sample:
    """After so many cycles: bytes on disk and in memory, and files that are open."""

    cycle: int
    disk: int
    memory: int
    open_files: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A line laid through samples: where it is at their middle, and how much it rises over them all."""

    name: str
    middle: float
    rise: float

    @property
    def share(self) -> float:
        """The rise, as a share of what it rises from."""
        return self.rise / self.middle if self.middle else 0.0

    def __str__(self) -> str:
        rise = f"{self.rise:+14,.0f} from first to last ({self.share:+.1%})"
        return f"{self.name:11} {self.middle:14,.0f} on average, {rise}"


def churn(
    path: Path, cycles: int, *, every: int, tell: Callable[[Sample], None] = lambda _: None
) -> list[Sample]:
    """Add and expire articles in cycles; asserts that each is answered right. A sample `every` so many."""
    shelf = Shelf(path, reader=WordReader())
    names: deque[int] = deque()
    samples = []
    for cycle in range(cycles):
        for number in range(cycle * _EACH, (cycle + 1) * _EACH):
            shelf.write(f"{number}.txt", told(number))
            names.append(number)
        gone = [names.popleft() for _ in range(len(names) - _KEPT)]
        for number in gone:
            (shelf.folder / f"{number}.txt").unlink()
        report = shelf.build()
        assert (len(report.added), len(report.removed), report.failed) == (_EACH, len(gone), ())
        _check(shelf, names, gone)
        if cycle % every == every - 1:
            samples.append(_sample(shelf, cycle + 1))
            tell(samples[-1])
    shelf.library.close()
    return samples


def told(number: int) -> str:
    """What an article says; every article has words that no other has."""
    return f"Counter w{number}w stands at {number * 7919}. It was read in room r{number}r by an inspector."


def _check(shelf: Shelf, names: deque[int], gone: list[int]) -> None:
    """The oldest and the newest are found by their own words, and what has gone is not."""
    texts = [article.text for article in shelf.library.articles()]
    assert sorted(texts) == sorted(map(told, names))
    for number in (names[0], names[-1]):
        assert shelf.found(f"At what does counter w{number}w stand?") == told(number)
    for number in gone[:1]:
        assert f"w{number}w" not in shelf.found(f"At what does counter w{number}w stand?")


def trends(samples: list[Sample]) -> list[Trend]:
    """How disk, memory and open files went, once settled."""
    settled = samples[int(len(samples) * _SETTLED) :]
    cycles = np.array([each.cycle for each in settled], dtype=float)
    found = []
    for name in ("disk", "memory", "open_files"):
        values = np.array([getattr(each, name) for each in settled], dtype=float)
        slope = np.polyfit(cycles, values, 1)[0] if len(settled) > 1 else 0.0
        found.append(Trend(name.replace("_", " "), float(values.mean()), float(slope * np.ptp(cycles))))
    return found


def _sample(shelf: Shelf, cycle: int) -> Sample:
    disk = sum(path.stat().st_blocks * 512 for path in shelf.path.rglob("*") if path.is_file())
    return Sample(cycle, disk, _resident(), _open_files())


def _resident() -> int:
    """This process's resident memory in bytes; elsewhere than on Linux the most it ever was."""
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _open_files() -> int:
    folder = Path("/proc/self/fd") if Path("/proc/self/fd").is_dir() else Path("/dev/fd")
    return sum(1 for _ in folder.iterdir())
