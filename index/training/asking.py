"""Questions asked of throwaway libraries by the code that answers users, and what came up."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder
from index.ranking import Candidate
from index.snapshot import Snapshot
from index.text import language_of, same_language
from index.training.cases import Case, identifier, library_of, read, without

_SEED = 7

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's candidates: features (n, f), which cross languages (n,), which are right (n,).

    `passages` (n,) says which passage each is of, and `of_case` (n,) whether that is of the article
    that answers; `hidden` that this article was taken away, and `crosses` that it is in another language
    than the question.
    """

    features: Floats
    crossing: npt.NDArray[np.bool_]
    right: npt.NDArray[np.bool_]
    passages: npt.NDArray[np.int64]
    of_case: npt.NDArray[np.bool_]
    hidden: bool
    crosses: bool

    @classmethod
    def of(cls, case: Case, offered: Sequence[tuple[Candidate, Sequence[float]]], *, hidden: bool) -> Asked:
        """What was offered for a case: candidates with what is known of each."""
        own = [candidate for candidate, _ in offered]
        of_case = np.array([each.article.id == case.article for each in own])
        holds = np.array([case.answer in each.span.of(each.article.text) for each in own])
        return cls(
            np.stack([np.asarray(features) for _, features in offered]).astype(np.float64),
            np.array([not each.same_language for each in own]),
            of_case & holds,
            np.array([each.row for each in own]),
            of_case,
            hidden,
            not same_language(language_of(case.question), language_of(case.context)),
        )


class Examine(Protocol):
    """Asks a case's question of a library, without some articles."""

    def __call__(
        self, question: str, snapshot: Snapshot, away: frozenset[str]
    ) -> Sequence[tuple[Candidate, Sequence[float]]]:
        """The candidates with what is known of each."""


def ask(case: Case, snapshot: Snapshot, examine: Examine, *, hidden: bool) -> Asked | None:
    """Ask a case's question; with `hidden`, as if its own passage were not in the library."""
    away = {*map(identifier, case.others)} | ({case.article} if hidden else set())
    offered = examine(case.question, snapshot, frozenset(away))
    return Asked.of(case, offered, hidden=hidden) if offered else None


def ask_all(
    passages: Sequence[Case],
    groups: Mapping[str, Sequence[Case]],
    encoder: Encoder,
    examine: Examine,
    *,
    hidden_every: int,
) -> dict[str, list[Asked]]:
    """Ask groups of cases of one library of all the passages; every so many once more, hidden."""
    examples = {}
    with library_of(passages, encoder, titles=True) as snapshot:
        for name, cases in groups.items():
            asked = [ask(case, snapshot, examine, hidden=False) for case in cases]
            asked += [ask(case, snapshot, examine, hidden=True) for case in cases[::hidden_every]]
            examples[name] = [each for each in asked if each is not None]
            print(f"asked {name}: {len(asked)}", flush=True)
    return examples


def dev_examples(folder: Path, encoder: Encoder, examine: Examine, most: int) -> dict[str, list[Asked]]:
    """The dev sets, each question asked with and without its passage, of passages in one language."""
    return {
        name: examples
        for passages, groups in dev_libraries(folder, most)
        for name, examples in ask_all(passages, groups, encoder, examine, hidden_every=1).items()
    }


def dev_libraries(folder: Path, most: int) -> list[tuple[list[Case], dict[str, list[Case]]]]:
    """The passages of each library, which are in one language, and the dev sets asked of it."""
    crossing = pairs(folder / "qa_cross.jsonl.gz")
    drcd, cmrc = read(folder / "drcd_dev.jsonl.gz"), read(folder / "cmrc2018_dev.jsonl.gz")
    sets = {**crossing, "DRCD": drcd, "CMRC": cmrc}
    samples = {name: sample(cases, most) for name, cases in sets.items()}
    english = {name: samples.pop(name) for name in ("zh asks en", "en asks en")}
    return [([*drcd, *cmrc, *crossing["en asks zh"]], samples), (crossing["en asks en"], english)]


def sample(cases: Sequence[Case], most: int) -> list[Case]:
    """Up to so many of the cases that have an answer, by a fixed draw."""
    answered = without(cases, answered=True)
    random.Random(_SEED).shuffle(answered)
    return answered[:most]


def pairs(path: Path) -> dict[str, list[Case]]:
    """Two-language data in its four pairings."""
    return {f"{a} asks {b}": read(path, question=a, context=b) for a in ("en", "zh") for b in ("zh", "en")}


def is_chinese(case: Case) -> bool:
    """Whether a case's passage is Chinese."""
    return sum("\u4e00" <= character <= "\u9fff" for character in case.context) > 50
