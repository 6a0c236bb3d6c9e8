"""Kill a process that works on a library, again and again, and look at what is left each time."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import signal
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.crash import effects, witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, ForkServerProcess
    from pathlib import Path

    from tests.crash.witness import Course

_PATIENCE = 120  # seconds for one process to do its part
_MOMENTS = 8  # every so manieth kill comes at a moment, rather than before an effect


@dataclass(frozen=True, slots=True)
class Kill:
    """When a process is killed: before its n-th `effect`, at a `point`, or after a `share` of its time."""

    effect: int = 0
    point: str = ""
    share: float = 0.0

    def __str__(self) -> str:
        if self.effect:
            return f"before effect {self.effect}"
        return self.point or f"after {self.share:.0%} of its time"


@dataclass(slots=True)
class Tally:
    """What came of the kills during one operation."""

    operation: str
    effects: int
    kills: int = 0
    late: int = 0  # it was done before the kill came
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        late = f", {self.late} of them too late" if self.late else ""
        kills = f"{self.kills:4} kills{late}"
        return f"{self.operation:18} {self.effects:5} effects, {kills}, {len(self.failures)} failures"


def processes() -> ForkServerContext:
    """Where processes come from that have all modules loaded already, and nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.witness", "chromadb", "llama_index.vector_stores.chroma"])
    return context


class Campaign:
    """Kills during one operation after the other, in a folder of its own.

    `keep` is where the libraries are put that something was wrong with, as the kill left them.
    """

    def __init__(
        self, context: ForkServerContext, work: Path, seed: int, *, keep: Path | None = None
    ) -> None:
        self._context = context
        self._shelf, self._saved, self._left = work / "shelf", work / "saved", work / "left"
        self._keep = keep
        self._random = random.Random(seed)

    def run(
        self,
        name: str,
        kills: int,
        *,
        points: Sequence[str] = (),
        tell: Callable[[str], None] = lambda _: None,
    ) -> Tally:
        """So many kills during an operation, and one at each of some named points."""
        for path in (self._shelf, self._saved):
            shutil.rmtree(path, ignore_errors=True)
        self._shelf.mkdir()
        self._whole(witness.prepare, name, self._shelf)
        shutil.copytree(self._shelf, self._saved)
        course: Course = self._told(witness.run_through, name)
        self._restore()
        start = time.monotonic()
        tally = Tally(name, self._act(name, Kill())[1])
        seconds = time.monotonic() - start
        planned = [*self._plan(tally.effects, kills), *(Kill(point=point) for point in points)]
        for kill in planned:
            wrong = self._kill(name, course, kill, seconds, tally)
            tally.kills += 1
            if wrong:
                tally.failures.append(f"{name}, {kill}: {'; '.join(wrong)}")
                tell(tally.failures[-1])
                self._put_aside(f"{name} {kill}")
        return tally

    def _plan(self, effects_there: int, kills: int) -> Iterator[Kill]:
        """Kills spread evenly over the effects, each at random within its stretch; some at any moment."""
        moments = kills // _MOMENTS if effects_there else kills
        counted = min(kills - moments, effects_there)
        for number in range(counted):
            first = number * effects_there // counted
            yield Kill(effect=self._random.randint(first + 1, (number + 1) * effects_there // counted))
        for _ in range(moments):
            yield Kill(share=self._random.random())

    def _kill(self, name: str, course: Course, kill: Kill, seconds: float, tally: Tally) -> list[str]:
        self._restore()
        ours, theirs = self._context.Pipe()
        bystander = self._random.random() < 0.5
        looking = self._start(witness.look, name, self._shelf, course, theirs, bystander)
        theirs.close()
        with closing(ours):
            if not self._hear(ours):
                return [f"the bystander ended with {_ended(looking)}"]
            code, _ = self._act(name, kill, seconds)
            tally.late += code == 0
            shutil.rmtree(self._left, ignore_errors=True)
            shutil.copytree(self._shelf, self._left)
            ours.send("look")
            wrong = self._hear(ours)
        ended = _ended(looking)
        if code not in {0, -signal.SIGKILL}:
            return [f"it ended with {code} by itself", *(wrong or ())]
        return [f"the witness ended with {ended}"] if wrong is None else wrong

    def _act(self, name: str, kill: Kill, seconds: float = 0) -> tuple[int | None, int]:
        """Do the operation in a process that is killed; returns how it ended, and its effects."""
        watched = not (kill.point or kill.share or effects.missing())
        ours, theirs = self._context.Pipe()
        process = self._start(witness.act, name, self._shelf, kill.point, theirs if watched else None)
        theirs.close()
        with closing(ours):
            done = 0
            if watched:
                assert process.pid is not None
                done = effects.watch(ours, process.pid, self._shelf, lambda number: number == kill.effect)
            elif kill.share:
                process.join(kill.share * seconds)
                process.kill()
        return _ended(process), done

    def _start(self, target: Callable[..., None], *arguments: object) -> ForkServerProcess:
        process = self._context.Process(target=target, args=arguments)
        process.start()
        return process

    def _whole(self, target: Callable[..., None], *arguments: object) -> None:
        code = _ended(self._start(target, *arguments))
        assert code == 0, f"{target.__name__} ended with {code}"

    def _told(self, target: Callable[..., None], name: str) -> Any:  # noqa: ANN401 - whatever it sends
        ours, theirs = self._context.Pipe()
        process = self._start(target, name, self._shelf, theirs)
        theirs.close()
        with closing(ours):
            said = self._hear(ours)
        assert said is not None, f"{target.__name__} ended with {_ended(process)}"
        _ended(process)
        return said

    def _hear(self, door: Connection) -> Any:  # noqa: ANN401 - as above
        """What the other process sends; None if it ends without a word, or sends none in time."""
        try:
            return door.recv() if door.poll(_PATIENCE) else None
        except EOFError:
            return None

    def _restore(self) -> None:
        shutil.rmtree(self._shelf, ignore_errors=True)
        shutil.copytree(self._saved, self._shelf)

    def _put_aside(self, name: str) -> None:
        if self._keep is not None:
            shutil.copytree(self._left, self._keep / name.replace(" ", "-"), dirs_exist_ok=True)


def _ended(process: ForkServerProcess) -> int | None:
    """How a process ended; one that does not end is killed."""
    process.join(_PATIENCE)
    if process.exitcode is None:
        process.kill()
        process.join()
        return None
    return process.exitcode


def shares(points: int, names: Sequence[str]) -> dict[str, int]:
    """So many kills divided among operations; the first ones get those that are over."""
    each, rest = divmod(points, len(names))
    return {name: each + (place < rest) for place, name in enumerate(names)}
