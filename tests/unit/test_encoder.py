"""The bundled model: what its vectors are, and that they do not drift."""

from __future__ import annotations

import os
import shutil
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import EncoderError, Span, encoder
from index.encoder import BUNDLED_FOLDER, OnnxEncoder, SentenceTransformersEncoder, load_encoder
from index.inference import MOST_CHARACTERS, WORDS, words
from index.passages import Window
from index.text import fold, sentences

if TYPE_CHECKING:
    from pathlib import Path

    from index.encoder import Vectors

ENGLISH = "The harbour line opens in May."
TRADITIONAL = "港口線將於五月通車，全程三十一分鐘。"
SIMPLIFIED = "港口线将于五月通车，全程三十一分钟。"
PREFIXES = {
    ENGLISH: [0.0337, 0.0024, 0.0463, -0.0093, 0.0617],
    TRADITIONAL: [0.0385, -0.0053, 0.0093, -0.0435, 0.0020],
    SIMPLIFIED: [0.0385, -0.0053, 0.0093, -0.0435, 0.0020],
}


@pytest.fixture(scope="module")
def bundled() -> OnnxEncoder:
    return OnnxEncoder(BUNDLED_FOLDER, threads=2)


def cosine(bundled: OnnxEncoder, one: str, other: str) -> float:
    first, second = bundled.encode([one, other])
    return float(first @ second)


@pytest.mark.parametrize("text", PREFIXES)
def test_vectors_begin_as_they_did_when_the_model_was_bundled(bundled: OnnxEncoder, text: str) -> None:
    np.testing.assert_allclose(bundled.encode([text])[0][:5], PREFIXES[text], atol=2e-2)


def test_both_scripts_of_a_text_have_the_same_vector(bundled: OnnxEncoder) -> None:
    np.testing.assert_array_equal(*bundled.encode([TRADITIONAL, SIMPLIFIED]))


def test_a_text_is_nearer_to_its_translation_than_to_its_neighbours(bundled: OnnxEncoder) -> None:
    translated = cosine(bundled, ENGLISH, TRADITIONAL)
    assert translated > 0.4
    assert translated > cosine(bundled, ENGLISH, "今年的茶比去年甜。") + 0.2


def by_hand(bundled: OnnxEncoder, text: str, *cuts: Span) -> list[Vectors]:
    """Mean of the states of the tokens that begin in each cut of the folded text, of length one."""
    copy = fold(text)
    encoding = bundled._tokenizer().encode(copy.text)
    ids = np.array([encoding.ids], dtype=np.int64)
    (states,) = bundled._session().run(
        None, {"words": words()(ids[0])[None], "attention_mask": np.ones_like(ids)}
    )
    means = []
    for cut in cuts:
        own = [
            state
            for state, (start, end) in zip(states[0], encoding.offsets, strict=True)
            if start < end and copy.folded_offset(cut.start) <= start < copy.folded_offset(cut.end)
        ]
        mean = np.mean(own, axis=0)
        means.append(mean / np.linalg.norm(mean))
    return means


@pytest.mark.parametrize(
    "text",
    [
        "海港日報\n港口線五月通車。全程約31㎞，票價三元！He said it would be…cheap. 明年再延長。",
        "Title\nThe first train left at six. It was full. Nobody minded.",
    ],
)
def test_a_sentence_is_pooled_from_its_own_tokens_within_the_passage(bundled: OnnxEncoder, text: str) -> None:
    cuts = sentences(text)
    (made,) = bundled.encode_windows([Window(text, cuts)])
    np.testing.assert_allclose(made.sentences, by_hand(bundled, text, *cuts), atol=1e-5)


def test_a_sentence_knows_what_stands_around_it(bundled: OnnxEncoder) -> None:
    """That is what pooling late is for: the same words differ with the passage they are in."""
    it = "It cost three million."
    texts = [f"The bridge was built by the city. {it}", f"The film was shot in a week. {it}"]
    bridge, film = (bundled.encode_windows([Window(text, sentences(text))])[0].sentences[1] for text in texts)
    asked = bundled.encode(["How much was the bridge?"])[0]
    assert asked @ bridge > asked @ film


def test_a_sentence_beyond_the_window_has_its_passage_s_vector(bundled: OnnxEncoder) -> None:
    text = "開頭一句。" + "長" * 5000 + "。最後一句。"
    (made,) = bundled.encode_windows([Window(text, sentences(text))])
    assert len(made.sentences) == 3
    np.testing.assert_array_equal(made.sentences[2], made.passage)
    assert not np.allclose(made.sentences[1], made.passage)


def test_a_long_text_takes_no_longer_than_a_full_window(bundled: OnnxEncoder) -> None:
    full, long = "長" * MOST_CHARACTERS, "長" * 3_000_000
    bundled.encode([full])
    start = time.thread_time()
    np.testing.assert_array_equal(bundled.encode([long]), bundled.encode([full]))
    assert time.thread_time() - start < 5


def test_many_threads_that_ask_first_load_the_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    original = encoder.session

    def counting(file: Path) -> object:
        loaded.append(file)
        return original(file)

    monkeypatch.setattr(encoder, "session", counting)
    fresh = OnnxEncoder(BUNDLED_FOLDER, threads=1)
    askers = [threading.Thread(target=fresh.encode, args=([ENGLISH],)) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(loaded) == 1


def test_the_digest_changes_with_the_folding(bundled: OnnxEncoder, tmp_path: Path) -> None:
    """Vectors of text folded otherwise must not be compared, though the weights are the same."""
    shutil.copytree(BUNDLED_FOLDER, tmp_path / "encoder", copy_function=os.symlink)
    for name in (WORDS.name, WORDS.with_suffix(".json").name):
        (tmp_path / name).symlink_to(BUNDLED_FOLDER.parent / name)
    table = (BUNDLED_FOLDER.parent / "fold.json").read_bytes()
    (tmp_path / "fold.json").write_bytes(table)
    assert OnnxEncoder(tmp_path / "encoder").digest == bundled.digest
    (tmp_path / "fold.json").write_bytes(table + b" ")
    assert OnnxEncoder(tmp_path / "encoder").digest != bundled.digest


def test_an_installation_without_the_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"no model at .*install articlebot again"):
        OnnxEncoder(tmp_path)


def test_a_name_decides_who_encodes() -> None:
    assert isinstance(load_encoder("bundled"), OnnxEncoder)
    assert isinstance(load_encoder("BAAI/bge-m3"), SentenceTransformersEncoder)  # and loads nothing yet
