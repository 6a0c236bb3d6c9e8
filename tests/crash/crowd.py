"""A crowd asks while the index is made again and again: every answer is one edition's, whole."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index import Answer
from tests.crash.operations import SUBJECTS
from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from pathlib import Path

_THREADS = 8
QUESTION = "On which day of the week is it open?"


def told(subject: str, edition: int) -> str:
    """What an edition says of a subject."""
    return f"Edition {edition} says that the {subject} is open on day {edition} of the week."


def publish(shelf: Shelf, edition: int) -> None:
    """Change every article, and have the index follow."""
    for subject in SUBJECTS:
        shelf.write(f"{subject}.txt", told(subject, edition))
    shelf.build()


def keep_publishing(path: Path, first: int, door: Connection) -> None:
    """Publish edition after edition, and tell which, until a word comes."""
    shelf = Shelf(path, reader=WordReader())
    edition = first
    while not door.poll():
        door.send(edition)
        publish(shelf, edition)
        edition += 1
    shelf.library.close()
    door.send(None)


@contextmanager
def another_process(context: ForkServerContext, path: Path) -> Iterator[None]:
    """Another process publishes meanwhile, from edition 2 on."""
    ours, theirs = context.Pipe()
    process = context.Process(target=keep_publishing, args=(path, 2, theirs))
    process.start()
    theirs.close()
    ours.recv()
    with closing(ours):
        yield
        ours.send("enough")
        while ours.recv() is not None:
            pass
    process.join()


@contextmanager
def another_thread(shelf: Shelf) -> Iterator[None]:
    """Another thread of the same library does, as in a bot."""
    enough = threading.Event()

    def publish_on() -> None:
        edition = 2
        while not enough.is_set():
            publish(shelf, edition)
            edition += 1

    with ThreadPoolExecutor(1) as pool:
        publishing = pool.submit(publish_on)
        try:
            yield
        finally:
            enough.set()
        publishing.result()


@dataclass(slots=True)
class Crowd:
    """Asks a library so many questions a second, from several threads; `wrong` is what was not in order."""

    shelf: Shelf
    asked: int = 0
    editions: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, rate: float, *, seconds: float = 0, editions: int = 1) -> None:
        """Ask for so long, and until so many editions have answered; no late answer puts off a question."""
        start, number = time.monotonic(), 0
        with ThreadPoolExecutor(_THREADS) as pool:
            while (due := start + number / rate) < start + seconds or len(self.editions) < editions:
                time.sleep(max(0.0, due - time.monotonic()))
                pool.submit(self._one, number)
                number += 1

    def __str__(self) -> str:
        return (
            f"{self.asked} questions, {len(self.editions)} editions, the slowest {self.slowest:.2f} s, "
            f"{len(self.wrong)} failures"
        )

    def _one(self, number: int) -> None:
        begun, newest = time.monotonic(), max(self.editions, default=0)
        try:
            found = self._answered(number) if number % 2 else self._searched()
            right = len(found) == 1 and min(found) >= newest
            wrong = None if right else f"question {number} got editions {sorted(found)} after {newest}"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            found, wrong = set(), f"question {number} met with {error!r}"
        with self._lock:
            self.asked += 1
            self.editions |= found
            self.slowest = max(self.slowest, time.monotonic() - begun)
            if wrong:
                self.wrong.append(wrong)

    def _searched(self) -> set[int]:
        """Every article of one edition is found, each as it says itself."""
        hits = self.shelf.library.search(QUESTION, 2 * len(SUBJECTS))
        texts = sorted(hit.passage.text for hit in hits)
        edition = int(texts[0].split()[1])
        assert texts == sorted(told(subject, edition) for subject in SUBJECTS), texts
        return {edition}

    def _answered(self, number: int) -> set[int]:
        """The quotes are words of one edition, and about what was asked."""
        subject = SUBJECTS[number % len(SUBJECTS)]
        answer = self.shelf.library.ask(f"On which day of the week is the {subject} open?")
        assert isinstance(answer, Answer), answer
        assert subject in answer.quotes[0].text
        editions = {int(quote.text.split()[1]) for quote in answer.quotes}
        for quote in answer.quotes:
            assert quote.text in {told(each, edition) for each in SUBJECTS for edition in editions}
        return editions
