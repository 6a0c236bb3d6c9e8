"""Hundreds of chats that ask at once, over a Bot API with all its limits and troubles.

`Crowd` is a `BotApi` that refuses what breaks Telegram's limits, fails now and then, and hands
updates over twice and out of order; it knows who asked what and what came back. `Bot` is
`articlebot run` in a process of its own that can be ended, softly or hard, and begun again.
`rush` has the crowd ask at a steady rate.
"""

from __future__ import annotations

import math
import random
import subprocess
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import psutil  # type: ignore[import-untyped] # it ships no types

from tests.bot_api import BotApi, Json, Refused

if TYPE_CHECKING:
    from pathlib import Path

A_SECOND, GROUP_A_MINUTE, MINUTE = 30, 20, 60.0
INTERRUPTED: Final = "I was restarted just as I was answering this."
BROKEN: Final = ((500, "Internal Server Error"), (502, "Bad Gateway"), (503, "Service Unavailable"))
RECENT: Final = 200  # updates that may come again
NICE: Final = 15.0  # seconds that a bot gets to end


@dataclass(frozen=True, slots=True)
class Faults:
    """How often things go wrong, as shares of messages sent and of fetches.

    `busy` is answered with 429, `broken` with 5xx, `cut` with a reset connection before the
    message was taken, `deaf` after it; `muddled` fetches bring updates again and out of order.
    """

    busy: float = 0.0
    broken: float = 0.0
    cut: float = 0.0
    deaf: float = 0.0
    muddled: float = 0.0


@dataclass(slots=True)
class Asked:
    """A question, when it was asked, and what came back; times are `time.monotonic`."""

    chat: int
    question: str
    at: float
    answers: list[tuple[float, str]] = field(default_factory=list)
    interrupted: int = 0
    unheard: int = 0

    @property
    def seconds(self) -> float:
        """How long the first answer took."""
        return self.answers[0][0] - self.at

    @property
    def settled(self) -> bool:
        """Whether whoever asked was answered, or told why not."""
        return bool(self.answers or self.interrupted)


class Crowd(BotApi):
    """People who ask, in many chats. Chats with negative numbers are groups, which use /ask."""

    def __init__(self, faults: Faults, seed: int = 1) -> None:
        super().__init__()
        self.asked: dict[tuple[int, int], Asked] = {}
        self.counts: Counter[str] = Counter()
        self._faults, self._chance = faults, random.Random(seed)
        self._room, self._filled = float(A_SECOND), time.monotonic()
        self._sent_to: dict[int, deque[float]] = {}
        self._delivered: deque[Json] = deque(maxlen=RECENT)

    def ask(self, chat: int, question: str) -> Asked:
        """Have somebody in a chat ask."""
        with self._changed:
            place = {"chat": {"id": chat, "type": "supergroup", "title": "Group"}} if chat < 0 else {}
            text = f"/ask {question}" if chat < 0 else question
            message = self.say(text, user=abs(chat), **place)["message"]
            asked = Asked(chat, question, time.monotonic())
            self.asked[chat, message["message_id"]] = asked
            return asked

    def polled(self) -> int:
        """How many times updates were asked for."""
        return self._polls

    def unsettled(self) -> int:
        """How many have not been answered yet."""
        return sum(not asked.settled for asked in list(self.asked.values()))

    def _do_getUpdates(self, parameters: Json) -> list[Json]:  # noqa: N802  the method's name
        found = list(super()._do_getUpdates(parameters))
        if found and self._chance.random() < self._faults.muddled:
            self.counts["muddled"] += 1
            found += self._chance.sample(list(self._delivered), min(5, len(self._delivered)))
            self._chance.shuffle(found)
        self._delivered.extend(found)
        return found

    def _do_sendMessage(self, parameters: Json) -> Json:  # noqa: N802
        self._keep_limits(parameters["chat_id"])
        self._fail_by_chance()
        message = super()._do_sendMessage(parameters)
        now = time.monotonic()
        self._room -= 1
        self._sent_to.setdefault(parameters["chat_id"], deque()).append(now)
        deaf = self._chance.random() < self._faults.deaf
        self._note(message, now, deaf=deaf)
        if deaf:
            self.counts["deaf"] += 1
            raise ConnectionResetError
        return message

    def _keep_limits(self, chat: int) -> None:
        now, own = time.monotonic(), self._sent_to.get(chat, deque())
        self._room = min(A_SECOND, self._room + (now - self._filled) * A_SECOND)
        self._filled = now
        while own and own[0] <= now - MINUTE:
            own.popleft()
        if own and now - own[-1] < 1.0:
            self._refuse("over a chat's limit", 1)
        if self._room < 1:
            self._refuse("over the limit of all", 1)
        if chat < 0 and len(own) >= GROUP_A_MINUTE:
            self._refuse("over a group's limit", math.ceil(own[0] + MINUTE - now))

    def _refuse(self, why: str, seconds: int) -> None:
        self.counts[why] += 1
        raise Refused(429, f"Too Many Requests: retry after {seconds}", seconds)

    def _fail_by_chance(self) -> None:
        drawn = self._chance.random()
        if (drawn := drawn - self._faults.busy) < 0:
            self._refuse("busy", 1)
        if (drawn := drawn - self._faults.broken) < 0:
            self.counts["broken"] += 1
            raise Refused(*self._chance.choice(BROKEN))
        if drawn < self._faults.cut:
            self.counts["cut"] += 1
            raise ConnectionResetError

    def _note(self, message: Json, now: float, *, deaf: bool) -> None:
        replied = message.get("reply_to_message", {}).get("message_id", 0)
        asked = self.asked.get((message["chat"]["id"], replied))
        if asked is None:
            self.counts["strays"] += 1
        elif message["text"].startswith(INTERRUPTED):
            asked.interrupted += 1
        else:
            asked.answers.append((now, message["text"]))
            asked.unheard += deaf


@dataclass(slots=True)
class Restart:
    """When the bot was told to end and when the next one asked for messages, `time.monotonic`."""

    number: int
    ended: float
    back: float


class Bot:
    """A command that is begun, ended and begun again; what it says goes to a file."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self._command, self._environment, self.log = command, environment, log
        self._process: subprocess.Popen[bytes] | None = None
        self._restarting = threading.Lock()
        self.restarts: list[Restart] = []

    def start(self) -> None:
        """Begin."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    def end(self, number: int) -> float:
        """Send a signal and wait for the end, which a bot that does not heed it finds all the same.

        Returns the seconds it took.
        """
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(number)
        try:
            self._process.wait(NICE)
        except subprocess.TimeoutExpired:  # as a service manager does
            self._process.kill()
            self._process.wait()
        return time.monotonic() - began

    def restart(self, number: int, crowd: Crowd) -> threading.Thread:
        """End the bot by a signal and begin it anew, one after the other, while people go on asking."""

        def work() -> None:
            with self._restarting:
                ended = time.monotonic()
                self.end(number)
                polled = crowd.polled()
                self.start()
                wait_until(lambda: crowd.polled() > polled, MINUTE)
                self.restarts.append(Restart(number, ended, time.monotonic()))

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    def resident(self) -> float | None:
        """The resident memory in MB (10^6 bytes); None while there is no process."""
        try:
            return float(psutil.Process(self._process.pid).memory_info().rss / 1e6) if self._process else None
        except psutil.Error:
            return None


def rush(
    crowd: Crowd,
    questions: Iterable[tuple[int, str]],
    *,
    rate: float,
    meanwhile: Callable[[int], None] = lambda _: None,
) -> None:
    """Ask each question in its chat, `rate` a second; `meanwhile` is told how many have been asked."""
    start = time.monotonic()
    for count, (chat, question) in enumerate(questions):
        time.sleep(max(0.0, start + count / rate - time.monotonic()))
        crowd.ask(chat, question)
        meanwhile(count + 1)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether something came to be within so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
