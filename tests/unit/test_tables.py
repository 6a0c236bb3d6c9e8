"""What the tables were given is what a reader of the generation finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Span
from index.encoder import WindowVectors
from index.tables import Table, Tables, TableWriter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.encoder import Vectors

DIMENSION = 8


def unit(count: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    made: Vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    return made


CUTS = [[Span(0, 4), Span(4, 9)], [Span(9, 12)], [Span(1, 2), Span(2, 3), Span(3, 9)]]


def written(folder: Path, numbers: Sequence[int]) -> Table:
    """Some of the passages in a segment, each of an article of its own."""
    folder.mkdir()
    with TableWriter(folder, DIMENSION) as writer:
        for row, number in enumerate(numbers):
            spans = CUTS[number]
            vectors = WindowVectors(unit(1, number)[0], unit(len(spans), 10 + number))
            assert writer.add(row, Span(spans[0].start, spans[-1].end), spans, vectors) == row
    return Table.load(folder)


@pytest.mark.parametrize("segments", [[[0, 1, 2]], [[0], [1, 2]], [[0, 1], [], [2]], [[], [0], [1], [2]]])
def test_passages_and_their_sentences_are_found_again_by_row(
    tmp_path: Path, segments: list[list[int]]
) -> None:
    """In whichever segment they are: rows and articles are counted over all of them."""
    parts = [written(tmp_path / str(at), numbers) for at, numbers in enumerate(segments)]
    tables = Tables(parts, [len(numbers) for numbers in segments])
    assert len(tables) == 3
    assert tables.articles.tolist() == [0, 1, 2]
    assert [tables.article_number(row) for row in range(3)] == [0, 1, 2]
    assert [tables.span(row) for row in range(3)] == [Span(0, 9), Span(9, 12), Span(1, 9)]
    assert [[tables.sentence(each) for each in tables.sentence_rows(row)] for row in range(3)] == CUTS
    np.testing.assert_allclose(
        tables.passage_vectors(np.array([2, 1])), [unit(1, 2)[0], unit(1, 1)[0]], atol=1e-3
    )
    np.testing.assert_allclose(tables.sentence_vectors(np.arange(3, 6)), unit(3, 12), atol=1e-3)
    vector = unit(1, 5)[0]
    np.testing.assert_allclose(tables.passage_cosines(vector, np.array([1])), unit(1, 1) @ vector, atol=1e-3)


def test_an_index_without_passages_has_empty_tables(tmp_path: Path) -> None:
    part = written(tmp_path / "segment", [])
    assert part.sentence_vectors.shape == (0, DIMENSION)
    for tables in (Tables([part], [0]), Tables([], [])):
        assert len(tables) == 0
        assert tables.passage_cosines(unit(1, 1)[0], np.arange(0)).shape == (0,)


def test_half_precision_moves_a_cosine_by_less_than_a_thousandth(tmp_path: Path) -> None:
    table, vector = unit(700, 1), unit(1, 2)[0]
    with TableWriter(tmp_path, DIMENSION) as writer:
        for each in table:
            writer.add(0, Span(0, 1), [], WindowVectors(each, each[None][:0]))
    tables = Tables([Table.load(tmp_path)], [1])
    assert np.abs(tables.passage_cosines(vector, np.arange(700)) - table @ vector).max() < 1e-3
