"""The bot with a webhook, over HTTP: Telegram brings the messages, and nobody else can."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from bot.app import Operation, build_application, serve
from bot.errors import BotError
from bot.updates import Webhook
from bot.watch import Pace
from tests.bot_api import TOKEN, BotApi
from tests.fakes import FakeLibrary
from tests.integration.bot_api_server import BotApiServer, post
from tests.integration.processes import articlebot, environment
from tests.integration.serving import happens, serving

if TYPE_CHECKING:
    from pathlib import Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def webhook() -> Webhook:
    port = free_port()
    return Webhook(f"http://127.0.0.1:{port}/tele.gram", f"127.0.0.1:{port}")


async def listening(server: BotApiServer) -> None:
    """Wait until the bot has told Telegram where to bring its messages, and listens there."""
    await happens(server.api, lambda: server.api.webhook)
    await asyncio.sleep(0.2)


async def test_a_message_is_brought_and_answered_and_the_bot_fetches_nothing() -> None:
    with BotApiServer() as server:
        async with serving(server, FakeLibrary(), operation=Operation(webhook())) as task:
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
        assert task.exception() is None
        assert not server.api.called("getUpdates")
        (told,) = server.api.called("setWebhook")
        assert told.parameters["allowed_updates"][0] == "message"
        assert len(told.parameters["secret_token"]) == 64
        assert TOKEN not in str(told.parameters)


@pytest.mark.parametrize("secret", [None, "", "wrong"])
async def test_a_message_without_the_secret_is_refused_and_does_nothing(secret: str | None) -> None:
    with BotApiServer() as server:
        hook = webhook()
        async with serving(server, FakeLibrary(), operation=Operation(hook)):
            await listening(server)
            forged = BotApi().say("340 million", user=666)
            assert await asyncio.to_thread(post, hook.url, forged, secret) == 403
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
        assert not server.api.sent(666)


async def test_another_path_is_no_webhook() -> None:
    with BotApiServer() as server:
        hook = webhook()
        async with serving(server, FakeLibrary(), operation=Operation(hook)):
            await listening(server)
            secret = server.api.webhook["secret_token"]
            url = hook.url.replace("tele.gram", "telexgram")
            assert await asyncio.to_thread(post, url, {"update_id": 1}, secret) == 404


async def test_what_was_brought_before_the_end_is_answered_and_what_comes_after_waits() -> None:
    with BotApiServer() as server:
        hook, library = webhook(), FakeLibrary()
        library.gate.clear()
        async with serving(server, library, operation=Operation(hook)):
            server.api.say("slowly 340 million")
            await happens(server.api, lambda: server.api.called("sendChatAction"))
            asyncio.get_running_loop().call_later(0.3, library.gate.set)  # after the signal to end
        assert len(server.api.sent(1)) == 1
        server.api.say("340 million", user=2)
        async with serving(server, FakeLibrary(), operation=Operation(hook)):
            await happens(server.api, lambda: server.api.sent(2))
        assert [len(server.api.sent(chat)) for chat in (1, 2)] == [1, 1]


async def test_one_setting_switches_to_a_webhook_and_back() -> None:
    with BotApiServer() as server:
        for number, operation in enumerate([Operation(webhook()), Operation(), Operation(webhook())]):
            async with serving(server, FakeLibrary(), operation=operation):
                server.api.say("340 million", user=number + 1)
                await happens(server.api, lambda chat=number + 1: server.api.sent(chat))


async def test_a_socket_of_the_machine_serves_as_well_as_a_port(tmp_path: Path) -> None:
    path = tmp_path / "webhook.sock"
    with BotApiServer() as server:
        operation = Operation(Webhook("http://127.0.0.1:9/telegram", f"unix:{path}"))
        async with serving(server, FakeLibrary(), operation=operation):
            await listening(server)
            assert path.stat().st_mode & 0o777 == 0o660
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"POST /telegram HTTP/1.0\r\nContent-Type: application/json\r\n\r\n")
            assert b" 403 " in await reader.readline()
            writer.close()


async def test_a_webhook_that_somebody_took_away_is_set_again(caplog: pytest.LogCaptureFixture) -> None:
    with BotApiServer() as server:
        operation = Operation(webhook(), pace=Pace(beat=0.1, webhook=0.3))
        async with serving(server, FakeLibrary(), operation=operation):
            await listening(server)
            server.api.call(TOKEN, "deleteWebhook", {})
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
    assert "told to bring messages elsewhere" in caplog.text


async def test_a_place_that_is_taken_is_one_clear_sentence() -> None:
    with BotApiServer() as server, socket.create_server(("127.0.0.1", 0)) as taken:
        hook = Webhook("http://127.0.0.1:9/telegram", f"127.0.0.1:{taken.getsockname()[1]}")
        application = build_application(TOKEN, FakeLibrary(), base_url=server.url, operation=Operation(hook))
        with pytest.raises(BotError, match=r"cannot listen at 127\.0\.0\.1:\d+ \(.*in use.*webhook_listen"):
            await serve(application)


def test_the_process_takes_the_webhook_from_its_settings(sample_library: Path, tmp_path: Path) -> None:
    library = shutil.copytree(sample_library, tmp_path / "library")  # the bot leaves its memory in it
    hook = webhook()
    with BotApiServer() as server:
        bot = subprocess.Popen(
            articlebot("run", "--library", str(library)),
            env=environment(server)
            | {
                "ARTICLEBOT_TELEGRAM__WEBHOOK_URL": hook.url,
                "ARTICLEBOT_TELEGRAM__WEBHOOK_LISTEN": hook.listen,
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            server.api.say("小米未來五年要投入多少研發費用？", language="zh-hant")
            server.api.wait(lambda: bool(server.api.sent(1)), 60)
            assert post(hook.url, {"update_id": 1}, None) == 403
            health = subprocess.run(
                articlebot("health", "--library", str(library)),
                capture_output=True,
                text=True,
                check=False,
            )
            assert health.returncode == 0, health.stderr
            bot.send_signal(signal.SIGTERM)
            _, errors = bot.communicate(timeout=60)
        finally:
            bot.kill()
            bot.communicate()
    assert bot.returncode == 0, errors
    assert "小米" in server.api.sent(1)[0]["text"]
    assert TOKEN not in errors
    assert "Traceback" not in errors
