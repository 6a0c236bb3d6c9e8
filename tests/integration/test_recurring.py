"""A question that is asked again costs no reading, and is answered as if it had never been asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from index import Answer, Library, NotFound, Within
from index.reader import OnnxReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

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


def test_an_article_that_changed_is_read_anew(tmp_path: Path, read: list[str]) -> None:
    shelf = Shelf(tmp_path)
    for days in ("three", "nine"):
        shelf.write("bridge.txt", f"The bridge over the Lan is closed for {days} days.")
        shelf.build()
        answer = shelf.library.ask("How long is the bridge closed?")
        assert isinstance(answer, Answer)
        assert f"{days} days" in answer.quotes[0].text
    assert len(read) == 2
    shelf.library.close()
