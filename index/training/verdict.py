"""Fit the weights that judge sentences once they were read, and write models/verdict.json.

    python -m index.training.verdict --train DATA/train --dev DATA/dev

The questions are those that the reader was not trained on (`index.training.examples.unseen`),
asked of one library of all training passages by the very code that answers users; every
second one is asked once more with its passage hidden. The ranking (`index/training/ranking.py`)
and the reader must be there already. The dev sets are only scored. Takes about fifteen minutes
on two cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.encoder import Encoder, load_encoder
from index.ranking import Candidate
from index.reader import OnnxReader, Reader
from index.search import prepare, search
from index.snapshot import Snapshot
from index.training.asking import Asked, Examine, ask_all, dev_examples, sample
from index.training.examples import unseen
from index.training.fitting import command_line, fitted, report, save
from index.verdict import FEATURES, MODEL, PASSAGES, consider


def examiner(encoder: Encoder, reader: Reader) -> Examine:
    """Offers the candidates of the passages read, with the features of the verdict."""

    def examine(
        question: str, snapshot: Snapshot, away: frozenset[str]
    ) -> Sequence[tuple[Candidate, Sequence[float]]]:
        query = prepare(question, snapshot, encoder)
        found = search(query, snapshot, PASSAGES, without=away)
        return [(each.candidate, each.features.tolist()) for each in consider(query, snapshot, found, reader)]

    return examine


def training_examples(folder: Path, encoder: Encoder, reader: Reader, most: int) -> dict[str, list[Asked]]:
    """Examples the models have not seen, asked of one library of all training passages."""
    kinds, passages = unseen(folder)
    groups = {name: sample(cases, most) for name, cases in kinds.items()}
    return ask_all(passages, groups, encoder, examiner(encoder, reader), hidden_every=2)


def main() -> None:
    """Fit, write the model, and print what it does on the dev sets."""
    arguments = command_line(__doc__, most=500).parse_args()
    encoder, reader = load_encoder(), OnnxReader()
    line = fitted(training_examples(arguments.train, encoder, reader, arguments.most))
    save(line, MODEL, FEATURES)
    report(line, dev_examples(arguments.dev, encoder, examiner(encoder, reader), arguments.most_dev))


if __name__ == "__main__":
    main()
