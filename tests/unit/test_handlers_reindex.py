import asyncio
import logging
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from bot.handlers import telling
from bot.state import State
from index import (
    BuildReport,
    Failure,
    LibraryDamaged,
    LibraryLocked,
    NothingToIndex,
    Progress,
)
from tests.bot_api import BotApi, Json
from tests.fakes import HARBOUR, FakeLibrary
from tests.running import ADMIN, PLACES, running

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP: Json = {"id": -500, "type": "supergroup", "title": "Group"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits every hundredth of a second, so that the tests need no patience."""
    monkeypatch.setattr(telling, "PRIVATE_INTERVAL", 0.01)
    monkeypatch.setattr(telling, "GROUP_INTERVAL", 0.01)


async def until(condition: "Callable[[], bool]") -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("what was waited for did not happen")


async def reindexed(
    library: FakeLibrary,
    api: BotApi | None = None,
    **options: Any,  # noqa: ANN401  passed on as they come
) -> Json:
    """The one message in which an admin is told of a whole reindex."""
    api = api or BotApi()
    async with running(api, library, **options) as chats:
        (message,) = await chats.say("/reindex", user=ADMIN)
        await until(lambda: not chats.application.desk.rebuilding._claimed)
    assert api.sent(ADMIN) == [message]
    return message


async def test_one_message_tells_progress_and_ends_in_the_report() -> None:
    api, library = BotApi(), FakeLibrary()
    library.pause = 0.05
    message = await reindexed(library, api)
    history = api.edits(message)
    assert history[0] == "Bringing the articles up to date. Questions are answered meanwhile."
    assert "Reading files: 1 of 3" in history[1] + history[2]
    assert history[-1].startswith("Nothing has changed (0.5 s).")
    assert "Unchanged: 3" in history[-1]
    assert library.built_from == [PLACES]


async def test_the_report_names_what_failed() -> None:
    failed = (Failure("broken.pdf", "The PDF is damaged."),)
    report = BuildReport((HARBOUR,), (), (), 2, (), failed, 1, 9, 61.0)
    message = await reindexed(FakeLibrary(report=report))
    assert message["text"].startswith("The articles are up to date (61.0 s).")
    assert message["text"].endswith("Could not be read: 1\n• broken.pdf: The PDF is damaged.")


@pytest.mark.parametrize(
    ("fields", "language", "sentence"),
    [
        ({"user": 5}, "en", "Sorry, only the bot's admins can do that."),
        ({"user": 5}, "zh-tw", "抱歉，只有管理員可以這麼做。"),
        ({"user": ADMIN, "sender_chat": GROUP, "chat": GROUP}, "en", "Sorry, only the bot's admins"),
        ({"user": ADMIN, "via_bot": {"id": 7, "is_bot": True, "first_name": "x"}}, "en", "Sorry, only"),
    ],
)
async def test_everybody_else_is_told_politely_that_only_admins_can(
    fields: Json, language: str, sentence: str
) -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        (answer,) = await chats.say("/reindex", language=language, **fields)
    assert answer["text"].startswith(sentence)
    assert library.built_from == []


async def test_an_admin_may_reindex_from_a_group() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        await chats.say("/reindex", user=ADMIN, chat=GROUP)
    assert library.built_from == [PLACES]


async def test_questions_are_answered_while_a_reindex_goes_on_the_admins_own_too() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library, workers=1) as chats:
        await chats.say("/reindex", user=ADMIN)
        (answer,) = await chats.say("340 million", user=2)
        (own,) = await chats.say("340 million", user=ADMIN)
        assert "340 million" in answer["text"]
        assert "340 million" in own["text"]
        assert api.sent(ADMIN)[0]["text"].startswith("Bringing the articles up to date")


async def test_a_second_asker_is_told_that_one_is_going_on_and_how_far_it_is() -> None:
    library = FakeLibrary()
    library.gate.clear()
    async with running(BotApi(), library, admins=[ADMIN, 98]) as chats:
        await chats.say("/reindex", user=ADMIN)
        await until(lambda: chats.application.desk.rebuilding.progress is not None)
        (answer,) = await chats.say("/reindex", user=98)
    assert answer["text"] == "That is already going on.\nReading files: 0 of 3"
    assert library.built_from == [PLACES]


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (LibraryLocked("by process 7"), "Another process is bringing this library up to date."),
        (NothingToIndex("none"), "There are no articles to read."),
        (LibraryDamaged("The archive is damaged."), "The archive is damaged."),
        (ZeroDivisionError("secret details"), "Something went wrong, and the old index goes on answering."),
    ],
)
async def test_a_failure_ends_the_message_in_a_calm_sentence(trouble: Exception, sentence: str) -> None:
    library = FakeLibrary()
    library.trouble = trouble
    message = await reindexed(library)
    assert sentence in message["text"]
    assert "secret details" not in message["text"]


async def test_after_a_failure_one_can_try_again() -> None:
    library = FakeLibrary()
    library.trouble = ZeroDivisionError()
    async with running(BotApi(), library) as chats:
        await chats.say("/reindex", user=ADMIN)
        await until(lambda: not chats.application.desk.rebuilding._claimed)
        await chats.say("/reindex", user=ADMIN)
    assert library.built_from == [PLACES]


async def test_the_places_are_asked_for_when_they_are_needed() -> None:
    library, answers = FakeLibrary(), iter([PLACES, PLACES * 2])
    async with running(BotApi(), library, places=lambda: next(answers)) as chats:
        for _ in range(2):
            await chats.say("/reindex", user=ADMIN)
            await until(lambda: not chats.application.desk.rebuilding._claimed)
    assert library.built_from == [PLACES, PLACES * 2]


async def test_no_places_at_all_is_a_sentence_too() -> None:
    message = await reindexed(FakeLibrary(), places=())
    assert message["text"].startswith("There are no articles to read.")


@pytest.mark.parametrize(
    ("code", "description", "wait"),
    [
        (400, "Bad Request: message is not modified: the same", None),
        (429, "Too Many Requests: retry after 1", 1),
        (502, "Bad Gateway", None),
    ],
)
async def test_progress_survives_edits_that_fail(code: int, description: str, wait: int | None) -> None:
    api, library = BotApi(), FakeLibrary()
    library.pause = 0.05
    api.fail("editMessageText", code, description, retry_after=wait)
    message = await reindexed(library, api)
    assert message["text"].startswith("Nothing has changed")


async def test_nothing_is_edited_while_there_is_nothing_new_to_tell() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        await chats.say("/reindex", user=ADMIN)
        await asyncio.sleep(0.3)
        assert len(api.called("editMessageText")) == 1


async def test_a_report_that_stands_there_already_is_not_sent_again() -> None:
    api = BotApi()
    api.fail("editMessageText", 400, "Bad Request: message is not modified: the same", times=99)
    await reindexed(FakeLibrary(), api)  # which looks that there is one message only


async def test_a_progress_message_that_was_deleted_is_followed_by_a_new_one_with_the_report() -> None:
    api, library = BotApi(), FakeLibrary()
    api.fail("editMessageText", 400, "Bad Request: message to edit not found", times=99)
    async with running(api, library) as chats:
        await chats.say("/reindex", user=ADMIN)
        await until(lambda: len(api.sent(ADMIN)) == 2)
    assert api.sent(ADMIN)[1]["text"].startswith("Nothing has changed")


async def test_stopping_the_bot_breaks_a_reindex_off_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        await chats.say("/reindex", user=ADMIN)
        library.pause = 0.2  # it would take most of a second still
    assert api.sent(ADMIN)[0]["text"].startswith("The bot is being stopped")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_edits_keep_their_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PRIVATE_INTERVAL", 0.3)
    api, library = BotApi(), FakeLibrary()
    library.steps = [Progress("read", done, 100) for done in range(100)]
    library.pause = 0.01
    await reindexed(library, api)
    times = [call.at for call in api.called("editMessageText")[:-1]]  # the report need not wait
    assert len(times) >= 2
    assert all(later - earlier > 0.29 for earlier, later in pairwise(times))


# --- Cancel and the time left ---


@pytest.mark.parametrize(
    ("language", "button", "toast", "ending"),
    [
        ("en", "Cancel", "It stops at its next step.", "Cancelled; the old index goes on answering."),
        ("zh-tw", "取消", "會在下一個步驟停下來。", "已取消，仍以原有的索引回答。"),
        ("zh-cn", "取消", "会在下一个步骤停下来。", "已取消，仍用原有的索引回答。"),
    ],
)
async def test_a_reindex_can_be_cancelled_and_begun_again(
    language: str, button: str, toast: str, ending: str
) -> None:
    api, library, state = BotApi(), FakeLibrary(), State()
    library.gate.clear()
    async with running(api, library, state=state) as chats:
        await chats.say("/reindex", user=ADMIN, language=language)
        (message,) = api.sent(ADMIN)
        await until(lambda: chats.application.desk.rebuilding.progress is not None)
        answer = await chats.press(message, button, user=ADMIN, language=language)
        assert answer["text"] == toast
        library.gate.set()
        await until(lambda: not chats.application.desk.rebuilding._claimed)
        assert message["text"].startswith(ending)
        assert api.buttons(message) == []
        await chats.say("/reindex", user=ADMIN, language=language)
        await until(lambda: not chats.application.desk.rebuilding._claimed)
        deeds = [(deed.what, deed.outcome) for deed in reversed(state.audit.latest(9))]
    assert deeds == [("/reindex: cancel", "done"), ("/reindex", "failed"), ("/reindex", "done")]
    assert len(library.built_from) == 2


async def test_cancel_stays_under_the_message_while_its_text_changes() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        await chats.say("/reindex", user=ADMIN)
        (message,) = api.sent(ADMIN)
        await until(lambda: "Reading files" in message["text"])
        assert [[one["text"] for one in row] for row in api.buttons(message)] == [["Cancel"]]


async def test_only_admins_can_cancel_and_only_the_reindex_the_button_is_of() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        gone = "Bad Request: message to edit not found"
        api.fail("editMessageText", 400, gone, times=99, chat=GROUP["id"])
        await chats.say("/reindex", user=ADMIN, chat=GROUP)
        await until(lambda: not chats.application.desk.rebuilding._claimed)
        old = api.sent(GROUP["id"])[0]  # it could not be edited, so that its button is there still
        library.gate.clear()
        await chats.say("/reindex", user=ADMIN)
        await until(lambda: chats.application.desk.rebuilding.progress is not None)
        forbidden = await chats.press(old, "Cancel", user=5)
        ended = await chats.press(old, "Cancel", user=ADMIN)
        library.gate.set()
        await until(lambda: not chats.application.desk.rebuilding._claimed)
    assert forbidden["text"] == "Only the bot's admins can do that."
    assert ended["text"] == "That has ended already."
    assert api.sent(ADMIN)[0]["text"].startswith("Nothing has changed")


@pytest.mark.parametrize(
    ("language", "left", "line"),
    [
        ("en", 20.0, "Less than a minute left in this step"),
        ("en", 61.0, "About 1 minute left in this step"),
        ("en", 600.0, "About 10 minutes left in this step"),
        ("zh-tw", 600.0, "這個步驟大約還要 10 分鐘"),
        ("zh-cn", 20.0, "这个步骤还剩不到 1 分钟"),
    ],
)
async def test_the_time_left_is_told_in_minutes(
    monkeypatch: pytest.MonkeyPatch, language: str, left: float, line: str
) -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        monkeypatch.setattr(chats.application.desk.rebuilding, "left", lambda: left)
        await chats.say("/reindex", user=ADMIN, language=language)
        (message,) = api.sent(ADMIN)
        await until(lambda: line in message["text"])
