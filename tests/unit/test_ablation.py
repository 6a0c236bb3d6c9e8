"""A part that is left out says nothing, in searching or in ranking, and the tables say what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.encoder import Encoder, load_encoder
from index.ranking import FEATURES, ranking
from index.reader import OnnxReader
from index.records import Origin
from index.search import WEIGHTS, Weights, prepare, search
from index.training.ablation import Outcome, Row, Training, Way, outcome, ranked, rows, tables
from index.training.asking import Asked
from index.training.cases import Case, library_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.snapshot import Snapshot

BRIDGE = Case(
    "What did the bridge cost?",
    "The bridge opened in May. It cost 120 million. Many people came to see it.",
    "120 million",
    "Bridge",
)
LIBRARY = Case("Who wrote the book?", "這座圖書館在週一休息。館長是林安。", "林安", "圖書館")
BY_NAME = {row.name: row for row in rows()}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def snapshot(encoder: Encoder) -> Iterator[Snapshot]:
    with library_of([BRIDGE, LIBRARY], encoder, titles=True) as opened:
        yield opened


def test_every_part_is_left_out_once_and_alone_once() -> None:
    assert list(BY_NAME) == [
        "everything",
        "without lexicon",
        "without keywords",
        "without dense passages",
        "without dense sentences",
        "without reader",
        "keywords and lexicon alone",
        "keywords alone",
        "dense passages alone",
        "dense sentences alone",
        "reader alone",
    ]


def test_everything_is_what_answers_users() -> None:
    row = BY_NAME["everything"]
    assert row.weights == WEIGHTS
    assert ranked(row, Training({}, {})) is ranking()


def test_what_is_left_out_counts_nothing_in_searching_and_the_rest_as_before() -> None:
    assert BY_NAME["without keywords"].weights == Weights(1.0, 1.0, 0.0)
    assert BY_NAME["dense sentences alone"].weights == Weights(0.0, 1.0, 0.0)


def test_left_out_keywords_propose_no_passages(snapshot: Snapshot, encoder: Encoder) -> None:
    query = prepare(BRIDGE.question, snapshot, encoder)
    usual = search(query, snapshot, 5)
    without = search(query, snapshot, 5, weights=BY_NAME["without keywords"].weights)
    assert Origin.BOTH in {each.hit.origin for each in usual}
    assert {each.hit.origin for each in without} == {Origin.DENSE}


def test_without_the_lexicon_a_question_finds_only_its_own_words(
    snapshot: Snapshot, encoder: Encoder
) -> None:
    query = prepare("How much did the library cost?", snapshot, encoder)
    silent = BY_NAME["without lexicon"].query(query, snapshot)
    chinese = query.foreign
    assert query.keyword_scores[chinese].any()
    assert not silent.keyword_scores[chinese].any()
    assert silent.keyword_scores[~chinese].tolist() == query.keyword_scores[~chinese].tolist()
    assert BY_NAME["keywords and lexicon alone"].query(query, snapshot) is query


def asked(number: int) -> Asked:
    """A question of whose three candidates one is right, as cosine and words tell; every fifth has none."""
    clear = np.eye(3)[number % 3]
    features = np.random.default_rng(number).normal(size=(3, len(FEATURES)))
    features[:, FEATURES.index("sentence_cosine")] = clear
    features[:, FEATURES.index("sentence_coverage")] = clear
    crosses, hidden = number % 2 == 1, number % 5 == 0
    right = (clear > 0) & (not hidden)
    return Asked(features, np.full(3, crosses), right, np.arange(3), clear > 0, hidden, crosses)


def test_the_ranking_is_fitted_anew_without_the_features_that_are_left_out() -> None:
    examples = {"set": [asked(number) for number in range(60)]}
    line = ranked(BY_NAME["without dense sentences"], Training(examples, {}))
    weights = dict(zip(FEATURES, line.weights[0], strict=True))
    assert (weights["sentence_cosine"], weights["neighbour_cosine"], weights["lead"]) == (0, 0, 0)
    assert weights["sentence_coverage"] > 0.5
    other = ranked(BY_NAME["without keywords"], Training({}, examples))
    weights = dict(zip(FEATURES, other.weights[0], strict=True))
    assert weights["sentence_coverage"] == weights["names_missing"] == 0
    assert weights["sentence_cosine"] > 0.5


@pytest.mark.parametrize("name", ["everything", "without reader", "reader alone"])
def test_a_question_is_answered_in_each_way(name: str, snapshot: Snapshot, encoder: Encoder) -> None:
    way = Way(BY_NAME[name], ranking())
    query = prepare(BRIDGE.question, snapshot, encoder)
    made = outcome(way, BRIDGE, query, snapshot, OnnxReader())
    assert (made.found, made.passage, made.first, made.three) == (1, 1, 1, 1)
    assert made.milliseconds > 0


def test_nothing_is_read_where_the_reader_is_left_out(snapshot: Snapshot, encoder: Encoder) -> None:
    class Unasked:
        def read(self, question: str, windows: object) -> list[object]:
            raise AssertionError(question, windows)

    query = prepare(BRIDGE.question, snapshot, encoder)
    way = Way(Row("none", frozenset(), ""), ranking())
    outcome(way, BRIDGE, query, snapshot, Unasked())  # type: ignore[arg-type] # it is never read


def test_a_table_for_each_measure_has_a_row_for_each_way_and_says_how_many_were_asked() -> None:
    one, other = Outcome(1, 1, 1, 1, 80), Outcome(1, 0, 0, 1, 100.6)
    found, _, first, _, milliseconds = tables({"everything": {"DRCD": [one, other], "CMRC": [one]}})
    assert found.splitlines() == [
        "| R@5 of searching | DRCD (2) | CMRC (1) |",
        "|---|---|---|",
        "| everything | 1.000 | 1.000 |",
    ]
    assert first.splitlines()[-1] == "| everything | 0.500 | 1.000 |"
    assert milliseconds.splitlines()[-1] == "| everything | 90 | 80 |"
