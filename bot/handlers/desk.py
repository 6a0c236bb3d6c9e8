"""What every handler works with: the library, who is an admin, and where work is done."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from telegram import Message, Update
from telegram.ext import CallbackContext, ExtBot

from bot.state import State, StateError
from bot.texts import Texts, language_for, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from bot.door import Door
    from bot.handlers.rebuilding import Rebuilding
    from bot.metrics import Metrics
    from index import (
        Answer,
        Article,
        BuildReport,
        Hit,
        Listing,
        NotFound,
        Progress,
        Quote,
        Source,
        Status,
        Within,
    )

LOG = logging.getLogger(__name__)
Result = TypeVar("Result")

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


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything handlers share. `pool` does what would keep the event loop from other chats."""

    library: Library
    state: State
    admins: Collection[int]
    pool: Executor
    rebuilding: Rebuilding
    log_questions: bool
    metrics: Metrics
    door: Door

    async def work(self, task: Callable[..., Result], *arguments: object) -> Result:
        """The result of a function that takes its time, run in the pool."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, task, *arguments)


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
    try:
        chosen = desk.state.people.language(user.id)
    except StateError as error:
        LOG.warning("a person's choice of language could not be read: %s", error)
        chosen = None
    return texts_in(chosen or language_for(user.language_code))
