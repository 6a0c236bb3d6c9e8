"""A small reader that needs no model: a sentence answers a question whose words it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.keywords import question_terms, terms
from index.reader import Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.inference import Vectors
    from index.passages import Window


class WordReader:
    """Reads by counting; it never says which words of a sentence are the answer."""

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Read a question with each window."""
        wanted = {*question_terms(question)}
        return [self._read(wanted, window) for window in windows]

    def _read(self, wanted: set[str], window: Window) -> Reading:
        found = [
            len(wanted & {*terms(span.of(window.text))}) / max(1, len(wanted)) for span in window.sentences
        ]
        scores: Vectors = np.array(found, dtype=np.float32) * 20 - 10
        return Reading(scores, (None,) * len(found), scores, np.zeros(len(found), dtype=np.float32))
