"""What every handler works with: the library, who is an admin, and where work is done."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, TypeVar

from telegram import Message, Update
from telegram.ext import CallbackContext, ExtBot

from bot.limits import Buckets
from bot.state import State, StateError
from bot.texts import Texts, language_for, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from bot.door import Door
    from bot.handlers.acquisitions import Acquisitions
    from bot.handlers.rebuilding import Rebuilding
    from bot.metrics import Metrics
    from bot.watching import Watcher
    from index import (
        Answer,
        Article,
        Backup,
        BuildReport,
        Feed,
        Hit,
        Listing,
        NotFound,
        Page,
        Progress,
        Quote,
        Source,
        Status,
        Within,
    )

LOG = logging.getLogger(__name__)
Result = TypeVar("Result")
ALARMS_A_MINUTE: Final = 3

# The three `Any` are python-telegram-bot's places for user data, chat data and bot data. All that
# handlers share is in the `Desk`; a chat's own data holds what it remembers of its last messages.
Bot: TypeAlias = ExtBot[int]
Context: TypeAlias = CallbackContext[Bot, Any, Any, Any]


class Library(Protocol):
    """What the bot needs of `index.Library`, which is safe to use from many threads."""

    def ask(
        self, question: str, *, turns: Sequence[str] = (), within: Within | None = None
    ) -> Answer | NotFound:
        """The answer, or that there is none; `turns` are the questions this one may refer to."""

    def is_at_hand(self, question: str, *, turns: Sequence[str] = (), within: Within | None = None) -> bool:
        """Whether `ask` would answer at once."""

    def article(self, id: str) -> Article:  # noqa: A002  the record's own name for it
        """The article of that id as it is quoted now; raises ArticleNotFound."""

    def browse(
        self, start: int, count: int, *, words: str = "", outlets: Collection[str | None] | None = None
    ) -> Listing:
        """A page of the articles, newest first, some by their titles or their outlets."""

    def search(self, question: str, count: int = 10) -> tuple[Hit, ...]:
        """The best passages for a question, best first; raises as `ask` does."""

    def latest(self, count: int) -> tuple[Article, ...]:
        """The newest articles."""

    def sources(self) -> tuple[Source, ...]:
        """The outlets, those with the most articles first."""

    def summary(self, id: str, *, count: int = 3) -> tuple[Quote, ...]:  # noqa: A002  as above
        """An article's own sentences that stand best for it; raises as `ask` does, and ArticleNotFound."""

    def build(self, places: Sequence[Path], *, progress: Callable[[Progress], None] = ...) -> BuildReport:
        """Bring the library up to date with files and folders."""

    def status(self) -> Status:
        """What the library holds."""

    def find(self, words: str, *, count: int | None = None) -> tuple[Article, ...]:
        """The articles whose titles hold all the words, newest first."""

    def read(self, content: bytes, name: str, *, url: str | None = None) -> Article:
        """The article that a file of that content would be; raises ArticleError."""

    def read_page(self, page: Page) -> Article:
        """The article in a page that was fetched; raises ArticleError."""

    def read_feed(self, page: Page) -> Feed:
        """The feed in a page that was fetched; raises FeedError."""

    def twin(self, article: Article) -> Article | None:
        """The article with this one's text or else its address."""

    def add(
        self, article: Article | Sequence[Article], *, progress: Callable[[Progress], None] = ...
    ) -> BuildReport:
        """Put articles without a file into the library."""

    def remove(self, id: str, *, compact: bool = True) -> Article:  # noqa: A002  as above
        """Take an article out; raises ArticleNotFound."""

    def purge(self, *, progress: Callable[[Progress], None] = ...) -> None:
        """Have nothing of what was removed without `compact` stay on the disk."""

    def backup(self, file: Path, *, small: bool = False) -> Backup:
        """Write the library into one file; raises BackupError."""

    def restore(
        self,
        file: Path,
        how: Literal["new", "replace", "merge"],
        *,
        progress: Callable[[Progress], None] = ...,
    ) -> BuildReport:
        """Take the articles of such a file over; raises BackupError before anything is changed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything handlers share.

    `pool` does what would keep the event loop from other chats; `counter` what takes no time
    worth speaking of, and shall not stand in line with what does.
    """

    library: Library
    state: State
    admins: Collection[int]
    pool: Executor
    rebuilding: Rebuilding
    log_questions: bool
    metrics: Metrics
    door: Door
    acquisitions: Acquisitions
    watcher: Watcher | None
    counter: Executor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="counter"))
    alarms: Buckets = field(default_factory=lambda: Buckets(ALARMS_A_MINUTE))

    @property
    def owner(self) -> int | None:
        """Who runs the bot, and is told when something breaks: the owner, else one of the admins."""
        return self.door.policy.owner or min(self.admins, default=None)

    async def work(self, task: Callable[..., Result], *arguments: object) -> Result:
        """The result of a function that takes its time, run in the pool."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, task, *arguments)

    async def work_at_once(self, task: Callable[..., Result], *arguments: object) -> Result:
        """The result of a function that takes a few milliseconds at most."""
        return await asyncio.get_running_loop().run_in_executor(self.counter, task, *arguments)

    def close(self) -> None:
        """End the threads, once what they do is done."""
        self.pool.shutdown()
        self.counter.shutdown()


def message_in(update: Update) -> Message:
    """The message of an update, which every update that reaches a handler has."""
    message = update.effective_message
    if message is None:
        raise ValueError(f"update {update.update_id} holds no message")
    return message


def texts_for(desk: Desk, update: object) -> Texts:
    """The sentences in the language that whoever sent the update chose, else in their Telegram's."""
    user = update.effective_user if isinstance(update, Update) else None
    if user is None:
        return texts_in(language_for(None))
    return _texts(desk, user.id, user.language_code)


def texts_of(desk: Desk, person: int) -> Texts:
    """The sentences in the language that a person chose."""
    return _texts(desk, person, None)


def _texts(desk: Desk, person: int, code: str | None) -> Texts:
    try:
        chosen = desk.state.people.language(person)
    except StateError as error:
        LOG.warning("a person's choice of language could not be read: %s", error)
        chosen = None
    return texts_in(chosen or language_for(code))
