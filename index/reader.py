"""The reader: a question and a passage read together, to find the sentence and the words that answer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index.inference import (
    MODELS,
    MOST_CHARACTERS,
    TOKENIZER,
    Once,
    Vectors,
    sentence_tokens,
    session,
    tokenizer,
    words,
)
from index.passages import Window
from index.records import Span
from index.text import Folded, fold

if TYPE_CHECKING:
    from tokenizers import Tokenizer

READER_FILE = MODELS / "reader" / "model_qint8.onnx"
_LONGEST_ANSWER = 40  # tokens
_CUT_OFF = -1e4  # the score of what the reader has not seen
_QUESTION = 200  # characters: fewer tokens than half of what is read, so that it is the passage that is cut


@dataclass(frozen=True, slots=True)
class Sheet:
    """Question and window as tokens: ids (t,), types (t,), and which are of which sentence (s, t).

    `offsets` (t, 2) are where a token stands in the folded window, `copy`; -1 for the question's.
    """

    ids: npt.NDArray[np.int64]
    types: npt.NDArray[np.int64]
    sentences: npt.NDArray[np.bool_]
    offsets: npt.NDArray[np.int64]
    copy: Folded

    def tokens_of(self, start: int, end: int) -> npt.NDArray[np.intp]:
        """The tokens that stand in a stretch of the window's text."""
        first, last = self.copy.folded_offset(start), self.copy.folded_offset(end)
        return np.flatnonzero((self.offsets[:, 0] >= first) & (self.offsets[:, 1] <= last))

    def span(self, first: int, last: int) -> Span:
        """Where tokens `first` to `last` stand in the window's text."""
        return self.copy.original(Span(int(self.offsets[first, 0]), int(self.offsets[last, 1])))


def lay_out(own: Tokenizer, question: str, window: Window) -> Sheet:
    """A question and a window as the reader takes them."""
    copy = fold(window.text[:MOST_CHARACTERS])
    encoding = own.encode(fold(question[:_QUESTION]).text, copy.text)
    second = np.array([sequence == 1 for sequence in encoding.sequence_ids])
    return Sheet(
        np.array(encoding.ids, dtype=np.int64),
        np.array(encoding.type_ids, dtype=np.int64),
        sentence_tokens(window, copy, encoding, part=1),
        np.where(second[:, None], np.array(encoding.offsets, dtype=np.int64), -1),
        copy,
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a window: for each sentence the log-odds that it answers, (s,), and how.

    `words` are the likeliest answer's within each sentence, spans of the window's text, or
    None where the sentence was cut off; `sure` (s,) is how well they fit, and `lead` (s,) how
    much better than any others of the sentence.
    """

    scores: Vectors
    words: tuple[Span | None, ...]
    sure: Vectors
    lead: Vectors


class Reader(Protocol):
    """What answering needs of a reader."""

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Read a question with each window."""


class OnnxReader:
    """The bundled reader on ONNX Runtime: int8 weights, no torch; windows are read side by side."""

    def __init__(self, *, threads: int = 0) -> None:
        self._threads = threads or os.cpu_count() or 1
        self._session = Once(lambda: session(READER_FILE))
        self._tokenizer = Once(lambda: tokenizer(TOKENIZER))

    def read(self, question: str, windows: Sequence[Window]) -> list[Reading]:
        """Read a question with each window."""
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda window: self._read(question, window), windows))

    def _read(self, question: str, window: Window) -> Reading:
        sheet = lay_out(self._tokenizer(), question, window)
        inputs = {
            "words": words()(sheet.ids)[None],
            "attention_mask": np.ones((1, len(sheet.ids)), dtype=np.int64),
            "token_type_ids": sheet.types[None],
        }
        ((scores,),) = self._session().run(None, inputs)
        return reading(sheet, scores)


def reading(sheet: Sheet, scores: Vectors) -> Reading:
    """A window's token scores, (t, 3), put together by sentences."""
    counts = sheet.sentences.sum(axis=1)
    own = np.where(counts, sheet.sentences @ scores[:, 0] / np.maximum(counts, 1), _CUT_OFF)
    found = [_best_words(np.flatnonzero(tokens), scores) for tokens in sheet.sentences]
    return Reading(
        own.astype(np.float32),
        tuple(sheet.span(each.first, each.last) if each.sure > _CUT_OFF else None for each in found),
        np.array([each.sure for each in found], dtype=np.float32),
        np.array([each.lead for each in found], dtype=np.float32),
    )


class _Best(NamedTuple):
    """The first and last token of a sentence's likeliest answer, its score, and its lead over others."""

    first: int
    last: int
    sure: float
    lead: float


def _best_words(tokens: npt.NDArray[np.intp], scores: Vectors) -> _Best:
    if not len(tokens):
        return _Best(0, 0, _CUT_OFF, 0.0)
    places = np.arange(len(tokens))
    sums = scores[tokens, 1][:, None] + scores[tokens, 2][None, :]
    length = places[None, :] - places[:, None]
    sums[(length < 0) | (length >= _LONGEST_ANSWER)] = _CUT_OFF
    first, last = np.unravel_index(sums.argmax(), sums.shape)
    sure = float(sums[first, last])
    apart = (places[None, :] < first) | (places[:, None] > last)
    others = float(np.where(apart, sums, _CUT_OFF).max())
    return _Best(int(tokens[first]), int(tokens[last]), sure, sure - others)
