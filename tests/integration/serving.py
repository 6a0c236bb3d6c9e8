"""The bot in this process, over HTTP, against a Bot API server of the tests."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot.app import build_application, serve
from tests.bot_api import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.bot_api import BotApi
    from tests.fakes import FakeLibrary
    from tests.integration.bot_api_server import BotApiServer


@asynccontextmanager
async def serving(
    server: BotApiServer,
    library: FakeLibrary,
    **options: Any,  # noqa: ANN401  passed on as they come
) -> AsyncIterator[asyncio.Task[None]]:
    """The bot at work; leaving ends it with SIGTERM, as an operator would."""
    application = build_application(TOKEN, library, **{"base_url": server.url, **options})
    task = asyncio.create_task(serve(application))
    try:
        yield task
    finally:
        if not task.done():
            os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 20)


async def happens(api: BotApi, condition: Callable[[], Any]) -> None:
    """Wait until a condition holds."""
    await asyncio.to_thread(api.wait, lambda: bool(condition()))
