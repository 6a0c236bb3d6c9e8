"""A linear score that is a log-odds, with weights of its own for crossing languages."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights, biases and refusal thresholds for a shared language (row 0) and for crossing (row 1)."""

    weights: npt.NDArray[np.float64]
    biases: npt.NDArray[np.float64]
    confidence: tuple[float, float]

    @classmethod
    def load(cls, file: Path, features: tuple[str, ...]) -> Linear:
        """What training wrote; a ValueError if it was fitted for other features."""
        raw = json.loads(file.read_text(encoding="utf-8"))
        if tuple(raw["features"]) != features:
            raise ValueError(f"{file} was fitted for other features; fit it again (index/training)")
        return cls(np.array(raw["weights"]), np.array(raw["biases"]), tuple(raw["confidence"]))

    def save(self, file: Path, features: tuple[str, ...]) -> None:
        """Write it for `load`."""
        model = {
            "features": features,
            "weights": self.weights.round(5).tolist(),
            "biases": self.biases.round(5).tolist(),
            "confidence": [round(each, 4) for each in self.confidence],
        }
        file.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")

    def score(self, features: npt.NDArray[np.float32], *, crossing: bool) -> float:
        """The log-odds that what has these features, (f,), answers."""
        return float(self.weights[int(crossing)] @ features + self.biases[int(crossing)])

    def threshold(self, *, crossing: bool, wanted: float | None = None) -> float:
        """The least probability at which to quote: the one wanted, or the calibrated one."""
        return self.confidence[int(crossing)] if wanted is None else wanted


def logistic(score: float) -> float:
    """The probability, 0 to 1, of these log-odds, in a form that no score is too low for."""
    return (1 + math.tanh(score / 2)) / 2
