"""`@bot question` in any chat: quotes to choose from."""

from __future__ import annotations

import asyncio
import logging

import pytest
from telegram.ext import InlineQueryHandler

from bot.door import Policy
from bot.inline import cards
from bot.state import StateError
from index import LibraryOutdated
from tests.bot_api import BotApi, Json
from tests.fakes import HARBOUR, TEA, FakeLibrary, article
from tests.running import ADMIN, Chats, running

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for before a query is worked on."""
    monkeypatch.setattr("bot.handlers.inline.SETTLES", 0)


def parameter(offered: Json) -> str:
    return str(offered["button"]["start_parameter"])


async def until(condition: object) -> None:
    for _ in range(500):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("what was waited for did not happen")


async def test_a_query_is_answered_by_cards_each_a_quote_with_its_citation() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        offered = await chats.type("340 million", language="zh-hant")
    (card,) = offered["results"]
    assert card["title"] == "Ferry terminal opens"
    assert card["description"].startswith("Harbour Daily · 2025年3月4日\nIt cost 340 million")
    assert card["url"] == "https://news.example/ferry"
    content = card["input_message_content"]
    assert content["message_text"].startswith("It cost 340 million dollars, the port said.\nFerry")
    assert {entity["type"] for entity in content["entities"]} == {"bold", "blockquote", "text_link"}
    assert content["link_preview_options"] == {"is_disabled": True}
    rows = card["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [["看原文"], ["只問這一篇"]]
    assert rows[0][0]["url"].startswith("https://news.example/ferry#:~:text=")
    assert rows[1][0]["url"] == f"https://t.me/articles_test_bot?start=a-{HARBOUR.id}"
    assert offered["is_personal"] is True
    assert offered["cache_time"] > 0


async def test_results_have_ids_of_their_own() -> None:
    many = [article(f"It cost {n} dollars.", title=f"Title {n}") for n in range(3)]
    async with running(BotApi(), FakeLibrary(many)) as chats:
        offered = await chats.type("cost")
    assert len({card["id"] for card in offered["results"]}) == 3


async def test_no_more_results_are_offered_than_telegram_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.inline.cards", lambda *arguments: cards(*arguments) * 60)
    async with running(BotApi(), FakeLibrary()) as chats:
        offered = await chats.type("340 million")
    assert len(offered["results"]) == 50


@pytest.mark.parametrize("words", ["", "  "])
@pytest.mark.parametrize(
    ("language", "hint"), [("en", "Type a question"), ("zh-hant", "輸入問題"), ("zh-cn", "输入问题")]
)
async def test_nothing_typed_gets_nothing_but_a_hint(words: str, language: str, hint: str) -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        offered = await chats.type(words, language=language)
        assert offered["results"] == []
        assert offered["button"]["text"].startswith(hint)
        (greeting,) = await chats.say(f"/start {parameter(offered)}")
    assert greeting["text"].startswith("Hello. I answer questions")
    assert library.asked == []


@pytest.mark.parametrize("words", ["340 million", "the moon landing"])
async def test_a_button_goes_on_with_the_question_in_private(words: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        link = parameter(await chats.type(words))
        (answer,) = await chats.say(f"/start {link}")
        (asked,) = await chats.say(words)
        assert answer["text"] == asked["text"]
        (other,) = await chats.say(f"/start {link}", user=2)
    assert other["text"].startswith("Hello. I answer questions")


async def test_what_the_articles_do_not_say_offers_no_card() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        offered = await chats.type("the moon landing", language="zh-cn")
    assert offered["results"] == []
    assert offered["button"]["text"] == "文章没有提到，私聊再问问看"
    assert offered["cache_time"] == 0


async def typing(chats: Chats, *words: str, user: int = 1) -> list[Json]:
    """Type queries one after the other without waiting; returns the updates."""
    updates = [chats.api.type(each, user=user) for each in words]
    for update in updates:
        await chats.hand_over(update)
    return updates


def queries(chats: Chats) -> dict[int, str]:
    """The newest query of each person who is typing, as the bot knows it."""
    (handler,) = [one for one in chats.application.handlers[0] if isinstance(one, InlineQueryHandler)]
    newest = handler.callback.args[1]  # type: ignore[attr-defined]  # a partial
    found: dict[int, str] = newest.queries
    return found


async def test_of_a_persons_queries_only_the_latest_is_worked_on_and_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.handlers.inline.SETTLES", 0.05)
    library = FakeLibrary()
    async with running(BotApi(), library, policy=Policy(person_limit=1)) as chats:
        updates = await typing(chats, "3", "34", "340", "340 million")
        (other,) = await typing(chats, "農會", user=2)
        await chats.application.update_queue.join()
        assert [chats.api.offered(update) is not None for update in updates] == [False, False, False, True]
        assert (chats.api.offered(updates[-1]) or {})["results"]  # only the last counts to the limit
        assert chats.api.offered(other) is not None
    assert sorted(library.asked) == ["340 million", "農會"]


async def test_a_query_that_waits_for_its_turn_is_dropped_when_a_newer_one_comes() -> None:
    library = FakeLibrary()
    library.gate.clear()
    async with running(BotApi(), library, workers=1) as chats:
        (begun,) = await typing(chats, "slowly 340 million")
        await until(lambda: library.asked)
        (waiting,) = await typing(chats, "Ferries")
        await until(lambda: chats.application.desk.pool._work_queue.qsize() == 1)  # type: ignore[attr-defined]
        (newest,) = await typing(chats, "340 million")
        await until(lambda: queries(chats) == {1: newest["inline_query"]["id"]})
        library.gate.set()
        await chats.application.update_queue.join()
        offered = [chats.api.offered(one) is not None for one in (begun, waiting, newest)]
    assert offered == [False, False, True]
    assert library.asked == ["slowly 340 million", "340 million"]


async def test_what_was_typed_and_taken_back_is_not_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handlers.inline.SETTLES", 0.05)
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        typed, emptied = await typing(chats, "340 million", "")
        await chats.application.update_queue.join()
        assert chats.api.offered(typed) is None
        assert chats.api.offered(emptied) is not None
    assert library.asked == []


async def test_the_same_person_can_ask_again_and_nothing_is_kept_of_it() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        for words in ("340 million", "", "340 million", "農會"):
            await chats.type(words)
        assert queries(chats) == {}


# Who may, and how often


async def test_a_stranger_is_offered_nothing_but_the_way_to_ask_for_access() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library, policy=Policy(mode="pairing", owner=ADMIN)) as chats:
        offered = await chats.type("340 million", user=5, language="zh-hant")
        assert offered["results"] == []
        assert offered["button"]["text"] == "申請使用"
        (told,) = await chats.say(f"/start {parameter(offered)}", user=5)
        assert told["text"].startswith("I answer only people my admins know.")
        assert (await chats.type("340 million", user=ADMIN))["results"]
    assert library.asked == ["340 million"]


async def test_a_group_that_was_let_in_lets_nobody_in_elsewhere() -> None:
    policy = Policy(mode="allow-list", groups=frozenset({-500}), people=frozenset({5}))
    async with running(BotApi(), FakeLibrary(), policy=policy) as chats:
        assert (await chats.type("340 million", user=6))["results"] == []
        assert (await chats.type("340 million", user=5))["results"]


async def test_queries_count_among_what_a_person_may_send_and_hints_do_not() -> None:
    async with running(BotApi(), FakeLibrary(), policy=Policy(person_limit=2)) as chats:
        for words in ("", "340 million", "", "340 million"):
            await chats.type(words)
        offered = await chats.type("農會")
        assert offered["results"] == []
        assert offered["button"]["text"].startswith("That was a lot at once. Wait ")
        (told,) = await chats.say("340 million")
        assert told["text"].startswith("That was a lot at once.")
        assert (await chats.type("340 million", user=2))["results"]


async def test_admins_are_not_limited() -> None:
    async with running(BotApi(), FakeLibrary(), policy=Policy(person_limit=1)) as chats:
        for _ in range(3):
            assert (await chats.type("340 million", user=ADMIN))["results"]


async def test_switched_off_it_says_nothing_and_the_help_does_not_speak_of_it() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library, policy=Policy(inline=False)) as chats:
        assert (await chats.type("340 million"))["results"] == []
        (told,) = await chats.say("/help")
        assert "@articles_test_bot" not in told["text"]
    assert library.asked == []
    async with running(BotApi(), library) as chats:
        (told,) = await chats.say("/help")
        assert "In any other chat, write @articles_test_bot and your question" in told["text"]


# What goes wrong


@pytest.mark.parametrize("words", ["？！", "🙂", "x" * 256])
async def test_words_that_are_no_question_get_a_button(words: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        offered = await chats.type(words)
    assert offered["results"] == []
    assert offered["button"]["text"].startswith("Not in the articles")


async def test_an_empty_and_an_outdated_library_are_told_of_in_private() -> None:
    library = FakeLibrary()
    async with running(BotApi(), FakeLibrary([])) as chats:
        assert (await chats.type("340 million"))["results"] == []
    async with running(BotApi(), library) as chats:
        library.trouble = LibraryOutdated("made by another model")
        link = parameter(await chats.type("340 million"))
        library.trouble = LibraryOutdated("made by another model")
        (told,) = await chats.say(f"/start {link}")
    assert "has to be made again" in told["text"]


async def test_a_failure_is_logged_and_offers_the_private_chat(caplog: pytest.LogCaptureFixture) -> None:
    library = FakeLibrary()
    library.trouble = ZeroDivisionError("secret details")
    async with running(BotApi(), library) as chats:
        offered = await chats.type("340 million")
    assert offered["button"]["text"].startswith("That did not work.")
    assert "secret" not in str(offered)
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1


async def test_a_query_typed_too_long_ago_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    api = BotApi()
    api.fail("answerInlineQuery", 400, "Bad Request: query is too old and response timeout expired")
    async with running(api, FakeLibrary()) as chats:
        await typing(chats, "340 million")
        await chats.application.update_queue.join()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_query_is_answered_over_trouble_on_the_way_once() -> None:
    api = BotApi()
    api.fail("answerInlineQuery", 502, "Bad Gateway")
    async with running(api, FakeLibrary()) as chats:
        assert (await chats.type("340 million"))["results"]


async def test_a_state_that_fails_costs_the_way_on_and_not_the_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StateError("the disk is full")

    async with running(BotApi(), FakeLibrary()) as chats:
        monkeypatch.setattr("bot.state.buttons.Buttons.put", fail)
        offered = await chats.type("農會")
    assert offered["results"][0]["title"] == TEA.title
    assert parameter(offered) == "inline"


async def test_a_query_is_counted_and_logged_as_a_question_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "bot.question")
    async with running(BotApi(), FakeLibrary()) as chats:
        await chats.type("340 million")
        await chats.type("the moon landing")
    told = [vars(record)["fields"] for record in caplog.records if record.name == "bot.question"]
    assert [(line["outcome"], line["quotes"]) for line in told] == [("answered", 1), ("not_found", 0)]
    assert "340" not in caplog.text
