"""An encrypted page: the address that was checked is connected to, and the name is what must be certified."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from index.errors import FetchError
from index.fetching import Fetcher
from tests.certificates import AUTHORITY, NEWS
from tests.web import response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWER = response(b"sealed")


class Server:
    """Answers one request after another, encrypted; `names` are those it was asked for."""

    def __init__(self, certificate: Path) -> None:
        self.names: list[str | None] = []
        self.heads: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            with plain:
                try:
                    with self._context.wrap_socket(plain, server_side=True) as sealed:
                        self.heads.append(sealed.recv(65_536))
                        sealed.sendall(ANSWER)
                except OSError:
                    continue  # whoever asked did not trust it


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """One with a certificate for news.example, of an authority that is trusted here."""
    for name, content in (("authority", AUTHORITY), ("news", NEWS)):
        (tmp_path / name).write_text(content)
    monkeypatch.setattr("certifi.where", lambda: str(tmp_path / "authority"))
    made = Server(tmp_path / "news")
    yield made
    made.close()


def fetcher() -> Fetcher:
    return Fetcher(allowed=[ipaddress.ip_network("127.0.0.1/32")], resolve=lambda _host, _port: ["127.0.0.1"])


def test_the_name_is_asked_for_and_certified_though_the_connection_goes_to_an_address(server: Server) -> None:
    page = fetcher().fetch(f"https://news.example:{server.port}/a")
    assert page is not None
    assert page.content == b"sealed"
    assert server.names == ["news.example"]
    assert f"\r\nHost: news.example:{server.port}\r\n".encode() in server.heads[0]


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_of_another_name_is_refused(server: Server, host: str) -> None:
    with pytest.raises(FetchError, match=r"cannot be reached \(its certificate is not valid: .*mismatch"):
        fetcher().fetch(f"https://{host}:{server.port}/a")
    assert server.heads == []


def test_a_certificate_of_an_authority_that_nobody_trusts_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with pytest.raises(FetchError, match="its certificate is not valid: unable to get local issuer"):
        fetcher().fetch(f"https://news.example:{server.port}/a")
    assert server.heads == []
