"""Whatever somebody sends gets an answer: what is no text, a sentence that says what the bot can use."""

from __future__ import annotations

import pytest

from tests.bot_api import BOT, BotApi, Json
from tests.fakes import FakeLibrary
from tests.running import running

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}
EARLIER = {"message_id": 5, "date": 1, "chat": GROUP, "from": BOT, "text": "…"}
PERSON = {"id": 7, "is_bot": False, "first_name": "Ling"}
CHANNEL = {"id": -7, "type": "channel", "title": "Channel"}

FILE = {"file_id": "a", "file_unique_id": "b"}
PICTURE = FILE | {"width": 1, "height": 1}
PLACE = {"latitude": 1.0, "longitude": 2.0}
LOOK = {"type": "regular", "is_animated": False, "is_video": False}
POLL = {
    "id": "1",
    "question": "Which?",
    "options": [{"text": "A", "voter_count": 0, "persistent_id": "1"}],
    "total_voter_count": 0,
    "is_closed": False,
    "is_anonymous": True,
    "type": "regular",
    "allows_multiple_answers": False,
    "allows_revoting": False,
    "members_only": False,
}
PRICE = {"currency": "XTR", "total_amount": 1}
GIVEAWAY = {"chats": [CHANNEL], "winners_selection_date": 9, "winner_count": 1}
WINNERS = {
    "chat": CHANNEL,
    "giveaway_message_id": 1,
    "winners_selection_date": 9,
    "winner_count": 1,
    "winners": [PERSON],
}
PAYMENT = PRICE | {
    "invoice_payload": "x",
    "telegram_payment_charge_id": "x",
    "provider_payment_charge_id": "x",
}
KINDS: dict[str, Json] = {
    "animation": {"animation": PICTURE | {"duration": 1}, "document": FILE},
    "audio": {"audio": FILE | {"duration": 1}},
    "checklist": {"checklist": {"title": "To do", "tasks": [{"id": 1, "text": "Ask"}]}},
    "contact": {"contact": {"phone_number": "1", "first_name": "A"}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "document": {
        "document": FILE | {"file_name": "article.pdf", "mime_type": "application/pdf", "file_size": 9}
    },
    "game": {"game": {"title": "G", "description": "D", "photo": [PICTURE]}},
    "giveaway": {"giveaway": GIVEAWAY},
    "giveaway_winners": {"giveaway_winners": WINNERS},
    "invoice": {"invoice": PRICE | {"title": "T", "description": "D", "start_parameter": "x"}},
    "location": {"location": PLACE},
    "paid_media": {"paid_media": {"star_count": 1, "paid_media": []}},
    "passport_data": {"passport_data": {"data": [], "credentials": {"data": "", "hash": "", "secret": ""}}},
    "photo": {"photo": [PICTURE]},
    "poll": {"poll": POLL},
    "sticker": {"sticker": PICTURE | LOOK},
    "story": {"story": {"id": 1, "chat": {"id": 5, "type": "private"}}},
    "successful_payment": {"successful_payment": PAYMENT},
    "venue": {"venue": {"location": PLACE, "title": "Shop", "address": "1 Road"}, "location": PLACE},
    "video": {"video": PICTURE | {"duration": 1}},
    "video_note": {"video_note": FILE | {"length": 1, "duration": 1}},
    "voice": {"voice": FILE | {"duration": 1}},
    "web_app_data": {"web_app_data": {"data": "x", "button_text": "B"}},
    "something of the future": {"hologram": FILE},
}
SENTENCES = {
    "en": "I can only use text. Please write your question as a message.",
    "zh-hant": "我只看得懂文字，請把問題打成文字訊息。",
    "zh-cn": "我只看得懂文字，请把问题打成文字消息。",
}
NOTICES: dict[str, Json] = {
    "auto-delete": {"message_auto_delete_timer_changed": {"message_auto_delete_time": 9}},
    "pinned": {
        "pinned_message": {"message_id": 5, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
    },
    "joined": {"new_chat_members": [PERSON], "chat": GROUP},
    "left": {"left_chat_member": PERSON, "chat": GROUP},
    "title": {"new_chat_title": "T", "chat": GROUP},
    "group made": {"group_chat_created": True, "chat": GROUP},
    "topic": {"forum_topic_created": {"name": "T", "icon_color": 0}, "chat": GROUP},
    "call": {"video_chat_started": {}, "chat": GROUP},
    "boost": {"boost_added": {"boost_count": 1}, "chat": GROUP},
}


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("kind", KINDS)
async def test_whatever_is_not_text_gets_a_sentence_that_says_what_the_bot_can_use(
    kind: str, language: str
) -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        (told,) = await chats.say(None, language=language, **KINDS[kind])
    assert told["text"] == SENTENCES[language]
    assert library.asked == []


@pytest.mark.parametrize("kind", ["animation", "audio", "document", "paid_media", "photo", "video", "voice"])
async def test_a_caption_is_a_question(kind: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        (told,) = await chats.say(None, caption="340 million", **KINDS[kind])
    assert told["text"].startswith("It cost 340 million")


@pytest.mark.parametrize("kind", KINDS)
async def test_in_a_group_only_what_replies_to_the_bot_gets_the_sentence(kind: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        assert await chats.say(None, chat=GROUP, **KINDS[kind]) == []
        (told,) = await chats.say(None, chat=GROUP, reply_to_message=EARLIER, **KINDS[kind])
    assert told["text"] == SENTENCES["en"]


@pytest.mark.parametrize("kind", NOTICES)
async def test_notices_of_telegrams_own_are_left_alone(kind: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        assert await chats.say(None, **NOTICES[kind]) == []


@pytest.mark.parametrize(
    "command", ["/nonsense", "/nonsense@articles_test_bot", "/ARTICLE", "/ask_me x", "/nonsense@another_bot"]
)
async def test_in_private_every_unknown_command_is_said_to_be_one(command: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        (told,) = await chats.say(command)
    assert told["text"] == "I do not know that command. Just write your question, or see /help."
