"""/watch, /watching and /unwatch, over a transport that keeps Telegram's rules."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.handlers import feeds
from bot.state import State
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
        ("en", "I watch News from now on, every 1 minute. New articles come in by themselves"),
        ("zh-hant", "從現在起追蹤「News」，每 1 分鐘檢查一次。"),
        ("zh-cn", "从现在起关注“News”，每 1 分钟检查一次。"),
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
    assert "It fails: the site answers 500" in listed["text"]


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
        await until(lambda: (tmp_path,) in library.built_from)
        assert (await say(chats, f"/unwatch {tmp_path}"))["text"].startswith("I no longer watch")
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
