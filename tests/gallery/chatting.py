"""Scenes: what people do in one chat with the whole bot, and what the chat then reads."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from telegram import Message

from bot.app import build_application
from bot.state import State
from bot.texts import texts_in
from bot.watching import Pace
from bot.web import Web
from index import FetchError, Page
from tests.bot_api import BOT, TOKEN, BotApi, FakeTransport, Json
from tests.running import AT_ONCE, Chats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from bot.handlers.desk import Library

CODES: Final = {"en": "en", "zh-Hant": "zh-hant", "zh-Hans": "zh-hans"}
LING, CHEN = (
    {"id": number, "is_bot": False, "first_name": name} for number, name in ((1, "Ling"), (2, "Chen"))
)
GROUP: Final = {"id": -500, "type": "supergroup", "title": "Harbour readers"}


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody writes a message, Ling if nobody else is named; "@" alone stands for the bot's name.

    `file` is a name and the text of a file that is sent with it.
    """

    text: str
    by: Json = field(default_factory=lambda: LING)
    file: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """Ling presses a button under the bot's last message: a prefix, and a text by its key in the texts.

    The bot then tells something, by and by, if it is so `told`.
    """

    key: str = ""
    count: int | None = None
    prefix: str = ""
    told: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """Ling types words after the bot's name in this chat, and sees what it offers."""

    words: str


Step = Say | Press | Type


@dataclass(frozen=True, slots=True)
class Shown:
    """What a chat shows in the end: its messages, their pictures by id, and what typing is offered."""

    messages: tuple[Message, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    typed: str = ""
    offered: tuple[tuple[str, str], ...] = ()


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
    admin: bool = False
    before: Callable[[State], None] | None = None


async def play(scene: Scene, library: Library, *, patience: float = 30) -> Shown:
    """Do what a scene says; returns what its chat shows in the end.

    ValueError if something said is not answered within `patience` seconds.
    """
    shown = Shown(())
    async with _chats(library, scene) as chats:
        for step in scene.steps:
            if isinstance(step, Say):
                await _say(chats, scene, step, patience)
            elif isinstance(step, Type):
                shown = await _typed(chats, scene, step)
            else:
                await _press(chats, scene, step, patience)
    messages = chats.api.messages(_chat(scene))
    pictures = {
        size["file_id"]: chats.api.content(size) for each in messages for size in each.get("photo", ())
    }
    return replace(shown, messages=tuple(Message.de_json(each, None) for each in messages), pictures=pictures)


async def _typed(chats: Chats, scene: Scene, step: Type) -> Shown:
    offered = await chats.type(step.words, user=LING["id"], language=CODES[scene.language])
    results = tuple((each["title"], each.get("description", "")) for each in offered["results"])
    return Shown((), typed=f"@{BOT['username']} {step.words}", offered=results)


async def _say(chats: Chats, scene: Scene, step: Say, patience: float) -> None:
    text, fields = step.text, dict[str, Any]()
    if "@" in text.split():
        mention = f"@{BOT['username']}"
        text = text.replace("@", mention, 1)
        fields["entities"] = [{"type": "mention", "offset": text.index(mention), "length": len(mention)}]
    sender = step.by | {"language_code": CODES[scene.language]}
    if scene.group:
        fields["chat"] = GROUP
    if step.file is not None:
        name, words = step.file
        fields["document"] = chats.api.document(words.encode(), name)
    before = len(chats.api.sent(_chat(scene)))
    await chats.say(text or None, user=step.by["id"], **{"from": sender}, **fields)
    if not scene.group and not await _until(lambda: len(chats.api.sent(_chat(scene))) > before, patience):
        raise ValueError(f"in the scene {scene.name!r} {step.text!r} got no answer")


async def _until(condition: Callable[[], bool], patience: float) -> bool:
    """Whether something came to be; what takes its time is not waited for by `Chats`."""
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    return True


async def _press(chats: Chats, scene: Scene, step: Press, patience: float) -> None:
    message = chats.api.sent(_chat(scene))[-1]
    values = {} if step.count is None else {"count": step.count}
    name = step.prefix + (texts_in(scene.language).say(step.key, **values) if step.key else "")
    before = len(chats.api.sent(_chat(scene)))
    await chats.press(message, name, user=LING["id"], language=CODES[scene.language])
    if step.told:
        await _until(lambda: len(chats.api.sent(_chat(scene))) > before, patience)


def _no_page(url: str, *_: object, **__: object) -> Page:
    raise FetchError(f"{url} is not fetched for a picture")


def _chat(scene: Scene) -> int:
    number: int = GROUP["id"] if scene.group else LING["id"]  # type: ignore[assignment]  # a number
    return number


@asynccontextmanager
async def _chats(library: Library, scene: Scene) -> AsyncIterator[Chats]:
    api = BotApi()
    state = State()
    if scene.before is not None:
        scene.before(state)
    application = build_application(
        TOKEN,
        library,
        state=state,
        request=FakeTransport(api),
        rates=AT_ONCE,
        admins=(LING["id"],) if scene.admin else (),
        web=Web(_no_page, (), Pace()),
    )
    async with application:
        await application.start()
        try:
            yield Chats(api, application)
        finally:
            await application.stop()
