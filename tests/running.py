"""A whole bot over a `BotApi` in the same process, without polling: updates are put in its queue."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from telegram import Update

from bot.app import ArticlebotApplication, build_application
from bot.pacing import Rates
from tests.bot_api import TOKEN, BotApi, FakeTransport, Json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes import FakeLibrary

ADMIN = 99
PLACES = (Path("articles"),)
AT_ONCE = Rates(a_second=0, chat_seconds=0, group_a_minute=0)  # a test that is no test of it does not wait


class Chats:
    """What a test needs to talk with the bot."""

    def __init__(self, api: BotApi, application: ArticlebotApplication) -> None:
        self.api = api
        self.application = application

    async def hand_over(self, update: Json) -> None:
        """Give the bot an update, without waiting for what it does."""
        await self.application.update_queue.put(Update.de_json(update, self.application.bot))

    async def say(
        self, text: str | None, *, user: int = 1, language: str = "en", **fields: object
    ) -> list[Json]:
        """Write to the bot and wait until it is done; returns what the bot has sent to that chat since."""
        update = self.api.say(text, user=user, language=language, **fields)
        chat = update["message"]["chat"]["id"]
        before = len(self.api.sent(chat))
        await self.hand_over(update)
        await self.application.update_queue.join()
        return self.api.sent(chat)[before:]

    async def press(
        self, message: Json, button: str, *, user: int = 1, language: str = "en", data: str | None = None
    ) -> Json:
        """Press a button and wait until it is done; returns what the press was answered with."""
        update = self.api.press(message, button, user=user, language=language, data=data)
        await self.hand_over(update)
        await self.application.update_queue.join()
        answer = self.api.toast(update)
        assert answer is not None, "the press was not answered"
        return answer

    async def type(self, words: str, *, user: int = 1, language: str = "en") -> Json:
        """Type an inline query and wait until it is done; returns what it was answered with."""
        update = self.api.type(words, user=user, language=language)
        await self.hand_over(update)
        await self.application.update_queue.join()
        offered = self.api.offered(update)
        assert offered is not None, "the query was not answered"
        return offered


@asynccontextmanager
async def running(
    api: BotApi,
    library: FakeLibrary,
    **options: Any,  # noqa: ANN401  passed on as they come
) -> AsyncIterator[Chats]:
    """The bot at work; leaving waits until it has ended."""
    application = build_application(
        TOKEN,
        library,
        request=FakeTransport(api),
        **{"admins": [ADMIN], "places": PLACES, "rates": AT_ONCE, **options},
    )
    async with application:
        await application.start()
        try:
            yield Chats(api, application)
        finally:
            library.gate.set()
            await application.stop()
