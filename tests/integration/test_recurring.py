"""A question that is asked again costs no reading, and is answered as if it had never been asked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.state import STATE, State
from index import Answer, Library, NotFound, Within, outcomes
from index.reader import OnnxReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.passages import Window
    from index.reader import Reading

QUESTION = "how much does Xiaomi plan to spend on R&D"


@pytest.fixture
def library(sample_library: Path) -> Iterator[Library]:
    with Library.open(sample_library) as library:
        yield library


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that the reader read."""
    read_at_all, questions = OnnxReader.read, list[str]()

    def noting(self: OnnxReader, question: str, windows: Sequence[Window]) -> list[Reading]:
        questions.append(question)
        return read_at_all(self, question, windows)

    monkeypatch.setattr(OnnxReader, "read", noting)
    return questions


@pytest.mark.parametrize("question", [QUESTION, "Who painted the Mona Lisa?"])
def test_the_same_words_are_read_once_and_answered_alike(
    library: Library, read: list[str], question: str
) -> None:
    first, again = library.ask(question), library.ask(f" {question}\n")
    assert first == again
    assert len(read) == 1


def test_what_is_at_hand_is_told_beforehand(library: Library) -> None:
    assert not library.is_at_hand(QUESTION)
    library.ask(QUESTION)
    assert library.is_at_hand(f"{QUESTION} ")
    assert not library.is_at_hand(QUESTION, within=Within(since=date(2024, 1, 1)))
    assert not library.is_at_hand("and in 2024?", turns=[QUESTION])
    library.ask("and in 2024?", turns=[QUESTION])
    assert library.is_at_hand("and in 2024?", turns=[QUESTION])


def test_words_that_differ_and_limits_that_differ_are_read_anew(library: Library, read: list[str]) -> None:
    first = library.ask(QUESTION)
    assert isinstance(first, Answer)
    quoted = frozenset(quote.article.id for quote in first.quotes)
    others = [
        library.ask(QUESTION.upper()),
        library.ask(QUESTION, without=quoted),
        library.ask(QUESTION, within=Within(since=date(2024, 1, 1))),
        library.ask("小米計劃投入多少研發費用"),
    ]
    assert len(read) == 5
    assert isinstance(others[1], NotFound) or quoted.isdisjoint(q.article.id for q in others[1].quotes)


def test_a_follow_up_is_answered_like_the_question_it_stands_for(library: Library, read: list[str]) -> None:
    turns = (QUESTION,)
    followed = library.ask("and in 2024?", turns=turns)
    assert followed.understood is not None
    alone = library.ask(followed.understood)
    assert len(read) == 1
    assert replace(alone, question=followed.question, understood=followed.understood) == followed


# --- the next process ----------------------------------------------------------------------


class Notebook(dict[str, Any]):
    """A memory, that of a bot in miniature: all goes through JSON."""

    def put(self, name: str, note: Any) -> None:  # noqa: ANN401 - what JSON can hold
        """Keep a note."""
        self[name] = json.loads(json.dumps(note))


@pytest.mark.parametrize("question", [QUESTION, "Who painted the Mona Lisa?", "news from 2025 on Xiaomi"])
def test_the_next_process_has_at_hand_what_the_last_one_found(
    sample_library: Path, read: list[str], question: str
) -> None:
    memory = Notebook()
    results = []
    for _ in range(2):
        with Library.open(sample_library) as library:
            library.remember_in(memory)
            results.append((library.is_at_hand(question), library.ask(question)))
    assert [at_hand for at_hand, _ in results] == [False, True]
    assert results[0][1] == results[1][1]
    assert len(read) == 1


def test_a_memory_holds_no_words_of_a_question_nor_of_an_article(library: Library) -> None:
    memory = Notebook()
    library.remember_in(memory)
    answer = library.ask("小米計劃投入多少研發費用")
    assert isinstance(answer, Answer)
    told = json.dumps(memory, ensure_ascii=False)
    assert not any(two in told for two in ("小米", "研發", "投入", answer.quotes[0].article.title[:2]))


@pytest.mark.parametrize(
    "note",
    [None, 7, {}, {"quotes": [{}]}, {"quotes": [], "disagree": False, "nearest": ["no such article"]}],
)
def test_a_note_that_is_spoilt_is_read_anew(sample_library: Path, read: list[str], note: Any) -> None:  # noqa: ANN401
    memory = Notebook()
    with Library.open(sample_library) as library:
        library.remember_in(memory)
        first = library.ask(QUESTION)
    memory.update(dict.fromkeys(memory, note))
    with Library.open(sample_library) as library:
        library.remember_in(memory)
        assert library.ask(QUESTION) == first
    assert len(read) == 2


def test_another_version_of_the_program_reads_anew(
    sample_library: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Notebook()
    for version in ("1", "2"):
        monkeypatch.setattr(outcomes, "_program", lambda version=version: version)
        with Library.open(sample_library) as library:
            library.remember_in(memory)
            library.ask(QUESTION)
    assert len(read) == 2


@pytest.mark.parametrize("memory", [None, Notebook()])
def test_an_article_that_changed_is_read_anew(
    tmp_path: Path, read: list[str], memory: Notebook | None
) -> None:
    shelf = Shelf(tmp_path)
    if memory is not None:
        shelf.library.remember_in(memory)
    for days in ("three", "nine"):
        shelf.write("bridge.txt", f"The bridge over the Lan is closed for {days} days.")
        shelf.build()
        answer = shelf.library.ask("How long is the bridge closed?")
        assert isinstance(answer, Answer)
        assert f"{days} days" in answer.quotes[0].text
    assert len(read) == 2
    shelf.library.close()


_NEXT = """
import sys
from pathlib import Path
from bot.state import STATE, State
from index import Library
path = Path(sys.argv[1])
with Library.open(path) as library:
    library.remember_in(State(path / STATE).outcomes)
    library.ask(sys.argv[2])
    print(*sorted({"chromadb", "onnxruntime"} & set(sys.modules)))
"""


def test_what_is_at_hand_waits_for_no_model_and_nothing_for_chroma(
    sample_library: Path, tmp_path: Path
) -> None:
    own_library = Path(shutil.copytree(sample_library, tmp_path / "library"))

    def loaded() -> str:
        command = [sys.executable, "-c", _NEXT, str(own_library), QUESTION]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    assert loaded() == "onnxruntime"
    assert loaded() == ""
    with Library.open(own_library) as library:
        state = State(own_library / STATE)
        library.remember_in(state.outcomes)
        assert library.is_at_hand(QUESTION)
        assert isinstance(library.ask("玄戒O1有多少個電晶體？"), Answer)
        state.close()
