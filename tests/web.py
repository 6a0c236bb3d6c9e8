"""Web servers on loopback whose every byte a test decides."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def response(
    content: bytes = b"", *, status: str = "200 OK", headers: Iterable[str] = (), length: int | None = None
) -> bytes:
    """An answer of HTTP as it goes over the wire."""
    size = len(content) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode() + content


class Web:
    """A server: `pages` says what each path answers, in bytes or by a function that sends them itself.

    `requests` are the heads of the requests that came.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, bytes | Callable[[socket.socket], None]] = {}
        self.requests: list[str] = []

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serving() -> Iterator[Web]:
    """A server that answers until the end of the block."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            head = b""
            while b"\r\n\r\n" not in head and (part := self.request.recv(65_536)):
                head += part
            if not head:
                return
            web.requests.append(head.decode("latin-1"))
            page = web.pages.get(head.split()[1].decode(), response(status="404 Not Found"))
            try:
                if callable(page):
                    page(self.request)
                else:
                    self.request.sendall(page)
            except OSError:
                return  # whoever asked has heard enough

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        web = Web(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
