"""The picture of the model card is drawn from what was measured, and small."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from index.measures import Bin, calibration_error, reliability
from index.training import pictures


def measured(*steps: tuple[float, float, int]) -> dict[str, object]:
    bins = [{"confidence": sure, "right": right, "questions": count} for sure, right, count in steps]
    return {"curves": {"reliability": bins, "risk_coverage": {"coverage": [0.5, 1.0], "risk": [0.0, 0.25]}}}


def test_bins_of_two_sets_are_those_of_both_sets_questions_together() -> None:
    draw = np.random.default_rng(3)
    confidence = draw.random(300)
    right = draw.random(300) < confidence
    apart = [*reliability(confidence[:100], right[:100]), *reliability(confidence[100:], right[100:])]
    joined = pictures.together(apart)
    for one, other in zip(joined, reliability(confidence, right), strict=True):
        assert (one.confidence, one.right, one.count) == pytest.approx(
            (other.confidence, other.right, other.count)
        )
    assert pictures.calibration_error(joined) == pytest.approx(calibration_error(confidence, right))


def test_the_surest_answers_are_in_the_last_step() -> None:
    assert pictures.together([Bin(1.0, 1.0, 1), Bin(0.95, 0.0, 1)]) == (Bin(0.975, 0.5, 2),)


def test_a_picture_is_a_small_drawing_that_names_its_sets_and_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("drcd", "cmrc"):
        record = measured((0.2, 0.25, 40), (0.9, 0.85, 60))
        (tmp_path / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
    files = [str(tmp_path / "drcd.json"), str(tmp_path / "cmrc.json")]
    out, again = tmp_path / "picture.svg", tmp_path / "again.svg"
    pictures.main([*files, "--out", str(out)])
    pictures.main([*files, "--out", str(again)])
    assert out.read_bytes() == again.read_bytes()
    assert out.stat().st_size < 100_000
    text = "".join(ET.fromstring(out.read_text(encoding="utf-8")).itertext())
    assert "drcd (100)" in text
    assert "cmrc (100)" in text
    assert "200 questions, off by 0.050" in text
