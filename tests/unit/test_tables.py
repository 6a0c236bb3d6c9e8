"""What the tables were given is what a reader of the generation finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index import Span
from index.encoder import WindowVectors
from index.tables import Tables, TableWriter, cosines

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Vectors

DIMENSION = 8


def unit(count: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    made: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return made


def test_passages_and_their_sentences_are_found_again_by_row(tmp_path: Path) -> None:
    writer = TableWriter(DIMENSION)
    cuts = [[Span(0, 4), Span(4, 9)], [Span(9, 12)], [Span(1, 2), Span(2, 3), Span(3, 9)]]
    for number, spans in enumerate(cuts):
        vectors = WindowVectors(unit(1, number)[0], unit(len(spans), 10 + number))
        assert writer.add(number // 2, Span(spans[0].start, spans[-1].end), spans, vectors) == number
    writer.save(tmp_path)
    tables = Tables.load(tmp_path)
    assert len(tables) == 3
    assert [tables.article_number(row) for row in range(3)] == [0, 0, 1]
    assert [tables.span(row) for row in range(3)] == [Span(0, 9), Span(9, 12), Span(1, 9)]
    assert [[tables.sentence(each) for each in tables.sentence_rows(row)] for row in range(3)] == cuts
    np.testing.assert_allclose(tables.passage_vectors[1], unit(1, 1)[0], atol=1e-3)
    np.testing.assert_allclose(tables.sentence_vectors[3:], unit(3, 12), atol=1e-3)


def test_a_generation_without_passages_has_empty_tables(tmp_path: Path) -> None:
    tables = TableWriter(DIMENSION).save(tmp_path)
    assert len(tables) == len(tables.sentences) == 0
    assert tables.sentence_vectors.shape == (0, DIMENSION)


def test_half_precision_moves_a_cosine_by_less_than_a_thousandth() -> None:
    table, vector = unit(500, 1), unit(1, 2)[0]
    rows = np.arange(500)
    assert np.abs(cosines(vector, table.astype(np.float16), rows) - table @ vector).max() < 1e-3
