"""Passages and their vectors in Chroma, written through LlamaIndex's vector store.

The only module, beside the retriever, that knows either. A collection is written once, checked
and from then on only read. It holds positions, not words: the node of a passage says
which article and which offsets, and its row in the generation's tables. Text is cut from
the archive, so what Chroma returns can never be quoted (and Chroma's own full-text index,
which nothing here asks, costs nothing).
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from index.errors import LibraryDamaged, LibraryError, LibraryUnwritable
from index.inference import Vectors
from index.records import Span
from index.segments import DATABASE

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from llama_index.core.schema import BaseNode, TextNode

_COLLECTION = "passages"
_SECONDS = 60  # after which opening counts as hanging
# Isolated (-I), lest a module be taken from the folder that the command is run in.
_TRY = "import sys; sys.path[:] = sys.argv[3:]; from index.store import _try; _try()"
_BATCH = 150  # the size Chroma writes fastest
_GROUP = 10_000  # passages between two times that the graph is written
_OPENING = threading.Lock()  # Chroma counts the clients of a folder in this process, but not safely
# Wider than Chroma's defaults (100, 100, 16), so that fewer vectors are out of reach: among 100,000, a search
# of 128 misses half again as many as one of 256, which takes half a millisecond more.
GRAPH: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 128,
    "ef_search": 256,
    "max_neighbors": 24,
}


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """One passage as Chroma keeps it: where it stands, and its vector."""

    row: int
    article: str
    digest: str
    span: Span
    vector: Vectors

    @property
    def id(self) -> str:
        """The name of the passage's node, unique within a collection; its row comes first.

        A question so needs the nodes' names alone, which Chroma gives several times faster than
        what else it keeps of them.
        """
        return f"{self.row}:{self.article}:{self.span.start}-{self.span.end}"


def _client(folder: Path) -> Client:
    """A client of Chroma in this process, whatever the environment says of a server or of telemetry."""
    import chromadb  # noqa: PLC0415 - most of a second that `import index` need not cost
    from chromadb.config import Settings  # noqa: PLC0415

    settings = Settings(
        _env_file=None,  # type: ignore[call-arg] # pydantic-settings' own; a bot's folder often has an .env
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        anonymized_telemetry=False,
    )
    with _OPENING, _no_trace_of_failure(str(folder)):
        return cast("Client", chromadb.PersistentClient(folder, settings=settings))


@contextmanager
def _no_trace_of_failure(folder: str) -> Iterator[None]:
    """Have Chroma forget a folder that it could not open.

    It keeps the half-made system of it for ever, so that this process could not open the folder any
    more when the disk has room again. It has no public way to let go of one folder alone.
    """
    from chromadb.api.shared_system_client import SharedSystemClient as Shared  # noqa: PLC0415 - as above

    before = Shared._identifier_to_refcount.get(folder, 0)  # noqa: SLF001 - as said
    try:
        yield
    except BaseException:
        if Shared._identifier_to_refcount.get(folder, 0) > before:  # noqa: SLF001
            Shared._decrement_refcount(folder)  # noqa: SLF001
        if not before:
            Shared._identifier_to_system.pop(folder, None)  # noqa: SLF001
        raise


def _close(client: Client) -> None:
    with _OPENING:
        client.close()


def write(folder: Path, passages: Iterable[StoredPassage], count: int) -> int:
    """Write a new collection of so many passages into an empty folder; returns how many it holds.

    Chroma writes its graph to disk whenever enough passages have come, and whoever opens a collection
    later puts the rest into the graph once more, which takes seconds. So the passages come in
    groups after each of which the graph is written, and none is left over.
    """
    from chromadb.errors import ChromaError  # noqa: PLC0415 - as above

    client = _client(folder)
    try:
        groups = max(1, round(count / _GROUP))
        graph: CreateHNSWConfiguration = {**GRAPH, "sync_threshold": max(2, count // groups)}
        collection = client.create_collection(
            _COLLECTION, configuration={"hnsw": graph}, embedding_function=None
        )
        fill(collection, passages, _parts(count, groups))
        return collection.count()
    except ChromaError as error:
        raise LibraryError(
            f"the vectors cannot be written to {folder} ({error}); see that its disk has room "
            "and run `articlebot index` again; the old index stays live"
        ) from error
    finally:
        _close(client)
        _blank_unused(folder, count)


def fill(collection: Collection, passages: Iterable[StoredPassage], groups: Sequence[int]) -> None:
    """Put so many passages into a collection; a group of them ends with a batch."""
    from llama_index.vector_stores.chroma import ChromaVectorStore  # noqa: PLC0415 - a second, building only

    vectors = ChromaVectorStore(chroma_collection=collection)
    remaining = iter(passages)
    last: list[BaseNode] = []
    for size in groups:
        for batch in _parts(size, -(-size // _BATCH)):
            last = [_node(passage) for passage in islice(remaining, batch)]
            vectors.add(last)
    if sum(groups) == 1:
        vectors.add(last)  # which changes nothing, but one alone does not have Chroma write its graph


def _blank_unused(folder: Path, count: int) -> None:
    """Fill with zeros what a graph's files have room for beyond its passages.

    Chroma writes that room, of a hundred passages at least, as it finds it in the memory of the process:
    whatever lay there before, be it the words of an article that has been removed.
    """
    for lengths in folder.rglob("length.bin"):  # four bytes for each passage there is room for
        room = lengths.stat().st_size // 4
        for path in (lengths, lengths.with_name("data_level0.bin")):
            each = path.stat().st_size // max(1, room)
            with path.open("r+b") as file:
                file.seek(count * each)
                file.write(bytes(max(0, room - count) * each))


def _node(passage: StoredPassage) -> TextNode:
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode  # noqa: PLC0415

    return TextNode(
        id_=passage.id,
        text="",
        embedding=passage.vector.tolist(),
        start_char_idx=passage.span.start,
        end_char_idx=passage.span.end,
        metadata={"row": passage.row, "digest": passage.digest},
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.article)},
    )


def _parts(count: int, parts: int) -> list[int]:
    """A count in so many parts of about the same size."""
    return [count // parts + (part < count % parts) for part in range(parts)] if count else []


def _is_refusal(error: BaseException) -> bool:
    """Whether SQLite, within Chroma, could not write: read-only, no permission, or no room.

    Of its result codes (https://sqlite.org/rescode.html) the last byte is the kind.
    """
    code = re.search(r"\(code: ([0-9]+)\)", str(error))
    return code is not None and int(code[1]) & 0xFF in {8, 13, 14}


class Searchable(ABC):
    """A finished collection that can be searched, wherever it is."""

    @abstractmethod
    def _opened(self) -> Collection:
        """The collection."""

    @abstractmethod
    def _sentences(self) -> AbstractContextManager[None]:
        """Say what went wrong inside, with what to do about it."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""

    def __len__(self) -> int:
        with self._sentences():
            return self._opened().count()

    def nearest(self, vector: Vectors, count: int) -> list[int]:
        """The rows of the passages nearest to a vector, nearest first."""
        with self._sentences():
            found = self._opened().query(query_embeddings=np.atleast_2d(vector), n_results=count, include=[])
            return [int(name.partition(":")[0]) for name in found["ids"][0]]

    def unreachable(self, passages: Sequence[StoredPassage]) -> list[StoredPassage]:
        """Those of the passages whose own vector does not find them (chroma-core/chroma #7758).

        A passage is also found where one of the same vector is: copies of one text tie.
        """
        if not passages:
            return []
        with self._sentences():
            found = self._opened().query(
                query_embeddings=np.stack([passage.vector for passage in passages]),
                n_results=1,
                include=["distances"],
            )
        distances = found["distances"] or []
        return [
            passage
            for passage, ids, nearest in zip(passages, found["ids"], distances, strict=True)
            if passage.id not in ids and not (nearest and nearest[0] < 1e-4)  # noqa: PLR2004 - float16 rounding
        ]


class Store(Searchable):
    """A finished collection in a folder, open for searching. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        import chromadb  # noqa: F401, PLC0415 - here, so that a broken installation is not called damage

        self._folder = folder
        with self._sentences():
            if not (folder / DATABASE).is_file():  # or Chroma would make an empty one
                raise FileNotFoundError(DATABASE)
            self._client = _client(folder)
            try:
                self._collection: Collection = self._client.get_collection(
                    _COLLECTION, embedding_function=None
                )
            except BaseException:
                _close(self._client)
                raise

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Say what Chroma found wrong, in whatever way it says so, with what to do about it."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a panic of its Rust is no Exception
            if _is_refusal(error):
                raise LibraryUnwritable(
                    f"the vectors in {self._folder} cannot be opened, for which Chroma has to write to them "
                    f"({error}); see that the disk has room and can be written to"
                ) from error
            raise LibraryDamaged(
                f"the vectors in {self._folder} cannot be read ({error}); "
                "run `articlebot doctor --repair` to make them again"
            ) from error

    def _opened(self) -> Collection:
        return self._collection

    def close(self) -> None:
        """Let go of the folder and the memory."""
        _close(self._client)


def try_open(folder: Path, count: int) -> None:
    """Open a collection in a process of its own and look something up; LibraryDamaged if that goes wrong.

    For one that may be damaged: it can end the process that opens it, without an exception, by SIGSEGV
    (chroma-core/chroma #7238) or because its Rust panics and aborts.
    """
    command = [sys.executable, "-I", "-c", _TRY, str(folder), str(count), *sys.path]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - our own code
        ending = f"with {done.returncode}" if done.returncode else None
    except subprocess.TimeoutExpired:
        ending = f"not within {_SECONDS} seconds"
    if ending:
        raise LibraryDamaged(
            f"the vectors in {folder} cannot be opened: whoever tries ends {ending}; "
            "run `articlebot doctor --repair` to make them again"
        )


def _try() -> None:
    """What the process does."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    store = Store(folder)
    held = store._collection.get(limit=1, include=["embeddings"])["embeddings"]  # noqa: SLF001 - our own
    assert len(store) == count
    assert held is not None
    assert store.nearest(np.asarray(held[0], dtype=np.float32), 1)
