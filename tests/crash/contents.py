"""What a library holds, as one value to compare, and whether all of it is found."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import astuple
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from index import LibraryEmpty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index import Article, Library
    from index.snapshot import Snapshot

_NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{6}|(?<=damaged-)[0-9a-f]+")
_PASSING = ("-wal", "-shm", "-journal")  # SQLite's companions come and go


class Edition(NamedTuple):
    """The articles' texts, and a digest of articles, passages, sentences and vectors, by no order."""

    texts: tuple[str, ...]
    digest: str


def contents(library: Library) -> Edition:
    """What questions are answered from. Raises as searching does, but for LibraryEmpty."""
    articles = sorted(library.articles(), key=lambda article: article.id)
    lines = [json.dumps(astuple(article), ensure_ascii=True, default=str) for article in articles]
    try:
        with library._reading() as snapshot:
            lines += sorted(_passages(snapshot))
    except LibraryEmpty:
        pass
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return Edition(tuple(sorted(article.text for article in articles)), digest)


def _passages(snapshot: Snapshot) -> Iterator[str]:
    for row in _rows(snapshot):
        outline = snapshot.outline(row)
        article, tables = outline.passage.article, snapshot.tables
        sentences = np.array(list(tables.sentence_rows(row)), dtype=np.int64)
        vectors = (tables.passage_vectors(np.array([row])), tables.sentence_vectors(sentences))
        spans = [astuple(span) for span in (outline.passage.span, *outline.sentences)]
        yield f"{article.id} {article.digest} {spans} {[vector.tobytes().hex() for vector in vectors]}"


def _rows(snapshot: Snapshot) -> list[int]:
    rows: list[int] = np.flatnonzero(snapshot.alive).tolist()
    return rows


def unfound(library: Library) -> Iterator[str]:
    """The articles that are not answered by their own words or by their own vectors."""
    articles = library.articles()
    for article in articles:
        if not _is_found(library, article):
            yield f"{article.text[:60]!r} is not found by its own words"
    if not articles:
        return
    with library._reading() as snapshot:
        seen = set()
        for row in _rows(snapshot):
            passage = snapshot.passage(row)
            if row not in snapshot.nearest(snapshot.tables.passage_vectors(np.array([row]))[0], 3):
                yield f"{passage.text[:60]!r} is not found by its own vector"
            seen.add(passage.article.id)
    yield from (f"{article.text[:60]!r} has no passage" for article in articles if article.id not in seen)


def _is_found(library: Library, article: Article) -> bool:
    sentence = article.text.splitlines()[0]
    found = library.search(sentence, 3)
    return any(hit.passage.article == article and sentence in hit.passage.text for hit in found)


def files_of(library: Path) -> list[str]:
    """The names of a library's files, with numbers and random names made alike."""
    paths = (path for path in library.rglob("*") if not path.name.endswith(_PASSING))
    return sorted(_NUMBER.sub("N", path.relative_to(library).as_posix()) for path in paths)
