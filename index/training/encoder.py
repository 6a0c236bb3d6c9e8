"""Tune the encoder for questions: towards the passage that answers, and the sentence within it.

    python -m index.training.encoder START --data DATA/train --work WORK

START is a sentence-transformers folder (a BERT with mean pooling; `index.training.restore` makes one of
the shipped encoder); WORK takes the checkpoints
and the tuned folder as WORK/model, which `index.training.export --encoder` takes; the log is
printed. A run that was stopped goes on from its last checkpoint when started again.

A batch holds several questions of each of a few subjects, so that the passages of the others
are hard negatives. Passages and sentences are pooled from one reading, as when indexing; every
sentence of the batch competes for the question. Parallel texts are drawn together meanwhile,
lest the languages part. All are contrasted within the batch (InfoNCE, van den Oord et al.
2018, https://arxiv.org/abs/1807.03748). Word vectors stay as they are: the reader shares them.
The outcome is the mean of the tuned weights and those begun from, which is better than either
(Wortsman et al. 2022, https://arxiv.org/abs/2109.01903).
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Encoding  # noqa: TC002 - types alone; training has it anyway
from transformers import BertModel

from index.inference import MOST_CHARACTERS, TOKENIZER, sentence_tokens, tokenizer
from index.passages import Window, outlines, window
from index.text import fold
from index.training.asking import is_chinese
from index.training.cases import Case, article_of, rows
from index.training.examples import training_cases
from index.training.running import command_line, run

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the outcome."""

    seed: int = 9
    questions: int = 28  # of a batch
    of_a_subject: int = 7
    pairs: int = 96  # parallel texts of a batch
    longest_pair: int = 300  # characters of its Chinese side
    whole_source: str = "wmt_news"  # the one that is most like articles
    of_other_sources: int = 3000  # parallel texts of each
    temperature: float = 0.05
    sentence_weight: float = 1.0
    pair_weight: float = 1.0
    learning_rate: float = 5e-5
    warmup: float = 0.06
    share: float = 0.35  # of the cases, drawn at random
    kept: float = 0.5  # of the weights begun from, in the outcome


SETTINGS = Settings()
_CLOSED = -1e4  # the score of what must not be chosen


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a window that answers it, and the answer's words in it."""

    case: Case
    window: Window

    @property
    def right(self) -> list[bool]:
        """Which of the window's sentences hold the answer."""
        return [self.case.answer in span.of(self.window.text) for span in self.window.sentences]


# --- batches -------------------------------------------------------------------------------


def examples(cases: Sequence[Case], settings: Settings) -> list[Example]:
    """The cases whose answer stands within a sentence, each with the first window that holds it."""
    windows: dict[tuple[str, str], list[Window]] = {}
    made = []
    for case in random.Random(settings.seed).sample(cases, round(len(cases) * settings.share)):
        key = case.context, case.title
        if key not in windows:
            windows[key] = [window(each) for each in outlines(article_of(*key))]
        of_case = [Example(case, each) for each in windows[key] if case.answer]
        made += [each for each in of_case if any(each.right)][:1]
    return made


def batches(made: Sequence[Example], settings: Settings) -> list[list[Example]]:
    """Examples in batches, each of a few subjects of one language, every example once."""
    draw = random.Random(settings.seed)
    subjects: dict[tuple[bool, str], list[Example]] = {}
    for each in draw.sample(made, len(made)):
        subjects.setdefault((is_chinese(each.case), each.case.title), []).append(each)
    size = settings.of_a_subject
    runs = [own[at : at + size] for own in subjects.values() for at in range(0, len(own), size)]
    draw.shuffle(runs)
    flat = [each for run in runs for each in run]
    return [flat[at : at + settings.questions] for at in range(0, len(flat), settings.questions)]


def pairs(path: Path, settings: Settings) -> list[tuple[str, str]]:
    """Parallel texts that are not too long, each with neighbours of its length, in a random order.

    Texts of one length are harder to tell apart, and cost no padding.
    """
    draw = random.Random(settings.seed)
    sources: dict[str, list[tuple[str, str]]] = {}
    for row in rows(path):
        if len(row["zh"]) <= settings.longest_pair:
            sources.setdefault(row["src"], []).append((row["en"], row["zh"]))
    chosen = []
    for name, own in sources.items():
        draw.shuffle(own)
        chosen += own if name == settings.whole_source else own[: settings.of_other_sources]
    chosen.sort(key=lambda pair: len(pair[1]))
    runs = [chosen[at : at + settings.pairs] for at in range(0, len(chosen), settings.pairs)]
    draw.shuffle(runs)
    return [pair for run in runs for pair in run]


class Batches(torch.utils.data.Dataset[dict[str, torch.Tensor]]):
    """Whole batches as tensors, made when they are asked for; see `EncoderModel.forward`."""

    def __init__(
        self, made: Sequence[Sequence[Example]], parallel: Sequence[tuple[str, str]], settings: Settings
    ) -> None:
        self._made = made
        self._parallel = parallel
        self._pairs = settings.pairs
        self._tokenizer = tokenizer(TOKENIZER)

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, at: int) -> dict[str, torch.Tensor]:
        own = self._made[at]
        start = at * self._pairs % max(1, len(self._parallel) - self._pairs)
        parallel = self._parallel[start : start + self._pairs]
        short = [each.case.question for each in own] + [text for pair in parallel for text in pair]
        copies = [fold(each.window.text[:MOST_CHARACTERS]) for each in own]
        encodings = [self._tokenizer.encode(copy.text) for copy in copies]
        parts = [
            sentence_tokens(each.window, copy, encoding, part=0)
            for each, copy, encoding in zip(own, copies, encodings, strict=True)
        ]
        sentences, right = _sentences(own, parts, max(len(each.ids) for each in encodings))
        texts = [{each.case.context, *each.case.others} for each in own]
        return {
            **_padded("short", [self._tokenizer.encode(fold(text).text) for text in short]),
            **_padded("windows", encodings),
            "sentences": sentences,
            "right": right,
            "same": torch.tensor([[bool(one & other) for other in texts] for one in texts]),
        }


def _padded(name: str, encodings: Sequence[Encoding]) -> dict[str, torch.Tensor]:
    longest = max(len(each.ids) for each in encodings)
    ids, mask = torch.zeros(2, len(encodings), longest, dtype=torch.long)
    for row, each in enumerate(encodings):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        mask[row, : len(each.ids)] = 1
    return {f"{name}_ids": ids, f"{name}_mask": mask}


def _sentences(
    own: Sequence[Example], parts: Sequence[npt.NDArray[np.bool_]], tokens: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Which tokens are of which sentence, (b, s, t), and which sentences answer, (b, s)."""
    most = max(len(each) for each in parts)
    sentences = torch.zeros(len(own), most, tokens, dtype=torch.bool)
    right = torch.zeros(len(own), most, dtype=torch.bool)
    for row, (each, part) in enumerate(zip(own, parts, strict=True)):
        sentences[row, : len(part), : part.shape[1]] = torch.from_numpy(part)
        right[row, : len(part)] = torch.tensor(each.right) & torch.from_numpy(part.any(axis=1))
    return sentences, right


def only_one(items: Sequence[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The one item of a batch, which is a batch already."""
    (item,) = items
    return item


# --- the model -----------------------------------------------------------------------------


class EncoderModel(torch.nn.Module):
    """An encoder's body, and the loss of a batch."""

    def __init__(self, body: torch.nn.Module, settings: Settings) -> None:
        super().__init__()
        self.body = body
        self._settings = settings

    def forward(  # noqa: PLR0917 - the trainer passes a batch by name
        self,
        short_ids: torch.Tensor,
        short_mask: torch.Tensor,
        windows_ids: torch.Tensor,
        windows_mask: torch.Tensor,
        sentences: torch.Tensor,
        right: torch.Tensor,
        same: torch.Tensor,
    ) -> dict[str, torch.Tensor]:
        """The loss of a batch.

        `short` are b questions, then p parallel texts, English and Chinese in turn; `windows`
        are the questions' (b, t); `sentences` (b, s, t) and `right` (b, s) as in `_sentences`;
        `same` (b, b) says whose texts are the same, in whichever language.
        """
        count = len(windows_ids)
        short = _pooled(self._states(short_ids, short_mask), short_mask[:, None])[:, 0]
        parts = torch.cat([windows_mask[:, None].bool(), sentences], dim=1)
        pooled = _pooled(self._states(windows_ids, windows_mask), parts)
        questions, english, chinese = short[:count], short[count::2], short[count + 1 :: 2]
        loss = self._passages(questions, pooled[:, 0], same)
        loss = loss + self._settings.sentence_weight * self._among_sentences(
            questions, pooled[:, 1:], sentences.any(2), right, same
        )
        return {"loss": loss + self._settings.pair_weight * self._drawn_together(english, chinese)}

    def _states(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        return states.float()

    def _passages(self, questions: torch.Tensor, passages: torch.Tensor, same: torch.Tensor) -> torch.Tensor:
        """Each question among the passages; its own text again, or translated, is no negative."""
        scores = questions @ passages.T / self._settings.temperature
        others = same & ~torch.eye(len(same), dtype=torch.bool)
        labels = torch.arange(len(scores))
        scores = scores.masked_fill(others, _CLOSED)
        return torch.nn.functional.cross_entropy(scores, labels)

    def _among_sentences(
        self,
        questions: torch.Tensor,
        sentences: torch.Tensor,
        present: torch.Tensor,
        right: torch.Tensor,
        same: torch.Tensor,
    ) -> torch.Tensor:
        """Each question among all sentences of the batch, its own passage's counted once."""
        scores = torch.einsum("qd,psd->qps", questions, sentences) / self._settings.temperature
        own = torch.eye(len(same), dtype=torch.bool)
        scores = scores.masked_fill(~present[None] | (same & ~own)[:, :, None], _CLOSED).flatten(1)
        answers = (own[:, :, None] & right[None]).flatten(1)
        known = answers.any(1)
        marginal = scores.logsumexp(1) - scores.masked_fill(~answers, _CLOSED).logsumexp(1)
        return marginal[known].mean() if known.any() else scores.sum() * 0

    def _drawn_together(self, english: torch.Tensor, chinese: torch.Tensor) -> torch.Tensor:
        scores = english @ chinese.T / self._settings.temperature
        labels = torch.arange(len(scores))
        both = [torch.nn.functional.cross_entropy(each, labels) for each in (scores, scores.T)]
        return torch.stack(both).mean()


def _pooled(states: torch.Tensor, parts: torch.Tensor) -> torch.Tensor:
    """Unit means of the tokens of each part: states (b, t, d), parts (b, p, t) to (b, p, d)."""
    sums = torch.einsum("bpt,btd->bpd", parts.float(), states)
    return torch.nn.functional.normalize(sums, dim=-1)


# --- training ------------------------------------------------------------------------------


def train(start: Path, data: Path, work: Path, settings: Settings) -> Path:
    """Tune the encoder in START; the folder of the tuned one."""
    torch.manual_seed(settings.seed)
    made = batches(examples(training_cases(data), settings), settings)
    parallel = pairs(data / "parallel.jsonl.xz", settings)
    print(f"{settings}\n{len(made)} batches, {len(parallel):,} parallel texts", flush=True)
    encoder = SentenceTransformer(
        str(start),
        model_kwargs={"attn_implementation": "eager"},
        config_kwargs={"attention_probs_dropout_prob": 0.0},
    ).float()
    body = encoder[0].auto_model
    assert isinstance(body, BertModel)
    body.embeddings.word_embeddings.requires_grad_(requires_grad=False)
    run(
        EncoderModel(body, settings),
        Batches(made, parallel, settings),
        only_one,
        work / "checkpoints",
        per_device_train_batch_size=1,
        learning_rate=settings.learning_rate,
        warmup_steps=settings.warmup,
        seed=settings.seed,
        logging_steps=20,
        save_steps=200,
    )
    return _save(body, start, work / "model", settings.kept)


def _save(body: BertModel, start: Path, target: Path, kept: float) -> Path:
    """The tuned weights, drawn back towards START, beside tokenizer and configuration as they were."""
    before = dict(BertModel.from_pretrained(start).named_parameters())
    with torch.no_grad():
        for name, parameter in body.named_parameters():
            parameter.lerp_(before[name].to(parameter), kept)
    shutil.copytree(start, target, dirs_exist_ok=True)
    body.save_pretrained(target)
    shutil.copy(start / "config.json", target)
    return target


def main() -> None:
    """Tune, as the arguments say."""
    arguments = command_line(__doc__).parse_args()
    print(train(arguments.start, arguments.data, arguments.work, SETTINGS))


if __name__ == "__main__":
    main()
