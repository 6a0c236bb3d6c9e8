"""Pages from the web, without being led anywhere else: an address to its bytes.

An address may come from anybody, and so may the pages it leads to. They can name this machine, its
neighbours or a cloud's metadata service in many ways (http://2130706433/, [::ffff:127.0.0.1], a
name that resolves to 10.0.0.1, a redirect), answer for ever, a byte a minute, or with a bomb.
Hence: http and https only; a name is resolved once, every one of its addresses must be public, and
the connection goes to one that was checked; a redirect is a new address, checked in the same way;
bytes are counted after decompression; one deadline holds for the whole. No credentials, cookies
or proxies are sent or taken from the environment. See CWE-918 (server-side request forgery).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpcore
import httpx

from index.errors import FetchError

MOST_REDIRECTS: Final = 5
_AGENT: Final = "articlebot (a bot that quotes articles; fetches what its admin names)"
_CHUNK: Final = 65_536  # bytes decompressed at once
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_UNCHANGED: Final = 304
_LAST_PORT: Final = 65_535
_PORTS: Final = {"http": 80, "https": 443}
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")  # IPv4 in IPv6, RFC 6052

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""A host's name and a port to its addresses, in the order to try them; raises OSError."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a server said of a version of a page, to ask whether there is a newer one."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What an address led to. `url` is the last after redirects; `kind` the media type, lower case, or ""."""

    url: str
    content: bytes
    kind: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a page is taken, in bytes, and how long it may take, in seconds."""

    most_bytes: int = 20_000_000
    seconds: float = 20.0


class Fetcher:
    """Fetches pages. `allowed` are networks that may be reached though they are not public.

    Safe to use from several threads.
    """

    def __init__(
        self,
        *,
        limits: Allowance | None = None,
        allowed: Iterable[Network] = (),
        resolve: Resolve | None = None,
    ) -> None:
        self._limits = limits or Allowance()
        self._allowed = tuple(allowed)
        self._resolve = resolve or resolved

    def fetch(self, url: str, stamp: Stamp | None = None) -> Page | None:
        """The page at an address, or None if it is still the one with that stamp.

        Raises FetchError, whose sentence names the address and the reason.
        """
        deadline = time.monotonic() + self._limits.seconds
        at = url.strip()
        for _ in range(MOST_REDIRECTS + 1):
            found = self._once(at, stamp or Stamp(), deadline)
            if not isinstance(found, str):
                return found
            at = found
        raise FetchError(f"{url} leads on more than {MOST_REDIRECTS} times; give the address it ends at")

    def _once(self, url: str, stamp: Stamp, deadline: float) -> Page | str | None:
        """The page, None if it is unchanged, or where it leads on to."""
        address = _parsed(url)
        wire = _Wire(self._permitted, deadline)
        with (
            _in_words(url, self._limits),
            httpcore.ConnectionPool(network_backend=wire) as pool,
            pool.stream("GET", str(address), headers=_headers(address, stamp)) as response,
        ):
            headers = httpx.Headers(response.headers)
            if response.status in _REDIRECTS and "location" in headers:
                return str(address.join(headers["location"]))
            if response.status == _UNCHANGED:
                return None
            if response.status != httpx.codes.OK:
                raise FetchError(
                    f"{url} answers {_status(response.status)}; check the address",
                    wait=_wait(headers.get("retry-after", "")),
                )
            content = _bounded(_plain(response.iter_stream(), headers, url), self._limits, url)
        return _page(str(address), content, headers)

    def _permitted(self, host: str, port: int) -> list[str]:
        """The addresses of a host, all of which may be reached; raises FetchError for any that may not."""
        try:
            found = list(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError) as error:
            raise FetchError(f"{host} cannot be found; check the address") from error
        for each in found:
            if not self._may_reach(each):
                raise FetchError(
                    f"{host} is {each}, which is not on the public internet; only public addresses are "
                    "fetched, and those that fetching.allowed in the settings names"
                )
        return found

    def _may_reach(self, found: str) -> bool:
        address = ipaddress.ip_address(found.partition("%")[0])  # less the scope of a link-local one
        return _is_public(address) or any(address in network for network in self._allowed)


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver."""
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _is_public(address: Address) -> bool:
    """Whether an address and every other that is hidden inside it is of the public internet."""
    if not address.is_global or address.is_multicast or (address.is_reserved and address not in _NAT64):
        return False
    return all(map(_is_public, _inside(address)))


def _inside(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
    found = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), last)
    return [each for each in found if each is not None]


def _parsed(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError(f"{url[:200]!r} is no address of a page ({error}); copy it once more") from error
    if address.scheme not in _PORTS or not address.host:
        raise FetchError(f"{url[:200]!r} is no web address; give one that begins with http:// or https://")
    if not 0 < (address.port or _PORTS[address.scheme]) <= _LAST_PORT:
        raise FetchError(
            f"{url[:200]!r} names port {address.port}, and there are {_LAST_PORT:,}; leave it out"
        )
    if address.userinfo:
        raise FetchError(f"the address at {address.host} holds a name or a password; give it without")
    return address.copy_with(fragment=None)


def _headers(address: httpx.URL, stamp: Stamp) -> list[tuple[bytes | str, bytes | str]]:
    known = {"If-None-Match": stamp.etag, "If-Modified-Since": stamp.modified}
    return [
        ("Host", address.netloc),
        ("User-Agent", _AGENT),
        (
            "Accept",
            "text/html, application/xhtml+xml, application/pdf, application/xml, text/plain, */*;q=0.5",
        ),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "close"),
        *((name, value) for name, value in known.items() if value),
    ]


def _status(code: int) -> str:
    return f"{code} {httpx.codes.get_reason_phrase(code)}".strip()


def _wait(told: str) -> float | None:
    """How many seconds a server asks to be left alone; a date instead of a number is passed over."""
    return float(told) if told.isascii() and told.isdecimal() else None


def _page(url: str, content: bytes, headers: httpx.Headers) -> Page:
    kind = headers.get("content-type", "").partition(";")[0]
    stamp = Stamp(headers.get("etag"), headers.get("last-modified"))
    return Page(url, content, kind.strip().lower(), stamp)


# --- bytes, counted ------------------------------------------------------------------------


def _plain(parts: Iterable[bytes], headers: httpx.Headers, url: str) -> Iterator[bytes]:
    """The parts decompressed, a little at a time, so that whoever counts can stop."""
    how = headers.get("content-encoding", "identity").strip().lower()
    if how in {"identity", ""}:
        yield from parts
        return
    if how not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(f"{url} is compressed as {how[:40]!r}, which was not asked for; save it as a file")
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, whichever it is
    for part in parts:
        rest = part
        while rest and not inflate.eof:
            yield inflate.decompress(rest, _CHUNK)
            rest = inflate.unconsumed_tail
    if not inflate.eof:
        raise FetchError(f"{url} broke off before its end; try again later")


def _bounded(parts: Iterable[bytes], limits: Allowance, url: str) -> bytes:
    content = bytearray()
    for part in parts:
        content += part
        if len(content) > limits.most_bytes:
            raise FetchError(f"{url} has more than the {limits.most_bytes / 1e6:g} MB allowed")
    return bytes(content)


@contextmanager
def _in_words(url: str, limits: Allowance) -> Iterator[None]:
    """Say what went wrong on the way so that a person knows what to do."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchError(f"{url} took longer than {limits.seconds:g} s; try again later") from error
    except (httpcore.ProtocolError, zlib.error) as error:
        raise FetchError(f"{url} does not answer as a web server does ({error})") from error
    except (httpcore.NetworkError, ssl.SSLError) as error:
        raise FetchError(f"{url} cannot be reached ({error}); check the address, or try later") from error


# --- the wire ------------------------------------------------------------------------------


class _Wire(httpcore.NetworkBackend):
    """Connects only where it is permitted, and only until the deadline."""

    def __init__(self, permitted: Callable[[str, int], list[str]], deadline: float) -> None:
        self._inner = httpcore.SyncBackend()
        self._permitted = permitted
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline holds instead
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that takes the connection."""
        failed: httpcore.NetworkError | None = None
        for address in self._permitted(host, port):
            try:
                stream = self._inner.connect_tcp(
                    address, port, _left(self._deadline), local_address, socket_options
                )
            except httpcore.NetworkError as error:
                failed = error
            else:
                return _Stream(stream, self._deadline)
        raise failed or httpcore.ConnectError(f"{host} has no address")


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the deadline of the whole."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        return self._inner.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        self._inner.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        """The connection encrypted; the certificate is checked for the name, not for the address."""
        secure = self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is up")
    return left
