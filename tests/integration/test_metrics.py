"""The bot's metrics over HTTP, on this machine only."""

from __future__ import annotations

import asyncio
import re
import socket
import urllib.request

import pytest

from bot.app import Operation, build_application, serve
from bot.errors import BotError
from tests.bot_api import TOKEN
from tests.fakes import FakeLibrary
from tests.integration.bot_api_server import BotApiServer
from tests.integration.serving import happens, serving
from tests.integration.test_webhook import free_port


async def scraped(port: int, questions: int) -> str:
    """The metrics once they count so many questions and none is worked on, a while after the answers."""

    def read() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as response:
            return str(response.read().decode())

    for _ in range(200):
        text = await asyncio.to_thread(read)
        counted, waiting = (
            value(text, "articlebot_ask_seconds_count"),
            value(text, "articlebot_updates_waiting"),
        )
        if counted >= questions and not waiting:
            return text
        await asyncio.sleep(0.05)
    raise AssertionError(text)


def value(text: str, name: str) -> float:
    (found,) = re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found)


async def test_what_the_bot_does_is_counted_without_anything_that_leads_to_a_person() -> None:
    port = free_port()
    with BotApiServer() as server:
        async with serving(server, FakeLibrary(), operation=Operation(metrics_port=port)):
            server.api.say("340 million", user=31337)
            server.api.say("茶園", user=2)
            server.api.say("nothing of the kind", user=3)
            await happens(server.api, lambda: all(server.api.sent(chat) for chat in (31337, 2, 3)))
            text = await scraped(port, 3)
    assert value(text, 'articlebot_questions_total{language="en",outcome="answered"}') == 1
    assert value(text, 'articlebot_questions_total{language="en",outcome="not_found"}') == 1
    assert value(text, "articlebot_ask_seconds_count") == 3
    assert 0 < value(text, "articlebot_send_seconds_sum") < 60
    assert value(text, "articlebot_articles") == 3
    assert value(text, "articlebot_passages") >= 3
    assert value(text, "articlebot_updates_waiting") == 0
    assert value(text, "articlebot_errors_total") == 0
    assert value(text, "process_resident_memory_bytes") > 1_000_000
    assert "31337" not in text
    assert "340 million" not in text


async def test_an_error_is_counted() -> None:
    port, library = free_port(), FakeLibrary()
    library.trouble = RuntimeError("broken")
    with BotApiServer() as server:
        async with serving(server, library, operation=Operation(metrics_port=port)):
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
            text = await scraped(port, 1)
    assert value(text, "articlebot_errors_total") == 1
    assert value(text, 'articlebot_questions_total{language="en",outcome="failed"}') == 1


async def test_without_a_port_nothing_listens_and_a_taken_one_is_one_clear_sentence() -> None:
    with BotApiServer() as server, socket.create_server(("127.0.0.1", 0)) as taken:
        operation = Operation(metrics_port=taken.getsockname()[1])
        application = build_application(TOKEN, FakeLibrary(), base_url=server.url, operation=operation)
        with pytest.raises(BotError, match=r"metrics cannot be served on port .*metrics_port"):
            await serve(application)
