"""What can be done to a library, as a table: how it is before, what is done, and what comes of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.examining import mend
from tests.encoders import HashEncoder
from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SUBJECTS = ("bridge", "museum", "harvest", "railway", "harbour", "market", "library", "theatre")
LONG = "museum"  # an article of several passages
_ENCODERS = {"old": ("hash", 64), "new": ("other", 32)}


def told(subject: str, edition: int) -> str:
    """What an edition's article on a subject says."""
    first = f"Edition {edition} says that the {subject} is open on day {edition} of the week."
    if subject != LONG:
        return first
    more = (
        f"Room {room} of the {subject} shows {room + edition} paintings and a clock." for room in range(30)
    )
    return "\n".join([first, *more])


def _write(shelf: Shelf, edition: int, *subjects: str) -> None:
    for subject in subjects:
        shelf.write(f"{subject}.txt", told(subject, edition))


def _file_texts(shelf: Shelf) -> tuple[str, ...]:
    return tuple(sorted(path.read_text(encoding="utf-8") for path in shelf.folder.iterdir()))


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that is done to a library.

    `prepare` makes the library, `change` what is then new in the folder, `act` what may be killed
    and done again. `texts` are those of the articles afterwards. `encoder` is the one it is done
    with. `begins` names the function of the program, "module:name", from which on effects count.
    A library that `refuses` is damaged before: no answer is expected of it until it is mended.
    """

    name: str
    act: Callable[[Shelf], None]
    prepare: Callable[[Shelf], None]
    change: Callable[[Shelf], None] = lambda _: None
    texts: Callable[[Shelf], tuple[str, ...]] = _file_texts
    encoder: str = "old"
    begins: str | None = None
    refuses: bool = False

    def shelf(self, path: Path, encoder: str | None = None) -> Shelf:
        """The shelf there, with the encoder of the operation or another."""
        name, dimension = _ENCODERS[encoder or self.encoder]
        return Shelf(path, encoder=HashEncoder(name=name, dimension=dimension), reader=WordReader())


def _build(shelf: Shelf) -> None:
    shelf.build()


def _first(shelf: Shelf) -> None:
    _write(shelf, 1, *SUBJECTS[:5])
    shelf.build()


def _mixed(shelf: Shelf) -> None:
    (shelf.folder / "museum.txt").rename(shelf.folder / "moved.txt")
    (shelf.folder / "harvest.txt").unlink()
    _write(shelf, 2, "bridge", *SUBJECTS[5:])


def _expire(shelf: Shelf) -> None:
    for subject in SUBJECTS[:2]:
        (shelf.folder / f"{subject}.txt").unlink()


def _remove(shelf: Shelf) -> None:
    wanted = [article for article in shelf.library.articles() if article.text == told(LONG, 1)]
    for article in wanted:
        shelf.library.remove(article.id)
    if not wanted:
        shelf.build()  # what a kill left behind goes with the next build


def _without_removed(shelf: Shelf) -> tuple[str, ...]:
    return tuple(text for text in _file_texts(shelf) if text != told(LONG, 1))


def _by_an_older_program(shelf: Shelf) -> None:
    """Made by another version of the pipeline. This process is good for nothing else afterwards."""
    for name, module in list(sys.modules.items()):
        if name.startswith("index.") and hasattr(module, "PIPELINE"):
            module.PIPELINE -= 1
    _first(shelf)


def _grown(shelf: Shelf) -> None:
    """A base, fresh segments, and in each something that is gone."""
    _first(shelf)
    _write(shelf, 1, *SUBJECTS[5:])
    _write(shelf, 2, "bridge")
    shelf.build()
    _write(shelf, 2, "market", LONG)
    shelf.build()
    (shelf.folder / "harbour.txt").unlink()
    shelf.build()


def _compact(shelf: Shelf) -> None:
    shelf.library.compact()


def _ask(shelf: Shelf) -> None:
    shelf.library.search("On which day is the railway open?", 3)


def _with_a_backup(shelf: Shelf) -> None:
    """A library, and beside it a backup of another one that shares some articles with it."""
    other = shelf.path.parent / "other"
    other.mkdir()
    made = Shelf(other, encoder=shelf.encoder, reader=shelf.reader)
    _write(made, 1, *SUBJECTS[2:6])
    _write(made, 2, LONG)
    made.build()
    made.library.backup(_backup(shelf))
    made.library.close()
    _grown(shelf)


def _backup(shelf: Shelf) -> Path:
    return shelf.path.parent / "backup.zip"


def _restore(shelf: Shelf) -> None:
    shelf.library.restore(_backup(shelf), "replace")


def _backed_up(_: Shelf) -> tuple[str, ...]:
    return tuple(sorted([*(told(subject, 1) for subject in SUBJECTS[2:6]), told(LONG, 2)]))


def _lose_an_index(shelf: Shelf) -> None:
    _grown(shelf)
    shelf.library.close()
    (shelf.path / "CURRENT").write_bytes(b"")
    for path in shelf.path.rglob("passages.npy"):
        path.write_bytes(b"")


def _turn_a_byte(shelf: Shelf) -> None:
    _first(shelf)
    shelf.library.close()
    archive = shelf.path / "archive.sqlite"
    archive.write_bytes(archive.read_bytes().replace(b"says that the railway", b"says that the railwax"))


def _mend(shelf: Shelf) -> None:
    mend(shelf.path, shelf.encoder, lambda _: None)


def _without_damaged(shelf: Shelf) -> tuple[str, ...]:
    return tuple(text for text in _file_texts(shelf) if text != told("railway", 1))


_PUBLISH = "index.generations:Generations.publish"
_TABLE = (
    Operation("create", _build, lambda _: None, lambda shelf: _write(shelf, 1, *SUBJECTS[:3])),
    Operation("add", _build, _first, lambda shelf: _write(shelf, 1, *SUBJECTS[5:])),
    Operation("add to segments", _build, _grown, lambda shelf: _write(shelf, 3, "bridge", "harbour")),
    Operation("replace", _build, _first, lambda shelf: _write(shelf, 2, "bridge", LONG)),
    Operation("expire", _build, _first, _expire),
    Operation("all at once", _build, _first, _mixed),
    Operation("remove", _remove, _first, texts=_without_removed),
    Operation("compact", _compact, _grown),
    Operation("another model", _build, _first, encoder="new"),
    Operation("another pipeline", _build, _by_an_older_program),
    Operation("swap", _build, _first, _mixed, begins=_PUBLISH),
    Operation("sweep", _build, _first, _mixed, begins="index.library:Library._settle"),
    Operation("ask", _ask, _grown),
    Operation("restore", _restore, _with_a_backup, texts=_backed_up),
    Operation("mend an index", _mend, _lose_an_index, refuses=True),
    Operation("mend an archive", _mend, _turn_a_byte, texts=_without_damaged, refuses=True),
)
OPERATIONS = {operation.name: operation for operation in _TABLE}
