"""Fit the weights that rank sentences and decide refusals, and write models/ranking.json.

    python -m index.training.ranking --train DATA/train --dev DATA/dev

Every training question is asked of one library of all training passages in both languages,
by the very code that answers users; its candidate sentences are the examples. A passage that
is there in both languages is hidden in one, so that languages compete as they do in a real
library. Half of the questions are asked a second time with their passage hidden altogether:
that teaches what "not in the articles" looks like. A linear score with weights of its own for
a shared language and for crossing is fitted by the softmax over a question's candidates and
"none of them", then stretched by Platt scaling on the best candidate (Platt 1999), so that it
is a probability. The dev sets are only scored, never fitted. Takes about ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression

from index.answering import PASSAGES
from index.encoder import Encoder, load_encoder
from index.ranking import FEATURES, MODEL, Candidate, candidates
from index.search import prepare, search
from index.snapshot import Snapshot
from index.training.cases import Case, identifier, library_of, read, without

_FALSE_REFUSALS = 0.10  # the share of answerable training questions refused, of each kind
_SEED = 7
_EPOCHS = 60

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question's candidates: features (n, f), which cross languages (n,), which are right (n,).

    `found` says which passages, in ranked order, are the right one; `hidden` that the right
    one was taken away.
    """

    features: Floats
    crossing: npt.NDArray[np.bool_]
    right: npt.NDArray[np.bool_]
    found: npt.NDArray[np.bool_]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Linear scores, row 0 for a shared language, row 1 for crossing; above 0 beats "none of them"."""

    weights: Floats
    biases: Floats

    def of(self, asked: Asked) -> Floats:
        """The scores of a question's candidates, (n,)."""
        rows = asked.crossing.astype(int)
        scores: Floats = (asked.features * self.weights[rows]).sum(axis=1) + self.biases[rows]
        return scores


# --- examples ------------------------------------------------------------------------------


def ask(case: Case, snapshot: Snapshot, encoder: Encoder, *, hidden: bool) -> Asked | None:
    """Ask a case's question; with `hidden`, as if its own passage were not in the library."""
    query = prepare(case.question, snapshot, encoder)
    away = {identifier(case.other)} | ({case.article} if hidden else set())
    found = search(query, snapshot, PASSAGES + 10)
    found = tuple(each for each in found if each.hit.passage.article.id not in away)[:PASSAGES]
    offered = candidates(query, snapshot, found)
    if not offered:
        return None
    return Asked(
        np.stack([each.features for each in offered]).astype(np.float64),
        np.array([not each.same_language for each in offered]),
        np.array([_is_right(each, case) for each in offered]),
        np.array([each.hit.passage.article.id == case.article for each in found]),
        hidden,
    )


def _is_right(candidate: Candidate, case: Case) -> bool:
    return candidate.article.id == case.article and case.answer in candidate.span.of(candidate.article.text)


def ask_all(
    passages: Sequence[Case], groups: Mapping[str, Sequence[Case]], encoder: Encoder, *, hidden_every: int
) -> dict[str, list[Asked]]:
    """Ask groups of cases of one library of all the passages; every so many once more, hidden."""
    examples = {}
    with library_of(passages, encoder, titles=True) as snapshot:
        for name, cases in groups.items():
            asked = [ask(case, snapshot, encoder, hidden=False) for case in cases]
            asked += [ask(case, snapshot, encoder, hidden=True) for case in cases[::hidden_every]]
            examples[name] = [each for each in asked if each is not None]
            print(f"asked {name}: {len(asked)}", flush=True)
    return examples


def _sample(cases: Sequence[Case], most: int) -> list[Case]:
    answered = without(cases, answered=True)
    random.Random(_SEED).shuffle(answered)
    return answered[:most]


def training_examples(folder: Path, encoder: Encoder, most: int) -> dict[str, list[Asked]]:
    """Examples from `qa.jsonl.xz` and `qa_cross.jsonl.xz`, all asked of one library."""
    pairs = _pairs(folder / "qa_cross.jsonl.xz")
    chinese = _sample([case for case in read(folder / "qa.jsonl.xz") if _is_chinese(case)], most)
    shares = {"en asks zh": 1, "zh asks zh": 3, "zh asks en": 2, "en asks en": 2}
    groups = {name: _sample(pairs[name], most // share) for name, share in shares.items()}
    passages = [*chinese, *pairs["en asks zh"], *pairs["en asks en"]]
    return ask_all(passages, {**groups, "zh": chinese}, encoder, hidden_every=2)


def dev_examples(folder: Path, encoder: Encoder, most: int) -> dict[str, list[Asked]]:
    """The dev sets, each question asked with and without its passage, of passages in one language."""
    pairs = _pairs(folder / "qa_cross.jsonl.gz")
    drcd, cmrc = read(folder / "drcd_dev.jsonl.gz"), read(folder / "cmrc2018_dev.jsonl.gz")
    sets = {**pairs, "DRCD": drcd, "CMRC": cmrc}
    samples = {name: _sample(cases, most) for name, cases in sets.items()}
    english = {name: samples.pop(name) for name in ("zh asks en", "en asks en")}
    return {
        **ask_all([*drcd, *cmrc, *pairs["en asks zh"]], samples, encoder, hidden_every=1),
        **ask_all(pairs["en asks en"], english, encoder, hidden_every=1),
    }


def _pairs(path: Path) -> dict[str, list[Case]]:
    return {f"{a} asks {b}": read(path, question=a, context=b) for a in ("en", "zh") for b in ("zh", "en")}


def _is_chinese(case: Case) -> bool:
    return sum("\u4e00" <= character <= "\u9fff" for character in case.context) > 50


# --- fitting -------------------------------------------------------------------------------


def fit(examples: Sequence[Asked]) -> Line:
    """The line whose softmax over a question's candidates and "none" best picks the right ones."""
    torch.manual_seed(_SEED)
    table = np.concatenate([each.features for each in examples])
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    features, crossing, mask, right = _padded(examples, mean, spread)
    scorer = torch.nn.Linear(features.shape[2], 2)
    optimizer = torch.optim.Adam(scorer.parameters(), 1e-2, weight_decay=1e-5)
    for _ in range(_EPOCHS):
        for batch in torch.randperm(len(examples)).split(128):  # type: ignore[no-untyped-call] # torch types it in part
            both = scorer(features[batch])
            scores = torch.where(crossing[batch], both[..., 1], both[..., 0]).masked_fill(~mask[batch], -1e9)
            scores = torch.cat([scores, torch.zeros(len(batch), 1)], dim=1)
            loss = (scores.logsumexp(1) - scores.masked_fill(~right[batch], -1e9).logsumexp(1)).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call] # as above
            optimizer.step()
    weights = scorer.weight.detach().numpy().astype(np.float64) / spread
    return Line(weights, scorer.bias.detach().numpy().astype(np.float64) - weights @ mean)


def _padded(examples: Sequence[Asked], mean: Floats, spread: Floats) -> tuple[torch.Tensor, ...]:
    """Features (q, n, f), which rows cross (q, n), which are candidates (q, n), which right (q, n + 1).

    The last column of the fourth is "none of them".
    """
    most = max(len(each.right) for each in examples)
    features = torch.zeros(len(examples), most, len(mean))
    crossing, mask = torch.zeros(2, len(examples), most, dtype=torch.bool)
    right = torch.zeros(len(examples), most + 1, dtype=torch.bool)
    for at, each in enumerate(examples):
        count = len(each.right)
        features[at, :count] = torch.tensor((each.features - mean) / spread, dtype=torch.float32)
        crossing[at, :count] = torch.tensor(each.crossing)
        mask[at, :count] = True
        right[at, :count] = torch.tensor(each.right)
        right[at, most] = not each.right.any()
    return features, crossing, mask, right


def calibrate(line: Line, examples: Sequence[Asked]) -> Line:
    """The same line, stretched so that its logistic is the chance that the best one is right."""
    scores = [line.of(each) for each in examples]
    best = np.array([each.max() for each in scores])[:, None]
    right = [bool(each.right[own.argmax()]) for each, own in zip(examples, scores, strict=True)]
    platt = LogisticRegression(C=1e6).fit(best, right)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    return Line(line.weights * slope, line.biases * slope + shift)


def threshold(line: Line, examples: Sequence[Asked], *, crossing: bool) -> float:
    """The probability below which to refuse, so that few answerable questions are refused.

    Of the questions whose passage is in the other language, or in the same.
    """
    best = [line.of(each).max() for each in examples if not each.hidden and _crosses(each) is crossing]
    return _sigmoid(float(np.quantile(best, _FALSE_REFUSALS)))


def _crosses(asked: Asked) -> bool:
    """Whether a question's right passage is in another language than the question."""
    return bool(asked.crossing[asked.right].any())


def _answers(line: Line, confidences: Sequence[float], asked: Asked) -> list[int]:
    """The candidates that would be quoted, best first."""
    scores = line.of(asked)
    enough = [
        at
        for at, score in enumerate(scores)
        if _sigmoid(float(score)) >= confidences[int(asked.crossing[at])]
    ]
    return sorted(enough, key=lambda at: -scores[at])


# --- report --------------------------------------------------------------------------------


def describe(line: Line, confidences: Sequence[float], examples: Sequence[Asked]) -> dict[str, float]:
    """What a person would see: passages found, quotes that hold the answer, refusals."""
    visible = [each for each in examples if not each.hidden]
    orders = [np.argsort(-line.of(each)) for each in visible]
    refused = {
        hidden: [not _answers(line, confidences, each) for each in examples if each.hidden is hidden]
        for hidden in (False, True)
    }
    ranked = [each.right[order] for each, order in zip(visible, orders, strict=True)]
    return {
        "questions": len(visible),
        "passage R@5": float(np.mean([each.found[:5].any() for each in visible])),
        "first quote": float(np.mean([right[0] for right in ranked])),
        "three quotes": float(np.mean([right[:3].any() for right in ranked])),
        "answerable refused": float(np.mean(refused[False])),
        "unanswerable refused": float(np.mean(refused[True])),
    }


def _sigmoid(score: float) -> float:
    return float(1 / (1 + np.exp(-score)))


def main() -> None:
    """Fit, write the model, and print what it does on the dev sets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", type=Path, required=True, help="folder of the training questions")
    parser.add_argument("--dev", type=Path, required=True, help="folder of the development questions")
    parser.add_argument("--most", type=int, default=1000, help="questions of each training set")
    parser.add_argument("--most-dev", type=int, default=300, help="questions of each dev set")
    arguments = parser.parse_args()
    encoder = load_encoder()
    groups = training_examples(arguments.train, encoder, arguments.most)
    examples = [each for group in groups.values() for each in group]
    line = calibrate(fit(examples), examples)
    confidences = [threshold(line, examples, crossing=crossing) for crossing in (False, True)]
    write(line, confidences)
    for name, asked in dev_examples(arguments.dev, encoder, arguments.most_dev).items():
        row = describe(line, confidences, asked)
        print(name, "  ".join(f"{key} {value:.3f}" for key, value in row.items()), flush=True)


def write(line: Line, confidences: Sequence[float]) -> None:
    """Write models/ranking.json: a row for a shared language, a row for crossing."""
    model = {
        "features": FEATURES,
        "weights": line.weights.round(5).tolist(),
        "biases": line.biases.round(5).tolist(),
        "confidence": [round(each, 4) for each in confidences],
    }
    MODEL.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
