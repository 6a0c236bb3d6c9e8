"""What is wrong with a library, and mending it from its archive.

An index can always be made again. The archive cannot: what of it can still be read goes into a new
one, and the damaged one is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from index.archive import ARCHIVE, Archive
from index.build import build, forget_unread, is_current
from index.encoder import BUNDLED, Encoder, load_encoder
from index.errors import (
    LibraryDamaged,
    LibraryError,
    LibraryLocked,
    LibraryNotFound,
    LibraryOutdated,
    VectorsUnreachable,
)
from index.generations import Generation, Generations
from index.probing import probe
from index.records import Progress
from index.roster import Versions
from index.salvage import WORKPLACE, faults, salvage, take_up
from index.server import Server, fault, place_of


class Remedy(Enum):
    """What mends a problem."""

    SALVAGE = "what can be read of the archive goes into a new one, and the damaged one is kept"
    REBUILD = (
        "CURRENT is made to name an index that is whole or, if there is none, one is made from the archive"
    )
    SWEEP = "it is deleted"
    BACKUP = "restore a backup; this cannot be mended from what is there"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a library, in a sentence, and what mends it."""

    sentence: str
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class Repair:
    """What was done to a library in sentences, what was lost of it, and what is still wrong."""

    done: tuple[str, ...]
    lost: tuple[str, ...]
    left: tuple[Problem, ...]


def examine(path: Path, *, model: str = BUNDLED, threads: int = 0, deep: bool = False) -> tuple[Problem, ...]:
    """What is wrong with a library; `deep` also looks for every passage by its own vector.

    It is only read, and what is suspect is opened in a process of its own. Raises LibraryNotFound.
    """
    return tuple(problems(path, load_encoder(model, threads=threads), deep=deep))


def repair(
    path: Path,
    *,
    model: str = BUNDLED,
    threads: int = 0,
    server: Server | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Repair:
    """Mend what is wrong with a library from its archive; `server` is as in `Library.open`.

    Questions go on meanwhile, unless it is the archive that is damaged: then nobody may have the
    library open. Raises LibraryNotFound, and LibraryLocked while another is at work on it.
    """
    return mend(path, load_encoder(model, threads=threads), progress, server)


def problems(path: Path, encoder: Encoder, *, deep: bool = False) -> Iterator[Problem]:
    """The problems of a library, the gravest first."""
    if not (path / ARCHIVE).is_file():
        yield _without_archive(path)
        return
    found = [*faults(path)]
    yield from (Problem(fault, Remedy.SALVAGE) for fault in found)
    if not found and (gone := _gone(path, Generations(path))):
        named = ", ".join(gone[:5])
        yield Problem(f"the archive lacks {len(gone)} articles that the index has ({named})", Remedy.REBUILD)
    if not found:
        yield from (Problem(fault, Remedy.REBUILD) for fault in _index_faults(path, encoder, deep=deep))
    yield from (Problem(f"{left} was left behind", Remedy.SWEEP) for left in _leftovers(path))


def _without_archive(path: Path) -> Problem:
    """A library without an archive is none, unless there is more of it."""
    if (path / WORKPLACE / ARCHIVE).is_file():
        return Problem(f"the archive {path / ARCHIVE} was about to be replaced", Remedy.SALVAGE)
    if Generations(path).names():
        return Problem(f"there is an index in {path} but no archive, {ARCHIVE}", Remedy.BACKUP)
    raise LibraryNotFound(
        f"no library at {path}; make one with `articlebot index FOLDER`, or name another with --library"
    )


def _index_faults(path: Path, encoder: Encoder, *, deep: bool) -> Iterator[str]:
    generations = Generations(path)
    with closing(Archive(path / ARCHIVE)) as archive:
        wanted = archive.live()
    try:
        generation = generations.live()
        if generation is None:
            if wanted:
                yield f"nothing is indexed of the {len(wanted)} articles in {path}"
            return
        with closing(generation):
            yield from _generation_faults(path, generation, wanted, encoder, deep=deep)
    except (LibraryDamaged, LibraryOutdated) as error:
        yield str(error)


def _generation_faults(
    path: Path, generation: Generation, wanted: Versions, encoder: Encoder, *, deep: bool
) -> Iterator[str]:
    """What is wrong with a generation that is to hold the wanted articles. Raises LibraryDamaged."""
    generation.verify()
    if not is_current(generation.manifest, encoder):
        yield f"the index was made by another model, {generation.manifest.model!r}"
    elif missing := {*wanted} ^ {*generation.holdings.versions()}:
        yield f"the index and the archive differ in {len(missing)} versions of articles"
    else:
        yield from _server_faults(generation)
        yield from probe(path, generation.name, deep=deep)


def _server_faults(generation: Generation) -> Iterator[str]:
    """What is wrong with the vectors that are on a server; questions are answered without, more slowly."""
    for folder, segment in zip(generation.folders, generation.segments, strict=True):
        place = place_of(folder) if segment.base else None
        try:
            found = fault(place, segment.passages) if place else None
        except VectorsUnreachable as error:
            found = str(error)
        if found:
            yield found


def _leftovers(path: Path) -> Iterator[Path]:
    """What no index needs and nobody reads."""
    yield from Generations(path).leftovers()
    if (path / WORKPLACE).is_dir():
        yield path / WORKPLACE


def mend(
    path: Path, encoder: Encoder, progress: Callable[[Progress], None], server: Server | None = None
) -> Repair:
    """Mend what is wrong with a library."""
    if not (path / ARCHIVE).is_file():
        _without_archive(path)
    generations, work = Generations(path, server), _Mending()
    with generations.writing():
        work.archive(path, generations, encoder)
        if (path / ARCHIVE).is_file():
            work.index(path, generations, encoder, progress)
            work.leftovers(path, generations, encoder)
    return Repair(tuple(work.done), tuple(work.lost), tuple(problems(path, encoder)))


class _Mending:
    """The steps of a repair, in order, and what they did."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.lost: tuple[str, ...] = ()

    def archive(self, path: Path, generations: Generations, encoder: Encoder) -> None:
        """Replace the archive if it is damaged."""
        broken = not (path / ARCHIVE).is_file() or [*faults(path)]
        if broken and (path / WORKPLACE / ARCHIVE).is_file():
            take_up(path)
            self.done.append("the new archive that an earlier repair had finished was put in its place")
        elif (path / ARCHIVE).is_file() and not broken:
            self.lost = _gone(path, generations)
        elif broken and (path / ARCHIVE).is_file():
            if generations.is_read():
                raise LibraryLocked(f"{path} is open in another process; stop the bot, then run it again")
            found = salvage(path, _versions(generations), encoder)
            self.lost = found.lost
            saved = f"{found.articles} articles were saved into a new archive"
            self.done.append(f"{saved}; the damaged one is in {found.aside}")

    def index(
        self, path: Path, generations: Generations, encoder: Encoder, progress: Callable[[Progress], None]
    ) -> None:
        """Have CURRENT name an index that is whole."""
        if not [*_index_faults(path, encoder, deep=False)]:
            return
        with closing(Archive(path / ARCHIVE)) as archive:
            name = _whole(path, generations, archive.live(), encoder)
            if name is not None:
                generations.point(name)
                self.done.append(f"CURRENT names the index {name} again")
                return
            build(archive, generations, encoder, progress, anew=True)
            self.done.append(
                f"the index was made again from the {len(archive.live())} articles of the archive"
            )

    def leftovers(self, path: Path, generations: Generations, encoder: Encoder) -> None:
        """Delete what was left behind."""
        left = [*_leftovers(path)]
        shutil.rmtree(path / WORKPLACE, ignore_errors=True)
        with closing(Archive(path / ARCHIVE)) as archive:
            forget_unread(archive, generations, encoder)
        self.done += [f"{each} was deleted" for each in left if not each.exists()]


def _gone(path: Path, generations: Generations) -> tuple[str, ...]:
    """The ids of the articles in the live index that the archive, which is whole, knows nothing of."""
    indexed = _versions(generations)
    with closing(Archive(path / ARCHIVE)) as archive:
        return tuple(article for article, digest in indexed if archive.find(article, digest) is None)


def _versions(generations: Generations) -> Versions:
    """The articles of the live index, as far as that can be read."""
    try:
        generation = generations.live()
        if generation is None:
            return ()
        with closing(generation):
            return generation.holdings.versions()
    except LibraryError:
        return ()


def _whole(path: Path, generations: Generations, wanted: Versions, encoder: Encoder) -> str | None:
    """The newest generation with which nothing is wrong, if there is one."""
    for name in reversed(generations.names()):
        try:
            with closing(generations.unpublished(name)) as generation:
                if not [*_generation_faults(path, generation, wanted, encoder, deep=False)]:
                    return name
        except (LibraryDamaged, LibraryOutdated):
            continue
    return None
