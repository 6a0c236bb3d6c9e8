"""Fit the weights that say how likely the first sentence is to answer, and write models/certainty.json.

    python -m index.training.certainty --train DATA/train --dev DATA/dev [--shipped]

The questions are those that the reader was not trained on (`index.training.examples.unseen`),
asked of one library of all training articles, each whole (`index.training.cases.whole_articles`),
by the very code that answers users; all are asked once more with their article left out. The ranking,
the reader and the verdict must be there already. A line is fitted over all sentences that were read, as
the others are; then it is stretched, and its thresholds are chosen, on the sentence that the verdict puts
first. The reader is surer of questions like those it was trained on, so line and thresholds are
stretched once more to be probabilities of dev questions: others than those `articlebot eval` asks over
`index.training.devset --most 300 --answerable --whole`, which are scored in the end, and only their
refusals, for the order of sentences is the verdict's. Takes about 35 minutes on two cores; with
`--shipped`, which fits nothing and stretches the shipped line, 12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from index.certainty import FEATURES, MODEL, STRANGER, certainty, known
from index.encoder import Encoder, load_encoder
from index.linear import Linear, logistic
from index.mentions import strangers
from index.ranking import Candidate
from index.reader import OnnxReader, Reader
from index.search import prepare, search
from index.snapshot import Snapshot
from index.training.asking import Asked, Examine, Floats, ask_all, sample
from index.training.cases import Case, whole_articles
from index.training.devset import scorable, sets, spread
from index.training.examples import unseen
from index.training.fitting import calibrate, command_line, fit, platt, report, save, scores, thresholds
from index.verdict import FEATURES as VERDICT
from index.verdict import PASSAGES, consider, verdict

Examples = Mapping[str, Sequence[Asked]]
_STRANGE = FEATURES.index("stranger")


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


def dev_examples(folder: Path, encoder: Encoder, reader: Reader, most: int) -> tuple[Examples, Examples]:
    """The dev sets, asked of libraries of whole articles in one language: to calibrate on, and to report."""
    parts: tuple[dict[str, Sequence[Asked]], dict[str, Sequence[Asked]]] = {}, {}
    for groups in sets(folder).values():
        passages = [case for cases in groups.values() for case in cases]
        drawn = {name: apart(whole_articles(cases, passages), most) for name, cases in groups.items()}
        parted = {f"{name}, {at}": own for name, both in drawn.items() for at, own in enumerate(both)}
        asked = asked_of_whole(passages, parted, encoder, reader)
        for name in groups:
            for at, part in enumerate(parts):
                part[name] = asked[f"{name}, {at}"]
    return parts


def apart(cases: Sequence[Case], most: int) -> tuple[list[Case], list[Case]]:
    """At most so many answerable cases to calibrate on, and others, which `devset --most` asks too."""
    answerable = [case for case in scorable(cases) if case.answer]
    reported = spread(answerable, most)
    taken = set(reported)
    return spread([case for case in answerable if case not in taken], most), reported


def firsts(groups: Examples) -> dict[str, list[Asked]]:
    """The same with the one candidate of each question that the verdict puts first."""
    return {name: [_only(each, int(_order(each).argmax())) for each in own] for name, own in groups.items()}


def _order(asked: Asked) -> Floats:
    """The verdict's log-odds of a question's candidates, as `index.certainty.order` has them."""
    read = replace(asked, features=asked.features[:, : len(VERDICT)])
    made: Floats = scores(verdict(), read) - STRANGER * asked.features[:, _STRANGE]
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
    """The line for groups of examples, calibrated on the sentences that come first, with thresholds."""
    line = fit([each for own in groups.values() for each in own])
    first = [each for own in firsts(groups).values() for each in own]
    return thresholds(calibrate(line, first), first)


def calibrated(line: Linear, groups: Examples) -> Linear:
    """The line stretched to keep its word on what comes first, in a shared language and across apart.

    What is refused stays so: the thresholds are stretched with it. Strangers do not stretch it, for
    something is taken off theirs afterwards.
    """
    first = [each for own in firsts(groups).values() for each in own if not each.features[0, _STRANGE]]
    same, across = (
        platt(line, [each for each in first if each.crossing[0] == crossing]) for crossing in (False, True)
    )
    slopes, shifts = np.array([same, across]).T
    odds = [float(np.log(least / (1 - least))) for least in line.confidence]
    return Linear(
        line.weights * slopes[:, None],
        line.biases * slopes + shifts,
        (logistic(odds[0] * slopes[0] + shifts[0]), logistic(odds[1] * slopes[1] + shifts[1])),
    )


def with_rule(line: Linear) -> Linear:
    """A line that does what `index.certainty` does beside the fitted one: take `STRANGER` off."""
    weights = line.weights.copy()
    weights[:, _STRANGE] -= STRANGER
    return replace(line, weights=weights)


def main() -> None:
    """Fit, write the model, and print what it refuses on the dev sets."""
    parser = command_line(__doc__, most=400)
    parser.add_argument("--shipped", action="store_true", help="fit nothing; calibrate the shipped line")
    arguments = parser.parse_args()
    encoder, reader = load_encoder(), OnnxReader()
    if arguments.shipped:
        line = certainty()
    else:
        line = fitted(training_examples(arguments.train, encoder, reader, arguments.most))
    kept, reported = dev_examples(arguments.dev, encoder, reader, arguments.most_dev)
    line = calibrated(line, kept)
    save(line, MODEL, FEATURES)
    report(with_rule(line), firsts(reported))


if __name__ == "__main__":
    main()
