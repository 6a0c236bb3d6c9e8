"""Looks after a running bot: leaves its sign of life, and mends fetching that died without a word.

The library that fetches messages retries what fails, but its task can end or hang with nothing
said (python-telegram-bot #4523). A bot then sits there and answers nobody.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from telegram.error import InvalidToken, TelegramError

from bot.errors import BotError
from bot.heartbeat import Heartbeat, remove_heartbeat, write_heartbeat
from bot.service import ALIVE, tell_service_manager

if TYPE_CHECKING:
    from telegram import WebhookInfo

    from bot.transport import ChatOrder, TolerantBot
    from bot.updates import Webhook

LOG = logging.getLogger(__name__)
POLLING_TASK: Final = "Updater:start_polling:polling_task"  # python-telegram-bot's names for them
WORKING_TASK: Final = "Application:{}:update_fetcher"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two looks; of silence after which fetching begins anew; for beginning it.

    A request for messages takes at most its 30 s of waiting, its timeouts and a pause of 30 s.
    """

    beat: float = 5.0
    silence: float = 150.0
    restart: float = 60.0
    webhook: float = 60.0


class Watch:
    """Watches one running bot. `restart` begins to fetch messages anew."""

    def __init__(
        self,
        bot: TolerantBot,
        order: ChatOrder,
        restart: Callable[[], Awaitable[None]],
        *,
        webhook: Webhook | None,
        folder: Path | None,
        pace: Pace,
    ) -> None:
        self._bot, self._order, self._restart = bot, order, restart
        self._webhook, self._folder, self._pace = webhook, folder, pace
        self._finished = 0
        self._moved = time.monotonic()
        self._restarted: float | None = None
        self._tasks: dict[str, asyncio.Task[object]] = {}

    async def run(self) -> None:
        """Look every so often, for ever. Raises `BotError` when the bot cannot go on."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(self._pace.beat)
        finally:
            if self._folder is not None:
                remove_heartbeat(self._folder)

    async def _look(self) -> None:
        self._raise_if_ended(WORKING_TASK.format(self._bot.id))
        if self._webhook is None:
            await self._look_at_polling()
        else:
            await self._look_at_webhook(self._webhook)
        now = time.time()
        beat = self._heartbeat(now)
        if self._folder is not None:
            # Not in a thread, which could write it once more after it has been taken away.
            _leave(self._folder, beat)
        if beat.complaint(now) is None:
            tell_service_manager(ALIVE)

    async def _look_at_polling(self) -> None:
        self._raise_if_ended(POLLING_TASK)
        silent = time.monotonic() - max(self._bot.contact.tried, self._restarted or 0.0)
        if silent < self._pace.silence:
            return
        if self._restarted is not None and self._restarted > self._bot.contact.tried:
            raise BotError(
                "Messages are no longer fetched, and beginning anew did not help. Start the bot again."
            )
        LOG.error("messages have not been fetched for %.0f s; beginning to fetch them anew", silent)
        try:
            async with asyncio.timeout(self._pace.restart):
                await self._restart()
        except (TimeoutError, TelegramError) as error:
            raise BotError(
                f"Messages are no longer fetched and could not be again ({error!r}). Start the bot again."
            ) from error
        self._restarted = time.monotonic()

    async def _look_at_webhook(self, webhook: Webhook) -> None:
        """Ask whether Telegram still brings messages here: whoever has the token can have that changed."""
        if time.monotonic() - self._bot.contact.tried < self._pace.webhook:
            return
        try:
            info = await self._bot.get_webhook_info()
            if info.url != webhook.url:
                LOG.error("Telegram was told to bring messages elsewhere; telling it to bring them here")
                await self._restart()
            else:
                _log_trouble(info, self._pace.webhook)
        except TelegramError as error:
            LOG.warning("Telegram could not be asked about the webhook: %s", error.message)

    def _raise_if_ended(self, name: str) -> None:
        """Raise if the library's task of this name, once seen, has ended."""
        alive = [task for task in asyncio.all_tasks() if task.get_name() == name]
        if alive:
            self._tasks[name] = alive[0]
            return
        ended = self._tasks.get(name)
        error = ended.exception() if ended is not None and not ended.cancelled() else None
        if isinstance(error, InvalidToken):
            raise BotError(
                "Telegram no longer accepts the bot's token. Ask @BotFather for a new one and start again."
            )
        LOG.error("%s has ended", name, exc_info=error)
        raise BotError("The bot no longer receives messages; the log says why. Start it again.")

    def _heartbeat(self, now: float) -> Heartbeat:
        waiting, moment = self._order.waiting, time.monotonic()
        if not waiting or self._order.finished != self._finished:
            self._moved, self._finished = moment, self._order.finished
        return Heartbeat(
            process=os.getpid(),
            written=now,
            reached=now - (moment - self._bot.contact.reached),
            waiting=waiting,
            stuck=moment - self._moved,
        )


def _leave(folder: Path, heartbeat: Heartbeat) -> None:
    try:
        write_heartbeat(folder, heartbeat)
    except OSError as error:  # a full disk must not end a bot that answers
        LOG.warning("no sign of life could be left in %s: %s", folder, error.strerror)


def _log_trouble(info: WebhookInfo, seconds: float) -> None:
    """Pass on what Telegram says against the webhook, once for each time it says so."""
    when = info.last_error_date
    if when is not None and time.time() - when.timestamp() < seconds:
        LOG.warning("Telegram could not bring a message here: %s", info.last_error_message)
