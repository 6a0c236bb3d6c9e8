"""Child processes: one surrounding for all of them, and none outlives its measure."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP")
_PATIENCE = 3600


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A folder of the bench's own in which children run, with no settings but the defaults.

    Neither the user's home nor a settings file beside the code is seen, and no model hub is
    asked for anything.
    """

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a child finds in its environment."""
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            "HOME": str(self.folder),
            "USERPROFILE": str(self.folder),
            "TMPDIR": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "HF_HUB_OFFLINE": "1",
        }

    def articlebot(self, *arguments: object, codes: Sequence[int] = (0,)) -> float:
        """Run the command to its end and return the seconds it took, from start to exit."""
        start = time.perf_counter()
        done = self._run("bot", arguments)
        seconds = time.perf_counter() - start
        _check(done, codes)
        return seconds

    def child(self, bot: str, **job: object) -> dict[str, Any]:
        """Have one bot index or ask in a process of its own; see `tests.bench.child`."""
        order, result = self.folder / "job.json", self.folder / "result.json"
        order.write_text(json.dumps({"bot": bot, **job}), encoding="utf-8")
        _check(self._run("tests.bench.child", [order, result]), (0,))
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return found

    def _run(self, module: str, arguments: Sequence[object]) -> subprocess.CompletedProcess[str]:
        # `run` kills the child when it is interrupted, as when time is up.
        return subprocess.run(
            _command(module, arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=_PATIENCE,
            check=False,
        )

    @contextmanager
    def running(self, *arguments: object, extra: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
        """The command at work; it is ended on leaving, however that comes about."""
        log = self.folder / "running.log"
        with log.open("wb") as written:
            process = subprocess.Popen(
                _command("bot", arguments),
                cwd=self.folder,
                env={**self.environment, **extra},
                stdout=written,
                stderr=written,
            )
        try:
            yield process
        except AssertionError as error:
            said = log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"{arguments} does not do its work ({error}):\n{said[-2000:]}") from error
        finally:
            process.kill()
            process.wait()


def _command(module: str, arguments: Sequence[object]) -> list[str]:
    return [sys.executable, "-m", module, *map(str, arguments)]


def _check(done: subprocess.CompletedProcess[str], codes: Sequence[int]) -> None:
    if done.returncode not in codes:
        raise RuntimeError(f"{done.args} ended with {done.returncode}:\n{done.stderr[-2000:]}")
