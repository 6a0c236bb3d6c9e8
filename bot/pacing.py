"""How fast the bot sends: as Telegram allows, and whoever is told to wait keeps nobody else waiting."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import Any, Final, TypeAlias

from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut
from telegram.ext import BaseRateLimiter

from bot.journal import postponable, sending, update_at_work

RETRIES_WHEN_TOLD_TO_WAIT: Final = 5
SLACK: Final = 0.1  # seconds beyond what Telegram said to wait
CHATS_AT_HAND: Final = 2_000
# Requests on their way at once: thirty a second need no more, and of messages among them nobody knows
# after a hard end whether they arrived.
ON_THEIR_WAY: Final = 16
SECOND, MINUTE = 1.005, 60.1  # with room for requests that do not take equally long

Reply: TypeAlias = "bool | dict[str, Any] | list[dict[str, Any]]"
Call: TypeAlias = "Callable[..., Coroutine[Any, Any, Reply]]"


@dataclass(frozen=True, slots=True)
class Rates:
    """What Telegram bears; 0 is no limit.

    Messages a second in all, seconds between two messages to one chat, messages a minute to a
    group (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
    """

    a_second: int = 30
    chat_seconds: float = 1.05
    group_a_minute: int = 20


class _Window:
    """No more than so many in any so many seconds; 0 is no limit.

    What comes late may be made up for, so that a rate is reached that even spacing, in which
    every delay is lost for ever, falls short of.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque(maxlen=most)

    def wait(self, now: float) -> float:
        """Seconds until there may be another."""
        full = self._times and len(self._times) == self._times.maxlen
        return self._times[0] + self._seconds - now if full else 0.0

    def note(self, now: float) -> None:
        """There is another."""
        self._times.append(now)

    def take_back(self, at: float) -> None:
        """The one noted then did not come about."""
        with suppress(ValueError):  # it is past by now
            self._times.remove(at)

    def correct(self, now: float) -> None:
        """The last one was not until now."""
        if self._times:
            self._times[-1] = now


class _Chat:
    """When a chat may be written to: it was lately, or is to be left alone `until`."""

    def __init__(self, rates: Rates, *, group: bool) -> None:
        self.until = 0.0
        self._distance = _Window(1, rates.chat_seconds)
        self._minute = _Window(rates.group_a_minute if group else 0, MINUTE)
        self._turn = asyncio.Lock()

    async def take_turn(self, *, message: bool) -> None:
        """Wait until the chat may be written to; edits need not keep the distance that messages do."""
        async with self._turn:
            if self._wait(monotonic(), message=message) > 0:
                with postponable():
                    await _until(lambda now: self._wait(now, message=message))
            for window in (self._distance, self._minute):
                window.note(monotonic())

    def arrived(self) -> None:
        """The last message has arrived; the next keeps its distance from then."""
        for window in (self._distance, self._minute):
            window.correct(monotonic())

    def _wait(self, now: float, *, message: bool) -> float:
        distance = self._distance.wait(now) if message else 0.0
        return max(self.until - now, distance, self._minute.wait(now))


async def _until(wait: Callable[[float], float]) -> None:
    """Sleep until nothing is left to wait, by the clock's time."""
    # No event to wait for: time itself is.
    while (seconds := wait(monotonic())) > 0:  # noqa: ASYNC110
        await asyncio.sleep(seconds)


class _Gate:
    """Lets requests through as fast as all chats together may be written to, the oldest update's first.

    So what was asked first is answered first when more is ready than may be sent, after a restart say.
    """

    def __init__(self, a_second: int) -> None:
        self._window = _Window(a_second, SECOND)
        self._under_way = 0
        self._waiting: list[tuple[int, int, asyncio.Future[float]]] = []
        self._came = count()
        self._timer: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait for a turn, and be on the way to Telegram while inside.

        What fails on its way uses nothing up, lest others wait for it.
        """
        turn: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (update_at_work(), next(self._came), turn))
        self._let_through()
        try:
            if not turn.done():
                with postponable():
                    await turn
            yield
        except NetworkError as error:
            if not isinstance(error, BadRequest | TimedOut):  # which got there, or may have
                self._window.take_back(turn.result())
            raise
        finally:
            if not turn.cancelled():
                self._under_way -= 1
                self._let_through()

    def _let_through(self) -> None:
        """Give a turn to all who may have one; who may in a while gets it then."""
        while self._waiting and self._under_way < ON_THEIR_WAY:
            if (wait := self._window.wait(monotonic())) > 0:
                if self._timer is None or self._timer.done():
                    self._timer = asyncio.create_task(self._let_through_after(wait))
                return
            _, _, turn = heappop(self._waiting)
            if not turn.done():  # by being cancelled
                self._under_way += 1
                now = monotonic()
                self._window.note(now)
                turn.set_result(now)

    async def _let_through_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._timer = None
        self._let_through()


class Limiter(BaseRateLimiter[int]):
    """Keeps within Telegram's limits, and waits where Telegram says so (429).

    That wait is the chat's alone: the library's own limiter would let every chat wait for the
    one that was told to. "Typing" neither uses limits up nor waits for them.
    """

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._gate = _Gate(rates.a_second)
        self._chats: OrderedDict[object, _Chat] = OrderedDict()

    async def initialize(self) -> None:
        """Nothing has to be made ready."""

    async def shutdown(self) -> None:
        """Nothing has to be given back."""

    async def process_request(  # noqa: PLR0917  the overridden method's signature
        self,
        callback: Call,
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Reply:
        """Make a request as soon as the limits allow it."""
        chat_id = data.get("chat_id")
        if endpoint == "sendChatAction" or chat_id is None:
            return await callback(*args, **kwargs)
        chat, message = self._chat(chat_id), endpoint.startswith("send")
        for _ in range(rate_limit_args or RETRIES_WHEN_TOLD_TO_WAIT):
            try:
                return await self._sent(chat, callback, args, kwargs, message=message)
            except RetryAfter as error:
                chat.until = monotonic() + _seconds(error) + SLACK
        return await self._sent(chat, callback, args, kwargs, message=message)

    async def _sent(
        self,
        chat: _Chat,
        callback: Call,
        args: Any,  # noqa: ANN401
        kwargs: dict[str, Any],
        *,
        message: bool,
    ) -> Reply:
        await chat.take_turn(message=message)
        async with self._gate.passed():
            if not message:
                return await callback(*args, **kwargs)
            try:
                with sending():
                    return await callback(*args, **kwargs)
            finally:
                chat.arrived()

    def _chat(self, number: object) -> _Chat:
        chat = self._chats.get(number)
        if chat is None:
            # Groups and channels have negative numbers, and channels may be named instead.
            group = not isinstance(number, int) or number < 0
            chat = self._chats[number] = _Chat(self._rates, group=group)
        self._chats.move_to_end(number)
        if len(self._chats) > CHATS_AT_HAND:
            self._chats.popitem(last=False)
        return chat


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
