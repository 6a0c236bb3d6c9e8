"""Updates over the end of a process: none is lost, none is worked on twice, and doubt is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest
from telegram.error import NetworkError, RetryAfter, TimedOut

from bot.journal import Journal, postponable, repeatable, sending
from bot.state import Stage, State, StateError
from bot.state.database import Database
from bot.state.presence import Presence
from bot.state.updates import Updates
from tests.bot_api import BotApi, Json
from tests.fakes import FakeLibrary
from tests.running import Chats, running

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}
INTERRUPTED = "I was restarted just as I was answering this."


@asynccontextmanager
async def over(
    api: BotApi,
    path: Path,
    library: FakeLibrary | None = None,
    **options: Any,  # noqa: ANN401  passed on as they come
) -> AsyncIterator[Chats]:
    async with running(api, library or FakeLibrary(), state=State(path / "bot.sqlite"), **options) as chats:
        yield chats
        await chats.application.update_queue.join()


def killed(path: Path, *updates: Json, stage: int = 0, tries: int = 0) -> None:
    """What a process that was killed leaves: updates that had come this far."""
    state = State(path / "bot.sqlite")
    for update in updates:
        left = {"update_id": update["update_id"], "message": update["message"]}
        state.updates.arrive("4242", update["update_id"], json.dumps(left))
        state._database.run("UPDATE updates SET stage = ?, tries = ?", (stage, tries))
    state.close()


def texts(api: BotApi, chat: int = 1) -> list[str]:
    return [message["text"] for message in api.sent(chat)]


async def test_an_update_that_comes_twice_is_answered_once(tmp_path: Path) -> None:
    api = BotApi()
    async with over(api, tmp_path) as chats:
        update = api.say("340 million")
        for _ in range(3):
            await chats.hand_over(update)
            await chats.application.update_queue.join()
    async with over(api, tmp_path) as chats:
        await chats.hand_over(update)
    assert len(api.sent(1)) == 1


async def test_updates_out_of_order_are_all_answered(tmp_path: Path) -> None:
    api = BotApi()
    updates = [api.say("340 million", user=user) for user in range(1, 6)]
    async with over(api, tmp_path) as chats:
        for at in (3, 0, 4, 0, 2, 1, 3):
            await chats.hand_over(updates[at])
    assert [len(api.sent(user)) for user in range(1, 6)] == [1] * 5


async def test_what_a_killed_process_had_fetched_is_answered_by_the_next_in_order(tmp_path: Path) -> None:
    api = BotApi()
    killed(tmp_path, api.say("340 million"), api.say("/help"), tries=2)
    async with over(api, tmp_path):
        pass
    answer, second = texts(api)
    assert answer.startswith("It cost 340 million")
    assert second.startswith("Write a question")


async def test_where_an_answer_was_on_its_way_the_person_is_told_so_instead(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary()
    killed(tmp_path, api.say("340 million", language="en"), stage=1)
    async with over(api, tmp_path, library):
        pass
    async with over(api, tmp_path, library):
        pass
    (told,) = api.sent(1)
    assert told["text"].startswith(INTERRUPTED)
    assert told["reply_to_message"]["text"] == "340 million"
    assert library.asked == []


async def test_what_was_sent_is_not_sent_again(tmp_path: Path) -> None:
    api = BotApi()
    killed(tmp_path, api.say("340 million"), stage=2)
    async with over(api, tmp_path):
        pass
    assert texts(api) == []
    state = State(tmp_path / "bot.sqlite")
    assert state.updates.unfinished("4242") == []
    state.close()


async def test_an_update_over_which_processes_ended_is_given_up_with_a_word(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary()
    killed(tmp_path, api.say("340 million"), tries=3)
    async with over(api, tmp_path, library):
        pass
    assert library.asked == []
    assert texts(api)[0].startswith(INTERRUPTED)


def test_how_far_an_update_is_stands_in_the_state_at_every_moment() -> None:
    state = State()
    journal = Journal(state.updates, "1")
    state.updates.arrive("1", 7, "{}")

    def stage() -> int:
        return int(state._database.run("SELECT stage FROM updates")[0][0])

    with journal.working(7):
        with pytest.raises(RetryAfter), sending():
            raise RetryAfter(1)
        assert stage() == Stage.WAITING, "Telegram has said that it did not take the message"
        with pytest.raises(TimedOut), sending():
            raise TimedOut
        assert stage() == Stage.SENDING, "nobody knows"
        with sending():
            pass
        assert stage() == Stage.SENT
    assert state._database.run("SELECT stage, body FROM updates") == [(Stage.DONE, None)]
    with sending():  # as a menu that is set for no update
        pass
    state.close()


async def test_it_is_written_down_before_a_message_goes_out() -> None:
    class LastWords(BotApi):
        def _do_sendMessage(self, parameters: Json) -> Json:  # noqa: N802  the method's name
            stages.extend(state._database.run("SELECT stage FROM updates"))
            return super()._do_sendMessage(parameters)

    state, stages = State(), list[tuple[int]]()
    async with running(LastWords(), FakeLibrary(), state=state) as chats:
        await chats.say("340 million")
    assert stages == [(Stage.SENDING,)]


async def test_a_query_that_somebody_was_typing_is_not_taken_up_again() -> None:
    state, api = State(), BotApi()
    sender = {"id": 1, "is_bot": False, "first_name": "Person"}
    query = {"id": "1", "from": sender, "query": "340", "offset": ""}
    async with running(api, FakeLibrary(), state=state) as chats:
        await chats.hand_over({"update_id": 7, "inline_query": query})
        await chats.application.update_queue.join()
        assert state.updates.unfinished("4242") == []
        assert state._database.run("SELECT count(*) FROM updates") == [(0,)]


async def test_another_bots_updates_over_the_same_state_are_its_own(tmp_path: Path) -> None:
    api = BotApi()
    update = api.say("340 million")
    state = State(tmp_path / "bot.sqlite")
    state.updates.arrive("another", update["update_id"], "{}")
    state.close()
    async with over(api, tmp_path) as chats:
        await chats.hand_over(update)
    assert len(api.sent(1)) == 1


async def test_a_state_that_fails_costs_the_journal_and_no_answer(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise StateError("the disk is full")

    api = BotApi()
    for name in ("arrive", "begin", "move", "finish", "unfinished"):
        monkeypatch.setattr(Updates, name, fail)
    async with running(api, FakeLibrary()) as chats:
        assert len(await chats.say("340 million")) == 1
    assert "the disk is full" in caplog.text


# Many that waited


def long_ago(text: str, api: BotApi, **fields: Any) -> Json:  # noqa: ANN401  of the message
    return api.say(text, date=int(time()) - 600, **fields)


async def handed_over(api: BotApi, updates: list[Json], path: Path) -> None:
    async with over(api, path) as chats:
        for update in updates:
            await chats.hand_over(update)


async def test_of_many_questions_that_waited_the_last_is_answered_and_that_is_said(tmp_path: Path) -> None:
    api = BotApi()
    waited = [long_ago(f"{price} million", api) for price in (1, 2, 3, 4, 340)]
    await handed_over(api, [*waited, long_ago("340 million", api, user=2)], tmp_path)
    said, answer = texts(api)
    assert said.startswith("While I was away you also sent 4 earlier messages")
    assert answer.startswith("It cost 340 million")
    assert len(api.sent(2)) == 1


async def test_a_few_that_waited_are_all_answered(tmp_path: Path) -> None:
    api = BotApi()
    await handed_over(api, [long_ago("340 million", api) for _ in range(3)], tmp_path)
    assert [text[:7] for text in texts(api)] == ["It cost"] * 3


async def test_commands_that_waited_and_what_is_new_are_all_answered(tmp_path: Path) -> None:
    api = BotApi()
    async with over(api, tmp_path) as chats:
        for _ in range(5):
            await chats.hand_over(long_ago("/help", api))
        for _ in range(5):
            await chats.hand_over(api.say("340 million", date=int(time()) + 1))
    assert len(texts(api)) == 10


async def test_what_people_of_a_group_told_each_other_meanwhile_is_not_counted(tmp_path: Path) -> None:
    api = BotApi()
    talk = [long_ago("see you at noon", api, chat=GROUP) for _ in range(9)]
    mention = {"entities": [{"type": "mention", "offset": 0, "length": 18}]}
    asked = [long_ago("@articles_test_bot 340 million", api, chat=GROUP, **mention) for _ in range(2)]
    await handed_over(api, [*talk, *asked], tmp_path)
    assert [text[:7] for text in texts(api, GROUP["id"])] == ["It cost"] * 2  # type: ignore[arg-type]  # a number


# The table


def test_what_is_older_than_a_day_is_forgotten_and_its_number_later() -> None:
    now = [1000.0]
    database = Database(None, clock=lambda: now[0])
    updates = Updates(database, Presence(None))
    updates.arrive("1", 7, "{}")
    now[0] += 86_400
    assert [each.number for each in updates.unfinished("1")] == [7]
    now[0] += 1
    assert updates.unfinished("1") == []
    assert not updates.arrive("1", 7, "{}")
    now[0] += 2 * 86_400
    updates.arrive("1", 8, "{}")
    assert updates.arrive("1", 7, "{}")
    database.close()


def test_the_table_stays_small_and_keeps_what_is_not_done_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.state.updates.MOST", 10)
    database = Database(None)
    updates = Updates(database, Presence(None))
    for number in range(100):
        updates.arrive("1", number, "{}")
        if number != 3:
            updates.finish("1", number)
    assert [each.number for each in updates.unfinished("1")] == [3]
    assert database.run("SELECT count(*) FROM updates") == [(12,)]
    database.close()


async def test_one_chat_cannot_starve_another(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with over(api, tmp_path, library, workers=2) as chats:
        for _ in range(50):
            await chats.hand_over(api.say("slowly 340 million"))
        await chats.hand_over(api.say("340 million", user=2))
        await asyncio.to_thread(api.wait, lambda: bool(api.sent(2)))
        assert api.sent(1) == []
        library.gate.set()


# --- a soft end ----------------------------------------------------------------------------


BUSY, BROKEN = partial(RetryAfter, 1), partial(NetworkError, "502")


async def left_at_the_end(
    state: State, *before: Callable[[], Exception] | None, again: bool = True
) -> tuple[bool, int, int]:
    """Whether an update that waits after requests like these is left at the end; its stage and tries."""
    journal = Journal(state.updates, "1")
    state.updates.arrive("1", 7, "{}")

    async def work() -> None:
        with journal.working(7):
            for outcome in before:
                with suppress(NetworkError, RetryAfter), sending():
                    if outcome is not None:
                        raise outcome()
            with repeatable() if again else nullcontext(), postponable():
                await asyncio.sleep(0.2)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    journal.leave()
    (result,) = await asyncio.gather(task, return_exceptions=True)
    ((stage, tries),) = state._database.run("SELECT stage, tries FROM updates")
    return isinstance(result, asyncio.CancelledError), stage, tries


@pytest.mark.parametrize("before", [(), (BUSY,), (BROKEN,)])
async def test_what_only_waits_is_left_to_the_next_process_as_if_it_had_not_begun(
    before: tuple[Callable[[], Exception], ...],
) -> None:
    state = State()
    assert await left_at_the_end(state, *before) == (True, Stage.WAITING, 0)
    state.close()


async def test_of_what_something_was_sent_the_rest_is_waited_for() -> None:
    state = State()
    assert await left_at_the_end(state, None) == (False, Stage.DONE, 1)
    state.close()
    state = State()
    assert await left_at_the_end(state, None, BUSY) == (False, Stage.DONE, 1)
    state.close()


async def test_what_must_not_be_done_again_is_waited_for() -> None:
    state = State()
    assert await left_at_the_end(state, BUSY, again=False) == (False, Stage.DONE, 1)
    state.close()


async def test_after_the_end_nothing_begins_to_wait() -> None:
    state = State()
    journal = Journal(state.updates, "1")
    state.updates.arrive("1", 7, "{}")
    journal.leave()
    with pytest.raises(asyncio.CancelledError), journal.working(7), repeatable(), postponable():
        await asyncio.sleep(1)
    assert asyncio.current_task().uncancel() == 0  # type: ignore[union-attr] # a test is a task
    state.close()


async def test_a_request_on_its_way_is_not_cut_off() -> None:
    state = State()
    journal = Journal(state.updates, "1")
    state.updates.arrive("1", 7, "{}")

    async def work() -> None:
        with journal.working(7), repeatable(), sending():
            await asyncio.sleep(0.1)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    journal.leave()
    await task
    assert state._database.run("SELECT stage FROM updates") == [(Stage.DONE,)]
    state.close()


async def test_what_telegram_keeps_waiting_at_the_end_is_answered_once_by_the_next_process(
    tmp_path: Path,
) -> None:
    api = BotApi()
    started = monotonic()
    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")) as chats:
        api.fail("sendMessage", 429, "Too Many Requests: retry after 20", retry_after=20)
        await chats.hand_over(api.say("340 million", user=1))
        await chats.hand_over(api.say("/help", user=1))  # its turn has not come
        await asyncio.sleep(0.3)
        assert api.sent(1) == []
    assert monotonic() - started < 10
    async with over(api, tmp_path):
        pass
    answer, second = texts(api)
    assert answer.startswith("It cost 340 million")
    assert second.startswith("Write a question")
    state = State(tmp_path / "bot.sqlite")
    assert state.counts.days(1)[0].questions == 1
    state.close()
