"""Pages from the web, without being led anywhere else: an address to its bytes.

An address may come from anybody, and so may the pages it leads to. They can name this machine, its
neighbours or a cloud's metadata service in many ways (http://2130706433/, [::ffff:127.0.0.1], a
name that resolves to 10.0.0.1, a redirect), answer for ever, a byte a minute, or with a bomb.
Hence: http and https only, at any port; a name is resolved once, every one of its addresses must be
public, and the connection goes to one that was checked; a redirect is a new address, checked in the
same way, five at most, and from a public one never to one that only the settings allow; bytes are
counted before and after decompression; one deadline holds for the whole. No credentials, cookies
or proxies are sent or taken from the environment. See CWE-918 (server-side request forgery).
"""

from __future__ import annotations

import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.utils import mktime_tz, parsedate_tz
from typing import Final

import httpcore
import httpx

from index.errors import FetchError
from index.reach import Network, may_reach
from index.wire import Wire

MOST_REDIRECTS: Final = 5
_AGENT: Final = "articlebot (a bot that quotes articles; fetches what its admin names)"
_CHUNK: Final = 65_536  # bytes decompressed at once
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_UNCHANGED: Final = 304
_KEPT_OUT: Final = frozenset({401, 402, 403, 451})
_BUSY: Final = frozenset({408, 425, 429})  # and all from 500 on
_LAST_PORT: Final = 65_535
_LONGEST_STAMP: Final = 1000  # characters; no honest one comes near
_PORTS: Final = {"http": 80, "https": 443}
_GZIP: Final = b"\x1f"  # the first byte of a part, of which a file may have several

Resolve = Callable[[str, int], Sequence[str]]
"""A host's name and a port to its addresses, in the order to try them; raises OSError."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a server said of a version of a page, to ask whether there is a newer one."""

    etag: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What an address led to.

    `url` is the last after redirects, `kind` the media type in lower case or "", `charset` the
    encoding that the server names. `public` says that some of the way there was on the public internet.
    """

    url: str
    content: bytes
    kind: str
    stamp: Stamp
    charset: str | None = None
    public: bool = True


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a page is taken, in bytes, and how long it may take, in seconds."""

    most_bytes: int = 20_000_000
    seconds: float = 20.0


@dataclass(slots=True)
class _Way:
    """One fetch on its way: until when it may take, a monotonic time, and whether it was in public."""

    deadline: float
    public: bool


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

    def fetch(self, url: str, stamp: Stamp | None = None, *, public: bool = False) -> Page | None:
        """The page at an address, or None if it is still the one with that stamp.

        `public` keeps to the public internet, whatever else is allowed: for an address that comes
        from there. Raises FetchError, whose sentence names the address and the reason.
        """
        way = _Way(time.monotonic() + self._limits.seconds, public)
        at = url.strip()
        for _ in range(MOST_REDIRECTS + 1):
            found = self._once(at, stamp or Stamp(), way)
            if not isinstance(found, str):
                return found
            at = found
        raise FetchError(f"{url} leads on more than {MOST_REDIRECTS} times; give the address it ends at")

    def _once(self, url: str, stamp: Stamp, way: _Way) -> Page | str | None:
        """The page, None if it is unchanged, or where it leads on to."""
        address = _parsed(url)
        wire = Wire(lambda host, port: self._permitted(host, port, way), way.deadline)
        with (
            _in_words(url, self._limits),
            httpcore.ConnectionPool(network_backend=wire) as pool,
            pool.stream("GET", str(address), headers=_headers(address, stamp)) as response,
        ):
            headers = httpx.Headers(response.headers)
            if response.status in _REDIRECTS and "location" in headers:
                return _joined(address, headers["location"])
            if response.status == _UNCHANGED and (stamp.etag or stamp.modified):
                return None
            if response.status != httpx.codes.OK:
                raise _refused(url, response.status, headers)
            parts = _bounded(response.iter_stream(), self._limits, url)
            content = b"".join(_bounded(_plain(parts, headers, url), self._limits, url))
        return _page(str(address), content, headers, public=way.public)

    def _permitted(self, host: str, port: int, way: _Way) -> list[str]:
        """The addresses of a host, all of which may be reached; raises FetchError for any that may not."""
        try:
            found = list(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError) as error:
            raise FetchError(f"{host} cannot be found; check the address", passing=True) from error
        inner = [each for each in found if not may_reach(each, ())]
        refused = [each for each in inner if not may_reach(each, self._allowed)]
        if refused:
            raise FetchError(
                f"{host} is {refused[0]}, which is not on the public internet; only public addresses are "
                "fetched, and those that fetching.allowed in the settings names"
            )
        way.public = way.public or len(inner) < len(found)
        if way.public and inner:
            raise FetchError(
                f"{host} is {inner[0]}, which is not on the public internet, and something on the internet "
                "leads there; give that address yourself if it is meant"
            )
        return found


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver."""
    return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _parsed(url: str) -> httpx.URL:
    try:
        address = httpx.URL(url)
        host, userinfo = address.host, address.userinfo
    except (httpx.InvalidURL, UnicodeError) as error:  # the second: what seems to be of another script
        raise FetchError(f"{url[:200]!r} is no address of a page ({error}); copy it once more") from error
    if address.scheme not in _PORTS or not host:
        raise FetchError(f"{url[:200]!r} is no web address; give one that begins with http:// or https://")
    if not 0 < (_PORTS[address.scheme] if address.port is None else address.port) <= _LAST_PORT:
        raise FetchError(
            f"{url[:200]!r} names port {address.port}, and there are {_LAST_PORT:,}; leave it out"
        )
    if userinfo:
        raise FetchError(f"the address at {host} holds a name or a password; give it without")
    return address.copy_with(fragment=None)


def _joined(address: httpx.URL, target: str) -> str:
    try:
        return str(address.join(target))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise FetchError(
            f"{address} leads on to {target[:200]!r}, which is no address ({error}); check the address"
        ) from error


def _headers(address: httpx.URL, stamp: Stamp) -> list[tuple[bytes | str, bytes | str]]:
    known = {"If-None-Match": stamp.etag, "If-Modified-Since": stamp.modified}
    return [
        ("Host", address.netloc),
        ("User-Agent", _AGENT),
        (
            "Accept",
            "text/html, application/xhtml+xml, application/pdf, application/xml, text/plain, */*;q=0.5",
        ),
        ("Accept-Encoding", "gzip"),
        ("Connection", "close"),
        *((name, value) for name, value in known.items() if value),
    ]


# --- answers -------------------------------------------------------------------------------


def _refused(url: str, status: int, headers: httpx.Headers) -> FetchError:
    busy = status in _BUSY or status >= httpx.codes.INTERNAL_SERVER_ERROR
    remedy = "try again later" if busy else "check the address"
    if status in _KEPT_OUT:
        remedy = "it does not let everybody in; save the page and send it as a file"
    said = f"{status} {httpx.codes.get_reason_phrase(status)}".strip()
    wait = _wait(headers.get("retry-after", "").strip())
    return FetchError(f"{url} answers {said}; {remedy}", wait=wait, passing=busy)


def _wait(told: str) -> float | None:
    """How many seconds a server asks to be left alone, which it tells as a number or as a date."""
    if told.isascii() and told.isdecimal():
        return float(told)
    when = parsedate_tz(told)
    try:
        return max(0.0, mktime_tz(when) - time.time()) if when else None
    except (OverflowError, ValueError):  # a year that no calendar has
        return None


def _page(url: str, content: bytes, headers: httpx.Headers, *, public: bool) -> Page:
    told = Message()
    told["Content-Type"] = headers.get("content-type", "")
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    stamp = Stamp(_printable(headers.get("etag")), _printable(headers.get("last-modified")))
    return Page(url, content, kind, stamp, told.get_content_charset(), public)


def _printable(told: str | None) -> str | None:
    """What can be sent back as it came, else None."""
    fits = told and len(told) <= _LONGEST_STAMP and told.isascii() and told.isprintable()
    return told if fits else None


# --- bytes, counted ------------------------------------------------------------------------


def _plain(parts: Iterable[bytes], headers: httpx.Headers, url: str) -> Iterator[bytes]:
    """The parts decompressed, a little at a time, so that whoever counts can stop."""
    how = headers.get("content-encoding", "identity").strip().lower()
    if how in {"identity", ""}:
        yield from parts
        return
    if how not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(f"{url} is compressed as {how[:40]!r}, which was not asked for; save it as a file")
    inflate = _inflater()
    for part in parts:
        rest, full = part, False
        while rest or full:
            if inflate.eof:
                if not rest.startswith(_GZIP):
                    return  # padding, or more than was announced
                inflate = _inflater()
            some = inflate.decompress(rest, _CHUNK)
            rest, full = inflate.unused_data or inflate.unconsumed_tail, len(some) == _CHUNK
            yield some
    if not inflate.eof:
        raise FetchError(f"{url} broke off before its end; try again later", passing=True)


def _inflater() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, whichever it is


def _bounded(parts: Iterable[bytes], limits: Allowance, url: str) -> Iterator[bytes]:
    taken = 0
    for part in parts:
        taken += len(part)
        if taken > limits.most_bytes:
            raise FetchError(
                f"{url} has more than the {limits.most_bytes / 1e6:g} MB allowed; save what matters of it as "
                "a file, or raise articles.max_file_mb in the settings"
            )
        yield part


@contextmanager
def _in_words(url: str, limits: Allowance) -> Iterator[None]:
    """Say what went wrong on the way so that a person knows what to do."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise FetchError(
            f"{url} took longer than {limits.seconds:g} s; try again later", passing=True
        ) from error
    except (httpcore.ProtocolError, zlib.error) as error:
        raise FetchError(
            f"{url} does not answer as a web server does ({error}); check the address", passing=True
        ) from error
    except (httpcore.NetworkError, ssl.SSLError) as error:
        raise FetchError(
            f"{url} cannot be reached ({_cause(error)}); check the address, or try later", passing=True
        ) from error


def _cause(error: BaseException) -> str:
    """What the system itself said was wrong, without numbers."""
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {cause.verify_message}"
    return cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
