"""The reader scores every sentence of a window, and points at words that stand in it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.inference import MODELS, TOKENIZER, tokenizer
from index.passages import Window
from index.reader import READER_FILE, OnnxReader, lay_out, reading
from index.records import Span

TITLE = "Harbour bridge\n"
FIRST = "The bridge opened in 1998 after four years of work."
SECOND = " Its builders spent 300 million dollars."
CHINESE = "大橋通車\n大橋全長五百米。造價為三億元，由市府出資。"


def window_of(title: str, *sentences: str) -> Window:
    spans, text = [], title
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence)))
        text += sentence
    return Window(text, tuple(spans))


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return OnnxReader(threads=1)


def test_the_sentence_that_answers_scores_highest_within_and_across_languages(reader: OnnxReader) -> None:
    english = window_of(TITLE, FIRST, SECOND)
    for question, best in (
        ("When did the bridge open?", 0),
        ("How much money was spent?", 1),
        ("大橋是哪一年啟用的？", 0),
    ):
        assert int(reader.read(question, [english])[0].scores.argmax()) == best, question


def test_its_words_stand_in_their_sentence(reader: OnnxReader) -> None:
    window = window_of("大橋通車\n", "大橋全長五百米。", "造價為三億元，由市府出資。")
    (made,) = reader.read("How much did the bridge cost?", [window])
    for words, sentence in zip(made.words, window.sentences, strict=True):
        assert words is not None
        assert sentence.contains(words)
        assert words.of(window.text).strip()


def test_both_scripts_read_the_same(reader: OnnxReader) -> None:
    traditional = window_of("大橋通車\n", "大橋全長五百米。", "造價為三億元。")
    simplified = window_of("大桥通车\n", "大桥全长五百米。", "造价为三亿元。")
    one, other = reader.read("造價多少？", [traditional])[0], reader.read("造价多少？", [simplified])[0]
    assert np.array_equal(one.scores, other.scores)
    assert one.words == other.words


def test_a_window_reads_the_same_alone_and_beside_others(reader: OnnxReader) -> None:
    windows = [window_of(TITLE, FIRST, SECOND), window_of("大橋\n", "造價為三億元，由市府出資。")]
    together = OnnxReader(threads=2).read("How much?", windows)
    for window, made in zip(windows, together, strict=True):
        assert np.array_equal(reader.read("How much?", [window])[0].scores, made.scores)


def test_a_sentence_beyond_the_window_has_no_words_and_no_chance(reader: OnnxReader) -> None:
    window = window_of(
        "Long\n", *(f"Sentence number {at} says nothing at all of interest. " for at in range(80))
    )
    (made,) = reader.read("Who?", [window])
    assert made.words[-1] is None
    assert made.scores[-1] < made.scores[0] - 100
    assert made.words[0] is not None


@given(st.text(min_size=1, max_size=300), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
@settings(max_examples=60)
def test_any_question_and_any_text_are_read(question: str, sentences: list[str]) -> None:
    window = window_of("t\n", *sentences)
    sheet = lay_out(tokenizer(TOKENIZER), question, window)
    made = reading(sheet, np.zeros((len(sheet.ids), 3), dtype=np.float32))
    assert len(made.scores) == len(made.words) == len(sentences)
    for words in made.words:
        assert words is None or words.end <= len(window.text)


def test_words_that_fit_as_well_as_others_do_not_lead() -> None:
    window = window_of("t\n", "one two three four")
    sheet = lay_out(tokenizer(TOKENIZER), "which?", window)
    scores = np.zeros((len(sheet.ids), 3), dtype=np.float32)
    assert reading(sheet, scores).lead.tolist() == [0.0]
    three = np.flatnonzero(sheet.sentences[0])[2]
    scores[three, 1:] = 4.0
    made = reading(sheet, scores)
    assert made.words[0] is not None
    assert made.words[0].of(window.text) == "three"
    assert made.lead.tolist() == [8.0]


def test_no_torch_is_imported_to_read() -> None:
    code = (
        "import sys; from index.reader import OnnxReader; from index.passages import Window; "
        "from index.records import Span; "
        "OnnxReader().read('who?', [Window('t\\nHe did.', (Span(2, 9),))]); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_reader_is_at_most_forty_megabytes_with_the_words_it_shares() -> None:
    assert READER_FILE.stat().st_size + (MODELS / "words.npy").stat().st_size <= 40_000_000
