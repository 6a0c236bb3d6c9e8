"""Nobody administers who is not an admin in person: every command and every button, whoever added it."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.door import Policy
from bot.handlers import menu
from bot.routes import actions
from bot.state import Member, StoredButton
from tests.bot_api import BotApi, Json
from tests.fakes import FakeLibrary
from tests.running import ADMIN, Chats, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STRANGER, GROUP_BOT, TELEGRAM, CHANNEL_BOT = 5, 1087968824, 777000, 136817688
GROUP = {"id": -500, "type": "supergroup", "title": "Readers"}
CHANNEL = {"id": -7, "type": "channel", "title": "Admin"}
PERSON = {"id": ADMIN, "is_bot": False, "first_name": "Admin", "language_code": "en"}
PRETENDING: dict[str, Json] = {
    "forwarded": {"forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}},
    "forwarded, hidden": {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Admin"}},
    "forwarded from a channel": {
        "forward_origin": {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 3}
    },
    "automatically forwarded": {"is_automatic_forward": True, "sender_chat": CHANNEL},
    "through an inline bot": {"via_bot": {"id": 7, "is_bot": True, "first_name": "Inline"}},
    "a bot": {"from": PERSON | {"is_bot": True}},
    "in the name of the group": {"sender_chat": GROUP, "chat": GROUP},
    "anonymous": {
        "from": {"id": GROUP_BOT, "is_bot": True, "first_name": "Group"}, "sender_chat": GROUP, "chat": GROUP,
    },
    "a channel": {
        "from": {"id": CHANNEL_BOT, "is_bot": True, "first_name": "Channel"},
        "sender_chat": CHANNEL,
        "chat": GROUP,
    },
    "a channel's group": {
        "from": {"id": TELEGRAM, "is_bot": False, "first_name": "Telegram"},
        "sender_chat": CHANNEL,
        "chat": GROUP,
    },
    "Telegram itself": {"from": {"id": TELEGRAM, "is_bot": False, "first_name": "Telegram"}},
    "the same name": {"from": PERSON | {"id": STRANGER, "username": "admin"}},
    "nobody": {"from": None, "sender_chat": GROUP, "chat": GROUP},
}  # fmt: skip
COMMANDS = sorted({*menu.ADMINS} - {*menu.EVERYBODY, *menu.GROUPS})
ARGUMENTS = ["", " 8", " ABCD-EFGH", " https://a.example/feed"]
SERVICE = frozenset({GROUP_BOT, TELEGRAM, CHANNEL_BOT})


@asynccontextmanager
async def bot() -> AsyncIterator[Chats]:
    """An open bot whose settings even name Telegram's own accounts as admins."""
    async with running(
        BotApi(), FakeLibrary(), admins=[ADMIN, *SERVICE], policy=Policy(person_limit=0)
    ) as chats:
        chats.application.desk.state.members.add(Member(8, "Ben"))
        yield chats


def told(messages: list[Json]) -> list[str]:
    return [message["text"] for message in messages]


def done(chats: Chats) -> tuple[object, ...]:
    """Everything that an admin can do something to."""
    desk = chats.application.desk
    return (
        desk.state.members.all(),
        desk.state.audit.latest(20),
        [article.id for article in desk.library.articles()],
        list(desk.library.built_from),  # type: ignore[attr-defined]  # the fake's own
    )


def test_the_commands_of_admins_are_known() -> None:
    assert {"reindex", "approve", "revoke", "audit"} <= {*COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("who", PRETENDING)
async def test_a_command_of_admins_is_refused_to_whoever_pretends(command: str, who: str) -> None:
    """They are told what any stranger is told, and nothing has happened."""
    async with bot() as chats:
        before, fields = done(chats), PRETENDING[who]
        chat = fields.get("chat", {"id": STRANGER, "type": "private"})
        for arguments in ARGUMENTS:
            stranger = told(await chats.say(f"/{command}{arguments}", user=STRANGER, chat=chat))
            pretended = told(await pretend(chats, f"/{command}{arguments}", fields))
            assert pretended == stranger
            assert "only the bot's admins" in " ".join(stranger)
        await settle()
        assert done(chats) == before


async def pretend(chats: Chats, sent: str, fields: Json) -> list[Json]:
    """Have somebody write as an admin; without a sender, where the fields say so."""
    update = chats.api.say(sent, user=ADMIN, **{"from": PERSON, **{k: v for k, v in fields.items() if v}})
    message = dict(update["message"])
    if fields.get("from", PERSON) is None:
        del message["from"]
    before = len(chats.api.sent(message["chat"]["id"]))
    await chats.hand_over(update | {"message": message})
    await chats.application.update_queue.join()
    return chats.api.sent(message["chat"]["id"])[before:]


async def settle() -> None:
    """Let work that a command may have begun go on for a moment."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("command", COMMANDS)
async def test_an_admin_in_person_is_told_otherwise_than_a_stranger(command: str) -> None:
    async with bot() as chats:
        answered = told(await chats.say(f"/{command}", user=ADMIN))
        assert answered != told(await chats.say(f"/{command}", user=STRANGER))


@pytest.mark.parametrize(
    "kind", ["edited_message", "channel_post", "edited_channel_post", "business_message"]
)
@pytest.mark.parametrize("command", COMMANDS)
async def test_what_is_no_new_message_is_no_command(command: str, kind: str) -> None:
    async with bot() as chats:
        before, update = done(chats), chats.api.say(f"/{command} 8", user=ADMIN)
        update[kind] = update.pop("message") | {"edit_date": 2}
        await chats.hand_over(update)
        await chats.application.update_queue.join()
        await settle()
        assert chats.api.sent(ADMIN) == []
        assert done(chats) == before


# Buttons


def stored(chats: Chats, action: str, **fields: object) -> str:
    """The key of a button for admins, as it would stand under a message in the group."""
    button = StoredButton(action, {"answer": "x"}, -500, **{"admins": True, **fields})  # type: ignore[arg-type]
    (key,) = chats.application.desk.state.buttons.put([button])
    return key


async def shown(chats: Chats) -> Json:
    (message,) = await chats.say("/language", user=STRANGER, chat=GROUP)
    return message


@pytest.mark.parametrize("action", sorted(actions()))
async def test_an_admins_button_does_nothing_for_anybody_else(action: str) -> None:
    async with bot() as chats:
        message, before = await shown(chats), done(chats)
        for presser in (STRANGER, *SERVICE):
            toast = await chats.press(message, "", user=presser, data=stored(chats, action))
            assert toast["text"] == "Only the bot's admins can do that."
        assert done(chats) == before
        assert chats.api.called("editMessageText") == []


@pytest.mark.parametrize("action", sorted(actions()))
async def test_a_persons_button_does_nothing_for_anybody_else_not_even_an_admin(action: str) -> None:
    async with bot() as chats:
        message, before = await shown(chats), done(chats)
        key = stored(chats, action, admins=False, person=STRANGER)
        toast = await chats.press(message, "", user=ADMIN, data=key)
        assert "who asked" in toast["text"]
        assert done(chats) == before


async def test_keys_cannot_be_made_up_nor_carried_to_another_chat() -> None:
    async with bot() as chats:
        message, before = await shown(chats), done(chats)
        (private,) = await chats.say("/language", user=STRANGER)
        key = stored(chats, "language")
        made_up = [
            secrets.token_urlsafe(12),
            key[:-1],
            key + " ",
            key.swapcase(),
            "",
            "1 OR 1=1",
            "\0",
            "%",
            "_" * 16,
        ]
        for data in made_up:
            toast = await chats.press(message, "", user=ADMIN, data=data)
            assert "no longer works" in toast["text"]
        toast = await chats.press(private, "", user=ADMIN, data=key)
        assert "no longer works" in toast["text"]
        assert done(chats) == before


# Whatever comes

WORDS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" /@_-\n\0\u202e"), max_size=80)
STARTS = st.sampled_from(
    ["/start ", "/ask ", "/approve ", "/revoke ", "/audit ", "/articles ", "/new ", "/help ", "/nothing ", ""]
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(STARTS, WORDS, st.sampled_from([ADMIN, STRANGER])), min_size=1, max_size=8))
def test_whatever_is_written_is_answered_and_nothing_breaks(sent: list[tuple[str, str, int]]) -> None:
    async def converse() -> None:
        async with bot() as chats:
            for start, words, user in sent:
                if not (start + words).strip():
                    continue
                answered = told(await chats.say((start + words).strip()[:4096], user=user))
                assert answered
                assert "something went wrong" not in " ".join(answered)

    asyncio.run(converse())


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=64), min_size=1, max_size=8))
def test_whatever_a_button_carries_the_press_is_answered(carried: list[str]) -> None:
    async def press() -> None:
        async with bot() as chats:
            message = await shown(chats)
            for data in carried:
                assert "no longer works" in (await chats.press(message, "", data=data))["text"]

    asyncio.run(press())
