"""Whatever an address says, only public pages are fetched, and only so much of them."""

from __future__ import annotations

import _socket
import gzip
import ipaddress
import threading
import time
import zlib
from email.utils import formatdate
from typing import TYPE_CHECKING

import httpcore
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
    stamp = Stamp('"7"', "Mon, 01 Dec 2025 00:00:00 GMT")
    assert fetched(web, "/page#top") == Page(
        web.url("/page"), b"<p>hello", "text/html", stamp, "big5", public=False
    )


@pytest.mark.parametrize("etag", ['"é"', "e" * 2000, '"a\tb"'])
def test_a_stamp_that_cannot_be_sent_back_is_not_kept(web: Web, etag: str) -> None:
    web.pages["/stamp"] = response(b"hello", headers=[f"ETag: {etag}"])
    page = fetched(web, "/stamp")
    assert page.stamp == Stamp()
    assert here().fetch(web.url("/stamp"), page.stamp) == page


def test_unchanged_is_no_answer_to_who_has_nothing(web: Web) -> None:
    web.pages["/same"] = response(status="304 Not Modified")
    for stamp in (None, Stamp()):
        with pytest.raises(FetchError, match="answers 304"):
            here().fetch(web.url("/same"), stamp)


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
        "127。0。0。1",
        "[fec0::1]",
        "[fd00:ec2::254]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
        "[2002:a00:1::]",
        "[2001:0:7f00:1::]",
        "[2001:db8::1]",
        "192.0.0.192",
        "192.88.99.1",
        "168.63.129.16",
        "198.18.0.1",
    ],
)
def test_what_is_not_public_is_refused_however_it_is_written(host: str) -> None:
    with pytest.raises(FetchError, match=r"not on the public internet|is no address of a page"):
        Fetcher(resolve=numeric).fetch(f"http://{host}:9/")


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1"])
def test_the_system_resolves_a_name_once_and_the_address_is_checked(host: str) -> None:
    with pytest.raises(
        FetchError, match=rf"{host.lower()} is (127\.0\.0\.1|::1), which is not on the public internet"
    ):
        Fetcher().fetch(f"http://{host}:9/")


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
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


@pytest.mark.parametrize("host", ["localhost.", "news.example."])
def test_a_dot_at_the_end_of_a_name_changes_nothing(host: str) -> None:
    asked: list[str] = []

    def resolve(name: str, _port: int) -> list[str]:
        asked.append(name)
        return ["::1"]

    with pytest.raises(FetchError, match="::1, which is not on the public internet"):
        Fetcher(resolve=resolve).fetch(f"http://{host}/")
    assert asked == [host]


def test_what_is_allowed_is_reached_if_it_is_asked_for_and_not_if_the_internet_leads_there(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = httpcore.SyncBackend.connect_tcp

    def as_if_public(self: httpcore.SyncBackend, host: str, *others: object) -> httpcore.NetworkStream:
        return connect(self, "127.0.0.1" if host == "93.184.215.14" else host, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", as_if_public)
    hosts = {"news.example": "93.184.215.14", "wiki.example": "127.0.0.1"}
    fetcher = Fetcher(allowed=[LOOPBACK], resolve=lambda host, _port: [hosts[host]])
    web.pages["/secret"] = response(b"for us only")
    web.pages["/lead"] = response(
        status="302 Found", headers=[f"Location: {web.url('/secret', 'wiki.example')}"]
    )
    web.pages["/open"] = response(
        status="302 Found", headers=[f"Location: {web.url('/lead', 'news.example')}"]
    )
    inside = fetcher.fetch(web.url("/secret", "wiki.example"))
    assert inside is not None
    assert (inside.content, inside.public) == (b"for us only", False)
    led = [
        ("/lead", "news.example", False),
        ("/open", "wiki.example", False),
        ("/secret", "wiki.example", True),
    ]
    for path, host, public in led:
        with pytest.raises(
            FetchError, match=r"wiki\.example is 127\.0\.0\.1.*something on the internet leads"
        ):
            fetcher.fetch(web.url(path, host), public=public)


def test_an_address_that_is_silent_leaves_time_for_the_others(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, tried = httpcore.SyncBackend.connect_tcp, []

    def silent(
        self: httpcore.SyncBackend, host: str, port: int, timeout: float | None = None, *others: object
    ) -> httpcore.NetworkStream:
        tried.append((host, timeout))
        if host == "127.0.0.2":
            raise httpcore.ConnectTimeout
        return connect(self, host, port, timeout, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", silent)
    web.pages["/both"] = response(b"here")
    network = ipaddress.ip_network("127.0.0.0/8")
    fetcher = Fetcher(allowed=[network], resolve=lambda _host, _port: ["127.0.0.2", "127.0.0.1"])
    page = fetcher.fetch(web.url("/both", "news.example"))
    assert page is not None
    assert page.content == b"here"
    (first, second) = tried
    assert first[1] < 11
    assert second[1] > first[1]


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
    assert fetched(web, "/old/page") == Page(web.url("/new?a=1"), b"moved", "", Stamp(), public=False)


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", r"169\.254\.169\.254, which is not on the public"),
        ("http://[::1]/", "::1, which is not on the public"),
        ("//10.0.0.1/", r"10\.0\.0\.1, which is not on the public"),
        ("file:///etc/passwd", "is no web address"),
        ("gopher://news.example/", "is no web address"),
        ("http://admin:secret@127.0.0.1/", "holds a name or a password"),
        ("http://[::1", "leads on to .* which is no address"),
        ("http://news.example:port/", "leads on to .* which is no address"),
        ("http://news\x7f.example/", "leads on to .* which is no address"),
        ("/" + "x" * 70_000, "leads on to .* which is no address"),
        ("http://xn--a/", "is no address of a page"),
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


def test_the_parts_of_a_page_that_was_compressed_in_parts_all_come(web: Web) -> None:
    parts = gzip.compress(b"the first half, ") + gzip.compress(b"the second half")
    web.pages["/parts"] = response(parts + bytes(99), headers=["Content-Encoding: gzip"])
    assert fetched(web, "/parts").content == b"the first half, the second half"


@pytest.mark.parametrize(
    "start", [gzip.compress(b"x"), b"\x78\x9c"], ids=["after its end", "before it begins"]
)
def test_what_unpacks_to_nothing_is_not_taken_for_ever(web: Web, start: bytes) -> None:
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + start)
        while True:
            connection.sendall(b"\x00\x00\x00\xff\xff" * 10_000)

    web.pages["/nothing"] = endless
    if len(start) > 2:
        assert fetched(web, "/nothing", Allowance(most_bytes=1_000_000)).content == b"x"
    else:
        with pytest.raises(FetchError, match=r"more than the 1 MB allowed"):
            fetched(web, "/nothing", Allowance(most_bytes=1_000_000))


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
    ended = threading.Event()
    web.pages["/silent"] = lambda _connection: ended.wait(30) and None
    with pytest.raises(FetchError, match=r"took longer than 0\.3 s") as told:
        fetched(web, "/silent", Allowance(seconds=0.3))
    assert told.value.passing
    ended.set()


def test_a_name_service_that_says_nothing_does_not_outlast_the_deadline() -> None:
    heard, answered = threading.Event(), []

    def silent(_host: str, _port: int) -> list[str]:
        heard.wait(10)
        answered.append(True)
        return ["93.184.215.14"]

    with pytest.raises(FetchError, match=r"took longer than 0\.3 s"):
        Fetcher(limits=Allowance(seconds=0.3), resolve=silent).fetch("http://news.example/")
    assert not answered
    heard.set()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(status="404 Not Found"), "answers 404 Not Found; check the address"),
        (
            response(status="403 Forbidden"),
            "answers 403 Forbidden; it does not let everybody in; save the page",
        ),
        (response(status="500 Internal Server Error"), "answers 500 Internal Server Error; try again later"),
        (response(status="999 Odd"), "answers 999; try again later"),
        (response(b"x", status="206 Partial Content"), "answers 206"),
        (response(b"xxx", headers=["Content-Length: 1"]), "does not answer as a web server does"),
        (response(b"x", length=-1), "does not answer as a web server does"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n99\r\nhalf",
            "does not answer as a web server",
        ),
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
        ("http://news.example:0/", "names port 0"),
        ("http://[::1/", "is no address of a page"),
        ("http://xn--a/", "is no address of a page"),
        ("http://\ud800.example/", "is no address of a page"),
        ("http://exam\u200bple.example/", "is no address of a page"),
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
    assert told.value.passing


@pytest.mark.parametrize(
    ("when", "wait"),
    [
        ("Mon, 01 Dec 2014 00:00:00 GMT", 0),
        ("Mon, 01 Dec 99999999999 00:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_a_server_may_tell_the_hour(web: Web, when: str, wait: float | None) -> None:
    assert wait_told(web, when) == wait


def test_an_hour_told_is_a_wait_from_now(web: Web) -> None:
    told = wait_told(web, formatdate(time.time() + 3600, usegmt=True))
    assert told == pytest.approx(3600, abs=60)


def wait_told(web: Web, when: str) -> float | None:
    head = f"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: {when}\r\n\r\n"
    web.pages["/later"] = head.encode()
    with pytest.raises(FetchError, match="answers 503") as told:
        fetched(web, "/later")
    return told.value.wait


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
