"""Takes care that every update is worked on once, whenever and however the process ends.

What Telegram hands over is written down before Telegram is told that it arrived (`Inbox`), and
crossed out when it is done with. What a killed process left is taken up by the next one. Only
where a message was just on its way to Telegram nobody can tell whether it arrived: that update
is `undecided`, and its sender is told so rather than answered twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from telegram import Update
from telegram.error import RetryAfter

from bot.state import Stage, StateError

if TYPE_CHECKING:
    from telegram import Bot, Message

    from bot.state import StoredUpdate
    from bot.state.updates import Updates

LOG = logging.getLogger(__name__)
MOST_TRIES: Final = 3  # processes that may end over one update before it is given up
MANY: Final = 3  # questions of one chat that waited for a restart and are all answered

_at_work: ContextVar[tuple[Journal, int] | None] = ContextVar("update at work", default=None)
_repeatable: ContextVar[bool] = ContextVar("may be done again from its beginning", default=False)


class Journal:
    """Which updates of one bot have come, and how far they are. A state that fails costs it, nothing else."""

    def __init__(self, updates: Updates, bot: str) -> None:
        self._updates, self._bot = updates, bot
        self.undecided: set[int] = set()
        self.is_leaving = False
        self._told: set[int] = set()  # of those at work: something was sent
        self._left: set[int] = set()  # of those at work: to the next process
        self._waiting: set[asyncio.Task[Any]] = set()

    def arrive(self, update: Update) -> bool:
        """Write an update down; False if it had come before."""
        body = json.dumps(update.to_dict(), ensure_ascii=False)
        try:
            return self._updates.arrive(self._bot, update.update_id, body)
        except StateError as error:
            LOG.warning("an update could not be written down, and would be lost at a crash: %s", error)
            return True

    def left_over(self) -> list[StoredUpdate]:
        """What the last process was not done with; notes which of it is undecided."""
        try:
            found = self._updates.unfinished(self._bot)
        except StateError as error:
            LOG.warning("what was not done with at the last end could not be read: %s", error)
            return []
        for each in found:
            if each.stage is Stage.SENT:
                self._note(self._updates.finish, each.number)
            elif each.stage is Stage.SENDING or each.tries >= MOST_TRIES:
                self.undecided.add(each.number)
        return [each for each in found if each.stage is not Stage.SENT]

    @contextmanager
    def working(self, number: int) -> Iterator[None]:
        """Work on an update; leaving without an error crosses it out."""
        self._note(self._updates.begin, number)
        before = _at_work.set((self, number))
        try:
            yield
        except asyncio.CancelledError:
            if number in self._left:
                self._note(self._updates.leave, number)
            raise
        finally:
            _at_work.reset(before)
            self._told.discard(number)
            self._left.discard(number)
        self.undecided.discard(number)
        self._note(self._updates.finish, number)

    def move(self, number: int, stage: Stage) -> None:
        """Note how far an update has come."""
        if stage is Stage.SENT:
            self._told.add(number)
        self._note(self._updates.move, number, stage)

    def leave(self) -> None:
        """Leave to the next process whatever only waits: for Telegram, or for its turn."""
        self.is_leaving = True
        for task in tuple(self._waiting):
            task.cancel()

    @contextmanager
    def postponable(self, number: int) -> Iterator[None]:
        """Inside, the work on an update only waits: if it is left to the next process, it is cancelled.

        Unless something was sent for it, which the next process would send again.
        """
        task = asyncio.current_task()
        if task is None or number in self._told:
            yield
            return
        self._waiting.add(task)
        if self.is_leaving:
            task.cancel()
        try:
            yield
        except asyncio.CancelledError:
            if self.is_leaving:
                self._left.add(number)
            raise
        finally:
            self._waiting.discard(task)

    def _note(self, write: Callable[..., None], number: int, *values: object) -> None:
        try:
            write(self._bot, number, *values)
        except StateError as error:
            LOG.warning("how far update %s is could not be written down: %s", number, error)


def update_at_work() -> int:
    """The number of the update that is worked on, which are counted as they come; 0 if it is for none."""
    at_work = _at_work.get()
    return at_work[1] if at_work else 0


@contextmanager
def repeatable() -> Iterator[None]:
    """What is done inside changes nothing but what its sender reads: another process may do it again."""
    before = _repeatable.set(True)
    try:
        yield
    finally:
        _repeatable.reset(before)


@contextmanager
def postponable() -> Iterator[None]:
    """Wait inside; at the end of the process, the update at work is rather left to the next one.

    If it is `repeatable`, that is: who confirms a removal shall not be told that it has been done already.
    """
    at_work = _at_work.get()
    if at_work is None or not _repeatable.get():
        yield
        return
    journal, number = at_work
    with journal.postponable(number):
        yield


@contextmanager
def sending() -> Iterator[None]:
    """A message is on its way to Telegram, for the update at work if there is one."""
    at_work = _at_work.get()
    if at_work is None:
        yield
        return
    journal, number = at_work
    journal.move(number, Stage.SENDING)
    try:
        yield
    except RetryAfter:
        journal.move(number, Stage.WAITING)
        raise
    journal.move(number, Stage.SENT)


class Inbox(asyncio.Queue[object]):
    """The queue of updates, from which nothing is lost, in which nothing is twice.

    Both ways of receiving put an update here before they tell Telegram that it arrived.
    `is_question` tells which messages of a backlog may make way for later ones of their chat.
    """

    def __init__(self, journal: Journal, is_question: Callable[[Message], bool]) -> None:
        super().__init__()
        self.journal = journal
        self.backlog = Backlog(is_question)

    async def put(self, item: object) -> None:
        """Take an update in, unless it came before.

        A query that somebody is still typing is not written down: after a restart nobody waits for it.
        """
        if isinstance(item, Update) and item.inline_query is None:
            if not self.journal.arrive(item):
                LOG.info("update %s came again", item.update_id)
                return
            self.backlog.note(item)
        await super().put(item)

    async def take_up(self, bot: Bot) -> None:
        """Put in what the last process was not done with."""
        for left in self.journal.left_over():
            update = Update.de_json(json.loads(left.body), bot)
            self.backlog.note(update)
            await super().put(update)


class Backlog:
    """Questions that waited while the bot was away. Of a chat that has many, the last is answered."""

    def __init__(self, is_question: Callable[[Message], bool]) -> None:
        self._is_question = is_question
        self._started = datetime.now(UTC).replace(microsecond=0)  # Telegram tells whole seconds
        self._waiting: Counter[int] = Counter()
        self._all: Counter[int] = Counter()

    def note(self, update: Update) -> None:
        """Count an update that has come."""
        if (message := self._question(update)) is not None:
            self._waiting[message.chat_id] += 1
            self._all[message.chat_id] += 1

    def turn(self, update: Update) -> int | None:
        """An update's turn has come: None if it makes way, else how many made way for it."""
        if (message := self._question(update)) is None or not self._all[message.chat_id]:
            return 0
        self._waiting[message.chat_id] -= 1
        many = self._all[message.chat_id] > MANY
        if self._waiting[message.chat_id] > 0:
            return None if many else 0
        count = self._all.pop(message.chat_id)
        del self._waiting[message.chat_id]
        return count - 1 if many else 0

    def _question(self, update: Update) -> Message | None:
        message = update.message
        old = message is not None and message.date < self._started
        return message if old and message and self._is_question(message) else None
