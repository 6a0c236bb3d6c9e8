"""Libraries of several sizes, and what a passage costs in each: growth shows where a cost is not flat."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.bench.corpus import Corpus, make_corpus
from tests.bench.figures import Row, percentile

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.bench import Bench

_ENCODED = 10_000  # passages up to which the bundled encoder is measured, too: it takes most of the time
_QUESTIONS = 40  # of each language
_TIMES = 5


def large(bench: Bench) -> list[Row]:
    """Each size with vectors that cost nothing, and the smaller ones with the bundled encoder as well."""
    rows = []
    for size in bench.plan.sizes:
        for bot in ("seeded", "ours") if size <= _ENCODED else ("seeded",):
            rows += _measured(bench, size, bot)
    return rows


@dataclass(frozen=True, slots=True)
class _Library:
    """A library of one size, made by one bot, and the folder of its articles."""

    bench: Bench
    bot: str
    corpus: Corpus
    folder: Path

    def child(self, task: str, **job: object) -> dict[str, Any]:
        """A task in a process of its own, with the seconds that the whole process took."""
        self.bench.tell(f"{task}: {self.bot}, {self.corpus.passages:,} passages")
        start = time.perf_counter()
        done = self.bench.surroundings.child(self.bot, task=task, library=str(self.folder), **job)
        return {**done, "wall": time.perf_counter() - start}

    def index(self) -> dict[str, Any]:
        """Bring it up to date with its folder."""
        return self.child("index", articles=str(self.corpus.folder))

    def change(self) -> dict[str, Any]:
        """Change one file and bring it up to date."""
        path = sorted(self.corpus.folder.glob("load-*"))[self.corpus.articles // 2]
        path.write_text(f"{path.read_text(encoding='utf-8')}\n補充：{time.time_ns()}。\n", encoding="utf-8")
        return self.index()


def _measured(bench: Bench, size: int, bot: str) -> list[Row]:
    folder = bench.folder / f"{bot}-{size}"
    bench.tell(f"writing the articles of {size:,} passages")
    corpus, _ = make_corpus(
        bench.folder / f"articles-{bot}-{size}", passages=size, news=bench.plan.news, gold=[], limit=0
    )
    library = _Library(bench, bot, corpus, folder)
    built = library.index()
    disk = bytes_of(folder)
    asked = corpus.questions(_QUESTIONS)
    first = [library.child("ask", warm_up=asked[:1], timed=[], known=[]) for _ in range(_TIMES)]
    answered = library.child("ask", warm_up=asked[:5], timed=asked[5:], known=[])
    unchanged = library.index()
    changed = [library.change() for _ in range(_TIMES)]
    grown = library.child("ask", warm_up=asked[:5], timed=asked[5:], known=[])
    shutil.rmtree(folder)
    shutil.rmtree(corpus.folder)
    name = f"{corpus.passages:,} passages, {'seeded vectors' if bot == 'seeded' else 'bundled encoder'}"
    return [
        *_of_building(name, built, disk, corpus.passages),
        *_of_asking(name, first, answered, grown),
        *_of_changing(name, unchanged, changed),
    ]


def _of_building(name: str, built: dict[str, Any], disk: dict[str, int], passages: int) -> list[Row]:
    parts = ", ".join(f"{part} {size / 1e6:,.0f}" for part, size in disk.items())
    stages = ", ".join(
        f"{stage} {seconds:.1f}" for stage, seconds in built["stages"].items() if seconds >= 0.05
    )
    total = sum(disk.values())
    return [
        Row(f"{name}: build", built["seconds"], "s", note=stages),
        Row(f"{name}: build, a passage", built["seconds"] * 1000 / passages, "ms"),
        Row(f"{name}: peak memory, building", built["peak"], "MB"),
        Row(f"{name}: disk", total / 1e6, "MB", note=parts),
        Row(f"{name}: disk, a passage", total / 1000 / passages, "kB"),
    ]


def _of_asking(
    name: str, first: list[dict[str, Any]], answered: dict[str, Any], grown: dict[str, Any]
) -> list[Row]:
    starts, times = [each["wall"] for each in first], answered["milliseconds"]
    later = grown["milliseconds"]
    return [
        Row(
            f"{name}: start to first answer", percentile(starts, 0.5), "s", 5, note=f"up to {max(starts):.1f}"
        ),
        Row(f"{name}: a question, p50", percentile(times, 0.5), "ms", note=f"{len(times)} questions"),
        Row(f"{name}: a question, p95", percentile(times, 0.95), "ms", 250),
        Row(f"{name}: a question, p95 after changes", percentile(later, 0.95), "ms", 250),
        Row(f"{name}: peak memory, asking", answered["peak"], "MB"),
    ]


def _of_changing(name: str, unchanged: dict[str, Any], changed: list[dict[str, Any]]) -> list[Row]:
    inside = [each["build_seconds"] for each in changed]
    whole = percentile([each["wall"] for each in changed], 0.5)
    return [
        Row(f"{name}: an unchanged folder", unchanged["build_seconds"], "s"),
        Row(
            f"{name}: one changed article",
            percentile(inside, 0.5),
            "s",
            3,
            note=f"up to {max(inside):.2f}; {whole:.2f} with the start of the process; "
            f"{changed[0]['embedded']} texts encoded",
        ),
        Row(f"{name}: peak memory, one changed article", max(each["peak"] for each in changed), "MB"),
    ]


def bytes_of(folder: Path) -> dict[str, int]:
    """What a library takes on disk: archive, Chroma, tables, keywords, in bytes."""
    found = {"archive": 0, "Chroma": 0, "tables": 0, "keywords": 0}
    for root, _, names in os.walk(folder):
        kind = next((part for mark, part in _KINDS.items() if mark in root), "tables")
        for name in names:
            own = "archive" if name.startswith("archive") else kind
            found[own] += os.stat(os.path.join(root, name)).st_size  # noqa: PTH116, PTH118 - os.walk gives strings
    return found


_KINDS = {"/vectors": "Chroma", "/keywords": "keywords"}
