"""What the rest of the program may expect of Chroma, tried on the real one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import LibraryDamaged, Span, store
from index.store import Store, StoredPassage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.encoder import Vectors

ROOT = Path(__file__).parents[2]
COUNT, DIMENSION = 400, 32  # more than two batches


def vectors(count: int = COUNT) -> Vectors:
    table = np.random.default_rng(7).standard_normal((count, DIMENSION)).astype(np.float32)
    unit: Vectors = table / np.linalg.norm(table, axis=1, keepdims=True)
    return unit


def passages(count: int = COUNT) -> list[StoredPassage]:
    return [
        StoredPassage(row, f"article{row // 10}", "digest", Span(row, row + 5), vector)
        for row, vector in enumerate(vectors(count))
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished collection."""
    path = tmp_path_factory.mktemp("store") / "vectors"
    assert store.write(path, iter(passages()), COUNT) == COUNT
    return path


@pytest.fixture
def opened(folder: Path) -> Iterator[Store]:
    made = Store(folder)
    yield made
    made.close()


def test_all_that_was_written_is_there(opened: Store) -> None:
    assert len(opened) == COUNT


def test_the_nearest_come_first_as_an_exhaustive_search_has_them(opened: Store) -> None:
    table = vectors()
    found = 0
    for question in table[::40] + 0.1:
        unit = question / np.linalg.norm(question)
        expected = np.argsort(-(table @ unit), kind="stable")[:10]
        found += len({*opened.nearest(unit, 10)} & {*map(int, expected)})
        assert opened.nearest(unit, 1) == [int(expected[0])]
    assert found >= 98  # of 100: the index is approximate


def test_asking_for_more_than_there_are_gives_all(opened: Store) -> None:
    assert sorted(opened.nearest(vectors()[0], COUNT)) == list(range(COUNT))


def test_every_passage_that_was_written_is_reachable(opened: Store) -> None:
    assert opened.unreachable(passages()) == []
    assert opened.unreachable([]) == []


def test_a_passage_that_is_not_in_the_collection_is_unreachable(opened: Store) -> None:
    stranger = replace(passages(COUNT + 1)[-1], row=COUNT)
    assert opened.unreachable([passages()[3], stranger]) == [stranger]


def test_copies_of_one_text_are_reachable_through_each_other(tmp_path: Path) -> None:
    same = [replace(each, vector=vectors()[0]) for each in passages(5)]
    store.write(tmp_path / "vectors", iter(same), 5)
    opened = Store(tmp_path / "vectors")
    rounded = [replace(each, vector=each.vector.astype(np.float16).astype(np.float32)) for each in same]
    assert opened.unreachable(rounded) == []
    opened.close()


def test_an_empty_collection_can_be_written_and_opened(tmp_path: Path) -> None:
    assert store.write(tmp_path / "vectors", iter(()), 0) == 0
    opened = Store(tmp_path / "vectors")
    assert len(opened) == 0
    opened.close()


def test_one_folder_may_be_open_twice_and_closed_once(folder: Path) -> None:
    first, second = Store(folder), Store(folder)
    first.close()
    assert len(second) == COUNT
    second.close()


def test_all_of_the_graph_is_on_disk_so_that_opening_need_not_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store._GROUP", 300)
    for count in (301, 599, 901):
        folder = tmp_path / str(count)
        assert store.write(folder, iter(passages(count)), count) == count
        (graph,) = folder.rglob("length.bin")
        assert graph.stat().st_size == 4 * count
        opened = Store(folder)
        assert opened.nearest(vectors(count)[count - 1], 1) == [count - 1]
        opened.close()


@pytest.mark.parametrize("count", [1, 2, 7, 99, 100, 250])
def test_a_collection_holds_nothing_of_what_else_the_process_has_in_its_memory(
    tmp_path: Path, count: int
) -> None:
    """Chroma writes the memory that its graph has not used yet, and again whenever a small one is read."""
    store.write(tmp_path / "vectors", iter(passages(count)), count)
    (graph,) = tmp_path.rglob("data_level0.bin")
    lengths = graph.with_name("length.bin")
    written = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (graph, lengths)}
    room = len(written[lengths][1]) // 4
    for _, content in written.values():
        assert not any(content[count * len(content) // room :])
    opened = Store(tmp_path / "vectors")
    assert len(opened) == count
    assert sorted(opened.nearest(vectors()[0], count)) == list(range(count))
    opened.close()
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in written} == written


def test_reading_leaves_every_file_at_its_length(folder: Path) -> None:
    def lengths() -> dict[str, int]:
        return {str(path): path.stat().st_size for path in folder.rglob("*") if path.is_file()}

    before = lengths()
    opened = Store(folder)
    opened.nearest(vectors()[0], 10)
    opened.close()
    assert lengths() == before


def test_it_holds_positions_and_no_words(folder: Path) -> None:
    opened = Store(folder)
    (node,) = opened._collection.get(limit=1)["ids"]
    row, article, span = node.split(":")
    assert (row.isdecimal(), article[:7]) == (True, "article")
    assert len(span.split("-")) == 2
    assert {*(opened._collection.get()["documents"] or [])} == {""}
    opened.close()


def test_what_the_environment_says_of_a_server_is_not_heeded(folder: Path, tmp_path: Path) -> None:
    """A bot's folder often holds an .env, and a machine may run a Chroma of its own."""
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=other\nTELEGRAM_BOT_TOKEN=1:2\n", encoding="utf-8")
    program = (
        "import sys, pathlib; from index.store import Store\n"
        "store = Store(pathlib.Path(sys.argv[1]))\n"
        "print(len(store), store._client.get_settings().anonymized_telemetry)"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "CHROMA_API_IMPL": "chromadb.api.fastapi.FastAPI",
        "CHROMA_SERVER_HOST": "chroma.example",
        "ANONYMIZED_TELEMETRY": "True",
    }
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == [str(COUNT), "False"], done.stderr


@pytest.mark.parametrize("content", [None, b"", b"no database " * 500])
def test_a_folder_without_a_collection_is_damage_and_nothing_is_made_there(
    tmp_path: Path, content: bytes | None
) -> None:
    folder = tmp_path / "000001" / "vectors"
    folder.mkdir(parents=True)
    if content is not None:
        (folder / "chroma.sqlite3").write_bytes(content)
    remedy = r"vectors cannot be read \(.*\); run `articlebot doctor --repair`"
    with pytest.raises(LibraryDamaged, match=remedy):
        Store(folder)
    if content is None:
        assert list(folder.iterdir()) == []


def test_damage_met_while_searching_is_told_in_a_sentence(tmp_path: Path) -> None:
    store.write(tmp_path / "vectors", iter(passages(1200)), 1200)
    (table,) = tmp_path.rglob("index_metadata.pickle")
    table.write_bytes(table.read_bytes()[:1000])
    opened = Store(tmp_path / "vectors")
    with pytest.raises(LibraryDamaged, match=r"cannot be read \(.*\); run `articlebot doctor --repair`"):
        opened.nearest(vectors()[0], 3)
    opened.close()
