"""Libraries with their vectors in the folder, then on a Chroma server: what moves, and what it costs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from tests.bench.corpus import make_corpus
from tests.bench.figures import Row, percentile
from tests.bench.large import bytes_of
from tests.bench.ours import SeededBot
from tests.vector_server import VectorServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.bench import Bench
    from tests.bench.corpus import Corpus

_QUESTIONS = 40  # of each language


def server(bench: Bench) -> list[Row]:
    """Each size with vectors that cost nothing to compute."""
    return [row for size in bench.plan.sizes for row in _measured(bench, size)]


def _measured(bench: Bench, size: int) -> list[Row]:
    library, articles = bench.folder / f"remote-{size}", bench.folder / f"remote-articles-{size}"
    bench.tell(f"writing the articles of {size:,} passages")
    corpus, _ = make_corpus(articles, passages=size, news=bench.plan.news, gold=[], limit=0)
    bench.tell(f"{corpus.passages:,} passages in a folder")
    bench.surroundings.child("seeded", task="index", library=str(library), articles=str(articles))
    here, own = bytes_of(library), _asked(bench, corpus, library)
    with VectorServer(bench.folder / f"chroma-{size}") as chroma:
        bench.tell("the same on a server")
        with SeededBot(library, chroma.server).library() as moved:
            moved.compact()
        there = _asked(bench, corpus, library)
        name = f"{corpus.passages:,} passages"
        rows = [*_of_bots(name, own, there), *_of_disks(name, here, chroma, corpus.passages)]
    for folder in (library, articles):
        shutil.rmtree(folder)
    return rows


def _asked(bench: Bench, corpus: Corpus, library: Path) -> dict[str, Any]:
    asked = corpus.questions(_QUESTIONS)
    return bench.surroundings.child(
        "seeded", task="ask", library=str(library), warm_up=asked[:5], timed=asked[5:], known=[]
    )


def _of_bots(name: str, own: dict[str, Any], there: dict[str, Any]) -> list[Row]:
    before, after = (percentile(each["milliseconds"], 0.5) for each in (own, there))
    return [
        Row(f"{name}: a question, p50, vectors in the folder", before, "ms"),
        Row(f"{name}: a question, p50, on a server", after, "ms", note=f"{after / before:.2f} of the other"),
        Row(f"{name}: a question, p95, on a server", percentile(there["milliseconds"], 0.95), "ms", 250),
        Row(f"{name}: peak memory of a bot, vectors in the folder", own["peak"], "MB"),
        Row(f"{name}: peak memory of a bot, on a server", there["peak"], "MB"),
    ]


def _of_disks(name: str, here: dict[str, int], chroma: VectorServer, passages: int) -> list[Row]:
    return [
        Row(f"{name}: resident memory of the server", chroma.resident(), "MB"),
        Row(f"{name}: disk of the server, a passage", chroma.disk() * 1000 / passages, "kB"),
        *(
            Row(f"{name}: disk, {part}, a passage", size / 1000 / passages, "kB")
            for part, size in here.items()
        ),
    ]
