"""Connections that go only where they may, and that all end with one deadline.

Whoever is asked decides how long an answer takes: the name service for a name of theirs, each of the
addresses that it gives, and the server for every byte. So no step has a time of its own.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

import httpcore

Permitted = Callable[[str, int], Sequence[str]]
"""A host's name and a port to the addresses that may be connected to; raises if there are others."""

Result = TypeVar("Result")
_FAILURES = (httpcore.NetworkError, httpcore.TimeoutException)


class Wire(httpcore.NetworkBackend):
    """Looks a host up once, and connects to an address that was permitted. `deadline` is a monotonic time."""

    def __init__(self, permitted: Permitted, deadline: float) -> None:
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
        addresses = _in_time(lambda: self._permitted(host, port), self._deadline)
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        for tried, address in enumerate(addresses):
            # One that is silent leaves time for the others.
            share = _left(self._deadline) / (len(addresses) - tried)
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except _FAILURES as error:
                failed = error
            else:
                return _Stream(stream, self._deadline)
        raise failed


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


def _in_time(task: Callable[[], Result], deadline: float) -> Result:
    """The result of a function that cannot be told when to end; it is waited for until the deadline."""
    results: SimpleQueue[Result | Exception] = SimpleQueue()

    def run() -> None:
        try:
            results.put(task())
        except Exception as error:  # noqa: BLE001 - raised again by who waits
            results.put(error)

    Thread(target=run, name="name lookup", daemon=True).start()
    try:
        result = results.get(timeout=_left(deadline))
    except Empty:
        raise httpcore.ConnectTimeout("the name service is silent") from None
    if isinstance(result, Exception):
        raise result
    return result


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is up")
    return left
