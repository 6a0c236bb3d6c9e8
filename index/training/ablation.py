"""What each part of answering is worth: every part left out, and every part alone, on the dev sets.

    python -m index.training.ablation --dev DATA/dev --train DATA/train [--most 150]

Prints Markdown tables, one for each measure: the right passage among the first five that
searching found, and among the first five after everything; the gold answer in the first, and
in one of the first three sentences; and the time of a question, preparing it (encoding,
translating) not included.

The parts are keywords, the lexicon that translates them, vectors of passages, vectors of
sentences, and the reader. What is left out counts nothing in searching, and the ranking does
without its features. "Alone" means that searching and ranking have nothing else of these
parts, and that nothing is read; the reader alone orders the sentences of the six passages
that everything else gives it. Without keywords there is nothing for the lexicon to
translate, so it is then left out as well, and alone it stands with them.

Where the ranking does without features or the lexicon it is fitted anew, on training questions as
`index.training.ranking` asks them: with the old weights a part that another corrected would look
worse than it is. Nothing else is fitted anew, neither the weights of searching nor the verdict
nor the reader, so a row with a part left out is the least that the rest could do. What belongs
to no part stays in every row: the kind of answer asked for, lengths, the place that searching
gave a passage. Sentences' vectors propose no passages, so those they order are proposed by
the passages' vectors. Each library is built once, in a temporary folder; nothing is kept.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from index.encoder import Encoder, load_encoder
from index.linear import Linear
from index.ranking import FEATURES, Candidate, candidates, ranking
from index.reader import OnnxReader, Reader
from index.search import WEIGHTS, Found, Query, Weights, prepare, search
from index.snapshot import Snapshot
from index.training.asking import Asked, Examine, dev_libraries
from index.training.cases import Case, identifier, library_of
from index.training.fitting import fitted
from index.training.ranking import training_examples
from index.verdict import FEATURES as READ_FEATURES
from index.verdict import PASSAGES, consider, verdict

_FIRST = 5  # passages
PARTS: Final = {  # what searching calls a part, and the features of the ranking that come of it
    "keywords": (
        "keywords",
        """sentence_coverage focus_coverage local_coverage passage_coverage rarest_missing names_missing
        figures_missing""",
    ),
    "dense passages": ("passage", "passage_cosine"),
    "dense sentences": ("sentence", "sentence_cosine neighbour_cosine lead"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A way of answering: the parts that search and rank, and what the reader's word is worth.

    `reader` is "" where nothing is read, "verdict" where what it says counts with the rest,
    "alone" where it alone orders the sentences.
    """

    name: str
    parts: frozenset[str]
    reader: str

    @property
    def weights(self) -> Weights:
        """How searching weighs the parts."""
        left_out = {name: 0.0 for part, (name, _) in PARTS.items() if part not in self.parts}
        return replace(WEIGHTS, **left_out)

    def query(self, query: Query, snapshot: Snapshot) -> Query:
        """A question made ready, without its translations where the lexicon is left out."""
        if "lexicon" in self.parts:
            return query
        scores = snapshot.keywords.scores(list(query.own.wording.written))
        return replace(query, across=query.own, keyword_scores=scores)

    @property
    def used(self) -> npt.NDArray[np.bool_]:
        """Which features the ranking has, (len(FEATURES),)."""
        left_out = " ".join(features for part, (_, features) in PARTS.items() if part not in self.parts)
        return np.array([feature not in left_out.split() for feature in FEATURES])


def rows() -> list[Row]:
    """Everything, each part left out, each part alone."""
    every = frozenset({*PARTS, "lexicon"})
    return [
        Row("everything", every, "verdict"),
        Row("without lexicon", every - {"lexicon"}, "verdict"),
        Row("without keywords", every - {"keywords", "lexicon"}, "verdict"),
        Row("without dense passages", every - {"dense passages"}, "verdict"),
        Row("without dense sentences", every - {"dense sentences"}, "verdict"),
        Row("without reader", every, ""),
        Row("keywords and lexicon alone", frozenset({"keywords", "lexicon"}), ""),
        *(Row(f"{part} alone", frozenset({part}), "") for part in PARTS),
        Row("reader alone", every, "alone"),
    ]


@dataclass(frozen=True, slots=True)
class Way:
    """A row with its ranking."""

    row: Row
    ranked: Linear


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question."""

    found: float  # 1 if searching has the right passage among its first five
    passage: float
    first: float
    three: float
    milliseconds: float


TITLES: Final = {
    "found": "R@5 of searching",
    "passage": "R@5 after everything",
    "first": "First quote",
    "three": "Three quotes",
    "milliseconds": "Milliseconds a question",
}


def outcome(way: Way, case: Case, query: Query, snapshot: Snapshot, reader: Reader) -> Outcome:
    """Answer a case's question in one way."""
    start = time.perf_counter()
    away = frozenset(map(identifier, case.others))
    query = way.row.query(query, snapshot)
    hits = search(query, snapshot, PASSAGES, without=away, weights=way.row.weights)
    ordered = _ordered(way, query, snapshot, hits, reader)
    seconds = time.perf_counter() - start
    best = list(dict.fromkeys(each.article.id for each in ordered))
    right = [_answers(case, each) for each in ordered]
    return Outcome(
        case.article in [each.hit.passage.article.id for each in hits[:_FIRST]],
        case.article in best[:_FIRST],
        any(right[:1]),
        any(right[:3]),
        seconds * 1000,
    )


def _ordered(
    way: Way, query: Query, snapshot: Snapshot, hits: Sequence[Found], reader: Reader
) -> list[Candidate]:
    """The sentences that could be quoted, best first."""
    if not way.row.reader:
        offered = candidates(query, snapshot, tuple(hits))
        scored = [
            (way.ranked.score(each.features, crossing=not each.same_language), each) for each in offered
        ]
    else:
        own = READ_FEATURES.index("reader")
        scored = [
            (
                float(each.features[own])
                if way.row.reader == "alone"
                else verdict().score(each.features, crossing=not each.candidate.same_language),
                each.candidate,
            )
            for each in consider(query, snapshot, hits, reader, ranked=way.ranked)
        ]
    return [each for _, each in sorted(scored, key=lambda one: -one[0])]


def _answers(case: Case, each: Candidate) -> bool:
    return each.article.id == case.article and case.answer in each.span.of(each.article.text)


# --- fitting ---------------------------------------------------------------------------------

Examples = Mapping[str, Sequence[Asked]]


@dataclass(frozen=True, slots=True)
class Training:
    """Training questions as they were asked with all parts, and without the lexicon."""

    everything: Examples
    untranslated: Examples

    @classmethod
    def of(cls, folder: Path, encoder: Encoder, most: int) -> Training:
        """Ask the training questions of a folder, at most so many of each set, both ways."""
        return cls(
            training_examples(folder, encoder, most),
            training_examples(folder, encoder, most, _untranslated(encoder)),
        )


def _untranslated(encoder: Encoder) -> Examine:
    row = next(row for row in rows() if row.name == "without lexicon")

    def examine(
        question: str, snapshot: Snapshot, away: frozenset[str]
    ) -> Sequence[tuple[Candidate, Sequence[float]]]:
        query = row.query(prepare(question, snapshot, encoder), snapshot)
        offered = candidates(query, snapshot, search(query, snapshot, PASSAGES, without=away))
        return [(each, each.features.tolist()) for each in offered]

    return examine


def ranked(row: Row, training: Training) -> Linear:
    """The bundled ranking, or for a row that does without the lexicon or features one fitted so."""
    used, translated = row.used, "lexicon" in row.parts
    if used.all() and translated:
        return ranking()
    examples = training.everything if translated else training.untranslated
    line = fitted(
        {
            name: [replace(each, features=each.features * used) for each in asked]
            for name, asked in examples.items()
        }
    )
    return replace(line, weights=line.weights * used)


# --- the tables -----------------------------------------------------------------------------

Results = dict[str, dict[str, list[Outcome]]]


def ablate(dev: Path, training: Training, encoder: Encoder, most: int) -> Results:
    """The outcomes of each dev set's questions by row, and by set."""
    reader = OnnxReader()
    ways = [Way(row, ranked(row, training)) for row in rows()]
    results: Results = {way.row.name: {} for way in ways}
    for passages, groups in dev_libraries(dev, most):
        with library_of(passages, encoder, titles=True) as snapshot:
            for name, cases in groups.items():
                queries = [(case, prepare(case.question, snapshot, encoder)) for case in cases]
                for way in ways:
                    results[way.row.name][name] = [
                        outcome(way, case, query, snapshot, reader) for case, query in queries
                    ]
    return results


def tables(results: Results) -> Iterator[str]:
    """A Markdown table for each measure."""
    for measure in (field.name for field in fields(Outcome)):
        yield _table(measure, results)


def _table(measure: str, results: Results) -> str:
    asked = {name: len(outcomes) for name, outcomes in next(iter(results.values())).items()}
    digits = 0 if measure == "milliseconds" else 3
    lines = [
        f"| {TITLES[measure]} | " + " | ".join(f"{name} ({count})" for name, count in asked.items()) + " |",
        "|---" * (len(asked) + 1) + "|",
    ]
    for name, sets in results.items():
        means = [np.mean([getattr(each, measure) for each in outcomes]) for outcomes in sets.values()]
        lines.append(f"| {name} | " + " | ".join(f"{mean:.{digits}f}" for mean in means) + " |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", type=Path, required=True, help="folder of the development questions")
    parser.add_argument("--train", type=Path, required=True, help="folder of the training questions")
    parser.add_argument(
        "--most", type=int, default=150, help="questions of each dev set (default: %(default)s)"
    )
    parser.add_argument(
        "--most-train", type=int, default=1000, help="of each training set (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    encoder = load_encoder()
    training = Training.of(options.train, encoder, options.most_train)
    print("\n\n".join(tables(ablate(options.dev, training, encoder, options.most))))


if __name__ == "__main__":
    main()
