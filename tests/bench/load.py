"""Load: 300 chats, 30 messages a second, a server that fails in every way, and two ends of the bot.

Three rushes at that rate: one that nothing but the server disturbs, one in whose middle the bot
is ended softly (SIGTERM) and begun again, one in which it is killed (SIGKILL). Between them
people draw breath until all are answered: at the very rate at which Telegram lets a bot send,
what has piled up cannot shrink. Before them a slower stretch shows where memory goes. Then
questions that are all different come ever faster, until the bot no longer keeps up.
"""

from __future__ import annotations

import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from index import Answer, Library, NotFound
from index.dialogue import understood
from tests.bench.figures import Row, percentile
from tests.crowd import Bot, Crowd, Faults, rush, wait_until
from tests.integration.bot_api_server import BotApiServer

if TYPE_CHECKING:
    from tests.bench.bench import Bench
    from tests.crowd import Asked

CHATS, GROUPS = 300, 30
RATE, SECONDS = 30, 30
COMMON, RECURRING = 40, 0.8  # questions that recur, and their share of all that are asked
FAULTS = Faults(busy=0.005, broken=0.005, cut=0.005, deaf=0.002, muddled=0.3)
SLOW, STRETCH = 5, 120  # messages a second, seconds
RISING, STEP = (2, 4, 6, 8, 10, 12, 15, 20), 15  # messages a second, seconds
GOAL = 2.0  # seconds within which 95 of 100 are answered
PATIENCE = 300.0
_BEGINNING, _TITLE = 30, 20  # characters by which a quote and a title are told


@dataclass(slots=True)
class Memory:
    """The bot's resident memory now and then, MB, each with `time.monotonic`; a thread samples it."""

    bot: Bot
    samples: list[tuple[float, float]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        """Sample until told to end."""
        while not self.done.wait(0.5):
            if (taken := self.bot.resident()) is not None:
                self.samples.append((time.monotonic(), taken))

    def between(self, first: float, last: float) -> list[tuple[float, float]]:
        """The samples of a time."""
        return [each for each in self.samples if first <= each[0] <= last]


def load(bench: Bench) -> list[Row]:
    """The rushes, then the rising rates."""
    questions = _complete(bench.corpus.questions(2_000))
    library = bench.library
    bench.tell(f"{CHATS} chats, {len(questions):,} different questions at hand")
    rushed, asked = _rushes(bench, library, questions)
    fresh = [each for each in questions if each not in asked]  # what was asked is at hand after a restart
    return [*rushed, *_rising(bench, library, fresh)]


def _complete(questions: Sequence[str]) -> list[str]:
    """Those that refer to nothing before them, whatever was asked in their chat, in another order."""
    kept = [each for each in questions if understood(each, questions[:1]) is None]
    random.Random(3).shuffle(kept)
    return kept


def _chats() -> list[int]:
    return [-number if number <= GROUPS else number for number in range(1, CHATS + 1)]


def mixed(questions: Sequence[str], seed: int) -> Iterator[str]:
    """Questions of which so many recur, the commoner the oftener, and the others never come again."""
    chance, others = random.Random(seed), iter(questions[COMMON:][seed::3])
    weights = [1 / (place + 1) for place in range(COMMON)]
    while True:
        if chance.random() < RECURRING:
            yield chance.choices(questions[:COMMON], weights)[0]
        elif (other := next(others, None)) is not None:
            yield other
        else:
            return


class Running:
    """A crowd, its server, and the bot at work for it."""

    def __init__(self, bench: Bench, library: Path, faults: Faults) -> None:
        self.crowd = Crowd(faults)
        self.server = BotApiServer(self.crowd)
        self.bot = Bot(
            [sys.executable, "-m", "bot", "run", "--library", str(library)],
            {**bench.surroundings.environment, **self.server.environment},
            bench.folder / "load.log",
        )
        self.memory = Memory(self.bot)

    def __enter__(self) -> Self:
        self.server.__enter__()
        self.bot.start()
        if not wait_until(lambda: self.crowd.polled() > 0, PATIENCE):
            raise RuntimeError(f"the bot does not begin:\n{self.bot.log.read_text(encoding='utf-8')[-2000:]}")
        threading.Thread(target=self.memory.watch, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.memory.done.set()
        self.bot.end(signal.SIGTERM)
        self.server.__exit__(None, None, None)

    def rush(self, questions: Iterator[str], *, rate: float, seconds: float, end: int = 0) -> list[Asked]:
        """What was asked in a rush, once all of it is settled; `end` is a signal sent in its middle."""
        before, count = len(self.crowd.asked), int(rate * seconds)
        threads: list[threading.Thread] = []

        def meanwhile(asked: int) -> None:
            if end and asked == count // 2:
                threads.append(self.bot.restart(end, self.crowd))

        pairs = zip(islice(cycle(_chats()), count), questions, strict=False)
        rush(self.crowd, pairs, rate=rate, meanwhile=meanwhile)
        for thread in threads:
            thread.join()
        wait_until(lambda: not self.crowd.unsettled(), PATIENCE)
        return list(self.crowd.asked.values())[before:]


def _rushes(bench: Bench, library: Path, questions: Sequence[str]) -> tuple[list[Row], set[str]]:
    """The rows, and the questions that were asked."""
    with Running(bench, library, FAULTS) as running:
        bench.tell("warming up")
        running.rush(iter(questions[:COMMON]), rate=4, seconds=COMMON / 4)
        bench.tell(f"{SLOW} a second for {STRETCH} s")
        asked: dict[str, list[Asked]] = {}
        began = time.monotonic()
        quiet = running.rush(mixed(questions, 2), rate=SLOW, seconds=STRETCH)
        flat = running.memory.between(began, time.monotonic())
        for seed, (name, end) in enumerate(
            {"nothing else": 0, "SIGTERM": signal.SIGTERM, "SIGKILL": signal.SIGKILL}.items()
        ):
            bench.tell(f"{RATE} a second for {SECONDS} s, disturbed by {name}")
            asked[name] = running.rush(mixed(questions, seed), rate=RATE, seconds=SECONDS, end=end)
    everything = list(chain(quiet, *asked.values()))
    known = {each.question for each in running.crowd.asked.values()}
    away = [
        Row(f"load, {signal.Signals(each.number).name}: the bot is away", each.back - each.ended, "s")
        for each in running.bot.restarts
    ]
    return [*_times(asked), *away, *_memory(flat), *_promises(library, everything, running)], known


def _times(asked: dict[str, list[Asked]]) -> list[Row]:
    rows = []
    for name, all_of_them in asked.items():
        seconds = [each.seconds for each in all_of_them if each.answers]
        note = f"{len(all_of_them):,} messages, {RATE} a second, {RECURRING:.0%} of them recurring"
        rows += [
            Row(f"load, disturbed by {name}: p50", percentile(seconds, 0.5), "s", note=note),
            Row(f"load, disturbed by {name}: p95", percentile(seconds, 0.95), "s", GOAL),
            Row(f"load, disturbed by {name}: longest", max(seconds), "s"),
        ]
    return rows


def _memory(samples: Sequence[tuple[float, float]]) -> list[Row]:
    """How resident memory goes in the slower stretch: a line through the samples' second half."""
    later = samples[len(samples) // 2 :]
    line = statistics.linear_regression([each[0] / 60 for each in later], [each[1] for each in later])
    note = f"{len(later)} samples of the second half; {samples[0][1]:.0f} to {samples[-1][1]:.0f} MB in all"
    return [
        Row("load, resident memory: highest", max(each[1] for each in samples), "MB"),
        Row("load, resident memory: growth a minute", line.slope, "MB", 5, note=note),
    ]


def _promises(library: Path, asked: Sequence[Asked], running: Running) -> list[Row]:
    """What may not happen, how often it did; and how much the server did to bring it about."""
    with Library.open(library) as opened:
        right = {question: _words(opened.ask(question)) for question in {each.question for each in asked}}
    answered = [(each, text) for each in asked for _, text in each.answers]
    counts, log = running.crowd.counts, running.bot.log.read_text(encoding="utf-8")
    told = {name: counts[name] for name in ("busy", "broken", "cut", "deaf", "muddled")}
    limits = {
        name: counts[f"over {name}"] for name in ("a chat's limit", "the limit of all", "a group's limit")
    }
    unheard = sum(each.unheard for each in asked)
    twice = sum(max(0, len(each.answers) - 1 - each.unheard) for each in asked)
    return [
        Row(
            "load, messages unanswered", sum(not each.settled for each in asked), "", 0, note=f"faults {told}"
        ),
        Row(
            "load, answered twice", twice, "", 0, note=f"beside {unheard} that the server took without saying"
        ),
        Row("load, told that a restart came between", sum(each.interrupted for each in asked), ""),
        Row("load, answers to no question of the chat", counts["strays"], "", 0),
        Row(
            "load, answers with another question's words",
            sum(right[each.question] not in text for each, text in answered),
            "",
            0,
            note=f"of {len(answered):,}; {len(right):,} different questions",
        ),
        Row("load, refused for going over a limit", sum(limits.values()), "", note=str(limits)),
        Row("load, tracebacks in the log", log.count("Traceback"), "", 0, note=_kept(running.bot.log, log)),
    ]


def _kept(file: Path, log: str) -> str:
    """Where the log can be read afterwards, if there is a traceback in it."""
    if "Traceback" not in log:
        return ""
    kept = Path(tempfile.mkdtemp(prefix="articlebot-load-")) / file.name
    return f"kept as {shutil.copy(file, kept)}"


def _words(result: Answer | NotFound) -> str:
    """Words that a message with this result holds, and hardly one with another."""
    if isinstance(result, Answer):
        return result.quotes[0].text[:_BEGINNING]
    return result.nearest[0].title[:_TITLE] if result.nearest else ""


def _rising(bench: Bench, library: Path, questions: Sequence[str]) -> list[Row]:
    """The highest rate of questions that are all different at which the goal is kept."""
    rows, fresh = [_by_itself(library, questions[:COMMON])], iter(questions[COMMON:])
    with Running(bench, library, Faults()) as running:
        running.rush(iter(questions[:COMMON]), rate=4, seconds=COMMON / 4)
        for rate in RISING:
            bench.tell(f"{rate} different questions a second for {STEP} s")
            seconds = [each.seconds for each in running.rush(fresh, rate=rate, seconds=STEP) if each.answers]
            if len(seconds) < rate * STEP:
                break  # no more questions at hand
            p95 = percentile(seconds, 0.95)
            rows.append(Row(f"load, all different, {rate} a second: p95", p95, "s", GOAL))
            if p95 > GOAL:
                break
    return rows


def _by_itself(library: Path, questions: Sequence[str]) -> Row:
    """What the library can answer at all at this moment, two at a time as the bot does, without a bot."""
    with Library.open(library) as opened, ThreadPoolExecutor(2) as pool:
        opened.ask(questions[0])
        start = time.perf_counter()
        count = len(list(pool.map(opened.ask, questions[1:])))
        rate = count / (time.perf_counter() - start)
    return Row("load, different questions a second, the library by itself", rate, "/s")
