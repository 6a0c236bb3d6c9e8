"""What both bundled models share: the vectors of words, tokenizers and ONNX Runtime sessions.

The only module that knows ONNX Runtime and tokenizers.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from index.passages import Window
from index.text import Folded

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]
Loaded = TypeVar("Loaded")

MODELS = Path(__file__).parent / "models"
WORDS = MODELS / "words.npy"
TOKENIZER = MODELS / "encoder" / "tokenizer.json"

MOST_TOKENS = 320  # beyond them a sentence of a passage would add little
MOST_CHARACTERS = 16_000  # more than any window's tokens; tokenizing the rest would be for nothing


class Once(Generic[Loaded]):
    """What is costly to load: loaded at first use, and once, however many threads ask for it."""

    def __init__(self, load: Callable[[], Loaded]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._loaded: Loaded | None = None

    def __call__(self) -> Loaded:
        """What was loaded."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


class Words:
    """The models' vectors of words: (n, d) bytes with one scale, mapped, so that few are in memory."""

    def __init__(self) -> None:
        self._table = np.load(WORDS, mmap_mode="r")
        made = json.loads(WORDS.with_suffix(".json").read_text(encoding="utf-8"))
        self._scale, self._zero = np.float32(made["scale"]), np.float32(made["zero"])

    def __call__(self, ids: npt.NDArray[np.int64]) -> Vectors:
        """The vectors of some words, (t, d)."""
        found: Vectors = (self._table[ids].astype(np.float32) - self._zero) * self._scale
        return found


@cache
def words() -> Words:
    """The bundled table, shared by the encoder and the reader."""
    return Words()


def session(file: Path) -> InferenceSession:
    """A model that runs on one thread: texts, not the rows of a matrix, are shared among the cores."""
    # Its telemetry is read once, at import; this program talks to nobody but Telegram.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime  # noqa: PLC0415 - a fifth of a second that only encoding needs

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


@cache
def tokenizer(file: Path) -> Tokenizer:
    """A tokenizer that keeps `MOST_TOKENS` of a text, or of two, of which it cuts the longer.

    Loaded once for both models: its vocabulary is large.
    """
    from tokenizers import Tokenizer  # noqa: PLC0415 - as above

    made = Tokenizer.from_file(str(file))
    made.enable_truncation(MOST_TOKENS)
    made.no_padding()
    return made


def sentence_tokens(window: Window, copy: Folded, encoding: Any, *, part: int) -> npt.NDArray[np.bool_]:  # noqa: ANN401
    """Which tokens are of which sentence, (sentences, tokens); `part` is the window's place in the input.

    A sentence beyond the tokens that were kept has none.
    """
    starts = np.array([start for start, _ in encoding.offsets])
    own = np.array([sequence == part for sequence in encoding.sequence_ids])
    rows = np.zeros((len(window.sentences), len(starts)), dtype=np.bool_)
    for row, sentence in zip(rows, window.sentences, strict=True):
        first = copy.folded_offset(min(sentence.start, MOST_CHARACTERS))
        last = copy.folded_offset(min(sentence.end, MOST_CHARACTERS))
        row[:] = own & (starts >= first) & (starts < last)
    return rows
