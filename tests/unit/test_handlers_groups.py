"""What is meant for the bot in a group, and what becomes of a group that gets another id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.door import Policy
from bot.state import Member, Place
from tests.bot_api import BOT, BotApi, Json
from tests.fakes import HARBOUR, FakeLibrary
from tests.running import ADMIN, Chats, running

if TYPE_CHECKING:
    from bot.door import Mode

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}
OLD = {"id": -5, "type": "group", "title": "Readers"}
NEW = {"id": -1005, "type": "supergroup", "title": "Readers"}
CHANNEL = {"id": -1007, "type": "channel", "title": "A channel"}
MENTION = {"type": "mention", "offset": 0, "length": 18}
EARLIER = {"message_id": 5, "date": 1, "chat": GROUP, "from": BOT, "text": "…"}
OF_ANOTHER = EARLIER | {"from": {"id": 77, "is_bot": True, "first_name": "Other", "username": "another_bot"}}
TOPIC = {"forum_topic_created": {"name": "Tea", "icon_color": 0}}
ASK = "@articles_test_bot 340 million"


@pytest.mark.parametrize(
    ("text", "fields", "answers"),
    [
        ("340 million", {}, 0),
        (ASK, {"entities": [MENTION]}, 1),
        (ASK, {}, 0),
        ("@articles_test_bots 340 million", {"entities": [MENTION | {"length": 19}]}, 0),
        (
            "Robot 340 million",
            {"entities": [{"type": "text_mention", "offset": 0, "length": 5, "user": BOT}]},
            1,
        ),
        ("mail me@articles_test_bot", {"entities": [{"type": "email", "offset": 5, "length": 20}]}, 0),
        ("340 million", {"reply_to_message": EARLIER}, 1),
        ("340 million", {"reply_to_message": OF_ANOTHER}, 0),
        ("340 million", {"reply_to_message": EARLIER | TOPIC}, 0),
        ("/latest", {}, 1),
        ("/latest@articles_test_bot", {}, 1),
        ("/LATEST@Articles_Test_Bot", {}, 1),
        ("/latest@another_bot", {}, 0),
        ("/ask@another_bot 340 million", {}, 0),
        ("/sources@another_bot", {}, 0),
        (None, {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}, 0),
        (None, {"caption": ASK, "caption_entities": [MENTION], "dice": {"emoji": "🎲", "value": 3}}, 1),
    ],
)
async def test_only_a_command_a_mention_by_entity_or_a_reply_is_answered(
    text: str | None, fields: Json, answers: int
) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        told = await chats.say(text, chat=GROUP, **fields)
    assert len(told) == answers
    assert all(one["reply_to_message"].get("text") == text for one in told)


@pytest.mark.parametrize(
    "sender",
    [
        {"sender_chat": GROUP},
        {"sender_chat": CHANNEL},
        {"sender_chat": GROUP, "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}},
        {},
    ],
    ids=["group", "channel", "anonymous admin", "nobody"],
)
async def test_whoever_writes_without_a_name_is_answered_and_has_a_conversation(sender: Json) -> None:
    """In `from` there may be nobody at all."""
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        for question in (f"/start a-{HARBOUR.id}", "/ask 340 million", "/new 340 million"):
            update = api.say(question, chat=GROUP, **sender)
            if "from" not in sender:
                del update["message"]["from"]
            await chats.hand_over(update)
            await chats.application.update_queue.join()
        page, first, second = api.sent(-500)
    assert page["text"].startswith("From now on")
    assert first["text"].startswith("Only in “Ferry terminal opens”")
    assert second["text"].startswith("It cost 340 million")


async def test_a_quote_sent_through_the_bot_itself_is_no_question() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        assert await chats.say("It cost 340 million dollars.", via_bot=BOT) == []
        assert await chats.say("340 million", via_bot=BOT, chat=GROUP, reply_to_message=EARLIER) == []
        assert len(await chats.say("340 million", via_bot=BOT | {"id": 7, "username": "gif"})) == 1
    assert library.asked == ["340 million"]


@pytest.mark.parametrize("kind", ["edited_message", "edited_channel_post", "channel_post"])
@pytest.mark.parametrize("text", ["340 million", "/latest", "/start a-x"])
async def test_an_edited_message_and_a_channels_post_are_no_questions(kind: str, text: str) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        update = api.say(text)
        update[kind] = update.pop("message") | {"edit_date": 5}
        await chats.hand_over(update)
        await chats.application.update_queue.join()
    assert (api.sent(1), library.asked) == ([], [])


# A group becomes a supergroup


async def become_supergroup(chats: Chats, *, both: bool = True) -> None:
    assert await chats.say(None, chat=OLD, migrate_to_chat_id=NEW["id"]) == []
    if both:
        assert await chats.say(None, chat=NEW, migrate_from_chat_id=OLD["id"]) == []


def pairing(mode: Mode = "pairing") -> Policy:
    return Policy(mode=mode, owner=ADMIN)


@pytest.mark.parametrize("both", [True, False])
async def test_a_group_that_was_let_in_stays_so_as_a_supergroup(both: bool) -> None:
    async with running(BotApi(), FakeLibrary(), policy=pairing()) as chats:
        await chats.say("/approve", user=ADMIN, chat=OLD)
        await become_supergroup(chats, both=both)
        (answer,) = await chats.say("/ask 340 million", user=5, chat=NEW)
        assert "340 million" in answer["text"]
        assert chats.application.desk.state.members.all() == (Member(-1005, "Readers"),)


async def test_the_notice_of_the_new_chat_alone_is_enough() -> None:
    async with running(BotApi(), FakeLibrary(), policy=pairing()) as chats:
        await chats.say("/approve", user=ADMIN, chat=OLD)
        await chats.say(None, chat=NEW, migrate_from_chat_id=OLD["id"])
        (answer,) = await chats.say("/ask 340 million", user=5, chat=NEW)
    assert "340 million" in answer["text"]


async def test_a_group_of_the_settings_is_let_in_under_its_new_id(caplog: pytest.LogCaptureFixture) -> None:
    policy = Policy(mode="allow-list", groups=frozenset({-5}))
    async with running(BotApi(), FakeLibrary(), policy=policy) as chats:
        await become_supergroup(chats)
        (answer,) = await chats.say("/ask 340 million", user=5, chat=NEW)
    assert "340 million" in answer["text"]
    assert "has the number -1005 from now on, no longer -5" in caplog.text


async def test_a_group_nobody_let_in_does_not_come_in_so() -> None:
    async with running(BotApi(), FakeLibrary(), policy=pairing()) as chats:
        await become_supergroup(chats)
        (answer,) = await chats.say("/ask 340 million", user=5, chat=NEW)
    assert answer["text"].startswith("Sorry, I answer only people")


async def test_the_article_asked_about_and_the_last_questions_go_with_the_group() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        await chats.say(f"/start a-{HARBOUR.id}", user=5, chat=OLD)
        await chats.say("/ask 340 million", user=5, chat=OLD)
        await become_supergroup(chats)
        (answer,) = await chats.say("/ask Ferries run", user=5, chat=NEW)
        assert answer["text"].startswith("Only in “Ferry terminal opens”")
        assert library.turns[-1] == ("340 million",)
        assert chats.application.desk.state.scopes.article(Place(-5, 5)) is None


async def test_an_answer_that_meets_the_change_is_given_in_the_supergroup_with_buttons_that_work() -> None:
    api = BotApi(moved={-5: -1005})
    async with running(api, FakeLibrary()) as chats:
        await chats.say("/ask 340 million", user=5, chat=OLD)
        (answer,) = api.sent(-1005)
        assert "340 million" in answer["text"]
        await chats.press(answer, "In context", user=5)
        assert "Ferries run" in api.sent(-1005)[0]["text"]
