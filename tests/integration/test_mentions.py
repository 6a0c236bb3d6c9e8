"""Which names of a question an article never mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from index import Library
from index.encoder import load_encoder
from index.mentions import strangers
from index.search import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index.snapshot import Snapshot

XIAOMI, TSMC = "雷軍：技術是小米的根", "TSMC adds $100 billion"


@pytest.fixture(scope="module")
def snapshot(sample_library: Path) -> Iterator[Snapshot]:
    with Library.open(sample_library) as library, library._reading() as opened:
        yield opened


def strange(question: str, snapshot: Snapshot) -> set[str]:
    """The titles of the articles that mention nobody whom the question names."""
    rows = range(len(snapshot.alive))
    found = strangers(prepare(question, snapshot, load_encoder()), snapshot, rows)
    return {snapshot.passage(row).article.title for row in found}


def test_strangers_mention_none_of_the_names_whose_writing_is_certain(snapshot: Snapshot) -> None:
    every = strange("How many people work at Google?", snapshot)
    assert every == {snapshot.passage(row).article.title for row in range(len(snapshot.alive))}
    (known,) = every - strange("How many people work at Xiaomi?", snapshot)
    assert known.startswith(XIAOMI)


@pytest.mark.parametrize("question", ["谷歌有多少員工？", "谷歌有多少员工？"])
def test_a_name_in_chinese_is_looked_for_in_articles_of_either_language(
    question: str, snapshot: Snapshot
) -> None:
    every = {snapshot.passage(row).article.title for row in range(len(snapshot.alive))}
    assert strange(question, snapshot) == every
    (known,) = every - strange(question.replace("谷歌", "小米"), snapshot)
    assert known.startswith(XIAOMI)
    assert any(title.startswith(TSMC) for title in every - strange("台積電有多少員工？", snapshot))


def test_one_name_that_is_mentioned_is_enough(snapshot: Snapshot) -> None:
    at_xiaomi = strange("How many people work at Xiaomi?", snapshot)
    assert strange("Did Google buy Xiaomi?", snapshot) == at_xiaomi


@pytest.mark.parametrize(
    "question",
    [
        "Describe the bridge.",
        "What happened in December?",
        "how many people work at google?",
        "這座橋花了多少錢？",
    ],
)
def test_nobody_is_a_stranger_where_nobody_is_surely_named(question: str, snapshot: Snapshot) -> None:
    assert not strange(question, snapshot)


def test_a_name_whose_writing_is_not_known_makes_strangers_in_its_own_language_alone(
    snapshot: Snapshot,
) -> None:
    found = strange("What does the Zorblax company make?", snapshot)
    assert any(title.startswith(TSMC) for title in found)
    assert not any(title.startswith(XIAOMI) for title in found)


def test_a_name_that_its_sound_tells_is_as_certain_as_one_that_a_table_does(snapshot: Snapshot) -> None:
    every = {snapshot.passage(row).article.title for row in range(len(snapshot.alive))}
    (known,) = every - strange("Who is Wang Chuanfu?", snapshot)
    assert known.startswith("比亚迪2024年营收")


def test_somebody_whose_name_no_article_writes_in_any_way_is_mentioned_by_none(snapshot: Snapshot) -> None:
    found = strange("When was Xu Furen born?", snapshot)
    assert found == {snapshot.passage(row).article.title for row in range(len(snapshot.alive))}
