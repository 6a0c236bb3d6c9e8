"""Damage every file of a library in every way: a right answer or a clear error, and a repair."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

from index import ArticlebotError
from index.examining import mend, problems
from tests.crash.operations import OPERATIONS, SUBJECTS
from tests.encoders import HashEncoder
from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

    from index import Library

_PATIENCE = 120  # seconds


def turn(data: bytes, *, seed: int) -> bytes:
    """Turn a bit in each of several places."""
    turned, chance = bytearray(data), random.Random(seed)
    for _ in range(min(len(data), 1 + len(data) // 2000)):
        turned[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(turned)


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "deleted": lambda _: None,
    "emptied": lambda _: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "zeroed": lambda data: bytes(len(data)),
    "half zeroed": lambda data: data[: len(data) // 2] + bytes(len(data) - len(data) // 2),
    "overwritten": lambda data: (b"garbage 0123456789\n" * (len(data) // 19 + 1))[: max(len(data), 19)],
    "turned": lambda data: turn(data, seed=1),
    "turned elsewhere": lambda data: turn(data, seed=2),
}


def make(path: Path) -> None:
    """A library to be damaged, in a process that then ends: nothing of it stays open."""
    operation = OPERATIONS["compact"]
    shelf = operation.shelf(path)
    operation.prepare(shelf)
    shelf.library.search("Is it open?", 3)
    shelf.library.close()


def files(path: Path) -> list[str]:
    """Every file under a library."""
    library = path / "library"
    return sorted(each.relative_to(library).as_posix() for each in library.rglob("*") if each.is_file())


class Clinic:
    """Where libraries are damaged, asked, examined and mended, each in a process of its own."""

    def __init__(self, context: ForkServerContext, work: Path) -> None:
        self._context = context
        self._whole, self._patient = work / "whole", work / "patient"
        self._whole.mkdir()
        self._patient.mkdir()
        self._run(make, self._patient)
        shutil.copytree(self._patient, self._whole, dirs_exist_ok=True)

    def files(self) -> list[str]:
        """Every file there is to damage."""
        return files(self._whole)

    def damage(self, name: str, kind: str) -> list[str]:
        """Damage a file; returns what was not as it should be afterwards."""
        shutil.rmtree(self._patient)
        shutil.copytree(self._whole, self._patient)
        path = self._patient / "library" / name
        data = DAMAGES[kind](path.read_bytes())
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)
        texts = sorted(each.read_text(encoding="utf-8") for each in (self._patient / "articles").iterdir())
        return [*self._told(ask, texts), *self._told(treat, texts)]

    def _told(self, target: Callable[..., None], texts: list[str]) -> list[str]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=target, args=(self._patient, texts, theirs))
        process.start()
        theirs.close()
        with closing(ours):
            try:
                wrong: list[str] = ours.recv() if ours.poll(_PATIENCE) else ["it hangs"]
            except EOFError:
                wrong = [f"the process that is to {target.__name__} died"]
        if wrong == ["it hangs"]:
            process.kill()
        process.join()
        return [*wrong, *([f"it ended with {process.exitcode}"] if process.exitcode else [])]

    def _run(self, target: Callable[..., None], *arguments: object) -> None:
        process = self._context.Process(target=target, args=arguments)
        process.start()
        process.join()
        assert process.exitcode == 0


def ask(path: Path, texts: list[str], door: Connection) -> None:
    """Ask a library; tells what is neither right nor a clear error."""
    door.send([*_answers(path, texts, refusing=True)])


def treat(path: Path, texts: list[str], door: Connection) -> None:
    """Examine and mend a library and ask it again; tells what is not well."""
    door.send([*_treat(path, texts)])


def _treat(path: Path, texts: list[str]) -> Iterator[str]:
    encoder = HashEncoder()
    library = path / "library"
    ill = [*_answers(path, texts, refusing=False)]
    try:
        found = [*problems(library, encoder, deep=True)]
        if ill and not found:
            yield f"the doctor finds nothing, but {ill[0]}"
        mended = mend(library, encoder, lambda _: None)
    except ArticlebotError as error:
        yield f"the doctor says {error}"
        return
    yield from (
        f"still wrong: {problem.sentence}" for problem in mended.left if "backup" not in problem.remedy.value
    )
    if mended.left:
        return
    shelf = Shelf(path, reader=WordReader())
    held = [article.text for article in shelf.library.articles()]
    if not {*held} <= {*texts} or len(held) != len(texts) - len(mended.lost):
        yield f"{len(held)} articles after losing {mended.lost}"
    shelf.build()  # the files of those that were lost are still there
    shelf.library.close()
    yield from (f"after the repair: {wrong}" for wrong in _answers(path, texts, refusing=False))


def _answers(path: Path, texts: list[str], *, refusing: bool) -> Iterator[str]:
    """What is wrong with a library's answers; if it may be `refusing`, a clear error is not."""
    try:
        with Shelf(path, reader=WordReader()).library as library:
            for subject in SUBJECTS:
                yield from _unwritten(library, f"On which day is the {subject} open?", texts)
            held = sorted(article.text for article in library.articles())
            if held != texts:
                yield f"it holds {[text[:40] for text in held]}"
    except ArticlebotError as error:
        if not refusing:
            yield f"it refuses: {error}"
        elif len(str(error)) < 30 or "`articlebot" not in str(error):
            yield f"this is no clear error: {error}"
    except Exception as error:  # noqa: BLE001 - what is looked for
        yield f"it meets with {error!r}"


def _unwritten(library: Library, question: str, texts: list[str]) -> Iterator[str]:
    """What a library finds and quotes that nobody wrote."""
    found = [hit.passage.text for hit in library.search(question, 3)]
    found += [quote.text for quote in getattr(library.ask(question), "quotes", ())]
    yield from (
        f"{text[:60]!r}, which nobody wrote" for text in found if not any(text in each for each in texts)
    )
