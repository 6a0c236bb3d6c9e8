"""Questions whose answers are known, the articles that hold them, and who found them.

A text counts as an answer only if it is out of the right article and holds all of the
answer's words: a long chunk of another article often holds a short answer by accident.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, TypeVar

from index.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Item = TypeVar("Item")
_TITLE_LENGTH = 30
_CLAUSE_ENDS = "，。；！？,.;!?\n"


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before it is a file."""

    title: str
    body: str
    date: str = ""

    @property
    def text(self) -> str:
        """The file's text: the title, the date if there is one, the body."""
        return "\n".join(filter(None, (self.title, self.date, f"\n{self.body}\n")))


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the file that answers it, and the words an answer must hold, all of them.

    `file` is None and `answers` empty where the articles do not say it. `group` names where
    the question is from.
    """

    text: str
    group: str
    file: str | None
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A text that a bot gave as its answer, and the file it is out of."""

    file: str
    text: str


def holds(question: Question, found: Iterable[Found]) -> bool:
    """Whether what was found, out of the right article, holds all of the answer together."""
    words = plain("\n".join(each.text for each in found if each.file == question.file))
    return bool(question.answers) and all(plain(answer) in words for answer in question.answers)


def plain(text: str) -> str:
    """Return a text as it is compared: script, width and case folded, without white space."""
    return "".join(fold(text).text.split())


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a .jsonl or .jsonl.gz file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """At most `count` items, evenly spaced, in order."""
    count = min(count, len(items))
    return [items[at * len(items) // count] for at in range(count)]


def in_turns(groups: Iterable[Sequence[Item]]) -> list[Item]:
    """The items of all groups: the first of each, then the second of each, and so on."""
    return [item for turn in zip_longest(*groups, fillvalue=None) for item in turn if item is not None]


def read_gold(path: Path, limit: int) -> tuple[dict[str, Draft], list[Question]]:
    """At most `limit` questions of a file, and the articles they are about, by file name.

    A record holds "question", "context" and "answer", or "q_en", "ctx_zh" and "a_zh": then
    the English question is put to the Chinese article. An answer that its context does not
    hold word for word cannot be looked for, so that question is left out.
    """
    group = path.name.partition(".")[0]
    records = spread([record for record in map(_fields, read_lines(path)) if _can_be_scored(*record)], limit)
    names: dict[str, str] = {}
    articles: dict[str, Draft] = {}
    questions = []
    for asked, context, answer in records:
        name = names.setdefault(context, f"{group}-{len(names):05d}.txt")
        articles[name] = Draft(first_clause(context), context)
        questions.append(Question(asked, group, name if answer else None, (answer,) if answer else ()))
    return articles, questions


def _fields(record: dict[str, Any]) -> tuple[str, str, str]:
    names = ("q_en", "ctx_zh", "a_zh") if "ctx_zh" in record else ("question", "context", "answer")
    asked, context, answer = (str(record.get(name) or "").strip() for name in names)
    return asked, context, answer


def _can_be_scored(asked: str, context: str, answer: str) -> bool:
    return bool(asked and context) and plain(answer) in plain(context)


def first_clause(text: str) -> str:
    """What an article without a title is called: its first clause.

    Data sets' own titles are not used: they are often in another language than the text,
    and would carry a question across that a reader's articles would not.
    """
    text = text.strip()
    end = min((at for mark in _CLAUSE_ENDS if (at := text.find(mark, 4)) > 0), default=len(text))
    return " ".join(text[: min(end, _TITLE_LENGTH)].split())
