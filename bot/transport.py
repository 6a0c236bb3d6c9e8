"""The way to and from Telegram: addresses, limits, and the order of one chat's messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakValueDictionary

from telegram import Update, WebhookInfo
from telegram.error import InvalidToken
from telegram.ext import BaseUpdateProcessor, ExtBot
from telegram.request import BaseRequest, HTTPXRequest

from bot.pacing import Limiter, Rates

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.journal import Journal

TELEGRAM: Final = "https://api.telegram.org"
CONNECTIONS: Final = 64
POLLS: Final = 2  # the last request, which marks updates as read, while the one broken off still closes
READ_SECONDS: Final = 20.0
CONNECT_SECONDS: Final = 10.0
WAITING_UPDATES: Final = 10_000

Result = TypeVar("Result")


class ChatOrder(BaseUpdateProcessor):
    """Works on chats side by side, and on the updates of each chat one after the other.

    A chat thus has at most one piece of work under way, so that none starves the others.
    """

    def __init__(self, journal: Journal) -> None:
        super().__init__(max_concurrent_updates=WAITING_UPDATES)
        self._journal = journal
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self.finished = 0

    @property
    def waiting(self) -> int:
        """How many updates have come and are not done with."""
        return self.current_concurrent_updates

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for this chat's earlier updates, then work on this one."""
        try:
            await self._in_turn(update, coroutine)
        finally:
            self.finished += 1

    async def _in_turn(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update):
            await coroutine
            return
        chat = update.effective_chat
        # Whoever holds or awaits a lock keeps it alive; after that it goes by itself.
        lock = self._locks.setdefault(chat.id, asyncio.Lock()) if chat else asyncio.Lock()
        async with lock:
            if self._journal.is_leaving and chat:  # what came before it may have been left, too
                _drop(coroutine)
                return
            with self._journal.working(update.update_id):
                await coroutine

    async def initialize(self) -> None:
        """Nothing has to be made ready."""

    async def shutdown(self) -> None:
        """Nothing has to be given back."""


def _drop(coroutine: Awaitable[Any]) -> None:
    """Let go of what was never begun."""
    if asyncio.iscoroutine(coroutine):
        coroutine.close()


@dataclass(slots=True)
class Contact:
    """When Telegram was last asked for updates to the end, and when it last answered; `monotonic`."""

    tried: float = field(default_factory=monotonic)
    reached: float = field(default_factory=monotonic)


class TolerantBot(ExtBot[int]):
    """A bot that also works with a Bot API server that knows no webhooks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  passed on as they come
        super().__init__(*args, **kwargs)
        self._contact = Contact()

    @property
    def contact(self) -> Contact:
        """When Telegram was last heard of."""
        return self._contact

    async def get_updates(self, *args: Any, **kwargs: Any) -> tuple[Update, ...]:  # noqa: ANN401  passed on
        """Fetch updates, and remember that it was done.

        The library leaves a fetch to itself when it is told to stop. If that fetch has just
        failed, nobody would look at the error, and asyncio would report it with a traceback.
        """
        if task := asyncio.current_task():
            task.add_done_callback(_look_at_error)
        return await self._remembered(super().get_updates(*args, **kwargs))

    async def get_webhook_info(self, *args: Any, **kwargs: Any) -> WebhookInfo:  # noqa: ANN401  passed on
        """Ask about the webhook, and remember that it was done."""
        return await self._remembered(super().get_webhook_info(*args, **kwargs))

    async def _remembered(self, call: Awaitable[Result]) -> Result:
        try:
            result = await call
        finally:
            self.contact.tried = monotonic()
        self.contact.reached = monotonic()
        return result

    async def delete_webhook(self, *args: Any, **kwargs: Any) -> bool:  # noqa: ANN401  passed on as they come
        """Switch to polling; a server without this method has nothing to switch from.

        By then `getMe` has shown the token to be good, so that an answer of "not found" (which
        the library takes for a bad token) can only be about the method.
        """
        try:
            return await super().delete_webhook(*args, **kwargs)
        except InvalidToken:
            return True


def _look_at_error(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


def make_bot(
    token: str,
    *,
    base_url: str | None,
    base_file_url: str | None,
    local_mode: bool,
    request: BaseRequest | None,
    rates: Rates,
) -> TolerantBot:
    """The bot behind a token; all its requests go to `base_url`, files to `base_file_url`.

    `local_mode` is that of a Bot API server on this machine, whose files are read from disk.
    """
    return TolerantBot(
        token,
        base_url=method_url(base_url),
        base_file_url=file_url(base_url, base_file_url),
        local_mode=local_mode,
        request=request or _request(CONNECTIONS),
        get_updates_request=request or _request(POLLS),
        rate_limiter=Limiter(rates),
    )


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=READ_SECONDS,
        connect_timeout=CONNECT_SECONDS,
        pool_timeout=READ_SECONDS,  # the longest that another request may hold a connection
    )


def method_url(base_url: str | None) -> str:
    """Where methods are called, up to the token: a server's address with "/bot" at its end."""
    address = (base_url or TELEGRAM).strip().rstrip("/")
    return address if address.endswith("/bot") or "{token}" in address else f"{address}/bot"


def file_url(base_url: str | None, base_file_url: str | None) -> str:
    """Where files are fetched, up to the token; unless told otherwise, from the server of the methods."""
    address = (base_file_url or method_url(base_url).removesuffix("/bot")).strip().rstrip("/")
    if address.endswith("/file/bot") or "{token}" in address:
        return address
    return f"{address}/bot" if address.endswith("/file") else f"{address.removesuffix('/bot')}/file/bot"
