"""One bot in a process of its own: `python -m tests.bench.child JOB.json RESULT.json`.

A job is {"bot": "ours" | "seeded" | "stock", "task": "index", "library", "articles"} or {..., "task":
"ask", "library", "warm_up", "timed", "known"}: lists of questions. What is timed and how is
the same for both bots; nothing here knows which one it has.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence


class Bot(Protocol):
    """What is compared: a bot over a library in a folder."""

    def __init__(self, library: Path) -> None: ...

    def index(self, articles: Path) -> dict[str, Any]:
        """Index a folder of text files; returns what is known of it beyond the time."""

    def open(self) -> None:
        """Make ready for questions."""

    def ask(self, question: str) -> Any:  # noqa: ANN401 - its own kind of answer
        """Answer a question: this is what is timed."""

    def found(self, answer: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - as above
        """The texts of an answer, best first, each behind the name or digest of its article."""


def _bot(name: str, library: Path) -> Bot:
    if name == "stock":
        from tests.bench.stock import StockBot  # noqa: PLC0415 - each bot pays for its own imports only

        return StockBot(library)
    from tests.bench.ours import OurBot, SeededBot  # noqa: PLC0415 - as above

    return SeededBot(library) if name == "seeded" else OurBot(library)


def _index(job: dict[str, Any]) -> dict[str, Any]:
    start = time.perf_counter()
    told = _bot(job["bot"], Path(job["library"])).index(Path(job["articles"]))
    return {**told, "seconds": time.perf_counter() - start}


def _ask(job: dict[str, Any]) -> dict[str, Any]:
    bot = _bot(job["bot"], Path(job["library"]))
    bot.open()
    for question in job["warm_up"]:
        bot.ask(question)
    milliseconds = [_milliseconds(bot, question) for question in job["timed"]]
    answers = [bot.found(bot.ask(question)) for question in job["known"]]
    return {
        "milliseconds": milliseconds,
        "found": answers,
    }


def _milliseconds(bot: Bot, question: str) -> float:
    start = time.perf_counter()
    bot.ask(question)
    return (time.perf_counter() - start) * 1000


def peak_megabytes() -> float:
    """The most memory this process has had resident, in MB (10^6 bytes).

    Linux counts a parent's peak into `ru_maxrss` of a child it starts, so there the
    process's own figure is read.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main(arguments: Sequence[str]) -> None:
    """Do the job and write its result."""
    job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    result = _index(job) if job["task"] == "index" else _ask(job)
    result["peak"] = peak_megabytes()
    Path(arguments[1]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
