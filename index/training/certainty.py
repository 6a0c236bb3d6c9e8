"""Fit the weights that say how likely the first sentence is to answer, and write models/certainty.json.

    python -m index.training.certainty --train DATA/train --dev DATA/dev

The questions are those that the reader was not trained on (`index.training.examples.unseen`),
asked of one library of all training articles, each whole (`index.training.cases.whole_articles`),
by the very code that answers users; all are asked once more with their article left out. The ranking,
the reader and the verdict must be there already. A line is fitted over all sentences that were read, as
the others are; then it is stretched, and its thresholds are chosen, on the sentence that the
verdict puts first. The dev sets are only scored, and only refusals: the order of
sentences is the verdict's. Takes about twenty minutes on two cores
until the file is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.certainty import FEATURES, MODEL, STRANGER, known
from index.encoder import Encoder, load_encoder
from index.linear import Linear
from index.mentions import strangers
from index.ranking import Candidate
from index.reader import OnnxReader, Reader
from index.search import prepare, search
from index.snapshot import Snapshot
from index.training.asking import Asked, Examine, Floats, ask_all, dev_libraries, sample
from index.training.cases import Case, whole_articles
from index.training.examples import unseen
from index.training.fitting import calibrate, command_line, fit, report, save, scores, thresholds
from index.verdict import FEATURES as VERDICT
from index.verdict import PASSAGES, consider, verdict

Examples = Mapping[str, Sequence[Asked]]


def examiner(encoder: Encoder, reader: Reader) -> Examine:
    """Offers the candidates of the passages read, with the features of the certainty."""

    def examine(
        question: str, snapshot: Snapshot, away: frozenset[str]
    ) -> Sequence[tuple[Candidate, Sequence[float]]]:
        query = prepare(question, snapshot, encoder)
        read = consider(query, snapshot, search(query, snapshot, PASSAGES, without=away), reader)
        strange = strangers(query, snapshot, {each.candidate.row for each in read})
        return [(each.candidate, known(query, snapshot, each, strange).tolist()) for each in read]

    return examine


def asked_of_whole(
    passages: Sequence[Case], groups: Mapping[str, Sequence[Case]], encoder: Encoder, reader: Reader
) -> dict[str, list[Asked]]:
    """Groups of cases asked of one library of whole articles, each with and without its own."""
    return ask_all(
        whole_articles(passages, passages),
        {name: whole_articles(cases, passages) for name, cases in groups.items()},
        encoder,
        examiner(encoder, reader),
        hidden_every=1,
    )


def training_examples(folder: Path, encoder: Encoder, reader: Reader, most: int) -> Examples:
    """Examples the models have not seen, asked of one library of all training articles."""
    kinds, passages = unseen(folder)
    groups = {name: sample(cases, most) for name, cases in kinds.items()}
    return asked_of_whole(passages, groups, encoder, reader)


def dev_examples(folder: Path, encoder: Encoder, reader: Reader, most: int) -> Examples:
    """The dev sets, asked of libraries of whole articles in one language."""
    return {
        name: examples
        for passages, groups in dev_libraries(folder, most)
        for name, examples in asked_of_whole(passages, groups, encoder, reader).items()
    }


def firsts(groups: Examples) -> dict[str, list[Asked]]:
    """The same with the one candidate of each question that the verdict puts first."""
    return {name: [_only(each, int(_order(each).argmax())) for each in own] for name, own in groups.items()}


def _order(asked: Asked) -> Floats:
    """The verdict's log-odds of a question's candidates, as `index.certainty.order` has them."""
    read = replace(asked, features=asked.features[:, : len(VERDICT)])
    made: Floats = scores(verdict(), read) - STRANGER * asked.features[:, FEATURES.index("stranger")]
    return made


def _only(asked: Asked, at: int) -> Asked:
    own = slice(at, at + 1)
    return replace(
        asked,
        features=asked.features[own],
        crossing=asked.crossing[own],
        right=asked.right[own],
        passages=asked.passages[own],
        of_case=asked.of_case[own],
    )


def fitted(groups: Examples) -> Linear:
    """The line for groups of examples, calibrated on the sentences that come first."""
    line = fit([each for own in groups.values() for each in own])
    first = [each for own in firsts(groups).values() for each in own]
    return thresholds(calibrate(line, first), first)


def main() -> None:
    """Fit, write the model, and print what it refuses on the dev sets."""
    arguments = command_line(__doc__, most=400)
    encoder, reader = load_encoder(), OnnxReader()
    line = fitted(training_examples(arguments.train, encoder, reader, arguments.most))
    save(line, MODEL, FEATURES)
    report(line, firsts(dev_examples(arguments.dev, encoder, reader, arguments.most_dev)))


if __name__ == "__main__":
    main()
