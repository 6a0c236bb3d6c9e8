"""Material into an article that may be added, or into a sentence that says why not."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from telegram.error import BadRequest, TelegramError

from bot.handlers.material import Address, Upload, Writing, is_readable
from bot.handlers.sending import persistently
from bot.proposals import Candidate, Finding, Refusal
from index import SUFFIXES, ArticlebotError, EmptyArticle

if TYPE_CHECKING:
    from telegram import Bot

    from bot.handlers.desk import Desk
    from bot.handlers.material import Material
    from bot.texts import Texts
    from index import Article

LOG = logging.getLogger(__name__)
MEGABYTE: Final = 1_000_000
TEXT_FILE: Final = "message.txt"  # what a message would be called as a file


async def look_at(desk: Desk, bot: Bot, material: Material, texts: Texts) -> Finding:
    """Read one thing; what it would replace, or is a copy of, is found too."""
    try:
        if isinstance(material, Upload):
            article = await _uploaded(desk, bot, material, texts)
        elif isinstance(material, Address):
            article = await _fetched(desk, material, texts)
        else:
            article = await desk.acquisitions.read(_written, desk, material)
        twin = await desk.acquisitions.read(desk.library.twin, article)
    except _NotRead as refusal:
        return Refusal(_name(material), refusal.sentence)
    except EmptyArticle:
        return Refusal(_name(material), texts.say("adding.empty"))
    except ArticlebotError as error:
        key = "adding.not_fetched" if isinstance(material, Address) else "adding.unreadable"
        return Refusal(_name(material), texts.say(key, reason=str(error)))
    return Candidate(article, twin)


class _NotRead(Exception):
    """Material that is refused, with the reason in the language of who sent it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


async def _uploaded(desk: Desk, bot: Bot, upload: Upload, texts: Texts) -> Article:
    limit = desk.acquisitions.max_bytes
    if not is_readable(upload):
        raise _NotRead(texts.say("adding.unsupported", formats=", ".join(SUFFIXES)))
    if (upload.size or 0) > limit:
        raise _NotRead(texts.say("adding.too_large", limit=limit // MEGABYTE))
    content = await _content(bot, upload, texts)
    if len(content) > limit:
        raise _NotRead(texts.say("adding.too_large", limit=limit // MEGABYTE))
    return await desk.acquisitions.read(desk.library.read, content, upload.name)


async def _content(bot: Bot, upload: Upload, texts: Texts) -> bytes:
    """The bytes of a file, into memory and nowhere else.

    Telegram's own server gives bots no file over 20 MB, a server of one's own any.
    """
    try:
        file = await persistently(lambda: bot.get_file(upload.file_id))
        return bytes(await persistently(file.download_as_bytearray))
    except TelegramError as error:
        LOG.info("a file could not be fetched: %s", error.message)
        too_big = isinstance(error, BadRequest) and "too big" in error.message.lower()
        raise _NotRead(
            texts.say("adding.too_large_for_telegram" if too_big else "adding.not_handed_over")
        ) from error


async def _fetched(desk: Desk, address: Address, texts: Texts) -> Article:
    if desk.acquisitions.fetch is None:
        raise _NotRead(texts.say("adding.no_fetching"))
    return await desk.acquisitions.read(desk.acquisitions.fetch, address.url)


def _written(desk: Desk, writing: Writing) -> Article:
    article = desk.library.read(writing.text.encode("utf-8", "replace"), TEXT_FILE, url=writing.url)
    known = article.source if article.source != TEXT_FILE else None  # an outlet that the text itself names
    return replace(
        article,
        source=writing.source or known,
        published=writing.published or article.published,
        author=writing.author or article.author,
    )


def _name(material: Material) -> str:
    match material:
        case Upload(name=name):
            return name
        case Address(url=url):
            return url
        case Writing(text=text):
            return text.strip().partition("\n")[0]
