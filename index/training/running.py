"""What the models trained by gradient descent share: their command line, and a run that can be stopped."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint


def command_line(description: str | None) -> argparse.ArgumentParser:
    """A parser of the folders that both commands take: what to start from, the data, and where to work."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("start", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    return parser


def _computes_bf16() -> bool:
    """Whether the machine computes bfloat16 itself; where it is imitated, a step takes 20 times as long."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))


def run(
    model: torch.nn.Module,
    made: torch.utils.data.Dataset[Any],
    collate: Callable[..., dict[str, torch.Tensor]],
    checkpoints: Path,
    **arguments: Any,  # noqa: ANN401 - the library's own
) -> None:
    """Train a model for an epoch, on from its last checkpoint if there is one.

    `arguments` are the library's, beside those that all models share.
    """
    checkpoints.mkdir(parents=True, exist_ok=True)
    settings = TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=1,
        weight_decay=0.01,
        lr_scheduler_type="linear",
        bf16=_computes_bf16(),
        save_total_limit=2,
        report_to=[],
        remove_unused_columns=False,
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        **arguments,
    )
    trainer = Trainer(model=model, args=settings, train_dataset=made, data_collator=collate)
    last: str | None = get_last_checkpoint(str(checkpoints))  # type: ignore[no-untyped-call] # the library types itself in part
    trainer.train(resume_from_checkpoint=last)
