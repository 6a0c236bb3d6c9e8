"""The vectors of a base on a Chroma server, for several processes to share, instead of in its folder.

A base on a server has a file that says where: `collection.json`. It is written before the collection
is made and deleted after it, so that no kill leaves a collection that nobody knows of. Whoever opens
a library finds the way by that file; only who writes needs to be told of a server. What goes there
are vectors and positions, never words; a copy of the vectors lies in the segment's tables, and they
are looked at whenever the server cannot be asked.

The key of a server that wants one is the variable CHROMA_API_KEY alone.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from index.durable import sync
from index.errors import LibraryDamaged, LibraryError, VectorsUnreachable
from index.inference import Vectors
from index.store import GRAPH, Searchable, StoredPassage, fill

if TYPE_CHECKING:
    import httpx
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

LOG = logging.getLogger(__name__)
COLLECTION = "collection.json"
KEY = "CHROMA_API_KEY"
_PATIENCE = 3.0  # seconds for a question's search, and for the first word of a server
WRITING = 60.0  # seconds for a batch of vectors, or for all of them to find themselves
_REST = 5.0  # seconds for which a server that failed is not asked again
_AGAIN = "run `articlebot index` to write them again"
_LOST = 60.0  # and one that has lost the collection


@dataclass(frozen=True, slots=True)
class Server:
    """A Chroma server: its address, and the tenant and the database that collections are made in."""

    url: str
    tenant: str = "default_tenant"
    database: str = "default_database"

    def __str__(self) -> str:
        return f"the Chroma server {self.url}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the vectors of a base are: a collection of a server, which no other segment has."""

    server: Server
    name: str

    def save(self, folder: Path) -> None:
        """Write it into the segment's folder, for good."""
        (folder / COLLECTION).write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")
        sync(folder / COLLECTION)
        sync(folder)
        sync(folder.parent)


def place_of(folder: Path) -> Place | None:
    """Where the vectors of a segment are, if not in its folder. LibraryDamaged if that cannot be read."""
    try:
        raw = json.loads((folder / COLLECTION).read_text(encoding="utf-8"))
        return Place(Server(**raw["server"]), str(raw["name"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LibraryDamaged(
            f"{folder / COLLECTION} cannot be read ({error}); run `articlebot index` to rebuild it"
        ) from error


def write(folder: Path, server: Server, passages: Iterable[StoredPassage], count: int) -> Place:
    """Write a new collection of so many passages for the segment in a folder; returns where it is.

    Raises VectorsUnreachable, and LibraryError if the server refuses.
    """
    place = Place(server, f"articlebot-{token_hex(16)}")
    place.save(folder)
    with _connected(server, WRITING) as client:
        collection = client.create_collection(
            place.name, configuration={"hnsw": GRAPH}, embedding_function=None
        )
        fill(collection, passages, [count])
    return place


def delete(folder: Path) -> bool:
    """Delete the collection of a segment, if it has one; False if that has to wait for the server."""
    try:
        place = place_of(folder)
        if place is not None:
            with _connected(place.server, _PATIENCE) as client, suppress(_not_found()):
                client.delete_collection(place.name)
    except VectorsUnreachable:
        return False
    except LibraryDamaged:
        return True  # whatever it was, nobody can find it any more
    return True


def fault(place: Place, count: int) -> str | None:
    """What is wrong with the collection of a base of so many passages. Raises VectorsUnreachable."""
    opened = RemoteStore(place, count)
    try:
        opened.check()
    except VectorsUnreachable as error:
        if error.lost:
            return str(error)
        raise
    finally:
        opened.close()
    return None


class RemoteStore(Searchable):
    """The collection of a base of `count` passages on a server. Safe to use from several threads.

    Nothing is asked of the server before the first search. One that fails is left alone for a few
    seconds, so that not every question waits for it.
    """

    def __init__(self, place: Place, count: int, *, patience: float = _PATIENCE) -> None:
        self._place = place
        self._count = count
        self._patience = patience
        self._connecting = threading.Lock()
        self._client: Client | None = None
        self._found: Collection | None = None
        self._until, self._why = 0.0, VectorsUnreachable("")

    def check(self) -> None:
        """Raise VectorsUnreachable unless the server answers and has the whole collection."""
        with self._sentences():
            self._opened()

    def nearest(self, vector: Vectors, count: int) -> list[int]:
        """The rows of the passages nearest to a vector, nearest first. Raises VectorsUnreachable."""
        if monotonic() < self._until:
            raise self._why
        try:
            return super().nearest(vector, count)
        except VectorsUnreachable as error:
            LOG.warning("every vector is looked at, which is slower: %s", error)
            self._why, self._until = error, monotonic() + (_LOST if error.lost else _REST)
            raise

    def _opened(self) -> Collection:
        with self._connecting:
            if self._found is None:
                client = _client(self._place.server, self._patience)
                try:
                    self._found = self._whole(client)
                except BaseException:
                    _close(client)
                    raise
                self._client = client
            return self._found

    def _whole(self, client: Client) -> Collection:
        """The collection, if all of it is there."""
        found = client.get_collection(self._place.name, embedding_function=None)
        if (held := found.count()) != self._count:
            raise VectorsUnreachable(
                f"{self._place.server} holds {held} of {self._count} vectors of an index; {_AGAIN}", lost=True
            )
        return found

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        with _sentences(self._place.server):
            yield

    def close(self) -> None:
        """Let go of the connections."""
        with self._connecting:
            if self._client is not None:
                _close(self._client)
            self._client = self._found = None


@contextmanager
def _connected(server: Server, patience: float) -> Iterator[Client]:
    with _sentences(server):
        client = _client(server, patience)
        try:
            yield client
        finally:
            _close(client)


@contextmanager
def _sentences(server: Server) -> Iterator[None]:
    """Say what went wrong on the way to a server, or there."""
    import httpx  # noqa: PLC0415 - a tenth of a second that only a server costs
    from chromadb.errors import ChromaError  # noqa: PLC0415 - most of a second, as in `store`

    try:
        yield
    except _not_found() as error:
        raise VectorsUnreachable(
            f"{server} does not have the vectors of an index any more ({error}); {_AGAIN}", lost=True
        ) from error
    except (httpx.HTTPError, ChromaError, ValueError, OSError) as error:
        reason = str(error).strip() or type(error).__name__
        raise VectorsUnreachable(
            f"{server} cannot be asked ({reason}); "
            f"see that it runs, and that library.server and {KEY} are right"
        ) from error


def _not_found() -> type[Exception]:
    from chromadb.errors import NotFoundError  # noqa: PLC0415 - as above

    return NotFoundError


def _client(server: Server, patience: float) -> Client:
    """A client whose requests take no longer than `patience` seconds each."""
    import chromadb  # noqa: PLC0415 - as above
    import httpx  # noqa: PLC0415 - as above
    from chromadb.config import Settings  # noqa: PLC0415 - as above

    url, key = httpx.URL(server.url), os.environ.get(KEY)
    if key and url.scheme == "http" and not _is_here(url.host):
        raise LibraryError(
            f"{server} would be sent the key in {KEY} unencrypted; "
            f"give its address with https://, or unset {KEY}"
        )
    headers = {"x-chroma-token": key} if key else {}
    # A first word: Chroma's own client would wait for ever.
    httpx.get(url.join("/api/v2/heartbeat"), headers=headers, timeout=patience).raise_for_status()
    client = chromadb.HttpClient(
        url.host,
        url.port or (443 if url.scheme == "https" else 80),
        ssl=url.scheme == "https",
        headers=headers,
        settings=Settings(_env_file=None, anonymized_telemetry=False),  # type: ignore[call-arg] # as in `store`
        tenant=server.tenant,
        database=server.database,
    )
    for session in _sessions(client):
        session.timeout = httpx.Timeout(patience)
    return cast("Client", client)


def _close(client: Client) -> None:
    for session in _sessions(client):
        session.close()
    client.close()


def _sessions(client: Any) -> tuple[httpx.Client, ...]:  # noqa: ANN401 - it does not tell of them
    """Where a client's requests are made; it has no way to give them a time limit, nor closes them itself."""
    return client._server._session, client._admin_client._server._session  # noqa: SLF001 - as said


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
