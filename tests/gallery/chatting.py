"""Scenes: what people do in one chat with the whole bot, and what the chat then reads."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from telegram import Message

from bot.app import build_application
from bot.texts import texts_in
from tests.bot_api import BOT, TOKEN, BotApi, FakeTransport, Json
from tests.running import AT_ONCE, Chats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.handlers.desk import Library

CODES: Final = {"en": "en", "zh-Hant": "zh-hant", "zh-Hans": "zh-hans"}
LING, CHEN = (
    {"id": number, "is_bot": False, "first_name": name} for number, name in ((1, "Ling"), (2, "Chen"))
)
GROUP: Final = {"id": -500, "type": "supergroup", "title": "Harbour readers"}


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody writes a message, Ling if nobody else is named; "@" alone stands for the bot's name."""

    text: str
    by: Json = field(default_factory=lambda: LING)


@dataclass(frozen=True, slots=True)
class Press:
    """Ling presses a button under the bot's last message: its text, by its key in the bot's texts."""

    key: str
    count: int | None = None
    prefix: str = ""


Step = Say | Press


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture: its name, the language of Ling's Telegram, what is done, and whether in a group.

    Pictures of the README are marked; `alt` says what they show.
    """

    name: str
    language: str
    steps: tuple[Step, ...]
    group: bool = False
    readme: bool = False
    admins: tuple[int, ...] = ()


async def play(scene: Scene, library: Library) -> list[Message]:
    """Do what a scene says; returns every message of its chat as it reads in the end."""
    async with _chats(library, scene) as chats:
        for step in scene.steps:
            before = len(chats.api.sent(_chat(scene)))
            if isinstance(step, Say):
                await _say(chats, scene, step)
                if len(chats.api.sent(_chat(scene))) == before and not scene.group:
                    raise ValueError(f"in the scene {scene.name!r} {step.text!r} got no answer")
            else:
                await _press(chats, scene, step)
        return [Message.de_json(message, None) for message in chats.api.messages(_chat(scene))]


async def _say(chats: Chats, scene: Scene, step: Say) -> None:
    text, fields = step.text, dict[str, Any]()
    if "@" in text.split():
        mention = f"@{BOT['username']}"
        text = text.replace("@", mention, 1)
        fields["entities"] = [{"type": "mention", "offset": text.index(mention), "length": len(mention)}]
    sender = step.by | {"language_code": CODES[scene.language]}
    if scene.group:
        fields["chat"] = GROUP
    await chats.say(text, user=step.by["id"], **{"from": sender}, **fields)


async def _press(chats: Chats, scene: Scene, step: Press) -> None:
    message = chats.api.sent(_chat(scene))[-1]
    values = {} if step.count is None else {"count": step.count}
    name = step.prefix + texts_in(scene.language).say(step.key, **values)
    await chats.press(message, name, user=LING["id"], language=CODES[scene.language])


def _chat(scene: Scene) -> int:
    number: int = GROUP["id"] if scene.group else LING["id"]  # type: ignore[assignment]  # a number
    return number


@asynccontextmanager
async def _chats(library: Library, scene: Scene) -> AsyncIterator[Chats]:
    api = BotApi()
    application = build_application(
        TOKEN, library, request=FakeTransport(api), rates=AT_ONCE, admins=scene.admins
    )
    async with application:
        await application.start()
        try:
            yield Chats(api, application)
        finally:
            await application.stop()
