"""What searching may expect of any encoder: a fake one, the bundled one, and one a user names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import EncoderError, Span
from index.encoder import BUNDLED, SentenceTransformersEncoder, load_encoder
from index.passages import Window
from index.text import sentences
from tests.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.encoder import Encoder

ROOT = Path(__file__).parents[2]
PROMPT = "question: "
ENGLISH = "The harbour line opens in May. It takes half an hour."
CHINESE = "港口線將於五月通車。全程三十一分鐘。"
TEXTS = [ENGLISH, CHINESE, "", " ", "五", "😀", "\u200b", "word " * 60]


_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


def _small_model(folder: Path, prompts: dict[str, str] | None = None) -> Path:
    """A random BERT of two layers that reads single characters, in a sentence-transformers folder."""
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415 - torch, for these tests alone

    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *map(chr, range(33, 127)),
        *"港口線將於五月通車全程",
    ]
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_attention_heads=2,
        intermediate_size=64,
        num_hidden_layers=2,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=128).save_pretrained(folder)
    pooling = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}
    for name, content in (
        ("modules.json", _MODULES),
        ("1_Pooling/config.json", pooling),
        ("config_sentence_transformers.json", {"prompts": prompts or {}}),
    ):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _small_model(tmp_path_factory.mktemp("plain") / "bert")


@pytest.fixture(scope="module", params=["fake", "bundled", "sentence-transformers"])
def make(request: pytest.FixtureRequest) -> Callable[[], Encoder]:
    """How to make the encoder; each test makes its own, so that nothing is left from another."""
    if request.param == "fake":
        return HashEncoder
    model = BUNDLED if request.param == "bundled" else str(request.getfixturevalue("small_model"))
    return lambda: load_encoder(model, threads=2)


@pytest.fixture
def encoder(make: Callable[[], Encoder]) -> Encoder:
    return make()


def window(text: str) -> Window:
    return Window(text, sentences(text))


def test_a_text_becomes_one_vector_of_unit_length(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_a_passage_and_its_sentences_become_vectors_of_unit_length(encoder: Encoder) -> None:
    for made, given in zip(encoder.encode_windows([window(text) for text in TEXTS]), TEXTS, strict=True):
        assert made.passage.shape == (encoder.dimension,)
        assert made.sentences.shape == (len(sentences(given)), encoder.dimension)
        lengths = np.linalg.norm(np.vstack([made.passage, made.sentences]), axis=1)
        np.testing.assert_allclose(lengths, 1, atol=1e-4)


def test_no_texts_become_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)
    assert encoder.encode_windows([]) == []


def test_a_vector_does_not_depend_on_the_other_texts_or_their_order(encoder: Encoder) -> None:
    together, reversed_ = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])[::-1]
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    np.testing.assert_allclose(together, reversed_, atol=1e-5)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_vectors_come_in_the_order_of_the_passages(encoder: Encoder) -> None:
    windows = [window(text) for text in (ENGLISH, CHINESE, "五", CHINESE)]
    made = encoder.encode_windows(windows)
    for given, vectors in zip(windows, made, strict=True):
        (alone,) = encoder.encode_windows([given])
        np.testing.assert_allclose(vectors.passage, alone.passage, atol=1e-5)
        np.testing.assert_allclose(vectors.sentences, alone.sentences, atol=1e-5)


def test_a_question_is_nearest_to_the_passage_of_the_same_words(encoder: Encoder) -> None:
    passages = np.vstack(
        [made.passage for made in encoder.encode_windows([window(ENGLISH), window(CHINESE)])]
    )
    assert list((encoder.encode([CHINESE, ENGLISH]) @ passages.T).argmax(axis=1)) == [1, 0]


def test_a_very_long_text_has_a_vector_too(encoder: Encoder) -> None:
    text = "長" * 100_000
    (made,) = encoder.encode_windows([Window(text, (Span(0, 10), Span(90_000, 100_000)))])
    assert np.isfinite(made.sentences).all()
    assert made.sentences.shape == (2, encoder.dimension)


def test_another_instance_is_the_same_model(make: Callable[[], Encoder], encoder: Encoder) -> None:
    other = make()
    assert (other.digest, other.name, other.dimension) == (encoder.digest, encoder.name, encoder.dimension)
    np.testing.assert_allclose(other.encode([ENGLISH]), encoder.encode([ENGLISH]), atol=1e-6)


# --- what holds for a model of the user's own ---


def test_a_model_keeps_its_digest_where_its_folder_goes(small_model: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    moved.symlink_to(small_model)
    assert (
        SentenceTransformersEncoder(str(moved)).digest == SentenceTransformersEncoder(str(small_model)).digest
    )


def test_another_model_under_the_same_name_has_another_digest(small_model: Path, tmp_path: Path) -> None:
    other = _small_model(tmp_path / "other")  # its weights are random, too
    assert (
        SentenceTransformersEncoder(str(other)).digest != SentenceTransformersEncoder(str(small_model)).digest
    )


def test_a_model_with_prompts_is_given_them(tmp_path: Path) -> None:
    folder = _small_model(tmp_path / "prompted", prompts={"query": PROMPT, "document": ""})
    encoder = SentenceTransformersEncoder(str(folder))
    asked = encoder.encode([ENGLISH])[0]
    np.testing.assert_allclose(
        asked, encoder.encode_windows([window(PROMPT + ENGLISH)])[0].passage, atol=1e-5
    )
    assert not np.allclose(asked, encoder.encode_windows([window(ENGLISH)])[0].passage, atol=1e-3)


def test_a_folder_that_is_no_model_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"hello": "world"}), encoding="utf-8")
    with pytest.raises(EncoderError, match=r"cannot be loaded .*give a folder .*\"bundled\"") as raised:
        SentenceTransformersEncoder(str(tmp_path)).encode([ENGLISH])
    assert str(tmp_path) in str(raised.value)


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="nothing-here"):
        assert SentenceTransformersEncoder(str(tmp_path / "nothing-here")).dimension


def test_a_hub_name_without_a_hub_is_given_up_at_once(tmp_path: Path) -> None:
    """The library's own five retries would take more than a minute."""
    script = "from index.encoder import load_encoder; load_encoder('no-such/model').encode(['a'])"
    # Nobody listens on port 9 of this machine.
    settings = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "EncoderError: the model 'no-such/model' cannot be loaded" in done.stderr
