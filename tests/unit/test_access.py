from typing import Any

import pytest
from telegram import Message, User

from bot.access import is_admin, is_meant_for, names, words_of

ME = User(4242, "Articles", True, username="articles_test_bot")
PERSON = {"id": 99, "is_bot": False, "first_name": "Person"}
PRIVATE = {"id": 99, "type": "private"}
GROUP = {"id": -5, "type": "supergroup", "title": "Group"}


def message(text: str | None = "hello", **fields: object) -> Message:
    data = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": PERSON, "text": text} | fields
    made = Message.de_json({key: value for key, value in data.items() if value is not None}, None)
    assert made is not None
    return made


def entity(kind: str, offset: int, length: int, **fields: object) -> list[dict[str, Any]]:
    return [{"type": kind, "offset": offset, "length": length, **fields}]


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_an_admin_writing_in_person_is_one_in_private_and_in_groups(chat: dict[str, Any]) -> None:
    assert is_admin(message(chat=chat), {99})
    assert not is_admin(message(chat=chat), {98})


FORWARD = {"type": "user", "date": 1, "sender_user": PERSON}


@pytest.mark.parametrize(
    "fields",
    [
        {"from": None},
        {"from": PERSON | {"is_bot": True}},
        {"sender_chat": GROUP},
        {"sender_chat": {"id": -7, "type": "channel", "title": "Channel"}},
        {"forward_origin": FORWARD},
        {"via_bot": {"id": 7, "is_bot": True, "first_name": "Inline"}},
        {"from": PERSON | {"id": 1087968824}},
        {"from": PERSON | {"id": 777000}},
        {"from": PERSON | {"id": 136817688}},
    ],
)
def test_nobody_else_is_an_admin_even_if_the_settings_name_them(fields: dict[str, Any]) -> None:
    assert not is_admin(message(**fields), {99, 1087968824, 777000, 136817688})


def test_everything_in_a_private_chat_is_meant_for_the_bot() -> None:
    assert is_meant_for(message(), ME)


def test_in_a_group_only_a_mention_or_a_reply_is_meant_for_the_bot() -> None:
    mention = entity("mention", 0, 18)
    text = "@Articles_Test_Bot how much"
    reply = {"message_id": 2, "date": 1, "chat": GROUP, "from": ME.to_dict(), "text": "answer"}
    other = reply | {"from": PERSON | {"id": 5}}
    assert is_meant_for(message(text, chat=GROUP, entities=mention), ME)
    assert is_meant_for(
        message("how", chat=GROUP, entities=entity("text_mention", 0, 3, user=ME.to_dict())), ME
    )
    assert is_meant_for(message(chat=GROUP, reply_to_message=reply), ME)
    assert not is_meant_for(message(chat=GROUP), ME)
    assert not is_meant_for(message(text, chat=GROUP), ME)  # the same letters, but no mention
    assert not is_meant_for(message("@articles_test_bots", chat=GROUP, entities=entity("mention", 0, 19)), ME)
    assert not is_meant_for(message(chat=GROUP, reply_to_message=other), ME)


def test_a_picture_without_words_in_a_group_is_not_meant_for_the_bot() -> None:
    assert not is_meant_for(message(None, chat=GROUP), ME)


def test_a_message_in_a_topic_the_bot_opened_is_no_reply_to_it() -> None:
    opening = {
        "message_id": 2,
        "date": 1,
        "chat": GROUP,
        "from": ME.to_dict(),
        "forum_topic_created": {"name": "Topic", "icon_color": 1},
    }
    assert not is_meant_for(message(chat=GROUP, reply_to_message=opening), ME)


def test_other_bots_are_not_answered_but_anonymous_group_admins_are() -> None:
    sent = {"chat": GROUP, "entities": entity("mention", 0, 18), "from": PERSON | {"is_bot": True}}
    assert not is_meant_for(message("@articles_test_bot", **sent), ME)
    assert is_meant_for(message("@articles_test_bot", sender_chat=GROUP, **sent), ME)


def test_a_command_with_the_bots_name_is_told_from_another_bots() -> None:
    assert names(message("/ask@Articles_test_bot", entities=entity("bot_command", 0, 22)), ME)
    assert not names(message("/ask@other_bot", entities=entity("bot_command", 0, 14)), ME)
    assert not names(message("/ask", entities=entity("bot_command", 0, 4)), ME)


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("@articles_test_bot 小米要花多少？", 0, "小米要花多少？"),
        ("👍👍 @articles_test_bot 小米👍", 5, "👍👍  小米👍"),
        ("@articles_test_bot", 0, ""),
    ],
)
def test_the_bots_own_name_is_no_part_of_the_question(text: str, offset: int, words: str) -> None:
    assert words_of(message(text, entities=entity("mention", offset, 18)), ME) == words


def test_a_caption_is_words_too() -> None:
    assert words_of(message(None, caption="how much"), ME) == "how much"
