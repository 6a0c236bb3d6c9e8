"""How the bot comes by people's messages: it fetches them (polling), or they are brought (webhook)."""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tornado.netutil import bind_unix_socket

if TYPE_CHECKING:
    from telegram.error import TelegramError
    from telegram.ext import Updater

POLL_SECONDS: Final = 30
BOOTSTRAP_RETRIES: Final = 5
UNIX: Final = "unix:"
SOCKET_MODE: Final = 0o660  # a web server in the same group may write to it, nobody else


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram brings messages to.

    `url` is the address Telegram knows, usually that of a web server that takes care of TLS.
    `listen` is where that web server passes them on to: "host:port", or "unix:" and a path.
    """

    url: str
    listen: str

    def bind(self) -> socket.socket:
        """A socket that listens there; raises OSError if it cannot.

        It is bound before Telegram is told of it, so that what is brought at once arrives.
        """
        if self.listen.startswith(UNIX):
            return bind_unix_socket(self.listen.removeprefix(UNIX), mode=SOCKET_MODE)
        host, _, port = self.listen.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host.strip("[]"), int(port)), family=family)
        bound.setblocking(False)  # as tornado expects of it
        return bound


def webhook_secret(token: str) -> str:
    """What Telegram has to send with each message it brings, so that nobody else can bring one.

    It follows from the bot's token, so that it needs no keeping and stays the same after a
    restart; the token cannot be computed from it.
    """
    return hmac.new(token.encode(), b"articlebot webhook", hashlib.sha256).hexdigest()


async def start_fetching(
    updater: Updater,
    webhook: Webhook | None,
    *,
    kinds: Sequence[str],
    on_error: Callable[[TelegramError], None],
) -> None:
    """Begin to receive updates of these kinds; those that waited for the bot come first.

    Raises `TelegramError` if Telegram cannot be told, OSError if the bot cannot listen there.
    """
    if webhook is None:
        await updater.start_polling(
            timeout=POLL_SECONDS,
            bootstrap_retries=BOOTSTRAP_RETRIES,
            allowed_updates=kinds,
            drop_pending_updates=False,
            error_callback=on_error,
        )
        return
    bound = webhook.bind()
    try:
        await updater.start_webhook(
            unix=bound,  # the library takes any bound socket by this name
            url_path=re.escape(urlsplit(webhook.url).path),  # the library takes it for a pattern
            webhook_url=webhook.url,
            secret_token=webhook_secret(updater.bot.token),
            bootstrap_retries=BOOTSTRAP_RETRIES,
            allowed_updates=kinds,
            drop_pending_updates=False,
        )
    except BaseException:
        bound.close()
        raise
