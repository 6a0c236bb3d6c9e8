"""While the index is made again and again, every question gets one edition's answer, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from index import LibraryLocked
from tests.crash.campaign import processes
from tests.crash.crowd import Crowd, another_process, another_thread, publish
from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path, reader=WordReader())
    publish(made, 1)
    yield made
    made.library.close()


def refusals(shelf: Shelf, wanted: int) -> list[str]:
    """What a writer is told that tries again and again while another is at it."""
    told: list[str] = []
    while len(told) < wanted:
        try:
            with shelf.library._writing(patience=0):
                pass
        except LibraryLocked as error:
            told.append(str(error))
    return told


def test_a_bot_answers_while_another_process_reindexes(shelf: Shelf) -> None:
    crowd = Crowd(shelf)
    with another_process(processes(), shelf.path.parent):
        crowd.ask(50, editions=4)
    assert crowd.wrong == []


def test_a_bot_answers_while_it_reindexes_itself(shelf: Shelf) -> None:
    crowd = Crowd(shelf)
    with another_thread(shelf):
        crowd.ask(50, editions=4)
    assert crowd.wrong == []


def test_the_second_of_two_writers_is_told_who_the_first_is(shelf: Shelf) -> None:
    with another_process(processes(), shelf.path.parent):
        refused = refusals(shelf, 3)
    for each in refused:
        assert "is being written to by process" in each
        assert "wait until it is done" in each
    publish(shelf, 1000)
    assert len(shelf.library.articles()) == 8
    assert len(shelf.generations()) == 1
