"""The bot over HTTP, polling, as it really runs: first over a library that greps, then the whole process."""

from __future__ import annotations

import asyncio
import gc
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from telegram.error import Conflict

import index
from bot.app import BotError, build_application, serve
from bot.pacing import Rates
from bot.transport import make_bot
from tests.bot_api import TOKEN, BotApi
from tests.fakes import FakeLibrary
from tests.integration.bot_api_server import BotApiServer
from tests.integration.processes import ADMIN, articlebot, environment, process
from tests.integration.serving import happens, serving

SAMPLES = Path(index.__file__).parent / "samples"
QUESTION = "how much does Xiaomi plan to spend on R&D"
OTHER_QUESTION = "小米未來五年要投入多少研發費用？"
OPTIONS: dict[str, Any] = {"base_file_url": None, "local_mode": False, "request": None, "rates": Rates()}


# In this process


async def test_a_question_is_fetched_and_answered_over_http() -> None:
    with BotApiServer() as server:
        async with serving(server, FakeLibrary()) as task:
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
        assert task.exception() is None
        (answer,) = server.api.sent(1)
        assert answer["text"].startswith("It cost 340 million dollars")
        assert {entity["type"] for entity in answer["entities"]} == {"blockquote", "bold", "text_link"}
        assert server.api.called("getUpdates")[0].parameters["allowed_updates"] == [
            "message",
            "callback_query",
            "inline_query",
        ]


async def test_what_was_asked_before_the_end_is_answered_and_what_came_after_waits_for_the_restart() -> None:
    with BotApiServer() as server:
        library = FakeLibrary()
        library.gate.clear()
        async with serving(server, library):
            server.api.say("slowly 340 million")
            await happens(server.api, lambda: server.api.called("sendChatAction"))
            asyncio.get_running_loop().call_later(0.3, library.gate.set)  # after the signal to end
        assert len(server.api.sent(1)) == 1
        server.api.say("340 million", user=2)
        async with serving(server, FakeLibrary()):
            await happens(server.api, lambda: server.api.sent(2))
        assert [len(server.api.sent(chat)) for chat in (1, 2)] == [1, 1]


async def test_the_last_request_for_updates_need_not_wait_for_the_one_that_is_broken_off() -> None:
    with BotApiServer() as server:
        async with make_bot(TOKEN, base_url=server.url, **OPTIONS) as bot:
            broken_off = asyncio.create_task(bot.get_updates(timeout=30))
            await happens(server.api, lambda: server.api.called("getUpdates"))
            async with asyncio.timeout(10):
                assert await bot.get_updates(timeout=0) == ()
            with pytest.raises(Conflict):
                await broken_off


async def test_a_server_that_knows_only_how_to_fetch_and_send_is_enough() -> None:
    api = BotApi(lacks={"deleteWebhook", "setMyCommands", "sendChatAction"})
    with BotApiServer(api) as server:
        async with serving(server, FakeLibrary()):
            api.say("340 million")
            await happens(api, lambda: api.sent(1))


async def test_trouble_while_fetching_passes() -> None:
    with BotApiServer() as server:
        server.api.fail("getUpdates", 502, "Bad Gateway")
        async with serving(server, FakeLibrary()):
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))


async def test_a_second_program_with_the_same_token_is_named_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with BotApiServer() as server:
        server.api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
        async with serving(server, FakeLibrary()):
            server.api.say("340 million")
            await happens(server.api, lambda: server.api.sent(1))
    assert "another program is fetching this bot's messages" in caplog.text


async def test_a_fetch_that_fails_as_the_bot_stops_leaves_no_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with BotApiServer() as server:
        async with make_bot(TOKEN, base_url=server.url, **OPTIONS) as bot:
            server.api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request")
            left_alone = asyncio.create_task(bot.get_updates(timeout=0))
            await asyncio.wait([left_alone])
    del left_alone
    gc.collect()
    assert "never retrieved" not in caplog.text


async def test_a_refused_token_is_one_clear_sentence_without_the_token() -> None:
    with BotApiServer() as server:
        application = build_application("123:wrong", FakeLibrary(), base_url=server.url)
        with pytest.raises(BotError, match="Telegram refused the bot's token") as caught:
            await serve(application)
    assert "123:wrong" not in str(caught.value)


async def test_an_unreachable_server_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    application = build_application(TOKEN, FakeLibrary(), base_url=f"http://127.0.0.1:{port}")
    with pytest.raises(BotError, match="Telegram could not be reached"):
        await serve(application)


def test_no_token_is_one_clear_sentence() -> None:
    with pytest.raises(BotError, match="There is no bot token"):
        build_application("  ", FakeLibrary())


async def test_a_token_revoked_while_the_bot_runs_ends_it_with_a_sentence() -> None:
    with BotApiServer() as server:
        server.api.fail("getUpdates", 401, "Unauthorized", times=99)
        async with serving(server, FakeLibrary()) as task:
            await asyncio.wait({task}, timeout=20)
        with pytest.raises(BotError, match="no longer accepts"):
            task.result()


# The whole process


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library built from the sample articles by `articlebot index`."""
    folder = tmp_path_factory.mktemp("library")
    subprocess.run(articlebot("index", str(SAMPLES), "--library", str(folder)), check=True, timeout=120)
    return folder


def test_the_process_answers_with_a_cited_blockquote_and_ends_cleanly(library: Path) -> None:
    with BotApiServer() as server, process(server, library):
        server.api.say(QUESTION)
        server.api.wait(lambda: bool(server.api.sent(1)), 60)
    answer = server.api.sent(1)[0]
    assert any("blockquote" in entity["type"] for entity in answer["entities"])
    assert "2000" in answer["text"] or "200 billion" in answer["text"]
    assert "Xiaomi" in answer["text"] or "小米" in answer["text"]
    assert "2025" in answer["text"]


def test_a_follow_up_is_answered_from_the_question_before_until_new_is_sent(library: Path) -> None:
    with BotApiServer() as server, process(server, library):
        for asked, told in enumerate([QUESTION, "and in 2024?", "/new", "and in 2024?"], start=1):
            server.api.say(told)
            server.api.wait(lambda count=asked: len(server.api.sent(1)) == count, 60)  # type: ignore[misc] # mypy infers no type for a default
    _, followed, _, alone = server.api.sent(1)
    assert followed["text"].startswith("Understood as: ")
    assert "240" in followed["text"]
    assert "Understood as" not in alone["text"]


def write_lists(folder: Path, count: int) -> None:
    """Articles enough that a build takes a few seconds."""
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = "\n\n".join(f"Item {n} of list {number} is a wooden chair." for n in range(40))
        (folder / f"list-{number}.txt").write_text(f"List {number}\n\n{text}\n", encoding="utf-8")


def test_an_admin_watches_a_reindex_while_others_go_on_asking(library: Path, tmp_path: Path) -> None:
    write_lists(tmp_path / "more", 1)
    subprocess.run(
        articlebot("index", str(tmp_path / "more"), "--library", str(library)), check=True, timeout=120
    )
    write_lists(tmp_path / "more", 80)
    with BotApiServer() as server, process(server, library):
        api = server.api
        api.say("/reindex", user=5)
        api.say("/reindex", user=ADMIN)
        api.wait(lambda: bool(api.called("editMessageText")), 60)
        api.say(OTHER_QUESTION, user=2, language="zh-hant")
        api.wait(lambda: bool(api.sent(2)), 60)
        api.wait(lambda: "Added: 79" in api.sent(ADMIN)[0]["text"], 200)
    assert "only the bot's admins" in api.sent(5)[0]["text"]
    assert "小米" in api.sent(2)[0]["text"]
    (answered,) = [call.at for call in api.called("sendMessage") if call.parameters["chat_id"] == 2]
    assert answered < api.called("editMessageText")[-1].at
    (told,) = api.sent(ADMIN)
    assert any(" of " in text for text in api.edits(told)[1:-1])


def test_what_is_asked_between_two_runs_is_answered_by_the_second(library: Path) -> None:
    with BotApiServer() as server:
        with process(server, library):
            server.api.say("/start")
            server.api.wait(lambda: bool(server.api.sent(1)), 60)
        server.api.say(QUESTION, user=2)
        with process(server, library):
            server.api.wait(lambda: bool(server.api.sent(2)), 60)
    assert [len(server.api.sent(chat)) for chat in (1, 2)] == [1, 1]


def test_the_process_ends_with_a_sentence_and_an_error_code_if_the_token_is_refused(library: Path) -> None:
    with BotApiServer() as server:
        done = subprocess.run(
            articlebot("run", "--library", str(library)),
            env=environment(server) | {"TELEGRAM_BOT_TOKEN": "123:wrong"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert "Telegram refused the bot's token" in done.stderr
    assert "123:wrong" not in done.stderr
    assert "Traceback" not in done.stderr
