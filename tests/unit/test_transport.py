import asyncio
from typing import Any

import pytest
from telegram import Update

from bot.journal import Journal
from bot.pacing import Rates
from bot.state import State
from bot.transport import ChatOrder, file_url, make_bot, method_url
from tests.bot_api import TOKEN, BotApi

SERVER = "http://127.0.0.1:8081"


@pytest.mark.parametrize("given", [SERVER, f"{SERVER}/", f"{SERVER}/bot", f"{SERVER}/bot/", f" {SERVER} "])
def test_a_servers_address_may_end_in_bot_or_not(given: str) -> None:
    assert method_url(given) == f"{SERVER}/bot"
    assert file_url(given, None) == f"{SERVER}/file/bot"


@pytest.mark.parametrize("given", [f"{SERVER}/file/bot", f"{SERVER}/file", SERVER, f"{SERVER}/bot"])
def test_files_come_from_their_own_address_if_one_is_given(given: str) -> None:
    assert file_url("http://elsewhere.example", given) == f"{SERVER}/file/bot"


def test_without_an_address_it_is_telegrams() -> None:
    assert method_url(None) == "https://api.telegram.org/bot"
    assert file_url(None, None) == "https://api.telegram.org/file/bot"


def test_an_address_with_a_place_for_the_token_is_left_alone() -> None:
    assert method_url(f"{SERVER}/test{{token}}/x") == f"{SERVER}/test{{token}}/x"


async def test_one_chats_updates_stay_in_order_while_another_chats_pass_by() -> None:
    state = State()
    order, log, slow = ChatOrder(Journal(state.updates, "1")), [], asyncio.Event()

    async def work(name: str, *, wait: bool = False) -> None:
        if wait:
            await slow.wait()
        log.append(name)

    def update(chat: int) -> Update:
        made = Update.de_json(BotApi().say("x", user=chat), None)
        assert made is not None
        return made

    tasks = [
        asyncio.create_task(order.process_update(update(1), work("first", wait=True))),
        asyncio.create_task(order.process_update(update(1), work("second"))),
        asyncio.create_task(order.process_update(update(2), work("other chat"))),
    ]
    await tasks[2]
    assert log == ["other chat"]
    slow.set()
    await asyncio.gather(*tasks)
    assert log == ["other chat", "first", "second"]
    assert not order._locks
    state.close()


def test_a_server_on_this_machine_may_share_its_disk() -> None:
    options: dict[str, Any] = {"base_url": SERVER, "base_file_url": None, "request": None, "rates": Rates()}
    assert [make_bot(TOKEN, local_mode=local, **options).local_mode for local in (False, True)] == [
        False,
        True,
    ]
