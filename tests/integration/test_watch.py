"""A bot whose fetching died without a word fetches again, or ends so that somebody notices."""

from __future__ import annotations

import asyncio
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import Operation
from bot.errors import BotError
from bot.heartbeat import read_heartbeat
from bot.watch import POLLING_TASK, Pace
from tests.bot_api import BotApi, Json
from tests.fakes import FakeLibrary
from tests.integration.bot_api_server import BotApiServer
from tests.integration.serving import happens, serving

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Pace(beat=0.05, silence=1.0, restart=3.0)


class DeafApi(BotApi):
    """Takes the first `deaf` requests for updates and never answers them."""

    deaf = 1

    def _do_getUpdates(self, parameters: Json) -> list[Json]:  # noqa: N802
        if self.deaf > 0:
            self.deaf -= 1
            self._changed.wait_for(lambda: False, 15)
        return super()._do_getUpdates(parameters | {"timeout": 0.3})


async def test_fetching_that_hangs_is_begun_anew(caplog: pytest.LogCaptureFixture) -> None:
    with BotApiServer(DeafApi()) as server:
        async with serving(server, FakeLibrary(), operation=Operation(pace=QUICK)) as task:
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
        assert task.exception() is None
    assert "beginning to fetch them anew" in caplog.text


async def test_fetching_that_goes_on_hanging_ends_the_bot_with_a_sentence() -> None:
    api = DeafApi()
    api.deaf = 99
    with BotApiServer(api) as server:
        async with serving(server, FakeLibrary(), operation=Operation(pace=QUICK)) as task:
            await asyncio.wait({task}, timeout=20)
        with pytest.raises(BotError, match="no longer fetched"):
            task.result()


async def test_a_fetching_task_that_ends_by_itself_ends_the_bot_with_a_sentence() -> None:
    with BotApiServer() as server:
        async with serving(server, FakeLibrary(), operation=Operation(pace=QUICK)) as task:
            await happens(server.api, lambda: server.api.called("getUpdates"))
            await asyncio.sleep(0.2)
            for other in asyncio.all_tasks():
                if other.get_name() == POLLING_TASK:
                    other.cancel()
            await asyncio.wait({task}, timeout=20)
        with pytest.raises(BotError, match="no longer receives messages"):
            task.result()


async def test_trouble_that_is_told_does_not_make_it_begin_anew(caplog: pytest.LogCaptureFixture) -> None:
    with BotApiServer() as server:
        server.api.fail("getUpdates", 502, "Bad Gateway", times=2)
        async with serving(server, FakeLibrary(), operation=Operation(pace=Pace(beat=0.05, silence=5.0))):
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
    assert "anew" not in caplog.text


async def test_a_running_bot_leaves_a_sign_of_life_and_takes_it_away(tmp_path: Path) -> None:
    with BotApiServer() as server:
        async with serving(server, FakeLibrary(), operation=Operation(folder=tmp_path, pace=QUICK)):
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
            await asyncio.sleep(0.3)
            heartbeat = read_heartbeat(tmp_path)
            assert heartbeat is not None
            assert (heartbeat.process, heartbeat.waiting) == (os.getpid(), 0)
            assert heartbeat.complaint(heartbeat.written) is None
    assert read_heartbeat(tmp_path) is None


async def test_a_sign_of_life_that_is_being_written_at_the_end_is_gone_all_the_same(tmp_path: Path) -> None:
    with BotApiServer() as server:
        async with serving(server, FakeLibrary(), operation=Operation(folder=tmp_path, pace=Pace(beat=0.0))):
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
        await asyncio.sleep(0.2)
    assert read_heartbeat(tmp_path) is None


async def test_systemd_hears_that_the_bot_is_ready_alive_and_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, BotApiServer() as server:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        async with serving(server, FakeLibrary(), operation=Operation(pace=QUICK)):
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
            await asyncio.sleep(0.3)
            while len(heard) < 2:
                heard.append(manager.recv(100))
        rest = b""
        while rest != b"STOPPING=1":
            rest = manager.recv(100)
    assert heard == [b"READY=1", b"WATCHDOG=1"]
