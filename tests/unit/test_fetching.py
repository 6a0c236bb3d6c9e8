"""Whatever an address says, only public pages are fetched, and only so much of them."""

from __future__ import annotations

import _socket
import gzip
import ipaddress
import time
import zlib
from typing import TYPE_CHECKING

import pytest

from index.errors import FetchError
from index.fetching import Allowance, Fetcher, Page, Stamp
from tests.web import Web, response, serving

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

LOOPBACK = ipaddress.ip_network("127.0.0.1/32")


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serving() as made:
        yield made


def here(limits: Allowance | None = None) -> Fetcher:
    """One that may reach the test's own server, and nothing else that is not public."""
    return Fetcher(limits=limits, allowed=[LOOPBACK], resolve=numeric)


def numeric(host: str, port: int) -> list[str]:
    """What the system makes of a host that is a number, however it is written; no name is looked up."""
    flags = (0, _socket.SOCK_STREAM, 0, _socket.AI_NUMERICHOST)
    return [str(each[4][0]) for each in _socket.getaddrinfo(host, port, *flags)]


def fetched(web: Web, path: str, limits: Allowance | None = None) -> Page:
    page = here(limits).fetch(web.url(path))
    assert page is not None
    return page


def test_a_page_comes_with_what_its_server_said_of_it(web: Web) -> None:
    headers = [
        "Content-Type: Text/HTML; charset=Big5",
        'ETag: "7"',
        "Last-Modified: Mon, 01 Dec 2025 00:00:00 GMT",
    ]
    web.pages["/page"] = response(b"<p>hello", headers=headers)
    assert fetched(web, "/page#top") == Page(
        web.url("/page"), b"<p>hello", "text/html", Stamp('"7"', "Mon, 01 Dec 2025 00:00:00 GMT")
    )


def test_a_page_that_has_not_changed_is_not_sent_again(web: Web) -> None:
    web.pages["/same"] = response(status="304 Not Modified")
    assert here().fetch(web.url("/same"), Stamp('"7"', "Mon, 01 Dec 2025 00:00:00 GMT")) is None
    assert 'If-None-Match: "7"\r\nIf-Modified-Since: Mon, 01 Dec 2025 00:00:00 GMT' in web.requests[-1]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "[ff02::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "１２７.0.0.1",
    ],
)
def test_what_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(FetchError, match=r"not on the public internet|is no address of a page"):
        Fetcher(resolve=numeric).fetch(f"http://{host}:9/")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_system_resolves_a_name_once_and_the_address_is_checked(host: str) -> None:
    with pytest.raises(
        FetchError, match=rf"{host} is (127\.0\.0\.1|::1), which is not on the public internet"
    ):
        Fetcher().fetch(f"http://{host}:9/")


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e", "2002:5db8:d70e::1"]
)
def test_what_is_public_is_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def connect(_self: object, host: str, *_: object) -> None:
        tried.append(host)
        raise FetchError("not in a test")

    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", connect)
    with pytest.raises(FetchError, match="not in a test"):
        Fetcher(resolve=lambda _host, _port: [address]).fetch("http://news.example/")
    assert tried == [address]


def test_a_name_is_refused_if_any_of_its_addresses_is_not_public() -> None:
    fetcher = Fetcher(resolve=lambda _host, _port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(FetchError, match=r"news\.example is 10\.0\.0\.1"):
        fetcher.fetch("https://news.example/")


def test_the_connection_goes_to_the_address_that_was_checked(web: Web) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])  # a name that resolves to something else the second time
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    web.pages["/bound"] = response(b"here")
    page = Fetcher(allowed=[LOOPBACK], resolve=rebinding).fetch(web.url("/bound", "news.example"))
    assert page is not None
    assert (page.content, asked) == (b"here", ["news.example"])
    assert f"Host: news.example:{web.port}" in web.requests[-1]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Same", "308 Same"])
def test_a_redirect_is_followed_and_the_last_address_told(web: Web, status: str) -> None:
    web.pages["/old/page"] = response(status=status, headers=["Location: ../new?a=1"])
    web.pages["/new?a=1"] = response(b"moved")
    assert fetched(web, "/old/page") == Page(web.url("/new?a=1"), b"moved", "", Stamp())


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", r"169\.254\.169\.254, which is not on the public"),
        ("http://[::1]/", "::1, which is not on the public"),
        ("//10.0.0.1/", r"10\.0\.0\.1, which is not on the public"),
        ("file:///etc/passwd", "is no web address"),
        ("gopher://news.example/", "is no web address"),
        ("http://admin:secret@127.0.0.1/", "holds a name or a password"),
    ],
)
def test_a_redirect_is_checked_as_the_first_address_is(web: Web, target: str, reason: str) -> None:
    web.pages["/lure"] = response(status="302 Found", headers=[f"Location: {target}"])
    with pytest.raises(FetchError, match=reason):
        fetched(web, "/lure")


def test_five_redirects_are_followed_and_no_more(web: Web) -> None:
    for number in range(7):
        web.pages[f"/{number}"] = response(status="302 Found", headers=[f"Location: /{number - 1}"])
    web.pages["/0"] = response(b"the end")
    assert fetched(web, "/5").content == b"the end"
    with pytest.raises(FetchError, match="more than 5 times"):
        fetched(web, "/6")
    web.pages["/loop"] = response(status="302 Found", headers=["Location: /loop"])
    with pytest.raises(FetchError, match="more than 5 times"):
        fetched(web, "/loop")


@pytest.mark.parametrize("how", ["gzip", "x-gzip", "deflate"])
def test_a_compressed_page_is_unpacked(web: Web, how: str) -> None:
    pack = zlib.compress if how == "deflate" else gzip.compress
    web.pages[f"/{how}"] = response(pack(b"hello" * 50_000), headers=[f"Content-Encoding: {how}"])
    assert fetched(web, f"/{how}").content == b"hello" * 50_000


def test_a_bomb_goes_off_no_further_than_the_limit(web: Web) -> None:
    bomb = gzip.compress(bytes(200_000_000))
    web.pages["/bomb"] = response(bomb, headers=["Content-Encoding: gzip"])
    with pytest.raises(FetchError, match=r"more than the 1 MB allowed"):
        fetched(web, "/bomb", Allowance(most_bytes=1_000_000))


def test_a_bomb_within_a_bomb_is_not_lit(web: Web) -> None:
    packed = gzip.compress(gzip.compress(bytes(1_000_000)))
    web.pages["/twice"] = response(packed, headers=["Content-Encoding: gzip, gzip"])
    with pytest.raises(FetchError, match="compressed as 'gzip, gzip', which was not asked for"):
        fetched(web, "/twice")


def test_a_page_that_never_ends_is_ended(web: Web) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            connection.sendall(bytes(65_536))

    web.pages["/endless"] = endless
    with pytest.raises(FetchError, match=r"more than the 1 MB allowed"):
        fetched(web, "/endless", Allowance(most_bytes=1_000_000))


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"]
)
def test_a_byte_at_a_time_does_not_outlast_the_deadline(web: Web, start: bytes) -> None:
    def slow(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(600):
            time.sleep(0.05)
            connection.sendall(b"x")

    web.pages["/slow"] = slow
    with pytest.raises(FetchError, match=r"took longer than 0\.3 s"):
        fetched(web, "/slow", Allowance(seconds=0.3))


def test_a_page_that_says_nothing_does_not_outlast_the_deadline(web: Web) -> None:
    web.pages["/silent"] = lambda _connection: time.sleep(1)
    with pytest.raises(FetchError, match=r"took longer than 0\.3 s"):
        fetched(web, "/silent", Allowance(seconds=0.3))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(status="404 Not Found"), "answers 404 Not Found"),
        (response(status="500 Internal Server Error"), "answers 500"),
        (response(b"half", length=99), "does not answer as a web server does"),
        (response(gzip.compress(b"hello" * 999)[:30], headers=["Content-Encoding: gzip"]), "broke off"),
        (response(b"not gzip", headers=["Content-Encoding: gzip"]), "does not answer as a web server"),
        (response(b"x", headers=["Content-Encoding: br"]), "compressed as 'br', which was not asked for"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer as a web server does"),
        (b"HTTP/1.1 200 OK\r\nX: " + bytes(200_000).replace(b"\0", b"x"), "does not answer as a web server"),
        (b"", "does not answer as a web server does"),
    ],
)
def test_an_answer_that_is_none_is_told(web: Web, answer: bytes, reason: str) -> None:
    web.pages["/odd"] = answer
    with pytest.raises(FetchError, match=reason):
        fetched(web, "/odd")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is no web address"),
        ("news.example/page", "is no web address"),
        ("ftp://news.example/", "is no web address"),
        ("javascript:alert(1)", "is no web address"),
        ("file:///etc/passwd", "is no web address"),
        ("data:text/html,hello", "is no web address"),
        ("http://", "is no web address"),
        ("http:///etc/passwd", "is no web address"),
        ("http://user@news.example/", "holds a name or a password"),
        ("http://news.example:99999/", "names port 99999"),
        ("http://[::1/", "is no address of a page"),
        ("http://news.example/\r\nHost: other", "is no address of a page"),
    ],
)
def test_what_is_no_web_address_is_refused_with_what_to_do(url: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        Fetcher(resolve=lambda _host, _port: ["93.184.215.14"]).fetch(url)


def test_how_long_a_server_asks_to_be_left_alone_is_told(web: Web) -> None:
    web.pages["/busy"] = response(status="429 Too Many Requests", headers=["Retry-After: 120"])
    with pytest.raises(FetchError, match="answers 429") as told:
        fetched(web, "/busy")
    assert told.value.wait == 120
    web.pages["/later"] = response(status="503 Busy", headers=["Retry-After: Mon, 01 Dec 2025 00:00:00 GMT"])
    with pytest.raises(FetchError, match="answers 503") as told:
        fetched(web, "/later")
    assert told.value.wait is None


def test_a_name_in_another_script_is_looked_up_as_the_name_service_writes_it() -> None:
    asked: list[str] = []

    def nothing(host: str, _port: int) -> list[str]:
        asked.append(host)
        raise OSError

    with pytest.raises(FetchError, match="cannot be found"):
        Fetcher(resolve=nothing).fetch("https://例子.example/")
    assert asked == ["xn--fsqu00a.example"]


def test_nothing_of_this_machine_goes_along(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    web.pages["/a"] = response(status="302 Found", headers=["Location: /b", "Set-Cookie: a=b"])
    web.pages["/b"] = response(b"")
    fetched(web, "/a")
    sent = {line.partition(":")[0] for line in web.requests[-1].splitlines()[1:] if line}
    assert sent == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
