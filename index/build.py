"""The archive's articles into new generations, each complete and checked, then live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.archive import Archive
from index.checking import check
from index.encoder import Encoder
from index.errors import LibraryDamaged, LibraryError, LibraryOutdated, VectorsUnreachable
from index.generations import PIPELINE, Generation, Generations, Manifest, Part
from index.planning import Goal, Held, Step, compaction, update
from index.records import Progress
from index.roster import Versions
from index.server import Server, fault, place_of
from index.snapshot import Snapshot
from index.tables import Table
from index.writing import SegmentWriter, Tell, Written, vector_names


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made: how many texts it encoded, how many passages are live.

    `uncompacted` is why segments that were due to be put together were not.
    """

    embedded: int
    passages: int
    uncompacted: str | None = None


def build(
    archive: Archive,
    generations: Generations,
    encoder: Encoder,
    progress: Callable[[Progress], None],
    goal: Goal = Goal.DUE,
    *,
    anew: bool = False,
    settle: bool = False,
) -> Built:
    """Bring the index up to date with the archive's articles, then put its segments together as wanted.

    Each step makes a generation and swaps it in, so that what is new answers before anything is put
    together. With nothing to do nothing is written. That what is due cannot be put together, for want of
    room on the disk, say, is no failure: all is live, and the next build tries again. With `anew` nothing
    of the live index is used; with `settle` nothing is left in it of what was removed by hand.
    """
    held, wanted = None if anew else _held(generations, encoder), archive.live()
    builder = _Builder(archive, generations, encoder, progress, articles=len(wanted))
    step = Step((), wanted, base=True) if held is None else update(held, wanted)
    if step is not None:
        held = builder.update(step)
    passages, uncompacted = sum(part.passages for part in held or ()), None
    try:
        for each in (goal, Goal.PURGED) if settle and archive.has_removals() else (goal,):
            while held is not None and (step := compaction(held, each)) is not None:
                held = builder.compact(step)
    except (LibraryError, OSError) as error:
        if goal is not Goal.DUE:
            raise
        uncompacted = str(error)
    return Built(builder.embedded, passages, uncompacted)


def indexed(archive: Archive, generations: Generations) -> Versions:
    """The articles the live index holds; where it cannot be read, those it should hold."""
    try:
        generation = generations.live()
        if generation is None:
            return ()
        with closing(generation):
            return generation.holdings.versions()
    except (LibraryDamaged, LibraryOutdated):
        return archive.live()


def forget_unread(archive: Archive, generations: Generations, encoder: Encoder) -> None:
    """Delete generations nobody reads, and the article versions only they could quote.

    Once what remains holds nothing that is gone, removals are done with.
    """
    try:
        remaining, past = generations.sweep(), archive.past()
        kept = {version for name in remaining for version in generations.versions(name)} if past else ()
        stained = archive.has_removals() and any(map(generations.is_stained, remaining))
    except (LibraryDamaged, LibraryOutdated):
        return  # what it quotes is not known, so nothing is forgotten as long as it is there
    if unread := tuple(version for version in past if version not in kept):
        archive.forget(unread, encoder.digest, _unused_vectors(archive, unread))
    if not stained:
        archive.forget_removals()


def _unused_vectors(archive: Archive, past: Versions) -> frozenset[str]:
    """The names of the cached vectors of past versions that the articles as they are now do not have."""
    now = filter(None, (archive.present(article) for article in {article for article, _ in past}))
    old = (archive.article(*version) for version in past)
    unused, used = (frozenset[str]().union(*map(vector_names, articles)) for articles in (old, now))
    return unused - used


def is_current(manifest: Manifest, encoder: Encoder) -> bool:
    """Whether a generation was made by this model; one of another pipeline cannot be loaded."""
    return manifest.model_digest == encoder.digest


def _held(generations: Generations, encoder: Encoder) -> list[Held] | None:
    """What the live generation is put together of, if it is whole and of our making."""
    try:
        generation = generations.live()
        if generation is None:
            return None
        with closing(generation):
            if not is_current(generation.manifest, encoder):
                return None
            generation.verify()
            return _parts(generation) if _is_in_place(generation, generations.server) else None
    except (LibraryDamaged, LibraryOutdated):
        return None  # it is what is being mended


def _is_in_place(generation: Generation, server: Server | None) -> bool:
    """Whether the vectors of its bases are where new ones would go, as far as can be told."""
    for folder, segment in zip(generation.folders, generation.segments, strict=True):
        place = place_of(folder) if segment.base else None
        if segment.base and (place.server if place else None) != server:
            return False
        with suppress(VectorsUnreachable):  # it may well have them
            if place is not None and fault(place, segment.passages):
                return False
    return True


def _parts(generation: Generation) -> list[Held]:
    """The segments of a generation with what is not gone of them."""
    found = []
    parts = zip(generation.segments, generation.rosters, generation.manifest.parts, strict=True)
    for folder, (segment, roster, part) in zip(generation.folders, parts, strict=True):
        gone = frozenset(part.gone)
        versions = {number: version for number, version in enumerate(roster.versions()) if number not in gone}
        found.append(Held(segment, versions, _passages(folder, gone)))
    return found


def _passages(folder: Path, gone: Iterable[int]) -> int:
    """How many passages of a segment are of articles that are not gone."""
    articles = Table.load(folder).passages[:, 0]
    return len(articles) - int(np.isin(articles, list(gone)).sum())


class _Builder:
    """Makes one generation after the other; nothing of one is visible before it is published."""

    def __init__(
        self,
        archive: Archive,
        generations: Generations,
        encoder: Encoder,
        progress: Callable[[Progress], None],
        *,
        articles: int,
    ) -> None:
        self._archive = archive
        self._articles = articles
        self._generations = generations
        self._encoder = encoder
        self._progress = progress
        self.embedded = 0

    def update(self, step: Step) -> list[Held] | None:
        """Bring the index up to date; returns what is live then."""
        return self._take(step, self._stage("encode", step), self._stage("check", step))

    def compact(self, step: Step) -> list[Held] | None:
        """Put segments together; returns what is live then."""
        tell = self._stage("compact", step)
        return self._take(step, lambda done: tell(done / 2), lambda done: tell((1 + done) / 2))

    def _stage(self, stage: str, step: Step) -> Tell:
        """What tells the progress of a stage over a step's articles; nothing where there are none."""
        articles = len(step.written)

        def tell(done: float) -> None:
            if articles:
                self._progress(Progress(stage, round(done * articles), articles))

        return tell

    def _take(self, step: Step, encoding: Tell, checking: Tell) -> list[Held] | None:
        """Take a step; what remains of one that fails is deleted, for it may be the disk that is full."""
        self._sweep()  # what a killed build left behind may take much room
        try:
            self._make(step, encoding, checking)
        except Exception:
            self._sweep()
            raise
        return _held(self._generations, self._encoder)

    def _sweep(self) -> None:
        with suppress(LibraryDamaged):  # then it is what is being mended
            self._generations.sweep()

    def _make(self, step: Step, encoding: Tell, checking: Tell) -> None:
        name = self._generations.create()
        written = self._written(name, step, encoding, lambda done: checking(done / 2))
        self._manifest(step, written).save(self._generations.folder(name))
        self._check(name, written, lambda done: checking((1 + done) / 2))
        self._generations.publish(name)
        if written is not None and not step.kept:
            self._archive.keep_vectors(self._encoder.digest, written.vectors)

    def _written(self, name: str, step: Step, encoding: Tell, checking: Tell) -> Written | None:
        """The new segment of a step, if it has one."""
        if not step.written:
            return None
        folder = self._generations.create_segment(name)
        server = self._generations.server
        writer = SegmentWriter(self._archive, self._encoder, folder, step.written, server)
        written = writer.write(base=step.base, encoding=encoding, checking=checking)
        self.embedded += written.embedded
        return written

    def _manifest(self, step: Step, written: Written | None) -> Manifest:
        kept = sum(_passages(self._generations.segment(part.segment), part.gone) for part in step.kept)
        return Manifest(
            pipeline=PIPELINE,
            model=self._encoder.name,
            model_digest=self._encoder.digest,
            dimension=self._encoder.dimension,
            passages=kept + (written.segment.passages if written else 0),
            built=time.time(),
            parts=(*step.kept, *([Part(written.segment.name)] if written else [])),
        )

    def _check(self, name: str, written: Written | None, tell: Tell) -> None:
        """Look for what has just been written in the whole of the new generation."""
        with closing(Snapshot(self._generations.unpublished(name), self._archive)) as snapshot:
            new = written.segment.passages if written else 0
            check(snapshot, len(snapshot.tables) - new, self._articles, tell)
