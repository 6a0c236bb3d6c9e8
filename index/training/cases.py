"""Questions with known answers, and throwaway libraries of the passages they are about.

Data is JSON lines, plain, .gz or .xz, in one of two forms:

    {"id", "lang", "question", "context", "answer", "title"}                  one language
    {"id", "q_en", "q_zh", "ctx_en", "ctx_zh", "a_en", "a_zh", "title"}       two languages

An empty answer means that the context does not answer the question.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import lzma
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from index.archive import Archive
from index.articles import digest_of
from index.build import build
from index.encoder import Encoder
from index.generations import Generations
from index.records import Article
from index.snapshot import Snapshot
from index.text import language_of

_TITLE = 100  # characters; a longer first line would be read as text
_CLAUSE_ENDS = "，。；！？,.;!?\n"


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the passage it was asked about, and the answer's words in it ("" if none).

    `others` are the same passage in other words, where there are any: in the other language, the
    text it was translated with first, and its other translations. Where the passage is to be out
    of a library, they are too, or they would rightly answer.
    """

    question: str
    context: str
    answer: str
    title: str
    others: tuple[str, ...] = ()

    @property
    def article(self) -> str:
        """The id under which the passage stands in a library."""
        return identifier(self.context)


def identifier(context: str) -> str:
    """The id of a passage's article."""
    return hashlib.sha256(context.encode()).hexdigest()[:16]


_OPENERS: dict[str, Callable[..., TextIO]] = {".gz": gzip.open, ".xz": lzma.open}


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines, plain or packed."""
    opener = _OPENERS.get(path.suffix, open)
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read(path: Path, *, question: str = "", context: str = "") -> list[Case]:
    """The cases of a file; for two-language data, which languages to pair ("en" or "zh")."""
    if question:
        made = list(rows(path))
        same = _same_passage(made)
        return [
            Case(
                row[f"q_{question}"],
                row[f"ctx_{context}"],
                row[f"a_{context}"],
                row["title"],
                tuple(text for text in same[row["ctx_en"]] if text != row[f"ctx_{context}"]),
            )
            for row in made
        ]
    return [Case(row["question"], row["context"], row["answer"], row.get("title", "")) for row in rows(path)]


def _same_passage(made: Iterable[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Each English passage with all its translations, itself first."""
    texts: dict[str, dict[str, None]] = {}
    for row in made:
        texts.setdefault(row["ctx_en"], {row["ctx_en"]: None})[row["ctx_zh"]] = None
    return {english: tuple(own) for english, own in texts.items()}


@contextmanager
def library_of(cases: Iterable[Case], encoder: Encoder, *, titles: bool) -> Iterator[Snapshot]:
    """A snapshot over the passages of some cases, in a temporary folder."""
    contexts = {case.context: case.title for case in cases}
    with TemporaryDirectory(prefix="articlebot-") as name:
        archive, generations = Archive(Path(name) / "archive.sqlite"), Generations(Path(name))
        with archive.transaction():
            for context, title in contexts.items():
                archive.put(article_of(context, title if titles else ""))
        build(archive, generations, encoder, lambda _: None)
        live = generations.live()
        assert live is not None
        snapshot = Snapshot(live, archive)
        try:
            yield snapshot
        finally:
            snapshot.close()
            archive.close()


def article_of(context: str, title: str) -> Article:
    """A passage as an article."""
    name = identifier(context)
    made = Article(name, title, context, None, None, language_of(context), None, digest="")
    return replace(made, digest=digest_of(made))


def whole_articles(cases: Iterable[Case], passages: Iterable[Case]) -> list[Case]:
    """The cases with all passages of their language under their title as their passage.

    So an article is whole, as it was in the encyclopaedia; `others` is the one under the same title
    in the other language. One without a title keeps its own passage.
    """
    texts: dict[tuple[str, bool], dict[str, None]] = {}
    for each in passages:
        texts.setdefault(_heading(each), {})[each.context] = None
    whole = {heading: "\n\n".join(own) for heading, own in texts.items()}
    return [
        replace(
            case,
            context=whole[title, english],
            others=(whole[title, not english],) if (title, not english) in whole else (),
        )
        for case in cases
        for title, english in [_heading(case)]
    ]


def _heading(case: Case) -> tuple[str, bool]:
    """What an article stands under: its title, and whether it is in English."""
    return title_of(case), language_of(case.context) == "en"


def title_of(case: Case) -> str:
    """The passage's title, or its first clause where it has none."""
    if case.title.strip():
        return case.title.strip()[:_TITLE]
    end = min((at for mark in _CLAUSE_ENDS if (at := case.context.find(mark)) > 0), default=_TITLE)
    return case.context[: min(end, _TITLE)].strip()


def without(cases: Sequence[Case], answered: bool) -> list[Case]:
    """The cases that have an answer standing in their passage, or those that have none."""
    return [case for case in cases if bool(case.answer and case.answer in case.context) is answered]
