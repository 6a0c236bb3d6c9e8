"""Whom the bot answers, how an admin lets somebody in, and that nobody can pretend to be an admin."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.door import Policy
from bot.state import Member, StateError
from tests.bot_api import BotApi, Json
from tests.fakes import FakeLibrary
from tests.running import ADMIN, Chats, running

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from bot.door import Mode

OTHER_ADMIN = 98
GROUP = {"id": -500, "type": "supergroup", "title": "Readers"}
ASK = "/ask 340 million"


def policy(mode: Mode = "pairing", **fields: object) -> Policy:
    return replace(Policy(mode=mode, owner=ADMIN), **fields)


def bot(**options: object) -> AbstractAsyncContextManager[Chats]:
    """The bot with two admins, the first of them its owner."""
    return running(BotApi(), FakeLibrary(), **{"admins": [ADMIN, OTHER_ADMIN], "policy": policy(), **options})


def text(messages: list[Json]) -> str:
    (message,) = messages
    return str(message["text"])


def code_in(messages: list[Json]) -> str:
    (code,) = re.findall(r"^[A-Z2-9]{4}-[A-Z2-9]{4}$", text(messages), re.MULTILINE)
    return str(code)


async def test_an_open_bot_answers_everybody() -> None:
    async with bot(policy=policy("open")) as chats:
        assert "340 million" in text(await chats.say("340 million", user=5))


async def test_an_allow_list_names_people_and_groups_and_everybody_else_is_told_their_number() -> None:
    listed = policy("allow-list", people=frozenset({5}), groups=frozenset({-500}))
    async with bot(policy=listed) as chats:
        assert "340 million" in text(await chats.say("340 million", user=5))
        assert "340 million" in text(await chats.say("340 million", user=ADMIN))
        assert "340 million" in text(await chats.say(ASK, user=6, chat=GROUP))
        refused = text(await chats.say("340 million", user=6))
        assert refused.endswith("your number: 6")
        assert "ferry" not in refused.lower()
        other = GROUP | {"id": -501}
        assert "only people and groups" in text(await chats.say(ASK, user=6, chat=other))
        assert "340 million" in text(await chats.say(ASK, user=5, chat=other))


COMMANDS = ["/start", "/start article-1", "/help", "/articles", "/language", "/reindex", "/audit", "?"]


@pytest.mark.parametrize("said", COMMANDS)
async def test_a_stranger_gets_a_code_and_nothing_else_whatever_they_say(said: str) -> None:
    async with bot() as chats:
        told = await chats.say(said, user=5)
        assert code_in(told)
        assert "reply_markup" not in told[0]
        assert text(told).startswith("I answer only people my admins know.")


async def test_an_admin_lets_a_stranger_in_by_the_code_and_both_are_told() -> None:
    async with bot() as chats:
        code = code_in(await chats.say("hello", user=5, language="zh-hant"))
        assert (
            text(await chats.say(f"/approve {code.lower()}", user=ADMIN)) == "Person, number 5, may ask now."
        )
        assert chats.api.sent(5)[-1]["text"].startswith("管理員已經同意")
        assert "340 million" in text(await chats.say("340 million", user=5))
        assert "Nobody has that code" in text(await chats.say(f"/approve {code}", user=ADMIN))


async def test_a_stranger_cannot_let_themselves_in() -> None:
    async with bot() as chats:
        code = code_in(await chats.say("hello", user=5))
        assert code_in(await chats.say(f"/approve {code}", user=5)) == code
        assert code_in(await chats.say(f"/approve {code}", user=6)) != code
        assert not chats.application.desk.state.members.all()


async def test_wrong_codes_are_few() -> None:
    async with bot() as chats:
        code = code_in(await chats.say("hello", user=5))
        for _ in range(5):
            assert "Nobody has that code" in text(await chats.say("/approve ABCD-EFGH", user=ADMIN))
        assert "too many wrong codes" in text(await chats.say(f"/approve {code}", user=ADMIN))
        assert "may ask now" in text(await chats.say(f"/approve {code}", user=OTHER_ADMIN))


async def test_a_flood_of_a_strangers_messages_gets_three_answers() -> None:
    async with bot() as chats:
        for _ in range(10):
            await chats.say("let me in", user=5)
        assert len(chats.api.sent(5)) == 3


async def test_an_admin_lets_a_group_in_and_takes_that_back() -> None:
    async with bot() as chats:
        assert "private chat to ask for access" in text(await chats.say(ASK, user=5, chat=GROUP))
        assert await chats.say("not meant for the bot", user=5, chat=GROUP) == []
        assert "Everybody in this group" in text(await chats.say("/approve", user=ADMIN, chat=GROUP))
        assert "340 million" in text(await chats.say(ASK, user=5, chat=GROUP))
        assert text(await chats.say("/revoke", user=ADMIN)).endswith("• Readers: -500")
        assert "may no longer ask" in text(await chats.say("/revoke -500", user=ADMIN))
        assert "private chat to ask" in text(await chats.say(ASK, user=6, chat=GROUP))


async def test_what_cannot_be_revoked_is_said_to_be_so() -> None:
    async with bot(policy=policy(people=frozenset({5}))) as chats:
        assert "settings let 5 in" in text(await chats.say("/revoke 5", user=ADMIN))
        assert "settings let 98 in" in text(await chats.say("/revoke 98", user=ADMIN))
        assert "Nobody with the number 6" in text(await chats.say("/revoke 6", user=ADMIN))
        assert "nothing to revoke" in text(await chats.say("/revoke everybody", user=ADMIN))
        assert "after /approve" in text(await chats.say("/approve", user=ADMIN))


async def test_the_owner_sees_what_all_admins_did_and_another_admin_their_own() -> None:
    async with bot() as chats:
        code = code_in(await chats.say("hello", user=5))
        await chats.say(f"/approve {code}", user=OTHER_ADMIN)
        await chats.say("/revoke 5", user=ADMIN)
        await chats.say("/approve ABCD-EFGH", user=ADMIN)
        first, *deeds = text(await chats.say("/audit", user=ADMIN)).split("\n")
        assert first == "What admins did last:"
        assert [deed.split(" · ")[1:] for deed in deeds] == [
            ["99", "/approve", "refused"],
            ["99", "/revoke 5", "done"],
            ["98", "/approve 5", "done"],
        ]
        assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", deed) for deed in deeds)
        assert text(await chats.say("/audit", user=OTHER_ADMIN)).count("\n") == 1


async def test_twenty_deeds_are_shown() -> None:
    async with bot() as chats:
        for number in range(25):
            await chats.say(f"/revoke {number}", user=ADMIN)
        assert text(await chats.say("/audit", user=ADMIN)).count("\n") == 20


# Nobody can pretend to be an admin

PERSON = {"id": ADMIN, "is_bot": False, "first_name": "Admin"}
PRETENDING = {
    "forwarded": {"forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}},
    "hidden forward": {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Admin"}},
    "through an inline bot": {"via_bot": {"id": 7, "is_bot": True, "first_name": "Inline"}},
    "anonymous": {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}, "sender_chat": GROUP},
    "channel": {
        "from": {"id": 136817688, "is_bot": True, "first_name": "Channel"},
        "sender_chat": {"id": -7, "type": "channel", "title": "Admin"},
    },
    "channel post in its group": {
        "from": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
        "sender_chat": {"id": -7, "type": "channel", "title": "Admin"},
    },
    "same name": {"from": {"id": 5, "is_bot": False, "first_name": "Admin", "username": "admin"}},
}


@pytest.mark.parametrize("fields", PRETENDING.values(), ids=PRETENDING)
@pytest.mark.parametrize("command", ["/approve {code}", "/approve", "/revoke 8", "/audit", "/reindex"])
async def test_only_an_admin_in_person_administers(command: str, fields: Json) -> None:
    async with bot(policy=policy(groups=frozenset({-500}))) as chats:
        members = chats.application.desk.state.members
        code = code_in(await chats.say("hello", user=5))
        members.add(Member(8, "Ben"))
        told = text(await chats.say(command.format(code=code), user=ADMIN, chat=GROUP, **fields))
        assert "only the bot's admins" in told
        assert [member.id for member in members.all()] == [8]
        assert chats.application.desk.state.audit.latest(20) == ()


@pytest.mark.parametrize("who", ["anonymous", "channel", "channel post in its group"])
async def test_no_group_or_channel_is_taken_for_a_person_who_may_ask(who: str) -> None:
    let_in = policy(people=frozenset({1087968824, 777000, 136817688}))
    async with bot(policy=let_in) as chats:
        mention = [{"type": "mention", "offset": 0, "length": 18}]
        sent = "@articles_test_bot 340 million"
        told = await chats.say(sent, user=5, chat=GROUP, entities=mention, **PRETENDING[who])
        assert "only people and groups" in text(told)


async def test_a_strangers_press_of_any_button_does_nothing_but_get_an_answer() -> None:
    async with bot(policy=policy("allow-list", people=frozenset({5}))) as chats:
        (menu,) = await chats.say("/language", user=5)
        button = menu["reply_markup"]["inline_keyboard"][1][0]["text"]
        for data in (None, "forged", "0" * 64):
            toast = await chats.press(menu, button, user=6, data=data)
            assert toast["text"] == "Sorry, I answer only people my admins know."
        assert chats.application.desk.state.people.language(6) is None


async def test_a_gate_that_fails_stays_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    async with bot() as chats:

        def fail(_: int) -> bool:
            raise StateError("the disk is gone")

        monkeypatch.setattr(chats.application.desk.door, "_known", fail)
        assert "something went wrong" in text(await chats.say("340 million", user=5))


# Limits


async def test_whoever_asks_too_much_is_told_once_how_many_seconds_to_wait() -> None:
    async with bot(policy=policy("open", person_limit=2)) as chats:
        for _ in range(6):
            await chats.say("340 million", user=5)
        *answers, wait = chats.api.sent(5)
        assert len(answers) == 2
        assert re.search(r"Please wait (30|29) seconds", wait["text"])
        assert "340 million" in text(await chats.say("340 million", user=6))


async def test_a_group_has_its_own_limit_and_what_is_not_meant_for_the_bot_does_not_count() -> None:
    async with bot(policy=policy("open", group_limit=2)) as chats:
        for person in range(10, 20):
            await chats.say("just talking", user=person, chat=GROUP)
        for person in range(10, 14):
            await chats.say(ASK, user=person, chat=GROUP)
        *answers, wait = chats.api.sent(-500)
        assert len(answers) == 2
        assert wait["text"].startswith("This group asks a lot at once.")


async def test_admins_are_not_limited() -> None:
    async with bot(policy=policy("open", person_limit=1)) as chats:
        for _ in range(5):
            await chats.say("340 million", user=ADMIN)
        assert len(chats.api.sent(ADMIN)) == 5


async def test_a_notice_of_the_group_is_no_message() -> None:
    async with bot(policy=policy("open", person_limit=1)) as chats:
        assert await chats.say(None, user=5, new_chat_title="New name", chat=GROUP) == []
