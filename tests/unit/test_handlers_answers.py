"""The buttons under an answer, and replies that quote a part of a message."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.state import State, StateError
from index import Answer, NotFound
from tests.bot_api import BotApi, Json
from tests.fakes import FakeLibrary, article
from tests.running import Chats, running

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}
FERRY = article(
    "The pier is old. Nobody used it for years. It cost 340 million dollars, the port said. Ferries run "
    "every ten minutes. The ferries cost little. Children ride free.",
    title="Ferry terminal opens",
    url="https://news.example/ferry",
    source="Harbour Daily",
)


def names(api: BotApi, message: Json) -> list[list[str]]:
    return [[button["text"] for button in row] for row in api.buttons(message)]


async def answered(chats: Chats, question: str = "cost", **fields: Any) -> Json:  # noqa: ANN401  of the message
    (message,) = await chats.say(question, **fields)
    return message


def now(api: BotApi, message: Json) -> Json:
    """The message as it reads now."""
    chat, number = message["chat"]["id"], message["message_id"]
    return next(one for one in api.sent(chat) if one["message_id"] == number)


async def test_the_first_quote_is_shown_and_the_others_come_and_go_by_a_button_in_the_same_message() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats)
        first = message["text"]
        assert first.count("Ferry terminal opens") == 1
        assert names(api, message) == [["Read at the source", "In context"], ["👍", "👎", "1 more quote"]]
        await chats.press(message, "1 more quote")
        assert "2. Ferry terminal opens" in now(api, message)["text"]
        assert names(api, message) == [
            ["1 · Read at the source", "1 · In context"],
            ["2 · Read at the source", "2 · In context"],
            ["👍", "👎", "Fewer quotes"],
        ]
        await chats.press(message, "Fewer quotes")
        assert now(api, message)["text"] == first
    assert len(api.sent(1)) == 1


async def test_articles_that_disagree_are_shown_together_at_once() -> None:
    class Disagreeing(FakeLibrary):
        def ask(self, question: str, **options: Any) -> Answer | NotFound:  # noqa: ANN401  as the door's
            result = super().ask(question, **options)
            return replace(result, disagree=True) if isinstance(result, Answer) else result

    api = BotApi()
    async with running(api, Disagreeing([FERRY])) as chats:
        message = await answered(chats)
        assert message["text"].startswith("The articles give different figures")
        assert "2. Ferry terminal opens" in message["text"]
        assert names(api, message)[-1] == ["👍", "👎"]
        await chats.press(message, "2 · In context")
        await chats.press(message, "‹ Back")
        assert now(api, message)["text"].startswith("The articles give different figures")


async def test_a_quote_is_shown_in_context_and_back_leads_where_one_came_from() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats)
        await chats.press(message, "1 more quote")
        whole = now(api, message)["text"]
        await chats.press(message, "2 · In context")
        shown = now(api, message)
        assert shown["text"].startswith(
            "[…] It cost 340 million dollars, the port said. Ferries run every ten"
        )
        (bold,) = [entity for entity in shown["entities"] if entity["type"] == "bold"]
        words = shown["text"][bold["offset"] : bold["offset"] + bold["length"]]
        assert words == "The ferries cost little."
        assert names(api, message) == [["‹ Back", "Read at the source"], ["The article"]]
        await chats.press(message, "‹ Back")
        assert now(api, message)["text"] == whole


async def test_the_source_is_opened_at_the_quote() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats)
        url = api.button(message, "Read at the source")["url"]
    assert url.startswith("https://news.example/ferry#:~:text=It%20cost%20340%20million%20dollars%2C")


async def test_an_article_without_a_web_address_has_no_button_for_one() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([replace(FERRY, url="file:///ferry.txt")])) as chats:
        message = await answered(chats)
        assert names(api, message)[0] == ["In context"]


async def test_buttons_speak_the_language_of_whoever_pressed() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats, language="zh-hant")
        assert names(api, message) == [["看原文", "看上下文"], ["👍", "👎", "還有 1 則引句"]]
        await chats.press(message, "還有 1 則引句", language="zh-cn")
        assert names(api, message)[-1] == ["👍", "👎", "收起"]


async def test_an_opinion_is_kept_once_for_each_person_can_be_changed_and_is_thanked_for() -> None:
    api, state = BotApi(), State()
    async with running(api, FakeLibrary([FERRY]), state=state) as chats:
        message = await answered(chats, "/ask cost", chat=GROUP)
        toasts = [
            (await chats.press(message, face, user=user, language=language))["text"]
            for user, face, language in [(1, "👍", "en"), (1, "👎", "en"), (2, "👍", "zh-hant")]
        ]
        (kept,) = state._database.run("SELECT count(*), sum(good) FROM opinions")
    assert toasts[0] == "Thank you. Good to know that this helped."
    assert toasts[1] != toasts[0]
    assert toasts[2] == "謝謝您，很高興有幫上忙。"
    assert kept == (2, 1)
    assert message["text"] == now(api, message)["text"]


async def test_in_a_group_others_cannot_change_what_the_asker_reads() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats, "/ask cost", chat=GROUP, user=1)
        before = now(api, message)["text"]
        toast = await chats.press(message, "1 more quote", user=2)
        assert "for the person who asked" in toast["text"]
        assert now(api, message)["text"] == before
        await chats.press(message, "1 more quote", user=1)
        toast = await chats.press(message, "Fewer quotes", user=2)
        assert "for the person who asked" in toast["text"]


@pytest.mark.parametrize("button", ["1 more quote", "In context"])
async def test_an_article_that_is_gone_or_changed_meanwhile_is_told_of_calmly(button: str) -> None:
    api, library = BotApi(), FakeLibrary([FERRY])
    async with running(api, library) as chats:
        message = await answered(chats)
        library._articles = (replace(FERRY, text=FERRY.text[4:], digest="changed"),)
        changed = await chats.press(message, button)
        library.remove(FERRY.id)
        gone = await chats.press(message, button)
        assert changed["text"] == gone["text"]
        assert changed["text"].startswith("An article quoted here has been changed or removed")
        assert changed["show_alert"] is True
        assert now(api, message)["text"] == message["text"]


async def test_an_answers_buttons_work_after_a_restart_and_a_reply_goes_on_from_it(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary([FERRY])
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        message = await answered(chats)
    library = FakeLibrary([FERRY])
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        await chats.press(message, "1 more quote")
        assert "2. Ferry terminal opens" in now(api, message)["text"]
        await chats.say("and in 2024?", reply_to_message=message)
    assert library.turns == [("cost",)]


async def test_a_state_that_fails_costs_an_answer_its_buttons_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StateError("the disk is full")

    api = BotApi()
    for name in ("keep", "sent", "question_of"):
        monkeypatch.setattr(f"bot.state.answers.Answers.{name}", fail)
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats, reply_to_message=(await answered(chats)))
        assert "340 million" in message["text"]
        assert names(api, message) == [["Read at the source"]]


async def test_a_view_refused_for_its_formatting_or_its_address_is_shown_plain() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats)
        api.fail("editMessageText", 400, "Bad Request: can't parse entities: something new")
        await chats.press(message, "1 more quote")
        assert "2. Ferry terminal opens" in now(api, message)["text"]
        assert now(api, message)["entities"] == []
        assert names(api, message) == [["1 · In context"], ["2 · In context"], ["👍", "👎", "Fewer quotes"]]


async def test_presses_one_after_the_other_are_each_answered() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([FERRY])) as chats:
        message = await answered(chats)
        updates = [api.press(message, face) for face in ("👍", "1 more quote", "1 more quote", "👎")]
        await asyncio.gather(*(chats.hand_over(update) for update in updates))
        await chats.application.update_queue.join()
    assert all(api.toast(update) is not None for update in updates)
    assert len(api.called("answerCallbackQuery")) == 4


def part(words: str) -> Json:
    return {"quote": {"text": words, "position": 0, "is_manual": True}}


async def test_a_reply_that_quotes_a_part_asks_about_that_part() -> None:
    api, library = BotApi(), FakeLibrary([FERRY])
    async with running(api, library) as chats:
        message = await answered(chats)
        await chats.say("how often?", reply_to_message=message, **part("Ferries run"))
        await chats.say("why")
    assert library.asked[1] == "Ferries run: how often?"
    assert library.turns[1:] == [(), ("cost", "Ferries run: how often?")]


async def test_a_sentence_that_is_quoted_takes_the_place_of_an_earlier_question() -> None:
    library = FakeLibrary([FERRY])
    async with running(BotApi(), library) as chats:
        await chats.say("cost")
        await chats.say("and the old one?", **part("It cost 340 million dollars, the port said."))
    assert library.turns[1] == ("It cost 340 million dollars, the port said",)


@pytest.mark.parametrize("question", ["?", "what does this mean?", "這是什麼意思？"])
async def test_a_bare_question_with_a_quoted_part_searches_for_its_words_and_says_so(question: str) -> None:
    words = "340 million dollars, the port said"
    async with running(BotApi(), FakeLibrary([FERRY])) as chats:
        (message,) = await chats.say(question, **part(words))
    assert message["text"].startswith(f"Understood as: {words}\n\nIt cost 340 million")


async def test_in_a_group_a_mention_alone_with_a_quoted_part_asks_about_it() -> None:
    library = FakeLibrary([FERRY])
    mention = {"entities": [{"type": "mention", "offset": 0, "length": 18}]}
    async with running(BotApi(), library) as chats:
        await chats.say("@articles_test_bot", chat=GROUP, **mention, **part("340 million dollars, the port"))
    assert library.asked == ["340 million dollars, the port"]
