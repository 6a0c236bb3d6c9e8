"""How fast the bot sends: as Telegram allows, and whoever is told to wait keeps nobody else waiting."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, TypeAlias

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.journal import sending

RETRIES_WHEN_TOLD_TO_WAIT: Final = 5
SLACK: Final = 0.1  # seconds beyond what Telegram said to wait
CHATS_AT_HAND: Final = 2_000
# Messages on their way at once: thirty a second need no more, and of these nobody knows after a
# hard end whether they arrived.
ON_THEIR_WAY: Final = 16
MINUTE: Final = 60.0

Reply: TypeAlias = "bool | dict[str, Any] | list[dict[str, Any]]"
Call: TypeAlias = "Callable[..., Coroutine[Any, Any, Reply]]"


@dataclass(frozen=True, slots=True)
class Rates:
    """What Telegram bears, a little less, since requests do not take equally long; 0 is no limit.

    Messages a second in all, seconds between two messages to one chat, messages a minute to a
    group (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
    """

    a_second: float = 29.5
    chat_seconds: float = 1.05
    group_a_minute: int = 20


@dataclass(slots=True)
class _Chat:
    """When a chat was last written to (the last minute of it), and until when it is to be left alone."""

    rates: Rates
    group: bool
    times: deque[float] = field(default_factory=deque)
    until: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take_turn(self, *, message: bool) -> None:
        """Wait until the chat may be written to; edits need not keep the distance that messages do."""
        async with self.turn:
            # No event to wait for: time itself is.
            while (wait := self._wait(monotonic(), message=message)) > 0:  # noqa: ASYNC110
                await asyncio.sleep(wait)
            self.times.append(monotonic())

    def arrived(self) -> None:
        """The last message has arrived; the next keeps its distance from then."""
        if self.times:
            self.times[-1] = monotonic()

    def _wait(self, now: float, *, message: bool) -> float:
        while self.times and self.times[0] <= now - MINUTE - SLACK:
            self.times.popleft()
        wait = self.until - now
        if message and self.times:
            wait = max(wait, self.times[-1] + self.rates.chat_seconds - now)
        most = self.rates.group_a_minute if self.group else 0
        if most and len(self.times) >= most:
            wait = max(wait, self.times[-most] + MINUTE + SLACK - now)
        return wait


class Limiter(BaseRateLimiter[int]):
    """Keeps within Telegram's limits, and waits where Telegram says so (429).

    That wait is the chat's alone: the library's own limiter would let every chat wait for the
    one that was told to. "Typing" neither uses limits up nor waits for them.
    """

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        # Evenly spaced: a bucket that lets a burst through fills again while it does.
        self._all = AsyncLimiter(1, 1 / rates.a_second) if rates.a_second else None
        self._ways = asyncio.Semaphore(ON_THEIR_WAY)
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
        if not message:
            await self._pass()
            return await callback(*args, **kwargs)
        async with self._ways:
            await self._pass()  # last of all: what waited after it would go out in a burst
            try:
                with sending():
                    return await callback(*args, **kwargs)
            finally:
                chat.arrived()

    async def _pass(self) -> None:
        """Wait until anything at all may be sent."""
        if self._all is not None:
            await self._all.acquire()

    def _chat(self, number: object) -> _Chat:
        chat = self._chats.get(number)
        if chat is None:
            # Groups and channels have negative numbers, and channels may be named instead.
            group = not isinstance(number, int) or number < 0
            chat = self._chats[number] = _Chat(self._rates, group)
        self._chats.move_to_end(number)
        if len(self._chats) > CHATS_AT_HAND:
            self._chats.popitem(last=False)
        return chat


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
