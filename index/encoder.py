"""Text to vectors. The only module that knows sentence-transformers.

The bundled encoder reads a passage once and pools its token vectors twice: over the whole
passage, and over each sentence ("late chunking", Guenther et al. 2024,
https://arxiv.org/abs/2409.04701). A sentence's vector so knows what its "he" and "it"
stand for, and costs nothing beyond the passage's own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.errors import EncoderError
from index.inference import (
    MODELS,
    MOST_CHARACTERS,
    Once,
    Vectors,
    sentence_tokens,
    session,
    tokenizer,
    words,
)
from index.passages import Window
from index.text import Folded, fold

BUNDLED = "bundled"
BUNDLED_FOLDER = MODELS / "encoder"
ONNX_FILE = Path("onnx") / "model_qint8.onnx"
_POOLING = b"1"  # raise it with any change to how texts become vectors: cached ones are then not used
_HUB_SECONDS = 10.0  # to hear whether a hub has a model, before the library's long round of retries


@dataclass(frozen=True, slots=True)
class WindowVectors:
    """Unit vectors of a passage, (d,), and of its sentences, (n, d)."""

    passage: Vectors
    sentences: Vectors


class Encoder(Protocol):
    """What searching needs of a model. Vectors have unit length, so a dot product is a cosine."""

    @property
    def name(self) -> str:
        """The model as the settings name it."""

    @property
    def digest(self) -> str:
        """Identifies the model: vectors of different digests are never compared."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector for each text, as questions are encoded, (n, d)."""

    def encode_windows(self, windows: Sequence[Window]) -> list[WindowVectors]:
        """The vectors of passages and of their sentences, in the order given."""


def load_encoder(model: str = BUNDLED, *, threads: int = 0) -> Encoder:
    """The encoder a name stands for: "bundled", or any sentence-transformers name or folder.

    `threads` 0 uses one per core. Raises EncoderError if it cannot be loaded.
    """
    if model == BUNDLED:
        return OnnxEncoder(BUNDLED_FOLDER, threads=threads)
    return SentenceTransformersEncoder(model, threads=threads)


class OnnxEncoder:
    """The bundled model on ONNX Runtime: int8 weights, mean pooling, no torch.

    Texts are encoded one by one, several at a time in threads of their own. In a batch the
    scale of the int8 numbers would depend on the other texts, and so would every vector;
    alone, a text always has the same one, and nothing is spent on padding.
    """

    name = BUNDLED

    def __init__(self, folder: Path, *, threads: int = 0) -> None:
        if not (folder / ONNX_FILE).is_file():
            raise EncoderError(f"no model at {folder / ONNX_FILE}; install articlebot again")
        self._folder = folder
        self._threads = threads or os.cpu_count() or 1
        self._session = Once(lambda: session(folder / ONNX_FILE))
        self._tokenizer = Once(lambda: tokenizer(folder / "tokenizer.json"))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the weights, the tokenizer, the folding, and the version of how we pool."""
        files = (
            self._folder / ONNX_FILE,
            self._folder / "tokenizer.json",
            *(self._folder.parent / name for name in ("fold.json", "words.npy", "words.json")),
        )
        hashed = hashlib.sha256(_POOLING)
        for file in files:
            hashed.update(file.read_bytes())
        return hashed.hexdigest()

    @cached_property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        config = json.loads((self._folder / "1_Pooling" / "config.json").read_text(encoding="utf-8"))
        return int(config["embedding_dimension"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text, (n, d)."""
        made = self.encode_windows([Window(text, ()) for text in texts])
        return np.array([vectors.passage for vectors in made], dtype=np.float32).reshape(-1, self.dimension)

    def encode_windows(self, windows: Sequence[Window]) -> list[WindowVectors]:
        """The vectors of passages and of their sentences, in the order given."""
        if len(windows) == 1 or self._threads == 1:
            return [self._encode(window) for window in windows]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._encode, windows))

    def _encode(self, window: Window) -> WindowVectors:
        copy = fold(window.text[:MOST_CHARACTERS])
        encoding = self._tokenizer().encode(copy.text)
        inputs = {
            "words": words()(np.array(encoding.ids))[None],
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
        }
        ((states,),) = self._session().run(None, inputs)
        pooled = _unit(_pooling_weights(window, copy, encoding) @ states)
        return WindowVectors(pooled[0], pooled[1:])


def _pooling_weights(window: Window, copy: Folded, encoding: Any) -> Vectors:  # noqa: ANN401
    """Row 0 takes every token, each further row those of one sentence; (1 + n, tokens).

    A sentence beyond the encoder's window takes every token: the passage's vector stands in.
    """
    everything = np.ones((1, len(encoding.ids)), dtype=np.float32)
    sentences = sentence_tokens(window, copy, encoding, part=0).astype(np.float32)
    sentences[~sentences.any(axis=1)] = 1
    return np.concatenate([everything, sentences])


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


class SentenceTransformersEncoder:
    """Any encoder sentence-transformers can load, by hub name or local folder.

    Models pool in ways of their own, so passages and sentences are encoded one by one. A
    model that has prompts for questions and for documents is given them.
    """

    def __init__(self, model: str, *, threads: int = 0) -> None:
        self.name = model
        self._model = Once(lambda: _sentence_transformer(model, threads))

    @cached_property
    def _folding(self) -> bool:
        return (Path(self.name) / "fold.json").is_file()

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the model's parts and weights: it stays when the model's folder moves."""
        model = self._model()
        hashed = hashlib.sha256(json.dumps([repr(model), model.prompts, self._folding]).encode())
        for key, tensor in sorted(model.state_dict().items()):
            hashed.update(key.encode())
            hashed.update(tensor.detach().cpu().float().numpy().tobytes())
        return hashed.hexdigest()

    @cached_property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self.encode([""]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text, (n, d)."""
        return self._encode(self._model().encode_query, texts)

    def encode_windows(self, windows: Sequence[Window]) -> list[WindowVectors]:
        """The vectors of passages and of their sentences, in the order given."""
        texts = [window.text for window in windows]
        parts = [span.of(window.text) for window in windows for span in window.sentences]
        vectors = self._encode(self._model().encode_document, [*texts, *parts])
        cuts = np.cumsum([len(windows), *(len(window.sentences) for window in windows)])
        sentences = np.split(vectors, cuts)[1:-1]
        return [WindowVectors(vectors[i], sentences[i]) for i in range(len(windows))]

    def _encode(self, encode: Callable[..., Any], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        copies = [fold(text).text for text in texts] if self._folding else list(texts)
        vectors = encode(copies, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def _sentence_transformer(model: str, threads: int) -> Any:  # noqa: ANN401 - the library's type stays here
    try:
        import torch  # noqa: PLC0415 - five seconds that only a user who names a model pays

        if threads:
            torch.set_num_threads(threads)
        return _local_or_downloaded(model)
    except Exception as error:
        raise EncoderError(
            f"the model {model!r} cannot be loaded ({_first_line(error)}); give a folder that "
            f'sentence-transformers can load, a hub name while online, or "{BUNDLED}"'
        ) from error


def _local_or_downloaded(model: str) -> Any:  # noqa: ANN401 - as above
    """A folder or a model in the hub's cache as it is; another, if the hub answers and has it."""
    from huggingface_hub import HfApi  # noqa: PLC0415 - as torch
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as torch

    if Path(model).exists():
        return SentenceTransformer(model, local_files_only=True)
    try:
        return SentenceTransformer(model, local_files_only=True)
    except (OSError, ValueError):
        HfApi().model_info(model, timeout=_HUB_SECONDS)
        return SentenceTransformer(model)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
