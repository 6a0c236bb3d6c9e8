"""What the measures share: the corpus, the two bots' libraries over it, and what they answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import language_of
from tests.bench.corpus import make_corpus
from tests.bench.gold import in_turns, read_lines, spread
from tests.bench.processes import Surroundings

_WARM_UP, _OF_EACH_LANGUAGE, _LEAST = 5, 80, 205
_LANGUAGES = ("en", "zh-Hant", "zh-Hans")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured over: how much load, and where articles, questions and sentences come from."""

    passages: int
    news: Path | None
    questions: tuple[Path, ...]
    gold: tuple[Path, ...]
    gold_limit: int
    parallel: tuple[Path, ...] = ()
    dev: Path | None = None
    sizes: tuple[int, ...] = (1000, 10_000, 100_000)


class Bench:
    """A folder with everything in it; what is slow is made once, when it is first needed."""

    def __init__(self, folder: Path, plan: Plan, tell: Callable[[str], None]) -> None:
        self.surroundings, self.plan = Surroundings(folder), plan
        self.tell = tell
        self._done: dict[tuple[str, str], dict[str, Any]] = {}
        tell("writing the articles")
        self.corpus, self.known = make_corpus(
            folder / "articles",
            passages=plan.passages,
            news=plan.news,
            gold=plan.gold,
            limit=plan.gold_limit,
        )
        asked = chosen_questions(plan.questions, self.corpus.questions(_OF_EACH_LANGUAGE))
        self.warm_up, self.timed = asked[:_WARM_UP], asked[_WARM_UP:]

    @property
    def folder(self) -> Path:
        """Where everything is."""
        return self.surroundings.folder

    @property
    def library(self) -> Path:
        """Our own library over the corpus."""
        self.indexed("ours")
        return self.folder / "ours"

    def indexed(self, bot: str) -> dict[str, Any]:
        """What came of having a bot, "ours" or "stock", index the corpus."""
        return self._once(bot, "index", articles=str(self.corpus.folder))

    def asked(self, bot: str) -> dict[str, Any]:
        """What came of asking a bot all questions over the corpus."""
        self.indexed(bot)
        return self._once(
            bot, "ask", warm_up=self.warm_up, timed=self.timed, known=[each.text for each in self.known]
        )

    def _once(self, bot: str, task: str, **job: object) -> dict[str, Any]:
        if (bot, task) not in self._done:
            self.tell(f"{task}: {bot}")
            library = str(self.folder / bot)
            self._done[bot, task] = self.surroundings.child(bot, task=task, library=library, **job)
        return self._done[bot, task]


def chosen_questions(files: Sequence[Path], made: Sequence[str]) -> list[str]:
    """The questions to time, as many of each language, the languages taking turns.

    Those made of articles fill up where the files hold too few.
    """
    given: dict[str, list[str]] = {language: [] for language in _LANGUAGES}
    for question in dict.fromkeys(question for file in files for question in _questions(file)):
        given.get(language_of(question), []).append(question)
    chosen = in_turns(spread(each, _OF_EACH_LANGUAGE) for each in given.values())
    return chosen if len(chosen) >= _LEAST else list(dict.fromkeys([*chosen, *made]))


def _questions(file: Path) -> Iterator[str]:
    for record in read_lines(file):
        yield from (str(record[name]) for name in ("question", "q_en", "q_zh") if record.get(name))
