"""Linear scores over candidates: fitted, made probabilities, given thresholds, described.

A linear score with weights of its own for a shared language and for crossing is fitted by
the softmax over a question's candidates and "none of them", then stretched by Platt scaling
on the best candidate (Platt 1999), so that it is a probability.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from index.linear import Linear, logistic
from index.training.asking import Asked, Floats

_FALSE_REFUSALS = 0.05  # the share of answerable training questions refused, of each kind
_SEED = 7
_EPOCHS = 60


def command_line(description: str | None, *, most: int) -> argparse.ArgumentParser:
    """A parser of what the commands that fit take: folders, and how many questions of each set."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--train", type=Path, required=True, help="folder of the training questions")
    parser.add_argument("--dev", type=Path, required=True, help="folder of the development questions")
    parser.add_argument("--most", type=int, default=most, help="questions of each training set")
    parser.add_argument("--most-dev", type=int, default=300, help="questions of each dev set")
    return parser


def fitted(groups: Mapping[str, Sequence[Asked]]) -> Linear:
    """The calibrated line for groups of examples, with its thresholds."""
    examples = [each for group in groups.values() for each in group]
    return thresholds(calibrate(fit(examples), examples), examples)


def thresholds(line: Linear, examples: Sequence[Asked]) -> Linear:
    """The same line with the thresholds that few answerable questions fall below."""
    same, crossing = (threshold(line, examples, crossing=crossing) for crossing in (False, True))
    return Linear(line.weights, line.biases, (same, crossing))


def fit(examples: Sequence[Asked]) -> Linear:
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
    return Linear(weights, scorer.bias.detach().numpy().astype(np.float64) - weights @ mean, (0.0, 0.0))


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


def scores(line: Linear, asked: Asked) -> Floats:
    """The log-odds of a question's candidates, (n,)."""
    rows = asked.crossing.astype(int)
    made: Floats = (asked.features * line.weights[rows]).sum(axis=1) + line.biases[rows]
    return made


def calibrate(line: Linear, examples: Sequence[Asked]) -> Linear:
    """The same line, stretched so that its logistic is the chance that the best one is right."""
    slope, shift = platt(line, examples)
    return Linear(line.weights * slope, line.biases * slope + shift, line.confidence)


def platt(line: Linear, examples: Sequence[Asked]) -> tuple[float, float]:
    """By what the log-odds of the best ones are to be multiplied, and what is to be added."""
    made = [scores(line, each) for each in examples]
    best = np.array([each.max() for each in made])[:, None]
    right = [bool(each.right[own.argmax()]) for each, own in zip(examples, made, strict=True)]
    fitted = LogisticRegression(C=1e6).fit(best, right)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def threshold(line: Linear, examples: Sequence[Asked], *, crossing: bool) -> float:
    """The probability below which to refuse, so that few answerable questions are refused.

    Of the questions whose passage is in the other language, or in the same.
    """
    best = [scores(line, each).max() for each in examples if not each.hidden and each.crosses is crossing]
    return logistic(float(np.quantile(best, _FALSE_REFUSALS)))


def describe(line: Linear, examples: Sequence[Asked]) -> dict[str, float]:
    """What a person would see: passages found, quotes that hold the answer, refusals."""
    visible = [each for each in examples if not each.hidden]
    ranked = [each.right[np.argsort(-scores(line, each))] for each in visible]
    refused = {
        hidden: [_is_refused(line, each) for each in examples if each.hidden is hidden]
        for hidden in (False, True)
    }
    return {
        "questions": len(visible),
        "passage R@5": float(np.mean([_found(line, each, 5) for each in visible])),
        "first quote": float(np.mean([right[0] for right in ranked])),
        "three quotes": float(np.mean([right[:3].any() for right in ranked])),
        "answerable refused": float(np.mean(refused[False])),
        "unanswerable refused": float(np.mean(refused[True])),
        "unanswerable refused if 5% of answerable were": _refused_at(line, examples, 0.05),
    }


def _found(line: Linear, asked: Asked, count: int) -> bool:
    """Whether the right article is among the first passages, by their best sentences."""
    order = np.argsort(-scores(line, asked))
    best = list(dict.fromkeys(asked.passages[order]))[:count]
    return bool(asked.of_case[np.isin(asked.passages, best)].any())


def _is_refused(line: Linear, asked: Asked) -> bool:
    least = np.array(line.confidence)[asked.crossing.astype(int)]
    return not bool((1 / (1 + np.exp(-scores(line, asked))) >= least).any())


def _refused_at(line: Linear, examples: Sequence[Asked], false_refusals: float) -> float:
    """The share of unanswerable questions refused by the threshold that refuses so many answerable ones."""
    best = {
        hidden: [scores(line, each).max() for each in examples if each.hidden is hidden]
        for hidden in (False, True)
    }
    return float(np.mean(np.array(best[True]) < np.quantile(best[False], false_refusals)))


def report(line: Linear, groups: Mapping[str, Sequence[Asked]]) -> None:
    """Print a row for each group, as a Markdown table."""
    rows = {name: describe(line, asked) for name, asked in groups.items()}
    titles = list(next(iter(rows.values())))
    print("| set | " + " | ".join(titles) + " |\n|" + "---|" * (len(titles) + 1))
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row.values()) + " |", flush=True)


def save(line: Linear, file: Path, features: tuple[str, ...]) -> None:
    """Write a line and say its thresholds."""
    line.save(file, features)
    same, crossing = line.confidence
    print(f"wrote {file.name}; refuses below {same:.3f}, across languages {crossing:.3f}")
