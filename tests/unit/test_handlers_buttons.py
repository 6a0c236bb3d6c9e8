"""Presses of buttons: whose count, and that each is answered once."""

import logging
from pathlib import Path

import pytest

from bot.outgoing import Action, Button, Presser, lines_message
from bot.state import State, StateError
from tests.bot_api import BotApi, Json
from tests.fakes import FakeLibrary
from tests.running import ADMIN, Chats, running

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}


@pytest.mark.parametrize(("url", "action"), [(None, None), ("https://a.example", Action("language"))])
def test_a_button_opens_an_address_or_does_something(url: str | None, action: Action | None) -> None:
    with pytest.raises(ValueError, match="needs a url or an action, and not both"):
        Button("Press me", url, action)


async def asked_for_language(chats: Chats, **fields: object) -> Json:
    (message,) = await chats.say("/language", **fields)  # type: ignore[arg-type]  # fields of the message
    return message


async def test_a_button_carries_a_key_and_not_what_it_does() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats)
        data = api.button(message, "繁體中文")["callback_data"]
        assert len(data) <= 64
        assert "zh-Hant" not in data  # two letters alone can be in a random key


@pytest.mark.parametrize("data", ["forged", "language", "{}", "a" * 64])
async def test_a_forged_press_gets_a_calm_toast_and_does_nothing(data: str) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats)
        toast = await chats.press(message, "", data=data)
        (after,) = api.sent(1)
    assert toast["text"] == "This button no longer works. Please ask again."
    assert after["text"] == message["text"]


async def test_in_a_group_only_who_asked_may_press_and_others_are_told_in_their_language() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats, chat=GROUP, user=1)
        toast = await chats.press(message, "English", user=2, language="zh-hant")
        assert toast["text"].startswith("這個按鈕只有提問的人能用")
        await chats.press(message, "English", user=1)
    assert api.sent(-500)[0]["text"].startswith("All right")


async def test_a_key_works_in_its_own_chat_only() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats, user=1)
        other = await asked_for_language(chats, user=2)
        data = api.button(message, "繁體中文")["callback_data"]
        toast = await chats.press(other, "", user=2, data=data)
    assert "no longer works" in toast["text"]


async def test_what_only_admins_may_press_is_refused_to_others_and_never_to_a_service_account() -> None:
    api = BotApi()
    asked = Action("language", "zh-Hant", Presser.ADMINS)
    message = lines_message(["For admins"], ((Button("Do it", action=asked),),))
    async with running(api, FakeLibrary(), admins=[ADMIN, 1087968824]) as chats:
        shown = await sent_by_hand(chats, message)
        for user in (1, 1087968824):
            toast = await chats.press(shown, "Do it", user=user)
            assert toast["text"] == "Only the bot's admins can do that."
        assert await chats.press(shown, "Do it", user=ADMIN) == {"callback_query_id": toast_id(api)}


def toast_id(api: BotApi) -> str:
    return str(api.called("answerCallbackQuery")[-1].parameters["callback_query_id"])


async def sent_by_hand(chats: Chats, message: object) -> Json:
    """A message that no handler sends."""
    from telegram import Message  # noqa: PLC0415  only here

    from bot.handlers.sending import reply  # noqa: PLC0415

    asked = Message.de_json(chats.api.say("hello", chat=GROUP)["message"], chats.application.bot)
    await reply(asked, message, keys=chats.application.desk.state.buttons)  # type: ignore[arg-type]
    return chats.api.sent(-500)[-1]


async def test_a_press_whose_work_fails_is_answered_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats)
        api.fail("editMessageText", 400, "Bad Request: something new", times=9)
        await chats.press(message, "English")
        (_, told) = api.sent(1)
    assert told["text"].startswith("Sorry, something went wrong")
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1


async def test_a_press_that_cannot_be_answered_any_more_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    api = BotApi()
    api.fail("answerCallbackQuery", 400, "Bad Request: query is too old")
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats)
        await chats.hand_over(api.press(message, "English"))
        await chats.application.update_queue.join()
    assert api.sent(1)[0]["text"].startswith("All right")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_press_under_a_message_so_old_that_telegram_names_only_its_place_still_works() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats)
        update = api.press(message, "English")
        place = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
        update["callback_query"]["message"] = place
        await chats.hand_over(update)
        await chats.application.update_queue.join()
    assert api.sent(1)[0]["text"].startswith("All right")


async def test_a_press_under_a_message_sent_through_the_bot_elsewhere_gets_a_calm_toast() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats)
        update = api.press(message, "English")
        del update["callback_query"]["message"]
        update["callback_query"]["inline_message_id"] = "7"
        await chats.hand_over(update)
        await chats.application.update_queue.join()
    toast = api.toast(update)
    assert toast is not None
    assert "no longer works" in toast["text"]


async def test_buttons_still_work_after_a_restart(tmp_path: Path) -> None:
    api = BotApi()
    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")) as chats:
        message = await asked_for_language(chats)
    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")) as chats:
        await chats.press(message, "繁體中文")
        (told,) = await chats.say("/new")
    assert told["text"].startswith("好的")


async def test_a_state_that_fails_costs_the_buttons_and_not_the_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise StateError("the disk is full")

    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        monkeypatch.setattr("bot.state.buttons.Buttons.put", fail)
        monkeypatch.setattr("bot.state.people.People.language", fail)
        message = await asked_for_language(chats)
    assert message["text"].startswith("Which language")
    assert api.buttons(message) == []


async def test_an_address_that_telegram_refuses_costs_its_button_and_not_the_message() -> None:
    api = BotApi()
    rows = ((Button("Open", "http://nowhere"), Button("English", action=Action("language", "en"))),)
    async with running(api, FakeLibrary()) as chats:
        shown = await sent_by_hand(chats, lines_message(["Look"], rows))
        assert [button["text"] for row in api.buttons(shown) for button in row] == ["English"]


async def test_the_menu_of_a_persons_own_chat_is_in_the_language_they_chose(tmp_path: Path) -> None:
    api = BotApi()

    def menus(person: int) -> list[Json]:
        scopes = [call.parameters for call in api.called("setMyCommands")]
        return [one for one in scopes if one["scope"] == {"type": "chat", "chat_id": person}][-2:]

    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")) as chats:
        for person in (1, ADMIN):
            await chats.press(await asked_for_language(chats, user=person), "繁體中文", user=person)
    assert [menu["commands"][0]["description"] for menu in menus(1)] == ["忘掉先前的問題"] * 2
    assert "reindex" not in str(menus(1))
    async with running(api, FakeLibrary(), state=State(tmp_path / "bot.sqlite")):
        pass
    assert [menu["commands"][0]["description"] for menu in menus(ADMIN)] == ["忘掉先前的問題"] * 2
    assert "reindex" in str(menus(ADMIN))


async def test_the_language_chosen_is_spoken_from_then_on_to_that_person_only() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await asked_for_language(chats, user=1, language="en")
        await chats.press(message, "简体中文", user=1)
        (told,) = await chats.say("the moon landing", user=1, language="en")
        (other,) = await chats.say("the moon landing", user=2, language="en")
        message = await asked_for_language(chats, user=1, language="en")
        await chats.press(message, "自动（跟随 Telegram）", user=1, language="en")
        (back,) = await chats.say("the moon landing", user=1, language="en")
    assert told["text"].startswith("收录的文章没有提到")
    assert other["text"].startswith("The articles do not say")
    assert back["text"].startswith("The articles do not say")
    assert api.sent(1)[0]["text"] == "好的，之后我会用简体中文回复您。"
    assert api.buttons(api.sent(1)[0]) == []
