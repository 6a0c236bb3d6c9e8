"""A real Chroma server, `chroma run`, on loopback: it can be killed and started again over what it kept."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self, cast

import chromadb
import httpx
import psutil  # type: ignore[import-untyped] # it ships no types
from chromadb.config import Settings

from index import Server
from index.server import _close
from tests.crowd import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chromadb.api.client import Client

_RUN = "import sys; from chromadb.cli.cli import app; sys.argv[0] = 'chroma'; app()"
_PATIENCE = 60.0


class VectorServer:
    """A server over a folder; its address stays the same however often it starts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self.server = Server(self.url)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._folder.mkdir(exist_ok=True)
        where = ("--path", str(self._folder), "--host", "127.0.0.1", "--port", str(self._port))
        with (self._folder.parent / f"{self._folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN, "run", *where], cwd=self._folder, stdout=log, stderr=log
            )
        assert wait_until(self._answers, _PATIENCE)

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Have it hang: it takes connections, and says nothing (SIGSTOP)."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    def resident(self) -> float:
        """Its resident memory, MB (10^6 bytes)."""
        assert self._process is not None
        return float(psutil.Process(self._process.pid).memory_info().rss / 1e6)

    def disk(self) -> float:
        """What it keeps on disk, MB."""
        return sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file()) / 1e6

    def collections(self) -> dict[str, int]:
        """The collections it has, and how many vectors are in each."""
        with self._client() as client:
            return {each.name: each.count() for each in client.list_collections()}

    def forget(self) -> None:
        """Delete everything in it, as an operator may by mistake."""
        with self._client() as client:
            for each in client.list_collections():
                client.delete_collection(each.name)

    def documents(self) -> list[str | None]:
        """Every text in it."""
        with self._client() as client:
            return [text for each in client.list_collections() for text in each.get()["documents"] or []]

    @contextmanager
    def _client(self) -> Iterator[Client]:
        settings = Settings(_env_file=None, anonymized_telemetry=False)  # type: ignore[call-arg] # pydantic-settings' own
        client = cast("Client", chromadb.HttpClient("127.0.0.1", self._port, settings=settings))
        try:
            yield client
        finally:
            _close(client)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=2).is_success
        except httpx.HTTPError:
            return False
