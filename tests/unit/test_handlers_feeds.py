"""/watch, /watching and /unwatch, over a transport that keeps Telegram's rules."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from telegram.ext import CallbackContext

from bot.handlers import feeds
from bot.state import State, StateError
from bot.watching import Pace
from bot.web import Web
from index import FetchError, Stamp
from tests.bot_api import BotApi
from tests.fakes import FakeLibrary
from tests.running import ADMIN, Chats, running
from tests.unit.test_watching import FEED, Site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.bot_api import Json


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  what it waits for is in another thread
            await asyncio.sleep(0.02)


def web(site: Site, *folders: Path) -> Web:
    return Web(site.fetch, folders, Pace(every=60, between=0))


async def say(chats: Chats, text: str, **fields: object) -> Json:
    """Write to the bot as an admin; returns its answer, which may come a little later."""
    before = len(chats.api.sent(ADMIN))
    await chats.say(text, user=ADMIN, **fields)  # type: ignore[arg-type]  # a language is a str
    await until(lambda: len(chats.api.sent(ADMIN)) > before)
    return chats.api.sent(ADMIN)[before]


@pytest.mark.parametrize(
    ("language", "watched"),
    [
        ("en", "I watch News from now on, every minute. New articles come in by themselves"),
        ("zh-hant", "從現在起追蹤「News」，每分鐘檢查一次。"),
        ("zh-cn", "从现在起关注“News”，每分钟检查一次。"),
    ],
)
async def test_a_feed_is_watched_listed_and_let_go(language: str, watched: str) -> None:
    site, state = Site(), State()
    site.tell("bridge")
    async with running(BotApi(), FakeLibrary(), web=web(site), state=state) as chats:
        answer = await say(chats, f"/watch {FEED}", language=language)
        assert answer["text"].startswith(watched)
        shown = await say(chats, "/watching", language=language)
        assert FEED in shown["text"]
        ((button,),) = chats.api.buttons(shown)
        await chats.press(shown, button["text"], user=ADMIN, language=language)
        assert state.feeds.all() == ()
        deeds = (await say(chats, "/audit", language=language))["text"]
    assert f"/watch {FEED}" in deeds
    assert f"/unwatch {FEED}" in deeds


async def test_new_articles_come_in_by_themselves_and_after_a_restart_none_comes_twice(
    tmp_path: Path,
) -> None:
    site, library = Site(), FakeLibrary(())
    site.tell("bridge", "ferry")
    for titles in (["bridge", "ferry"], ["bridge", "ferry", "market"]):
        state = State(tmp_path / "bot.sqlite")
        options = Web(site.fetch, (), Pace(every=0.1, between=0))
        async with running(BotApi(), library, web=options, state=state) as chats:
            await say(chats, f"/watch {FEED}")
            await until(lambda wanted=titles: sorted(each.title for each in library.articles()) == wanted)
        site.tell("market", "bridge")
        site.stamp = Stamp('"2"')
    assert [url for url, _ in site.asked].count("https://news.example/bridge") == 1


async def test_after_a_machine_has_slept_feeds_are_checked_as_before() -> None:
    """A job that is a second late is dropped where nobody says otherwise."""
    site, library, state = Site(), FakeLibrary(()), State()
    site.tell("bridge")
    state.feeds.add(FEED, "News", ADMIN, folder=False)
    async with running(BotApi(), library, web=web(site), state=state):
        time.sleep(1.2)  # noqa: ASYNC251  nothing goes on meanwhile, as in a sleep
        await until(lambda: [each.title for each in library.articles()] == ["bridge"])


async def test_an_admin_is_told_once_of_a_feed_that_fails_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "FAILING_FOR_LONG", 0.0)
    site, state = Site(), State()
    site.tell()
    options = Web(site.fetch, (), Pace(every=0.1, between=0))
    async with running(BotApi(), FakeLibrary(()), web=options, state=state) as chats:
        await say(chats, f"/watch {FEED}")
        site.pages[FEED] = FetchError("the site answers 500")
        await until(lambda: any(each.failures > 2 for each in state.feeds.all()))
        told = [each["text"] for each in chats.api.sent(ADMIN) if "has failed for a day" in each["text"]]
        listed = await say(chats, "/watching")
    assert len(told) == 1
    assert "the site answers 500" in told[0]
    assert "It fails: the site answers 500. The next try is at " in listed["text"]


@pytest.mark.parametrize(
    ("language", "news", "unread"),
    [
        (
            "en",
            "the last new one came 20",
            "Not all of it could be read: the site answers 503.",
        ),
        ("zh-hant", "最近一次有新文章：20", "有部分內容無法讀取：the site answers 503。"),
        ("zh-cn", "最近一次有新文章：20", "有部分内容无法读取：the site answers 503。"),
    ],
)
async def test_the_list_tells_what_came_last_and_what_could_not_be_read(
    language: str, news: str, unread: str
) -> None:
    site, state = Site(), State()
    site.tell("bridge", "ferry")
    site.pages["https://news.example/ferry"] = FetchError("the site answers 503", passing=True)
    options = Web(site.fetch, (), Pace(every=1, between=0))
    async with running(BotApi(), FakeLibrary(()), web=options, state=state) as chats:
        await say(chats, f"/watch {FEED}")
        await until(lambda: state.feeds.all()[0].checked is not None)
        listed = (await say(chats, "/watching", language=language))["text"]
    assert news in listed
    assert unread in listed


async def test_feeds_wait_for_a_reindex_and_go_on_after_it() -> None:
    site, state, library = Site(), State(), FakeLibrary(())
    site.tell("bridge")
    options = Web(site.fetch, (), Pace(every=0.1, between=0))
    async with running(BotApi(), library, web=options, state=state) as chats:
        desk = chats.application.desk
        library.gate.clear()
        await say(chats, "/reindex")
        await until(lambda: desk.rebuilding.progress is not None)
        state.feeds.add(FEED, "News", ADMIN, folder=False)
        assert desk.watcher is not None
        await feeds._check_due(desk, desk.watcher, CallbackContext(chats.application))
        assert site.asked == []
        library.gate.set()
        await until(lambda: [each.title for each in library.articles()] == ["bridge"])


async def test_the_bot_ends_though_a_check_has_long_to_go() -> None:
    site, state, library = Site(), State(), FakeLibrary(())
    site.tell("bridge", "ferry")
    options = Web(site.fetch, (), Pace(every=1, between=3600))
    async with running(BotApi(), library, web=options, state=state):
        state.feeds.add(FEED, "News", ADMIN, folder=False)
        await until(lambda: site.asked != [])
    assert library.articles() == ()


async def test_a_state_that_fails_is_logged_and_nobody_is_told_each_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = State()

    def fail() -> None:
        raise StateError("the disk is full")

    monkeypatch.setattr(state.feeds, "due", fail)
    async with running(BotApi(), FakeLibrary(()), web=Web(Site().fetch), state=state) as chats:
        await until(lambda: "what is watched cannot be checked: the disk is full" in caplog.text)
        assert chats.api.sent(ADMIN) == []


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("", "Write the address of an RSS or Atom feed after /watch"),
        ("https://news.example/none", "That cannot be watched. https://news.example/none answers 404."),
        (
            "https://news.example/bridge",
            "That cannot be watched. https://news.example/bridge is no RSS or Atom",
        ),
        ("/etc", "There is no folder /etc that may be watched."),
    ],
)
async def test_what_cannot_be_watched_is_refused_with_what_to_do(place: str, sentence: str) -> None:
    site, state = Site(), State()
    site.tell("bridge")
    async with running(BotApi(), FakeLibrary(), web=web(site), state=state) as chats:
        assert (await say(chats, f"/watch {place}"))["text"].startswith(sentence)
        assert state.feeds.all() == ()


async def test_a_folder_of_the_settings_is_watched(tmp_path: Path) -> None:
    library, state = FakeLibrary(), State()
    options = Web(Site().fetch, (tmp_path,), Pace(every=0.1))
    async with running(BotApi(), library, web=options, state=state) as chats:
        answer = await say(chats, f"/watch {tmp_path}")
        assert answer["text"].startswith(f"I watch the folder {tmp_path} from now on")
        assert (await say(chats, f"/watch {tmp_path}"))["text"].startswith("I watch that already")
        assert (await say(chats, f"/watch {tmp_path}/."))["text"].startswith("I watch that already")
        await until(lambda: (tmp_path,) in library.built_from)
        assert (await say(chats, f"/unwatch {tmp_path}/"))["text"].startswith("I no longer watch")
        assert (await say(chats, f"/unwatch {tmp_path}"))["text"].startswith("I do not watch")
        assert (await say(chats, "/unwatch"))["text"].startswith("Nothing is watched.")


@pytest.mark.parametrize("command", [f"/watch {FEED}", "/watching", f"/unwatch {FEED}"])
async def test_only_admins_watch(command: str) -> None:
    state = State()
    state.feeds.add(FEED, "News", ADMIN, folder=False)
    async with running(BotApi(), FakeLibrary(), web=web(Site()), state=state) as chats:
        (answer,) = await chats.say(command, user=5)
        assert answer["text"].startswith("Sorry, only the bot's admins can do that.")
        assert len(state.feeds.all()) == 1


async def test_where_nothing_is_fetched_nothing_is_watched() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        assert (await say(chats, f"/watch {FEED}"))["text"].startswith("I cannot fetch pages here")
