"""Messages that are no text: their captions fit what Telegram takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from telegram import Message

from bot.handlers.sending import reply_document, reply_photo
from bot.pacing import Rates
from bot.transport import make_bot
from tests.bot_api import LONGEST_CAPTION, TOKEN, BotApi, FakeTransport

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = b"\x89PNG\r\n"
LONG = "🚲 " * LONGEST_CAPTION


@pytest.fixture
def asked() -> tuple[BotApi, Message]:
    """A server, and a message that somebody sent through it."""
    api = BotApi()
    bot = make_bot(
        TOKEN,
        base_url=None,
        base_file_url=None,
        local_mode=False,
        request=FakeTransport(api),
        rates=Rates(0, 0, 0),
    )
    message = Message.de_json(api.say("/status")["message"], bot)
    assert message is not None
    return api, message


async def test_a_pictures_caption_is_cut_to_what_telegram_takes(asked: tuple[BotApi, Message]) -> None:
    api, message = asked
    await reply_photo(message, PICTURE, LONG)
    (sent,) = api.sent(message.chat_id)
    assert LONGEST_CAPTION - 4 <= len(sent["caption"].encode("utf-16-le")) // 2 <= LONGEST_CAPTION


async def test_a_documents_caption_is_cut_to_what_telegram_takes(
    asked: tuple[BotApi, Message], tmp_path: Path
) -> None:
    api, message = asked
    (tmp_path / "library.zip").write_bytes(b"content")
    await reply_document(message, tmp_path / "library.zip", LONG)
    (sent,) = api.sent(message.chat_id)
    assert LONGEST_CAPTION - 4 <= len(sent["caption"].encode("utf-16-le")) // 2 <= LONGEST_CAPTION
