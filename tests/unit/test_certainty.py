"""How likely the first sentence is to answer is told by its whole article, too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Library
from index.certainty import FEATURES, MODEL, STRANGER, _shares, certainty, judge, known, order
from index.encoder import load_encoder
from index.linear import logistic
from index.mentions import mentioned, strangers
from index.reader import OnnxReader
from index.search import Found, prepare, search
from index.verdict import Considered, consider, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index.search import Query
    from index.snapshot import Snapshot

QUESTION = "How much did the bridge cost?"
AT_GOOGLE = "How many people work at Google?"
AT_XIAOMI = "How much does Xiaomi plan to spend on R&D?"


@pytest.fixture(scope="module")
def snapshot(sample_library: Path) -> Iterator[Snapshot]:
    with Library.open(sample_library) as library, library._reading() as opened:
        yield opened


def asked(question: str, snapshot: Snapshot) -> tuple[Query, tuple[Found, ...], list[Considered]]:
    query = prepare(question, snapshot, load_encoder())
    found = search(query, snapshot, 20)
    return query, found, consider(query, snapshot, found, OnnxReader())


def of(question: str, snapshot: Snapshot) -> list[dict[str, float]]:
    """What is known of each candidate, by the features' names."""
    query, _, read = asked(question, snapshot)
    strange = strangers(query, snapshot, {each.candidate.row for each in read})
    return [dict(zip(FEATURES, known(query, snapshot, each, strange).tolist(), strict=True)) for each in read]


@pytest.mark.parametrize("question", [QUESTION, AT_GOOGLE, AT_XIAOMI])
def test_the_first_is_as_likely_as_all_that_is_known_makes_it_and_the_others_as_much_less_as_before(
    question: str, snapshot: Snapshot
) -> None:
    query, found, read = asked(question, snapshot)
    strange = strangers(query, snapshot, {each.candidate.row for each in read})
    scores = order(read, strange)
    best = read[int(np.argmax(scores))]
    off = STRANGER * (best.candidate.row in strange)
    crossing = not best.candidate.same_language
    sure = certainty().score(known(query, snapshot, best, strange), crossing=crossing) - off
    judged = [each.probability for each in judge(query, snapshot, found, OnnxReader())]
    by_verdict = np.array([logistic(score) for score in scores])
    assert all(0 < probability < 1 for probability in judged)
    assert max(judged) == pytest.approx(logistic(sure))
    assert judged == pytest.approx(logistic(sure) * by_verdict / by_verdict.max())


def test_sentences_that_no_reader_could_reach_come_to_nothing_and_not_to_an_error() -> None:
    far = np.array([-2e6, -2e6 - 50.0])
    assert _shares(far) == pytest.approx([1.0, 0.0])


def test_who_mentions_nobody_that_was_asked_about_comes_later(snapshot: Snapshot) -> None:
    query, _, read = asked("Did Google buy Xiaomi?", snapshot)
    strange = strangers(query, snapshot, {each.candidate.row for each in read})
    assert {each.candidate.row in strange for each in read} == {True, False}
    for each, score in zip(read, order(read, strange), strict=True):
        own = verdict().score(each.features, crossing=not each.candidate.same_language)
        assert score == pytest.approx(own - STRANGER * (each.candidate.row in strange))


def test_a_name_that_an_article_never_mentions_is_missed_and_one_that_it_does_is_not(
    snapshot: Snapshot,
) -> None:
    assert all(each["article_name_missing"] == each["stranger"] == 1.0 for each in of(AT_GOOGLE, snapshot))
    mentions = [each for each in of(AT_XIAOMI, snapshot) if not each["stranger"]]
    assert mentions
    assert all(each["article_name_missing"] < 1.0 for each in mentions)


def test_shares_lie_between_nought_and_one_even_for_a_question_without_terms(snapshot: Snapshot) -> None:
    shares = [name for name in FEATURES if name.startswith("article_")]
    for question in (QUESTION, AT_GOOGLE, AT_XIAOMI, "what is it?"):
        for each in of(question, snapshot):
            assert all(np.isfinite(list(each.values())))
            assert all(0.0 <= each[name] <= 1.0 for name in shares)


def test_an_article_holds_what_any_of_its_passages_does(snapshot: Snapshot) -> None:
    query = prepare(AT_XIAOMI, snapshot, load_encoder())
    numbers = sorted(set(snapshot.tables.articles.tolist()))
    rows = [np.flatnonzero(snapshot.tables.articles == number) for number in numbers]
    wording = query.own.wording
    passages = [np.stack([mentions_of(int(row), query, snapshot) for row in own]) for own in rows]
    held = mentioned(wording, snapshot, numbers)
    assert np.array_equal(held, [own.max(axis=0) for own in passages])
    assert any((own.min(axis=0) < own.max(axis=0)).any() for own in passages)


def mentions_of(row: int, query: Query, snapshot: Snapshot) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How much of each term of a question in its own words one passage holds, by the postings."""
    words = {word for word in query.own.wording.written if row in snapshot.keywords.holding(word)[0]}
    return query.own.wording.held(frozenset(words))


def test_nothing_found_is_nothing_judged(snapshot: Snapshot) -> None:
    query = prepare(QUESTION, snapshot, load_encoder())
    assert judge(query, snapshot, (), OnnxReader()) == []


def test_the_bundled_weights_are_for_the_features_of_this_code_and_trust_the_reader() -> None:
    raw = json.loads(MODEL.read_text(encoding="utf-8"))
    assert tuple(raw["features"]) == FEATURES
    assert all(0.0 < confidence < 1.0 for confidence in certainty().confidence)
    weak, strong = np.zeros((2, len(FEATURES)), dtype=np.float32)
    strong[FEATURES.index("reader")] = strong[FEATURES.index("passage")] = 5.0
    for crossing in (False, True):
        assert certainty().score(strong, crossing=crossing) > certainty().score(weak, crossing=crossing)
