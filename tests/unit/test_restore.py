"""Whoever trains on from the shipped files starts from what they say, not from chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("onnx", reason="training's own extra")
pytest.importorskip("accelerate", reason="training's own extra")

from index.encoder import BUNDLED_FOLDER
from index.training.export import encoder_parity, reader_parity
from index.training.restore import restore_encoder, restore_reader

if TYPE_CHECKING:
    from pathlib import Path


def test_a_restored_encoder_gives_the_vectors_of_the_shipped_one(tmp_path: Path) -> None:
    restore_encoder(tmp_path / "encoder")
    assert encoder_parity(tmp_path / "encoder", BUNDLED_FOLDER).min() > 0.98


def test_a_restored_reader_gives_the_scores_of_the_shipped_one(tmp_path: Path) -> None:
    restore_reader(tmp_path / "reader")
    assert reader_parity(tmp_path / "reader").mean() < 0.5
