"""What a message of an admin's brings that could be an article: a file, a text, an address."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from telegram import MessageOriginChannel
from telegram.constants import ChatType
from telegram.ext import filters

from bot.access import is_from_admin
from index import SUFFIXES, plain_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from telegram import Document, Message

ADDRESS: Final = re.compile(r"https?://\S+", re.IGNORECASE)
COMMAND: Final = "/add"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that Telegram keeps. `name` is free of tricks; `size` is bytes, None if Telegram is silent."""

    file_id: str
    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Writing:
    """A text, and what is known of it if it was posted in a channel."""

    text: str
    source: str | None = None
    published: date | None = None
    url: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a page."""

    url: str


Material = Upload | Writing | Address


class Offered(filters.MessageFilter):
    """Messages by which an admin offers an article without a word: a file, a channel's post, an address."""

    def __init__(self, admins: Collection[int], *, addresses: bool) -> None:
        super().__init__()
        self._admins, self._addresses = admins, addresses

    def filter(self, message: Message) -> bool:
        """Whether it is one of them; an address counts only where pages can be fetched."""
        if message.chat.type != ChatType.PRIVATE or not is_from_admin(message, self._admins):
            return False
        if _is_file(message):
            command = (message.caption or "").partition(" ")[0]
            return not command.startswith("/") or command == COMMAND
        if isinstance(message.forward_origin, MessageOriginChannel):
            return True
        return self._addresses and message.forward_origin is None and _is_address(message.text or "")


def materials_in(messages: Sequence[Message]) -> tuple[Material, ...]:
    """What messages that were sent together bring: each file, or else one text of all their words.

    A file that cannot be read, under the words of a channel's post, is to those what a picture is.
    """
    files = [each for each in messages if _is_file(each)]
    uploads = tuple(_upload(each.document) for each in files if each.document is not None)
    worded = any(each.caption and isinstance(each.forward_origin, MessageOriginChannel) for each in files)
    if uploads and not (worded and not any(is_readable(each) for each in uploads)):
        return uploads
    return _words_of(messages)


def is_readable(upload: Upload) -> bool:
    """Whether a file's name promises one of the kinds that articles come in."""
    return PurePath(upload.name).suffix.lower() in SUFFIXES


def material_of_words(words: str) -> Material:
    """What words stand for that an admin wrote: the address of a page, or an article themselves."""
    return Address(words.strip()) if _is_address(words) else Writing(words)


def _words_of(messages: Sequence[Message]) -> tuple[Material, ...]:
    writings = [written for each in messages if (written := _writing(each)) is not None]
    if not writings:
        return ()
    text = "\n\n".join(each.text for each in writings if each.text)
    if writings[0].source is None and _is_address(text):  # what a channel posts is what it posts
        return (Address(text.strip()),)
    return (replace(writings[0], text=text),)


def _is_file(message: Message) -> bool:
    """Whether a message brings a file; Telegram calls every moving picture one, too."""
    return message.document is not None and message.animation is None


def _is_address(text: str) -> bool:
    return ADDRESS.fullmatch(text.strip()) is not None


def _upload(document: Document) -> Upload:
    ending = mimetypes.guess_extension(document.mime_type or "") or ""
    return Upload(
        document.file_id, plain_name(document.file_name or "") or f"file{ending}", document.file_size
    )


def _writing(message: Message) -> Writing | None:
    words, origin = message.text or message.caption or "", message.forward_origin
    if not isinstance(origin, MessageOriginChannel):
        return Writing(words) if words else None
    name = origin.chat.username
    return Writing(
        words,
        source=origin.chat.title,
        published=origin.date.astimezone().date(),
        url=f"https://t.me/{name}/{origin.message_id}" if name else None,
        author=origin.author_signature,
    )
