"""A Bot API server on loopback, for a bot that is run whole, in this process or another.

    with BotApiServer() as server:
        ... run the bot with base_url=server.url ...
        server.api.say("how much does Xiaomi plan to spend on R&D")
        server.api.wait(lambda: server.api.sent(1))

The rules, and how to make things go wrong, are those of `tests.bot_api.BotApi`.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlsplit

from tests.bot_api import TOKEN, BotApi, Files, Json, decoded

if TYPE_CHECKING:
    from types import TracebackType


class BotApiServer:
    """Serves a `BotApi` over HTTP on a free port of 127.0.0.1."""

    def __init__(self, api: BotApi | None = None, port: int = 0) -> None:
        self.api = api or BotApi()
        self._ended = threading.Event()
        self._server = _Server(("127.0.0.1", port), _handler_for(self.api))

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What to give the bot as its `base_url`."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def file_url(self) -> str:
        """What to give the bot as its `base_file_url`."""
        return f"http://127.0.0.1:{self.port}/file/bot"

    @property
    def environment(self) -> dict[str, str]:
        """What a bot in another process has to find in its environment."""
        return {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "ARTICLEBOT_TELEGRAM__BASE_URL": self.url,
            "ARTICLEBOT_TELEGRAM__BASE_FILE_URL": self.file_url,
            "NO_PROXY": "127.0.0.1",
        }

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        threading.Thread(target=self._bring, daemon=True).start()
        return self

    def _bring(self) -> None:
        """Bring updates to the bot's webhook, if it has set one; what it does not take comes again."""
        while not self._ended.is_set():
            if (pair := self.api.next_update(0.1)) is None:
                continue
            webhook, update = pair
            if post(webhook["url"], update, webhook.get("secret_token")) == HTTPStatus.OK:
                self.api.brought(update)
            else:
                self._ended.wait(0.1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()


def post(url: str, update: Json, secret: str | None) -> int:
    """Bring an update to a webhook as Telegram does; the HTTP status, 0 if nobody listens."""
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.request("POST", place.path, json.dumps(update), headers)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False  # a long poll whose bot has gone would be waited for

    def handle_error(self, request: object, client_address: object) -> None:
        """Tell of errors, but not of a bot that was killed in the middle of a request."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on


def _fields(kind: str, data: bytes) -> tuple[dict[str, str], Files]:
    """The fields and the files of a request."""
    _, multipart, boundary = kind.partition("multipart/form-data; boundary=")
    if not multipart:
        return dict(parse_qsl(data.decode(), keep_blank_values=True)), {}
    parameters, files = {}, {}
    for part in data.split(f"--{boundary}".encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        names = dict(re.findall(r'(name|filename)="([^"]*)"', head.decode()))
        if "filename" in names:
            files[names["name"]] = names["filename"], content.removesuffix(b"\r\n")
        else:
            parameters[names["name"]] = content.removesuffix(b"\r\n").decode()
    return parameters, files


def _handler_for(api: BotApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # header and body in one packet; in two, each answer would wait 40 ms

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                self._hang_up()  # the bot was killed in the middle of its request
                return
            parameters, files = _fields(self.headers.get("Content-Type", ""), body)
            token, _, method = self.path.removeprefix("/bot").partition("/")
            try:
                status, answer = api.call(token, method, decoded(parameters), files)
            except ConnectionResetError:
                self._hang_up()
            else:
                self._answer(status, json.dumps(answer).encode())

        def _hang_up(self) -> None:
            """Drop the connection without a word, by a reset as a network does."""
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def do_GET(self) -> None:
            token, _, path = self.path.removeprefix("/file/bot").partition("/")
            self._answer(*api.download(token, path))

        def _answer(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # a bot that has gone does not wait for its long poll

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
            """Keep the tests' output clean."""

    return Handler
