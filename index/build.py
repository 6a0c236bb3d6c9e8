"""The archive's articles into a new generation, complete and checked, then live."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from index import store
from index.archive import Archive
from index.encoder import Encoder, WindowVectors
from index.errors import LibraryDamaged, LibraryOutdated
from index.generations import PIPELINE, Generations, Manifest, Versions, sizes
from index.keywords import Keywords
from index.passages import Outline, Window, outlines, window
from index.records import Progress
from index.store import Store, StoredPassage
from index.tables import Tables, TableWriter

_GROUP = 256  # passages encoded together, and kept before the next
_CHECKED = 500  # passages checked together
_STRAGGLERS = 0.01  # more of them than this share means the index is broken, not approximate


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: how many texts it encoded, how many passages are live."""

    embedded: int
    passages: int


def build(
    archive: Archive, generations: Generations, encoder: Encoder, progress: Callable[[Progress], None]
) -> Built:
    """Make a generation of the archive's articles and swap it in, if the live one is not it."""
    live = _usable(generations, encoder)
    wanted = archive.live()
    if live is not None and live.articles == wanted:
        return Built(0, live.passages)
    with suppress(LibraryDamaged):
        generations.sweep()  # what a killed build left behind may take much room
    name = generations.create()
    work = _Work(archive, generations.folder(name), encoder, wanted, progress)
    manifest = work.run()
    generations.publish(name)
    archive.keep_vectors(encoder.digest, work.used)
    return Built(work.embedded, manifest.passages)


def indexed(archive: Archive, generations: Generations) -> Versions:
    """The articles the live index holds; where it cannot be read, those it should hold."""
    try:
        generation = generations.live()
    except (LibraryDamaged, LibraryOutdated):
        return archive.live()
    if generation is None:
        return ()
    generation.close()
    return generation.manifest.articles


def forget_unread(archive: Archive, generations: Generations) -> None:
    """Delete generations nobody reads, and the article versions only they could quote."""
    try:
        kept = [Manifest.load(generations.folder(name)) for name in generations.sweep()]
    except (LibraryDamaged, LibraryOutdated):
        return  # what it quotes is not known, so nothing is forgotten as long as it is there
    archive.forget_except(tuple(version for manifest in kept for version in manifest.articles))


def is_current(manifest: Manifest, encoder: Encoder) -> bool:
    """Whether a generation was made by this model; one of another pipeline cannot be loaded."""
    return manifest.model_digest == encoder.digest


def _usable(generations: Generations, encoder: Encoder) -> Manifest | None:
    """The live generation's manifest, if that is whole and of our making."""
    try:
        generation = generations.live()
    except (LibraryDamaged, LibraryOutdated):
        return None  # it is what is being mended
    if generation is None:
        return None
    try:
        generation.verify()
    except LibraryDamaged:
        return None
    finally:
        generation.close()
    return generation.manifest if is_current(generation.manifest, encoder) else None


class _Work:
    """The making of one generation in its own folder; nothing of it is visible before `publish`."""

    def __init__(
        self,
        archive: Archive,
        folder: Path,
        encoder: Encoder,
        wanted: Versions,
        progress: Callable[[Progress], None],
    ) -> None:
        self._archive = archive
        self._folder = folder
        self._encoder = encoder
        self._wanted = wanted
        self._progress = progress
        self._dimension = encoder.dimension
        self._writer = TableWriter(self._dimension)
        self._searched: list[str] = []
        self.used: set[str] = set()
        self.embedded = 0

    def run(self) -> Manifest:
        """Write and check everything; returns the manifest, which is written last."""
        written = store.write(self._folder / "vectors", self._passages())
        tables = self._writer.save(self._folder)
        Keywords.build(self._searched).save(self._folder / "keywords")
        if written != len(tables):
            raise LibraryDamaged(
                f"Chroma holds {written} of {len(tables)} passages; the old index stays live"
            )
        manifest = Manifest(
            pipeline=PIPELINE,
            model=self._encoder.name,
            model_digest=self._encoder.digest,
            dimension=self._dimension,
            passages=len(tables),
            sentences=len(tables.sentences),
            built=time.time(),
            articles=self._wanted,
            stragglers=self._check(tables),
            files=sizes(self._folder),
        )
        manifest.save(self._folder)
        return manifest

    def _passages(self) -> Iterator[StoredPassage]:
        parts = self._parts()
        while group := list(islice(parts, _GROUP)):
            self._progress(Progress("encode", group[0][0], len(self._wanted)))
            windows = [window(outline) for _, outline in group]
            for (number, outline), made, vectors in zip(group, windows, self._vectors(windows), strict=True):
                yield self._add(number, outline, made, vectors)
        if self._wanted:
            self._progress(Progress("encode", len(self._wanted), len(self._wanted)))

    def _parts(self) -> Iterator[tuple[int, Outline]]:
        for number, version in enumerate(self._wanted):
            for outline in outlines(self._archive.article(*version)):
                yield number, outline

    def _add(self, number: int, outline: Outline, made: Window, vectors: WindowVectors) -> StoredPassage:
        row = self._writer.add(number, outline.passage.span, outline.sentences, vectors)
        self._searched.append(made.text)
        article = outline.passage.article
        return StoredPassage(row, article.id, article.digest, outline.passage.span, vectors.passage)

    def _vectors(self, windows: Sequence[Window]) -> list[WindowVectors]:
        """Vectors from the cache where it has them; the rest are encoded and cached at once."""
        names = [_name(each) for each in windows]
        self.used.update(names)
        found = {name: self._archive.vectors(self._encoder.digest, name, self._dimension) for name in names}
        missing = {name: made for name, made in zip(names, windows, strict=True) if found[name] is None}
        if missing:
            fresh = dict(zip(missing, self._encoder.encode_windows(list(missing.values())), strict=True))
            self._archive.put_vectors(self._encoder.digest, fresh.items())
            found.update(fresh)
            self.embedded += len(missing)
        return [vectors for name in names if (vectors := found[name]) is not None]

    def _check(self, tables: Tables) -> tuple[int, ...]:
        """Every vector must find itself before the generation goes live; returns those that do not."""
        opened = Store(self._folder / "vectors")
        stragglers: list[int] = []
        try:
            for start in range(0, len(tables), _CHECKED):
                self._progress(Progress("check", start, len(tables)))
                rows = range(start, min(start + _CHECKED, len(tables)))
                stragglers += (
                    each.row for each in opened.unreachable([self._stored(tables, row) for row in rows])
                )
        finally:
            opened.close()
        if len(stragglers) > max(1, _STRAGGLERS * len(tables)):
            raise LibraryDamaged(
                f"{len(stragglers)} of {len(tables)} passages cannot be found by their own vectors; "
                "the old index stays live; run `articlebot index` again"
            )
        if len(tables):
            self._progress(Progress("check", len(tables), len(tables)))
        return tuple(stragglers)

    def _stored(self, tables: Tables, row: int) -> StoredPassage:
        article, digest = self._wanted[tables.article_number(row)]
        return StoredPassage(
            row, article, digest, tables.span(row), tables.passage_vectors[row].astype("float32")
        )


def _name(made: Window) -> str:
    """The name vectors are cached under: what was encoded, and how it was cut."""
    cuts = ",".join(f"{span.start}-{span.end}" for span in made.sentences)
    return hashlib.sha256(f"{cuts}\0{made.text}".encode()).hexdigest()
