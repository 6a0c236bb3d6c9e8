"""The README's pictures: `python -m tests.gallery` photographs a chat with the bot.

The sample articles are indexed, and the whole bot is asked over the tests' Bot API. Its
messages as that server received them, text and entities, are drawn by `chat.html` and
photographed by a headless Chromium. Only the clock is made up, so that the pictures change
when the answers do and not by the minute. They were taken with Debian's fonts-roboto-unhinted
and fonts-noto-cjk; without these they look a little different.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from PIL import Image  # llama-index brings Pillow
from telegram import Message

from bot.app import build_application
from bot.commands.demo import QUESTION
from index import Library, language_of, samples
from tests.bot_api import TOKEN, BotApi, FakeTransport
from tests.gallery.entities import html_of
from tests.running import Chats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.handlers.desk import Library as Answering

HERE: Final = Path(__file__).parent
QUESTIONS: Final = (QUESTION, "台積電在亞利桑那僱用了多少人？", "Who painted the Mona Lisa?")
PERSON: Final = {"id": 1, "is_bot": False, "first_name": "Ling", "language_code": "en"}
THEMES: Final = ("light", "dark")
WIDTH: Final = 420  # CSS pixels, a large phone's
FIRST_MINUTE: Final = 9 * 60 + 41
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--disable-lcd-text",
    "--force-device-scale-factor=2",
)
HEIGHT: Final = re.compile(r'data-height="(\d+)"')
TICKS: Final = '<svg class="ticks" viewBox="0 0 18 11"><path d="M1 6l4 4 7.5-9M7.5 9l1 1L16 1"/></svg>'


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as the person sent it, and what the bot sent back."""

    question: Message
    answers: tuple[Message, ...]


async def exchanges(library: Answering, questions: Sequence[str]) -> list[Exchange]:
    """Ask the whole bot, one question after the other."""
    async with _chats(library) as chats:
        return [await _exchange(chats, question) for question in questions]


@asynccontextmanager
async def _chats(library: Answering) -> AsyncIterator[Chats]:
    api = BotApi()
    application = build_application(TOKEN, library, request=FakeTransport(api))
    async with application:
        await application.start()
        try:
            yield Chats(api, application)
        finally:
            await application.stop()


async def _exchange(chats: Chats, question: str) -> Exchange:
    sent = await chats.say(question, user=1, language="en", **{"from": PERSON})
    answers = tuple(Message.de_json(message, None) for message in sent)
    asked = answers[0].reply_to_message
    if asked is None:
        raise ValueError(f"the bot's answer to {question!r} is no reply to it")
    return Exchange(asked, answers)


def page(conversation: Sequence[Exchange], theme: str) -> str:
    """The chat as an HTML page without anything from outside."""
    drawn = "\n".join(
        _drawn(exchange, _clock(FIRST_MINUTE + number)) for number, exchange in enumerate(conversation)
    )
    return Template((HERE / "chat.html").read_text("utf-8")).substitute(
        theme=theme, width=WIDTH, messages=drawn
    )


def _drawn(exchange: Exchange, clock: str) -> str:
    asked = _bubble("outgoing", exchange.question, f"{clock}{TICKS}")
    return "\n".join([asked, *(_bubble("incoming", answer, clock) for answer in exchange.answers)])


def _bubble(side: str, message: Message, foot: str) -> str:
    text = message.text or ""
    # A blockquote is a block in HTML: it ends its line by itself.
    body = html_of(text, message.entities).replace("</blockquote>\n", "</blockquote>")
    words = f'<span class="words">{body}</span><span class="foot">{foot}</span>'
    return (
        f'<div class="bubble {side}" lang="{language_of(text)}">{_reply_header(message.reply_to_message)}'
        f'{words}<span class="time">{foot}</span></div>{_keyboard(message)}'
    )


def _keyboard(message: Message) -> str:
    if message.reply_markup is None:
        return ""
    rows = (
        "".join(
            f'<span class="button{" address" if button.url else ""}">{escape(button.text)}</span>'
            for button in row
        )
        for row in message.reply_markup.inline_keyboard
    )
    return '<div class="keyboard">' + "".join(f"<div>{row}</div>" for row in rows) + "</div>"


def _reply_header(replied: Message | None) -> str:
    if replied is None or replied.from_user is None:
        return ""
    name, line = escape(replied.from_user.full_name), escape((replied.text or "").replace("\n", " "))
    return f'<div class="reply"><div class="name">{name}</div><div class="line">{line}</div></div>'


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def photograph(browser: str, html: Path, picture: Path) -> None:
    """Have the browser draw a page, as wide as a phone and as tall as it is, into a PNG file."""
    dom = _browse(browser, html, "--dump-dom")
    height = HEIGHT.search(dom)
    if height is None:
        raise ValueError(f"{browser} drew {html.name} but did not tell how tall it is")
    _browse(browser, html, f"--screenshot={picture}", f"--window-size={WIDTH},{height[1]}")
    _pack(picture)


def _pack(picture: Path) -> None:
    """Write a PNG file anew with a palette, a third of the size; a README is to load at once."""
    with Image.open(picture) as taken:
        # This method keeps few-pixel colours such as the ticks' green, and k-means the large ones exact.
        packed = taken.convert("RGB").quantize(
            256, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE
        )
    packed.save(picture, optimize=True)


def _browse(browser: str, html: Path, *arguments: str) -> str:
    with TemporaryDirectory(prefix="articlebot-gallery-") as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", *arguments, html.absolute().as_uri()]
        try:
            return subprocess.run(command, capture_output=True, check=True, text=True, timeout=120).stdout
        except subprocess.CalledProcessError as error:
            error.add_note(error.stderr)
            raise


def main() -> None:
    """Write the pages, and photograph them where there is a browser."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.gallery", description="Make the README's pictures."
    )
    parser.add_argument("--html", type=Path, metavar="DIR", help="keep the pages in this folder")
    parser.add_argument("--out", type=Path, metavar="DIR", default=HERE, help="the pictures' folder")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="articlebot-gallery-") as scratch:
        pages = _write_pages(Path(scratch), options.html or Path(scratch))
        _photograph_all(pages, options.out)


def _write_pages(scratch: Path, folder: Path) -> dict[str, Path]:
    with Library.open(scratch / "library", create=True) as library:
        library.build([samples()])
        conversation = asyncio.run(exchanges(library, QUESTIONS))
    folder.mkdir(parents=True, exist_ok=True)
    pages = {theme: folder / f"answer-{theme}.html" for theme in THEMES}
    for theme, path in pages.items():
        path.write_text(page(conversation, theme), "utf-8")
    return pages


def _photograph_all(pages: dict[str, Path], folder: Path) -> None:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(
            f"There is no browser to take pictures with ({', '.join(BROWSERS)}): install Chromium, "
            "or look at the pages that --html DIR keeps."
        )
    for theme, html in pages.items():
        picture = folder.absolute() / f"answer-{theme}.png"
        photograph(browser, html, picture)
        print(f"{picture} ({picture.stat().st_size // 1000} kB)")  # noqa: T201  a script tells what it made


if __name__ == "__main__":
    main()
