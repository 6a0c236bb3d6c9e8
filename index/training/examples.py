"""What the reader learns from: settings, questions with windows that answer, and mined ones that do not."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index.encoder import load_encoder
from index.passages import Window, outlines, window
from index.text import language_of
from index.training.asking import is_chinese, pairs
from index.training.cases import Case, article_of, identifier, read
from index.training.glossing import Glosses


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the outcome of a round, which is one epoch of freshly drawn examples."""

    seed: int = 7
    batch: int = 24
    learning_rate: float = 1e-4
    warmup: float = 0.05
    negatives: int = 1  # passages without the answer to each one with it, of its language
    anywhere: int = 0  # and of either language, as they meet in a library of both
    nearest: int = 10  # of which the negatives are drawn
    share: float = 1.0  # of the cases, drawn at random
    glossed: float = 0.0  # of the Chinese questions about Chinese passages
    span_weight: float = 0.5
    dropout: float = 0.1


ROUNDS = (
    Settings(),
    Settings(seed=8, nearest=6, share=0.65, glossed=0.5),
    Settings(seed=11, learning_rate=5e-5, nearest=6, anywhere=1, share=0.2, glossed=0.3),
)
_KEPT_OUT = 8  # every so many passages
_OUT = -2.0  # below any cosine


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a window, and the answer's words in it ("" where it does not answer)."""

    question: str
    window: Window
    answer: str


def is_kept_out(case: Case) -> bool:
    """Whether a case is not for the reader's eyes, in any words: kept for what is fitted over it."""
    return any(map(_is_kept, _pairs(case)))


def is_unseen(case: Case) -> bool:
    """Whether the reader has seen a case's passage in none of its words."""
    return all(map(_is_kept, _pairs(case)))


def _pairs(case: Case) -> list[tuple[str, str]]:
    """A passage's English text with each translation; a passage in one language with itself."""
    if not case.others:
        return [(case.context, case.context)]
    if language_of(case.context) == "en":
        return [(case.context, each) for each in case.others]
    english, *more = case.others
    return [(each, english) for each in (case.context, *more)]


def _is_kept(pair: tuple[str, str]) -> bool:
    first, second = sorted(pair)
    return int(identifier(first + second), 16) % _KEPT_OUT == 0


def unseen(folder: Path) -> tuple[dict[str, list[Case]], list[Case]]:
    """The cases that neither reader nor encoder has seen, by kind, and those of all passages to ask them of.

    What is fitted over the models must not be fitted where they know the answers by heart.
    """
    crossing, rest = pairs(folder / "qa_cross.jsonl.xz"), read(folder / "qa.jsonl.xz")
    kinds = {**crossing, "zh": [case for case in rest if is_chinese(case)]}
    return (
        {name: [case for case in cases if is_unseen(case)] for name, cases in kinds.items()},
        [*rest, *crossing["en asks zh"], *crossing["en asks en"]],
    )


def training_cases(folder: Path) -> list[Case]:
    """Same-language questions once, crossing ones as often as their passages are few."""
    cross = folder / "qa_cross.jsonl.xz"
    english_chinese = read(cross, question="en", context="zh")
    chinese_english = read(cross, question="zh", context="en")
    chinese = read(cross, question="zh", context="zh")
    cases = [*read(folder / "qa.jsonl.xz"), *english_chinese * 2, *chinese_english, *chinese[::2]]
    return [case for case in cases if not is_kept_out(case)]


def glossed(cases: Sequence[Case], glosses: Glosses, share: float, seed: int) -> list[Case]:
    """Some Chinese questions about Chinese passages word by word in English, so that more of them cross.

    Mixing languages by a dictionary teaches a model to read across them (CoSDA-ML, Qin et al.
    2020, https://www.ijcai.org/proceedings/2020/533).
    """
    draw = random.Random(seed)
    return [
        replace(case, question=glosses.of(case.question, draw))
        if is_chinese(case) and language_of(case.question) != "en" and draw.random() < share
        else case
        for case in cases
    ]


def examples(cases: Sequence[Case], settings: Settings) -> list[Example]:
    """Each case with the windows of its passage that answer, and as many mined ones that do not."""
    draw = random.Random(settings.seed)
    shelf = _Shelf(cases)
    if settings.share < 1:
        cases = draw.sample(cases, round(len(cases) * settings.share))
    drawn = [
        each
        for count, anywhere in ((settings.negatives, False), (settings.anywhere, True))
        if count
        for each in _mined(shelf, cases, settings.nearest, count, anywhere=anywhere, draw=draw)
    ]
    made = [each for case in cases for each in _own(shelf, case)] + drawn
    draw.shuffle(made)
    return made


def _own(shelf: _Shelf, case: Case) -> list[Example]:
    """The first window of a case's passage that answers; of one that does not, the first."""
    answering = [each for each in shelf.windows(case) if case.answer in each.text]
    return [Example(case.question, each, case.answer) for each in answering[:1]]


def _mined(
    shelf: _Shelf, cases: Sequence[Case], nearest: int, count: int, *, anywhere: bool, draw: random.Random
) -> Iterator[Example]:
    """For each case that has an answer `count` of the nearest windows that do not hold it."""
    asked = [case for case in cases if case.answer]
    for case, rows in zip(asked, shelf.nearest(asked, nearest * 2, anywhere=anywhere), strict=True):
        others = [each for each in map(shelf.window, rows) if case.answer not in each.text][:nearest]
        for each in draw.sample(others, min(count, len(others))):
            yield Example(case.question, each, "")


class _Shelf:
    """All windows of the passages, with their vectors."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._encoder = load_encoder()
        self._by_context: dict[str, list[int]] = {}
        self._windows: list[Window] = []
        chinese = []
        for context, title in {case.context: case.title for case in cases}.items():
            article = article_of(context, title)
            cut = [window(outline) for outline in outlines(article)]
            self._by_context[context] = list(range(len(self._windows), len(self._windows) + len(cut)))
            self._windows += cut
            chinese += [article.language.startswith("zh")] * len(cut)
        self._chinese = np.array(chinese)
        self._vectors = np.stack([each.passage for each in self._encoder.encode_windows(self._windows)])

    def window(self, row: int) -> Window:
        return self._windows[row]

    def windows(self, case: Case) -> list[Window]:
        return [self._windows[row] for row in self._by_context[case.context]]

    def nearest(self, cases: Sequence[Case], count: int, *, anywhere: bool) -> list[list[int]]:
        """The rows nearest to each question, nearest first, of the passage's language or `anywhere`.

        The passage in other words is none of them: it answers as well.
        """
        questions = {text: at for at, text in enumerate(dict.fromkeys(case.question for case in cases))}
        vectors = self._encoder.encode(list(questions))
        found = []
        for case in cases:
            scores = self._vectors @ vectors[questions[case.question]]
            if not anywhere:
                scores[self._chinese != self._chinese[self._by_context[case.context][0]]] = _OUT
            scores[[row for text in case.others for row in self._by_context.get(text, ())]] = _OUT
            top = np.argpartition(-scores, min(count, len(scores) - 1))[:count]
            found.append([int(row) for row in top[np.argsort(-scores[top])] if scores[row] > _OUT])
        return found
