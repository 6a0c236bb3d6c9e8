"""Articles into a new segment: cut, encoded, indexed, and every vector checked to find itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from index import roster, server, store
from index.archive import Archive
from index.encoder import Encoder, WindowVectors
from index.errors import LibraryDamaged
from index.finding import outlet
from index.keywords import terms
from index.passages import Outline, Window, outlines, window
from index.postings import PostingsWriter
from index.records import Article, Span
from index.roster import Entry, Versions
from index.segments import KEYWORDS, VECTORS, Segment, files_of
from index.server import WRITING as PATIENCE
from index.server import RemoteStore
from index.store import Searchable, Store, StoredPassage
from index.tables import Table, TableWriter

_GROUP = 256  # passages encoded together, and kept before the next
_CHECKED = 500  # passages checked together
# More of them than this share means that the graph is broken, not approximate; up to it each is looked at
# with every question. Of a hundred thousand passages, many nearly alike, 1.3 % were out of the graph's reach.
_STRAGGLERS = 0.05

Tell = Callable[[float], None]
"""Takes which share is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Written:
    """A new segment, how many texts were encoded for it, and the names of its vectors in the cache."""

    segment: Segment
    embedded: int
    vectors: frozenset[str]


class SegmentWriter:
    """Writes one segment of some articles into an empty folder."""

    def __init__(
        self,
        archive: Archive,
        encoder: Encoder,
        folder: Path,
        versions: Versions,
        server: server.Server | None = None,
    ) -> None:
        """`server` takes the vectors of a base; None leaves them in the folder."""
        self._server = server
        self._archive = archive
        self._encoder = encoder
        self._folder = folder
        self._versions = versions
        self._entries: list[Entry] = []
        self._postings = PostingsWriter()
        self._used: set[str] = set()
        self._embedded = 0

    def write(self, *, base: bool, encoding: Tell, checking: Tell) -> Written:
        """Write and check everything; the record comes last."""
        with TableWriter(self._folder, self._encoder.dimension) as tables:
            count = self._write_rows(tables, encoding)
        roster.save(self._entries, self._folder)
        self._postings.save(self._folder / KEYWORDS)
        stragglers = self._collected(count, checking) if base else ()
        files = files_of(self._folder, count)
        segment = Segment(self._folder.name, base, len(self._versions), count, stragglers, files)
        segment.save(self._folder)
        return Written(segment, self._embedded, frozenset(self._used))

    def _write_rows(self, tables: TableWriter, tell: Tell) -> int:
        """Write the articles' passages into the tables and the keywords; returns how many there are."""
        parts, count = self._parts(), 0
        while group := list(islice(parts, _GROUP)):
            tell(group[0][0] / len(self._versions))
            windows = [window(outline) for _, outline in group]
            for (number, outline), made, vectors in zip(group, windows, self._vectors(windows), strict=True):
                self._postings.add(terms(made.text))
                tables.add(number, outline.passage.span, outline.sentences, vectors)
            count += len(group)
        tell(1.0)
        return count

    def _parts(self) -> Iterator[tuple[int, Outline]]:
        for number, version in enumerate(self._versions):
            article = self._archive.article(*version)
            self._entries.append(
                Entry(article.id, article.digest, article.language, article.published, outlet(article))
            )
            for outline in outlines(article):
                yield number, outline

    def _vectors(self, windows: Sequence[Window]) -> list[WindowVectors]:
        """Vectors from the cache where it has them; the rest are encoded and cached at once."""
        names = [_name(each) for each in windows]
        self._used.update(names)
        digest, dimension = self._encoder.digest, self._encoder.dimension
        found = {name: self._archive.vectors(digest, name, dimension) for name in names}
        missing = {name: made for name, made in zip(names, windows, strict=True) if found[name] is None}
        if missing:
            fresh = dict(zip(missing, self._encoder.encode_windows(list(missing.values())), strict=True))
            self._archive.put_vectors(digest, fresh.items())
            found.update(fresh)
            self._embedded += len(missing)
        return [vectors for name in names if (vectors := found[name]) is not None]

    def _collected(self, count: int, tell: Tell) -> tuple[int, ...]:
        """Write the collection; returns the rows whose vector does not find itself in it, if they are few."""
        stored = _told(self._stored(), count, lambda done: tell(done / 2))
        opening = self._collect(stored, count)
        stored = _told(self._stored(), count, lambda done: tell((1 + done) / 2))
        with closing(opening()) as opened:
            if len(opened) != count:
                raise LibraryDamaged(
                    f"Chroma holds {len(opened)} of {count} passages; the old index stays live"
                )
            stragglers = tuple(_unreachable(opened, stored))
        if len(stragglers) > max(1, _STRAGGLERS * count):
            raise LibraryDamaged(
                f"{len(stragglers)} of {count} passages cannot be found by their own vectors; "
                "the old index stays live; run `articlebot index` again"
            )
        return stragglers

    def _collect(self, stored: Iterator[StoredPassage], count: int) -> Callable[[], Searchable]:
        """Write the collection where it belongs; returns what opens it."""
        if self._server is not None:
            place = server.write(self._folder, self._server, stored, count)
            return lambda: RemoteStore(place, count, patience=PATIENCE)
        store.write(self._folder / VECTORS, stored, count)
        return lambda: Store(self._folder / VECTORS)

    def _stored(self) -> Iterator[StoredPassage]:
        """The passages as they stand on disk."""
        table = Table.load(self._folder)
        for row in range(len(table.passages)):
            number, start, end, _ = table.passages[row].tolist()
            vector = table.passage_vectors[row].astype(np.float32)
            article, digest = self._versions[number]
            yield StoredPassage(row, article, digest, Span(start, end), vector)


def _unreachable(opened: Searchable, passages: Iterator[StoredPassage]) -> Iterator[int]:
    while group := list(islice(passages, _CHECKED)):
        yield from (each.row for each in opened.unreachable(group))


def _told(passages: Iterable[StoredPassage], count: int, tell: Tell) -> Iterator[StoredPassage]:
    """The passages, telling now and then how many of them have been taken."""
    for number, passage in enumerate(passages):
        if number % _CHECKED == 0:
            tell(number / count)
        yield passage
    tell(1.0)


def vector_names(article: Article) -> frozenset[str]:
    """The names under which the vectors of an article's passages are cached."""
    return frozenset(_name(window(outline)) for outline in outlines(article))


def _name(made: Window) -> str:
    """The name vectors are cached under: what was encoded, and how it was cut."""
    cuts = ",".join(f"{span.start}-{span.end}" for span in made.sentences)
    return hashlib.sha256(f"{cuts}\0{made.text}".encode()).hexdigest()
