"""The Telegram bot put together: its handlers in order, its start and its end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.door import Door, Policy
from bot.errors import BotError
from bot.handlers import errors, feeds, purging
from bot.handlers.acquisitions import Acquisitions
from bot.handlers.addressed import is_question
from bot.handlers.desk import Bot, Context, Desk, Library
from bot.handlers.menu import offer_commands
from bot.handlers.rebuilding import Rebuilding
from bot.housekeeping import Housekeeping
from bot.journal import Inbox, Journal
from bot.machine import give_way
from bot.metrics import Metrics
from bot.pacing import Rates
from bot.routes import before_all, handlers
from bot.service import READY, STOPPING, tell_service_manager
from bot.state import State
from bot.transport import ChatOrder, TolerantBot, make_bot
from bot.updates import Webhook, start_fetching
from bot.watch import Pace, Watch
from bot.web import Web

if TYPE_CHECKING:
    from telegram.request import BaseRequest

LOG = logging.getLogger(__name__)
# Edited messages are no new questions.
UPDATES: Final = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
GRACE: Final = 0.1  # seconds
# At INFO and DEBUG these write the addresses of requests, which hold the token.
LEAKY_LOGGERS: Final = ("httpx", "httpcore", "telegram.Bot", "telegram.ext.ExtBot")

Places = tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """How the bot is run: how it comes by messages, and where it leaves its sign of life.

    `metrics_port` is where it tells its metrics to this machine; 0 is nowhere.
    """

    webhook: Webhook | None = None
    folder: Path | None = None
    metrics_port: int = 0
    pace: Pace = field(default_factory=Pace)


class ArticlebotApplication(Application[Bot, Context, Any, Any, Any, Any]):
    """python-telegram-bot's application, which also starts and ends what handlers share."""

    def __init__(self, *, desk: Desk, operation: Operation, **arguments: Any) -> None:  # noqa: ANN401  passed on as they come
        super().__init__(**arguments)
        self.desk = desk
        self.operation = operation

    @property
    def inbox(self) -> Inbox:
        """Where updates come in."""
        return cast("Inbox", self.update_queue)

    async def start_fetching(self) -> None:
        """Begin to receive messages, or begin anew."""
        updater = self.updater
        assert updater is not None
        if updater.running:
            await updater.stop()
        await start_fetching(updater, self.operation.webhook, kinds=UPDATES, on_error=errors.on_polling_error)

    async def start(self) -> None:
        """Begin to work on updates, the last process's first; the menus follow when they can."""
        await self.inbox.take_up(self.bot)
        await super().start()
        self.create_task(offer_commands(self.bot, self.desk.admins, self.desk.state.people))
        assert self.job_queue is not None  # there is one by default
        purging.schedule(self.job_queue, self.desk)
        if self.desk.watcher is not None:
            feeds.schedule(self.job_queue, self.desk)

    async def stop(self) -> None:
        """Finish what has been asked so far; a rebuild is broken off, since it may take long.

        What waits for Telegram's limits longer than `GRACE` is left to the next process, for which all
        that comes meanwhile waits, too.
        """
        self.desk.rebuilding.stop()
        self.desk.acquisitions.stop()
        leaving = asyncio.get_running_loop().call_later(GRACE, self.inbox.journal.leave)
        await super().stop()
        leaving.cancel()
        self.desk.close()
        self.desk.acquisitions.close()

    async def shutdown(self) -> None:
        """Let go of what `initialize` took, and of the state."""
        await super().shutdown()
        self.desk.state.close()


def build_application(
    token: str,
    library: Library,
    *,
    state: State | None = None,
    admins: Collection[int] = (),
    places: Places | Callable[[], Places] = (),
    base_url: str | None = None,
    base_file_url: str | None = None,
    local_mode: bool = False,
    workers: int = 2,
    log_questions: bool = False,
    request: BaseRequest | None = None,
    operation: Operation | None = None,
    policy: Policy | None = None,
    web: Web | None = None,
    max_file_bytes: int = 20_000_000,
    keep_unanswered: bool = True,
    rates: Rates | None = None,
) -> ArticlebotApplication:
    """The whole bot, ready to `run`.

    `state` is what it remembers, which it closes at its end; None is a memory that ends with it.
    `places` are the files and folders that /reindex reads, or a function that tells them
    when it is sent. `base_url` is where a Bot API server of one's own answers, with or
    without "/bot" at its end, and `local_mode` says that it shares this machine's disk.
    `workers` is how many questions are worked on at once.
    `request` replaces the way to Telegram, `operation` polling without a sign of life, and
    `policy` an open door; its owner is an admin. `web` is how pages are fetched and feeds are watched, if
    they are, and `max_file_bytes` how large a file may be that an admin sends. `keep_unanswered` is whether
    /asked has anything to tell; `rates` are Telegram's limits if not given.
    Raises `BotError` for an empty token.
    """
    _quieten()
    bot = _bot(
        token,
        base_url=base_url,
        base_file_url=base_file_url,
        local_mode=local_mode,
        request=request,
        rates=rates or Rates(),
    )
    find_places = places if callable(places) else lambda: places
    state, policy = state or State(), policy or Policy()
    inbox = Inbox(Journal(state.updates, token.strip().partition(":")[0]), partial(is_question, bot))
    order = ChatOrder(inbox.journal)
    if not keep_unanswered:
        state.gaps.switch_off()
    admins = frozenset(admins) | ({policy.owner} if policy.owner else set())
    housekeeping = Housekeeping(lambda note: library.purge(progress=note))
    acquisitions = Acquisitions(
        fetch=web.reader(library) if web else None, max_bytes=max_file_bytes, housekeeping=housekeeping
    )
    desk = Desk(
        library=library,
        state=state,
        admins=admins,
        pool=ThreadPoolExecutor(workers, thread_name_prefix="question", initializer=give_way),
        rebuilding=Rebuilding(lambda note: library.build(find_places(), progress=note), housekeeping),
        log_questions=log_questions,
        metrics=Metrics(library, lambda: order.waiting),
        door=Door(policy, admins, state.members.knows),
        acquisitions=acquisitions,
        watcher=web.watcher(library, state.feeds, acquisitions.in_turn, acquisitions.stopping)
        if web
        else None,
    )
    return _application(bot, desk, inbox, order, operation or Operation())


def _application(
    bot: Bot, desk: Desk, inbox: Inbox, order: ChatOrder, operation: Operation
) -> ArticlebotApplication:
    application = (
        Application.builder()
        .bot(bot)
        .application_class(ArticlebotApplication, {"desk": desk, "operation": operation})
        .update_queue(inbox)
        .concurrent_updates(order)
        .build()
    )
    assert isinstance(application, ArticlebotApplication)
    application.add_handlers({**before_all(inbox, desk), 0: handlers(desk)})
    application.add_error_handler(partial(errors.on_error, desk))
    return application


def run(application: ArticlebotApplication) -> None:
    """Answer messages until SIGINT or SIGTERM; whatever has been asked by then is answered first.

    Raises `BotError` if the token is refused or Telegram cannot be reached at the start.
    """
    asyncio.run(serve(application))


async def serve(application: ArticlebotApplication) -> None:
    """`run`, inside an event loop that is already there."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError):  # Windows has only Ctrl-C, which cancels this task
        for number in signals:
            loop.add_signal_handler(number, stop.set)
    try:
        with application.desk.metrics.served(application.operation.metrics_port):
            await _start(application)
            LOG.info("@%s is answering", application.bot.username)
            tell_service_manager(READY)
            await _until(stop, application)
    finally:
        tell_service_manager(STOPPING)
        with suppress(NotImplementedError):
            for number in signals:  # a second one ends the program the hard way
                loop.remove_signal_handler(number)
        await _stop(application)


async def _start(application: ArticlebotApplication) -> None:
    try:
        await application.initialize()
        await application.start()
        await application.start_fetching()
    except InvalidToken:  # its own message holds the token
        raise BotError(
            "Telegram refused the bot's token. Check TELEGRAM_BOT_TOKEN (@BotFather gives one), "
            "and telegram.base_url if it is set."
        ) from None
    except TelegramError as error:
        raise BotError(
            f"Telegram could not be reached ({error.message}). Check the network, "
            "and telegram.base_url if it is set."
        ) from None
    except OSError as error:
        if (webhook := application.operation.webhook) is None:
            raise
        raise BotError(
            f"The bot cannot listen at {webhook.listen} ({error.strerror}). Stop what else listens there, "
            "or choose another place by telegram.webhook_listen."
        ) from None


async def _until(stop: asyncio.Event, application: ArticlebotApplication) -> None:
    """Wait for the signal to stop; should messages no longer come, raise instead of idling."""
    bot, order = cast("TolerantBot", application.bot), cast("ChatOrder", application.update_processor)
    how = application.operation
    watch = Watch(
        bot, order, application.start_fetching, webhook=how.webhook, folder=how.folder, pace=how.pace
    )
    stopping, watching = asyncio.create_task(stop.wait()), asyncio.create_task(watch.run())
    try:
        await asyncio.wait({stopping, watching}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()
    finally:
        stopping.cancel()
        watching.cancel()
        await asyncio.gather(stopping, watching, return_exceptions=True)


async def _stop(application: ArticlebotApplication) -> None:
    """End whatever `_start` had begun, in the order that loses no message."""
    assert application.updater is not None
    if application.updater.running:
        with suppress(TelegramError):  # the error that ended polling, which has been told
            await application.updater.stop()
    if application.running:
        await application.stop()
    await application.shutdown()
    await application.bot.shutdown()  # an application that never got through its start leaves this open


def _quieten() -> None:
    # Opts in to how python-telegram-bot will give durations; it warns at every limit hit otherwise.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    for name in LEAKY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def _bot(token: str, **options: Any) -> Bot:  # noqa: ANN401  passed on as they come
    try:
        return make_bot(token.strip(), **options)
    except InvalidToken:
        raise BotError(
            "There is no bot token. Get one from @BotFather in Telegram and put it into "
            "the environment as TELEGRAM_BOT_TOKEN."
        ) from None
