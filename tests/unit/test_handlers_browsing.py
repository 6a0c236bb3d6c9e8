"""Looking through articles in a chat, opening one, and asking about it only."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bot.state import Place, State, StateError
from index import LibraryOutdated, Within
from tests.bot_api import BotApi, Json
from tests.fakes import HARBOUR, TEA, FakeLibrary, article
from tests.running import Chats, running

if TYPE_CHECKING:
    from pathlib import Path

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}
FORUM = GROUP | {"is_forum": True}
MANY = [
    article(f"Text {n} says something. It goes on.", title=f"Title {n}", published=date(2025, 1, 20 - n))
    for n in range(20)
]
LINK = f"/start a-{HARBOUR.id}"


def faces(api: BotApi, message: Json) -> list[str]:
    return [button["text"] for row in api.buttons(message) for button in row]


def now(api: BotApi, message: Json) -> str:
    chat, number = message["chat"]["id"], message["message_id"]
    return next(str(one["text"]) for one in api.sent(chat) if one["message_id"] == number)


def topic(number: int) -> Json:
    return {"chat": FORUM, "is_topic_message": True, "message_thread_id": number}


async def told(chats: Chats, text: str, **fields: Any) -> Json:  # noqa: ANN401  of the message
    (message,) = await chats.say(text, **fields)
    return message


async def test_pages_are_turned_in_the_same_message_and_a_number_opens_an_article_and_back() -> None:
    api = BotApi()
    async with running(api, FakeLibrary(MANY)) as chats:
        message = await told(chats, "/articles")
        first = message["text"]
        await chats.press(message, "›")
        second = now(api, message)
        assert "9. Title 8" in second
        assert "Page 2 of 3" in second
        await chats.press(message, "10")
        assert now(api, message).startswith(
            "Title 9\nThe Paper · 11 January 2025 · English\n\nIn its own words:"
        )
        assert "Text 9 says something." in now(api, message)
        await chats.press(message, "‹ Back")
        assert now(api, message) == second
        await chats.press(message, "‹")
        assert now(api, message) == first
    assert len(api.sent(1)) == 1


async def test_titles_are_searched_by_the_words_after_the_command() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        message = await told(chats, "/articles ferry")
        assert message["text"].splitlines()[2] == "1. Ferry terminal opens"
        message = await told(chats, "/articles@articles_test_bot 高山茶", chat=GROUP, language="zh-hant")
        assert message["text"].startswith("標題含「高山茶」的文章共 1 篇")
        message = await told(chats, "/articles\nferry")
        assert message["text"].startswith("1 article with “ferry” in its title:")
        message = await told(chats, "/articles moon")
        assert message["text"].startswith("No title holds “moon”. /articles lists")
        message = await told(chats, "/articles 340 million")
        assert message["text"].splitlines()[2] == "1. Ferry terminal opens"


async def test_an_outlet_opens_to_its_articles_and_these_lead_back_to_it() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await told(chats, "/sources", language="zh-cn")
        first = message["text"]
        assert first.startswith("共 3 家媒体，按文章数排列：")
        await chats.press(message, "1", language="zh-cn")
        assert now(api, message).startswith("山城日報的文章共 1 篇")
        await chats.press(message, "1", language="zh-cn")
        assert now(api, message).startswith("高山茶提早採收\n山城日報 · 2025年12月1日 · 繁体中文")
        await chats.press(message, "‹ 返回", language="zh-cn")
        await chats.press(message, "‹ 返回", language="zh-cn")
        assert now(api, message) == first


async def test_the_newest_are_shown_with_a_sentence_and_lead_to_all() -> None:
    api = BotApi()
    async with running(api, FakeLibrary(MANY)) as chats:
        message = await told(chats, "/latest")
        assert message["text"].count("says something.") == 5
        await chats.press(message, "2")
        assert now(api, message).startswith("Title 1\n")
        await chats.press(message, "‹ Back")
        await chats.press(message, "All articles")
        assert now(api, message).startswith("20 articles, newest first:")


async def test_while_the_index_has_to_be_made_again_a_page_goes_without_quotes() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await told(chats, "/articles")
        library.trouble = LibraryOutdated("made by another model")
        await chats.press(message, "1")
    assert now(api, message) == "高山茶提早採收\n山城日報 · 1 December 2025 · Traditional Chinese"


async def test_an_article_that_is_gone_is_told_of_and_nothing_changes() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await told(chats, "/articles")
        library.remove(TEA.id)
        toast = await chats.press(message, "1")
        assert toast["text"].startswith("That article is no longer there.")
        assert (await told(chats, f"/start a-{TEA.id}"))["text"].startswith(
            "That article is no longer there."
        )
        assert (await told(chats, "340 million"))["text"].startswith("It cost 340 million")
    assert now(api, message) == message["text"]


# Asking about one article only


async def test_by_a_button_the_next_questions_stay_within_an_article_until_new() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await told(chats, "/articles ferry")
        await chats.press(message, "1")
        await chats.press(message, "Ask about this one only")
        kept = api.sent(1)[-1]
        assert kept["text"].startswith("From now on I answer you from “Ferry terminal opens” only")
        assert kept["reply_to_message"]["message_id"] == message["message_id"]
        answer = await told(chats, "340 million")
        assert answer["text"].startswith(
            "Only in “Ferry terminal opens” (/new for all articles).\n\nIt cost 340"
        )
        missing = await told(chats, "農會")
        assert missing["text"].splitlines() == [
            "Only in “Ferry terminal opens” (/new for all articles).",
            "This article does not say that.",
        ]
        assert api.buttons(missing) == []
        assert (await told(chats, "/new"))["text"].endswith("answer you from all articles again.")
        assert "農會" in (await told(chats, "農會"))["text"]
        assert (await told(chats, "/new"))["text"].endswith("your next question stands by itself.")
    one = Within(articles=frozenset({HARBOUR.id}))
    assert library.within == [one, one, None]


async def test_the_line_stays_when_more_quotes_are_shown() -> None:
    ferry = article("It cost much. The ferries cost little.", title="Ferries")
    api = BotApi()
    async with running(api, FakeLibrary([ferry, TEA])) as chats:
        await told(chats, f"/start a-{ferry.id}")
        answer = await told(chats, "cost")
        await chats.press(answer, "1 more quote")
    assert now(api, answer).startswith("Only in “Ferries” (/new for all articles).\n\nIt cost much.")


@pytest.mark.parametrize(
    ("language", "kept", "line", "left"),
    [
        (
            "en",
            "From now on I answer you from “Ferry",
            "Only in “Ferry terminal opens” (/new for",
            "All right.",
        ),
        ("zh-hant", "接下來我只根據〈Ferry", "只看〈Ferry terminal opens〉這一篇", "好的，先前的問題"),
        ("zh-cn", "接下来我只根据《Ferry", "只看《Ferry terminal opens》这一篇", "好的，先前的问题"),
    ],
)
async def test_a_link_opens_the_article_and_keeps_to_it_over_a_restart(
    tmp_path: Path, language: str, kept: str, line: str, left: str
) -> None:
    api = BotApi()
    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")) as chats:
        page = await told(chats, LINK, language=language)
        assert page["text"].startswith(kept)
        assert "The new ferry terminal opened on Monday." in page["text"]
    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")) as chats:
        assert (await told(chats, "340 million", language=language))["text"].startswith(line)
        assert (await told(chats, "340 million", user=2))["text"].startswith("It cost 340 million")
        assert (await told(chats, "/new", language=language))["text"].startswith(left)
    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")) as chats:
        assert (await told(chats, "340 million"))["text"].startswith("It cost 340 million")


async def test_another_article_takes_the_place_of_the_one_before() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        await told(chats, LINK)
        await told(chats, f"/start a-{TEA.id}")
        await told(chats, "農會")
    assert library.within == [Within(articles=frozenset({TEA.id}))]


async def test_an_answers_quote_leads_to_its_article_and_back() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await told(chats, "340 million")
        await chats.press(message, "In context")
        around = now(api, message)
        await chats.press(message, "The article")
        assert now(api, message).startswith("Ferry terminal opens\nHarbour Daily")
        await chats.press(message, "‹ Back")
        assert now(api, message) == around
        await chats.press(message, "‹ Back")
        assert now(api, message) == message["text"]


async def test_in_a_group_each_person_and_in_a_forum_each_topic_has_its_own_article() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await told(chats, "/articles ferry", user=1, **topic(77))
        await chats.press(message, "1", user=1)
        assert "Ask in private" in faces(api, message)
        await chats.press(message, "Ask about this one only", user=2)
        kept = api.sent(-500)[-1]
        assert kept["text"].startswith(
            "Person, from now on I answer you here from “Ferry terminal opens” only"
        )
        assert kept["message_thread_id"] == 77
        question = {"reply_to_message": kept}
        answer = await told(chats, "340 million", user=2, **topic(77), **question)
        assert answer["text"].startswith("Only in “Ferry")
        assert answer["message_thread_id"] == 77
        await told(chats, "340 million", user=1, **topic(77), **question)
        await told(chats, "/ask 340 million", user=2, **topic(78))
        await told(chats, "340 million", user=2)
    assert [bool(within) for within in library.within] == [True, False, False, False]


async def test_another_persons_list_cannot_be_turned() -> None:
    api = BotApi()
    async with running(api, FakeLibrary(MANY)) as chats:
        message = await told(chats, "/articles", chat=GROUP, user=1)
        toast = await chats.press(message, "›", user=2)
    assert "for the person who asked" in toast["text"]
    assert now(api, message) == message["text"]


async def test_an_article_taken_out_meanwhile_is_said_to_be_gone_and_left() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        await told(chats, LINK)
        library.remove(HARBOUR.id)
        assert (await told(chats, "農會"))["text"].startswith(
            "The article that your questions were kept within"
        )
        assert (await told(chats, "農會"))["text"].startswith("農會表示")


async def test_a_state_that_fails_costs_the_scope_and_not_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise StateError("the disk is full")

    async with running(BotApi(), FakeLibrary()) as chats:
        monkeypatch.setattr("bot.state.scopes.Scopes.article", fail)
        assert (await told(chats, "340 million"))["text"].startswith("It cost 340 million")


@pytest.mark.parametrize("payload", ["a-", "a-nowhere", "a-../../etc", "q-", "q-forged", "access", "x" * 64])
async def test_a_forged_link_gets_a_calm_answer(payload: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        message = await told(chats, f"/start {payload}")
        assert message["text"].startswith(("That article is no longer there", "Hello. I answer questions"))
        assert chats.application.desk.state.scopes.article(Place(1, 1)) is None


# Not in the articles


async def test_the_nearest_titles_open_their_pages_and_these_lead_back() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await told(chats, "the moon landing")
        assert message["text"].splitlines() == [
            "The articles do not say that.",
            "",
            "Nearest by subject (they do not answer the question):",
            "• 高山茶提早採收",
            "• Ferry terminal opens",
        ]
        assert message["entities"] == []
        assert faces(api, message) == ["高山茶提早採收", "Ferry terminal opens"]
        await chats.press(message, "Ferry terminal opens")
        assert now(api, message).startswith("Ferry terminal opens\nHarbour Daily")
        await chats.press(message, "‹ Back")
        assert now(api, message) == message["text"]
        await chats.press(message, "高山茶提早採收")
        await chats.press(message, "Ask about this one only")
        assert (await told(chats, "農會"))["text"].startswith("Only in “高山茶提早採收”")
