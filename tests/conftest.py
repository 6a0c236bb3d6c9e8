"""What every test stands on: no network but this machine's own, and libraries to ask."""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from index import Library, samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# How long an example takes depends on what else the machine does; nothing is timed in a test.
# CI tries the same examples every time; a developer's runs look for new ones.
settings.register_profile("articlebot", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("articlebot")


def _refuse_others(host: object) -> None:
    if host in {None, "", "localhost", b"localhost"}:
        return
    try:
        local = ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        local = False
    if not local:
        raise AssertionError(f"a test reached for {host!r}; tests run without a network")


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """A test that looks up or connects to another machine fails."""
    connect, lookup = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - as the original
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            _refuse_others(address[0])
        connect(self, address)

    def guarded_lookup(host: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the original
        _refuse_others(host)
        return lookup(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library of the bundled samples, made by the bundled model; for reading only."""
    path = tmp_path_factory.mktemp("samples") / "library"
    with Library.open(path, create=True) as library:
        library.build([samples()])
    return path
