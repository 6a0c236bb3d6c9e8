"""Outcomes of questions that were asked lately, so that the same is not worked out again.

In groups, questions recur. An outcome is at hand while its index is live in this process; with a
`Memory` it is at hand in the next process, too, which so begins as quick as the last one was.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from index.errors import ArticlebotError
from index.notes import note_of, quote_of
from index.records import Article, Quote, Within
from index.snapshot import Snapshot


class Memory(Protocol):
    """Where outcomes outlive the process, as what JSON can hold; neither method raises.

    A name tells nothing of the question, and a note holds no words of an article.
    """

    def get(self, name: str) -> Any | None:  # noqa: ANN401 - what JSON can hold
        """What was kept under a name lately; None if nothing was."""

    def put(self, name: str, note: Any) -> None:  # noqa: ANN401
        """Keep a note."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome for a question's words, whoever asks them next: quotes, or the articles nearest to it."""

    quotes: tuple[Quote, ...] = ()
    disagree: bool = False
    nearest: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """All that an outcome depends on, within one snapshot."""

    asked: str
    within: Within | None
    without: frozenset[str]
    quotes: int
    confidence: float | None

    def name(self, snapshot: Snapshot) -> str:
        """A name for the outcome that no other index, nor another version of this program, would give it."""
        within = self.within or Within()
        told = (
            *(_program(), snapshot.name, snapshot.manifest.built, snapshot.manifest.model_digest),
            *(self.asked, sorted(self.without), self.quotes, self.confidence),
            None if within.articles is None else sorted(within.articles),
            *(str(within.since), str(within.until), within.outlets),
        )
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class Outcomes:
    """Outcomes at hand: those of this process, and those that a memory has of others."""

    def __init__(self) -> None:
        self.memory: Memory | None = None

    def has(self, words: Words, snapshot: Snapshot) -> bool:
        """Whether an outcome is at hand."""
        if words not in snapshot.recent and (recalled := self._recalled(words, snapshot)) is not None:
            snapshot.recent.get(words, lambda: recalled)
        return words in snapshot.recent

    def get(self, words: Words, snapshot: Snapshot, work_out: Callable[[], Settled]) -> Settled:
        """The outcome for some words, worked out if it is not at hand."""

        def found() -> Settled:
            recalled = self._recalled(words, snapshot)
            return recalled if recalled is not None else self._kept(words, snapshot, work_out())

        settled: Settled = snapshot.recent.get(words, found)
        return settled

    def _recalled(self, words: Words, snapshot: Snapshot) -> Settled | None:
        if self.memory is None:
            return None
        try:
            note = self.memory.get(words.name(snapshot))
            return None if note is None else _settled(note, snapshot)
        except (ArticlebotError, ValueError, TypeError, LookupError):
            return None  # whatever is wrong with it, asking afresh is right

    def _kept(self, words: Words, snapshot: Snapshot, settled: Settled) -> Settled:
        if self.memory is not None:
            self.memory.put(words.name(snapshot), _note(settled))
        return settled


def _note(settled: Settled) -> dict[str, object]:
    return {
        "quotes": [note_of(quote) for quote in settled.quotes],
        "disagree": settled.disagree,
        "nearest": [article.id for article in settled.nearest],
    }


def _settled(note: Any, snapshot: Snapshot) -> Settled:  # noqa: ANN401 - what JSON can hold
    return Settled(
        tuple(quote_of(quote, snapshot.article_by_id) for quote in note["quotes"]),
        note["disagree"],
        tuple(map(snapshot.article_by_id, note["nearest"])),
    )


@cache
def _program() -> str:
    """What tells this program from another version of it: when its files, models included, were written."""
    files = sorted(path for path in Path(__file__).parent.rglob("*") if path.suffix != ".pyc")
    stamps = [(path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.is_file()]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()
