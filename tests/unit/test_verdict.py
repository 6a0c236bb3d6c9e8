"""Passages are read with the question before a sentence of theirs is believed to answer it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Library
from index.encoder import load_encoder
from index.linear import Linear
from index.ranking import ranking
from index.reader import OnnxReader, Reading
from index.search import prepare, search
from index.verdict import FEATURES, MODEL, READ, consider, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from index.passages import Window
    from index.snapshot import Snapshot

QUESTION = "How much did the bridge cost?"


@pytest.fixture(scope="module")
def snapshot(sample_library: Path) -> Iterator[Snapshot]:
    with Library.open(sample_library) as library, library._reading() as opened:
        yield opened


class CountingReader(OnnxReader):
    """The bundled reader, which remembers what it was given."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.windows: list[Window] = []
        self.asked: set[tuple[str, bool]] = set()  # with whether the passages were Chinese

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Read, and remember what."""
        self.windows += windows
        self.asked |= {
            (question, any("\u4e00" <= mark <= "\u9fff" for mark in each.text)) for each in windows
        }
        return super().read(question, windows)


def test_only_the_likeliest_passages_are_read_and_only_their_sentences_judged(snapshot: Snapshot) -> None:
    query, reader = prepare(QUESTION, snapshot, load_encoder()), CountingReader()
    found = search(query, snapshot, 20)
    considered = consider(query, snapshot, found, reader)
    assert len(found) > READ == len(reader.windows)
    assert len({each.candidate.row for each in considered}) == READ


def test_a_name_is_asked_of_each_language_as_its_articles_write_it(snapshot: Snapshot) -> None:
    """Neither encoder nor reader can tell by itself that 雷軍 sounds like Lei Jun."""
    query, reader = prepare("What did Lei Jun announce?", snapshot, load_encoder()), CountingReader()
    consider(query, snapshot, search(query, snapshot, 20), reader)
    assert ("What did 雷军 announce?", True) in reader.asked
    assert reader.asked <= {("What did Lei Jun announce?", False), ("What did 雷军 announce?", True)}
    english = int(np.flatnonzero(~snapshot.chinese)[0])
    assert query.form(english).text == "What did Lei Jun announce?"
    assert float(query.form(english).vector @ query.across.vector) < 0.99


def test_a_name_in_latin_letters_stays_so_where_english_articles_are_asked_in_chinese(
    snapshot: Snapshot,
) -> None:
    query = prepare("Lei Jun 說了什麼？", snapshot, load_encoder())
    assert query.across.text == query.own.text == "Lei Jun 說了什麼？"


def test_what_the_reader_points_at_stands_in_its_sentence_of_the_article(snapshot: Snapshot) -> None:
    query = prepare("小米未來五年要投入多少研發經費？", snapshot, load_encoder())
    for each in consider(query, snapshot, search(query, snapshot, 20), OnnxReader()):
        assert each.highlight is None or each.candidate.span.contains(each.highlight)


def test_every_feature_is_finite(snapshot: Snapshot) -> None:
    query = prepare(QUESTION, snapshot, load_encoder())
    found = search(query, snapshot, 20)
    assert all(np.isfinite(each.features).all() for each in consider(query, snapshot, found, OnnxReader()))


def test_nothing_found_is_nothing_read(snapshot: Snapshot) -> None:
    query, reader = prepare(QUESTION, snapshot, load_encoder()), CountingReader()
    assert consider(query, snapshot, (), reader) == []
    assert reader.windows == []


def test_the_bundled_weights_are_for_the_features_of_this_code_and_trust_the_reader() -> None:
    raw = json.loads(MODEL.read_text(encoding="utf-8"))
    assert tuple(raw["features"]) == FEATURES
    assert all(0.0 < confidence < 1.0 for confidence in verdict().confidence)
    weak, strong = np.zeros((2, len(FEATURES)), dtype=np.float32)
    strong[FEATURES.index("reader")] = strong[FEATURES.index("passage")] = 5.0
    for crossing in (False, True):
        assert verdict().score(strong, crossing=crossing) > verdict().score(weak, crossing=crossing)


def test_another_ranking_says_which_passages_are_read(snapshot: Snapshot) -> None:
    query = prepare(QUESTION, snapshot, load_encoder())
    found = search(query, snapshot, 20)
    usual = consider(query, snapshot, found, CountingReader())
    against = Linear(-ranking().weights, -ranking().biases, (0.0, 0.0))
    other = consider(query, snapshot, found, CountingReader(), ranked=against)
    assert {each.candidate.row for each in other} != {each.candidate.row for each in usual}
