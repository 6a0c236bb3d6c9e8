"""What is known of a sentence becomes a probability, and the model on disk fits the code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Library
from index.ranking import FEATURES, MODEL, candidates, ranking
from index.reader import OnnxReader
from index.search import prepare, search
from index.snapshot import Snapshot
from tests.encoders import HashEncoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

TEXT = "大橋開通\n\n大橋全長五百米，造價三億元。大橋幾時通車？市府說在三月。"
OTHER = "The library opened in 2021. It cost 40 million dollars. About 300 people work there."


@pytest.fixture
def snapshot(tmp_path: Path) -> Iterator[Snapshot]:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "bridge.txt").write_text(f"大橋\n{TEXT}", encoding="utf-8")
    (articles / "library.txt").write_text(f"Library\n{OTHER}", encoding="utf-8")
    (tmp_path / "library").mkdir()
    library = Library(
        tmp_path / "library", HashEncoder(), OnnxReader(), max_file_bytes=10**6, quotes=3, confidence=None
    )
    library.build([articles])
    with library, library._reading() as opened:
        yield opened


def features(question: str, snapshot: Snapshot) -> dict[str, dict[str, float]]:
    query = prepare(question, snapshot, HashEncoder())
    found = candidates(query, snapshot, search(query, snapshot, 10))
    return {
        each.span.of(each.article.text): dict(zip(FEATURES, each.features.tolist(), strict=True))
        for each in found
    }


def test_every_sentence_found_is_a_candidate_but_headings_are_not(snapshot: Snapshot) -> None:
    offered = features("大橋造價多少錢", snapshot)
    assert "大橋全長五百米，造價三億元。" in offered
    assert "It cost 40 million dollars." in offered
    assert "大橋開通" not in offered


def test_what_is_asked_of_the_subject_tells_its_sentences_apart(snapshot: Snapshot) -> None:
    offered = features("大橋造價多少錢", snapshot)
    right, wrong = offered["大橋全長五百米，造價三億元。"], offered["市府說在三月。"]
    assert right["focus_coverage"] > wrong["focus_coverage"]
    assert right["money"] == 1.0
    assert wrong["money"] == -1.0


def test_terms_in_the_other_language_count_by_their_translations(snapshot: Snapshot) -> None:
    offered = features("How long is the bridge, and what did it cost?", snapshot)
    right, wrong = offered["大橋全長五百米，造價三億元。"], offered["About 300 people work there."]
    assert right["sentence_coverage"] > 0.3 > wrong["sentence_coverage"]
    assert right["local_coverage"] > offered["市府說在三月。"]["local_coverage"]


def test_a_name_counts_as_there_in_the_other_language(snapshot: Snapshot) -> None:
    offered = features("What does the Bridge in Paris cost?", snapshot)
    assert 0.0 < offered["大橋全長五百米，造價三億元。"]["names_missing"] < 1.0


def test_a_question_in_the_article_asks_back(snapshot: Snapshot) -> None:
    assert features("大橋幾時通車", snapshot)["大橋幾時通車？"]["asks_back"] == 1.0


def test_figures_and_names_that_the_passage_lacks_are_missed(snapshot: Snapshot) -> None:
    offered = features("What did the Harbour Library cost in 1999?", snapshot)
    assert offered["It cost 40 million dollars."]["figures_missing"] == 1.0
    assert 0.0 < offered["It cost 40 million dollars."]["names_missing"] < 1.0


def test_all_features_are_finite_even_for_a_question_without_terms(snapshot: Snapshot) -> None:
    for row in features("what is it?", snapshot).values():
        assert np.isfinite(list(row.values())).all()


def row(**known: float) -> npt.NDArray[np.float32]:
    return np.array([known.get(name, 0.0) for name in FEATURES], dtype=np.float32)


def test_log_odds_grow_with_evidence() -> None:
    assert ranking().score(row(), crossing=False) < ranking().score(
        row(lead=0.5, focus_coverage=1), crossing=False
    )


def test_the_bundled_weights_are_for_the_features_of_this_code() -> None:
    raw = json.loads(MODEL.read_text(encoding="utf-8"))
    assert tuple(raw["features"]) == FEATURES
    assert np.shape(raw["weights"]) == (2, len(FEATURES))
    assert all(0.0 < confidence < 1.0 for confidence in raw["confidence"])
