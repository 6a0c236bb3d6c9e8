"""Train the reader: which sentence of a passage answers a question, which words of it, or none.

    python -m index.training.reader START --data DATA/train --work WORK [--from-round N]

START is a sentence-transformers folder (the encoder with its full weights), or for a later round
what the one before made (`index.training.restore` makes that of the shipped reader). WORK takes the
checkpoints and what each round made, in WORK/round-1/model and so on; the log is printed. A
run that was stopped goes on from its last checkpoint when started again.

A cross-encoder reads a question and a passage together. Every token gets three scores: how
much it belongs to a sentence that answers, and whether the answer begins or ends there. A
sentence's score is the mean of its tokens'. A passage's sentences compete with "none of
them", whose score is 0, so a score is a log-odds and passages can be compared; a passage
that does not answer teaches that. Such passages are mined: the ones nearest to the question
by the encoder that do not hold the answer and are not the right one in other words. Word
vectors stay as they are, and are shared with the encoder.

Every eighth passage, by its hash, is kept out for fitting the ranking over the reader.
Settings and mining: `index/training/examples.py`. Data: `index/training/cases.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer  # noqa: TC002 - types alone; training has it anyway
from transformers import BertConfig, BertModel, BertPreTrainedModel

from index.inference import TOKENIZER, tokenizer
from index.passages import Window
from index.reader import Sheet, lay_out
from index.training.examples import ROUNDS, Example, Settings, examples, glossed, training_cases
from index.training.glossing import Glosses
from index.training.running import command_line, run

# --- the model -----------------------------------------------------------------------------


class ReaderModel(BertPreTrainedModel):  # type: ignore[no-untyped-call] # the library types itself in part
    """A BERT over question and window, and three scores for every token: (batch, tokens, 3)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config)
        self.bert = BertModel(config, add_pooling_layer=False)
        size = self.config.hidden_size
        self.head = torch.nn.Sequential(
            torch.nn.Linear(size, size),
            torch.nn.GELU(),
            torch.nn.Dropout(ROUNDS[0].dropout),
            torch.nn.Linear(size, 3),
        )
        self.post_init()  # type: ignore[no-untyped-call] # as above

    def scores(self, **inputs: torch.Tensor) -> torch.Tensor:
        """Three scores for every token: (batch, tokens, 3)."""
        scored: torch.Tensor = self.head(self.bert(**inputs).last_hidden_state)
        return scored

    def forward(
        self, sentences: torch.Tensor, right: torch.Tensor, bounds: torch.Tensor, **inputs: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """The loss of a batch.

        `sentences` (b, s, t): which tokens are of which sentence; `right` (b, s + 1): which
        sentences hold the answer, the last column meaning none; `bounds` (b, 2, t): where the
        answer begins and ends.
        """
        scores = self.scores(**inputs).float()
        weights = sentences.float()
        counts = weights.sum(2)
        own = torch.einsum("bst,bt->bs", weights, scores[..., 0]) / counts.clamp(min=1)
        own = own.masked_fill(counts == 0, -1e9)
        own = torch.cat([own, torch.zeros(len(own), 1)], dim=1)
        loss = _marginal(own, right).mean()
        present = bounds[:, 0].any(1)
        if present.any():
            words = sentences.any(1)
            for which in (0, 1):
                among = scores[..., 1 + which].masked_fill(~words, -1e9)[present]
                loss = loss + ROUNDS[0].span_weight * _marginal(among, bounds[present, which]).mean()
        return {"loss": loss}


def _marginal(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Minus the log of the chance that one of the right ones is chosen, (b,)."""
    return scores.logsumexp(1) - scores.masked_fill(~right, -1e9).logsumexp(1)


# --- batches -------------------------------------------------------------------------------


class Examples(torch.utils.data.Dataset[dict[str, Any]]):
    """Examples laid out as tokens; "input_ids" is what the trainer takes their length from."""

    def __init__(self, made: Sequence[Example], own: Tokenizer) -> None:
        self._made: list[dict[str, Any]] = [
            {"input_ids": sheet.ids, "sheet": sheet, "example": each}
            for each in made
            for sheet in [lay_out(own, each.question, each.window)]
        ]

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, at: int) -> dict[str, Any]:
        return self._made[at]

    @property
    def tokens(self) -> int:
        """How many there are in all."""
        return sum(len(each["input_ids"]) for each in self._made)


def collate(batch: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """Padded tensors of a batch."""
    sheets = [each["sheet"] for each in batch]
    tokens = max(len(sheet.ids) for sheet in sheets)
    most = max(len(sheet.sentences) for sheet in sheets)
    ids, types, mask = torch.zeros(3, len(batch), tokens, dtype=torch.long)
    sentences = torch.zeros(len(batch), most, tokens, dtype=torch.bool)
    right = torch.zeros(len(batch), most + 1, dtype=torch.bool)
    bounds = torch.zeros(len(batch), 2, tokens, dtype=torch.bool)
    for at, (sheet, each) in enumerate(zip(sheets, batch, strict=True)):
        own, answer = each["example"].window, each["example"].answer
        count = len(sheet.ids)
        ids[at, :count] = torch.from_numpy(sheet.ids)
        types[at, :count] = torch.from_numpy(sheet.types)
        mask[at, :count] = 1
        sentences[at, : len(sheet.sentences), :count] = torch.from_numpy(sheet.sentences)
        holding = _holding(sheet, own, answer)
        right[at, : len(holding)] = torch.from_numpy(holding)
        right[at, most] = not holding.any()
        for first, last in _places(sheet, own, answer, holding):
            bounds[at, 0, first] = bounds[at, 1, last] = True
    return {
        "input_ids": ids,
        "token_type_ids": types,
        "attention_mask": mask,
        "sentences": sentences,
        "right": right,
        "bounds": bounds,
    }


def _holding(sheet: Sheet, own: Window, answer: str) -> npt.NDArray[np.bool_]:
    """Which sentences hold the answer and were not cut off, (s,)."""
    return np.array(
        [
            bool(answer) and answer in span.of(own.text) and bool(tokens.any())
            for span, tokens in zip(own.sentences, sheet.sentences, strict=True)
        ],
        dtype=np.bool_,
    )


def _places(sheet: Sheet, own: Window, answer: str, holding: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The first and last tokens of the answer, wherever it stands in a sentence that holds it."""
    places = []
    for sentence in np.flatnonzero(holding):
        start = own.text.index(answer, own.sentences[sentence].start)
        tokens = sheet.tokens_of(start, start + len(answer))
        if len(tokens):
            places.append((int(tokens[0]), int(tokens[-1])))
    return places


# --- training ------------------------------------------------------------------------------


def train(start: Path, data: Path, work: Path, first: int = 1) -> Path:
    """Train from START, each round from what the one before it made; the folder of the trained model."""
    made = start
    for number, settings in enumerate(ROUNDS[first - 1 :], start=first):
        own = work / f"round-{number}"
        if not (own / "model").exists():
            _round(made, data, own, settings)
        made = own / "model"
    return made


def _round(start: Path, data: Path, work: Path, settings: Settings) -> None:
    torch.manual_seed(settings.seed)
    cases = training_cases(data)
    if settings.glossed:
        own = Glosses.read(data / "dictionary.jsonl.gz")
        cases = glossed(cases, own, settings.glossed, settings.seed)
    made = Examples(examples(cases, settings), tokenizer(TOKENIZER))
    print(f"{settings}\n{len(made)} examples, {made.tokens:,} tokens", flush=True)
    model = ReaderModel.from_pretrained(
        start,
        attn_implementation="eager",
        dtype=torch.float32,
        hidden_dropout_prob=settings.dropout,
        attention_probs_dropout_prob=0.0,
    )
    model.bert.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    run(
        model,
        made,
        collate,
        work / "checkpoints",
        per_device_train_batch_size=settings.batch,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup,
        train_sampling_strategy="group_by_length",
        seed=settings.seed,
        logging_steps=25,
        save_steps=500,
    )
    model.save_pretrained(work / "model")


def main() -> None:
    """Train, as the arguments say."""
    parser = command_line(__doc__)
    parser.add_argument(
        "--from-round", type=int, default=1, metavar="N", help="START has been through those before"
    )
    arguments = parser.parse_args()
    print(train(arguments.start, arguments.data, arguments.work, arguments.from_round))


if __name__ == "__main__":
    main()
