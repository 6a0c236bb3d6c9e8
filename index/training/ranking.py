"""Fit the weights that rank sentences before any is read, and write models/ranking.json.

    python -m index.training.ranking --train DATA/train --dev DATA/dev

Every training question is asked of one library of all training passages in both languages,
by the very code that answers users; its candidate sentences are the examples. A passage that
is there in both languages is hidden in one, so that languages compete as they do in a real
library. Half of the questions are asked a second time with their passage hidden altogether:
that teaches what "not in the articles" looks like. The dev sets are only scored, never
fitted. Takes about ten minutes on two cores.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index.encoder import Encoder, load_encoder
from index.ranking import FEATURES, MODEL, Candidate, candidates
from index.search import prepare, search
from index.snapshot import Snapshot
from index.training.asking import Asked, Examine, ask_all, dev_examples, sample
from index.training.examples import unseen
from index.training.fitting import command_line, fitted, report, save
from index.verdict import PASSAGES


def examiner(encoder: Encoder) -> Examine:
    """Offers the candidates of all passages found, with the features of the ranking."""

    def examine(
        question: str, snapshot: Snapshot, away: frozenset[str]
    ) -> Sequence[tuple[Candidate, Sequence[float]]]:
        query = prepare(question, snapshot, encoder)
        offered = candidates(query, snapshot, search(query, snapshot, PASSAGES, without=away))
        return [(each, each.features.tolist()) for each in offered]

    return examine


def training_examples(
    folder: Path, encoder: Encoder, most: int, examine: Examine | None = None
) -> dict[str, list[Asked]]:
    """Examples the models have not seen, asked of one library of all training passages."""
    kinds, passages = unseen(folder)
    shares = {"en asks zh": 1, "zh asks zh": 3, "zh asks en": 2, "en asks en": 2, "zh": 1}
    groups = {name: sample(kinds[name], most // share) for name, share in shares.items()}
    return ask_all(passages, groups, encoder, examine or examiner(encoder), hidden_every=2)


def main() -> None:
    """Fit, write the model, and print what it does on the dev sets."""
    arguments = command_line(__doc__, most=1000).parse_args()
    encoder = load_encoder()
    line = fitted(training_examples(arguments.train, encoder, arguments.most))
    save(line, MODEL, FEATURES)
    report(line, dev_examples(arguments.dev, encoder, examiner(encoder), arguments.most_dev))


if __name__ == "__main__":
    main()
