"""The worst answers as `articlebot eval --worst` lists them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.mistakes import mistake_records, mistakes_text
from bot.terminal import Style
from index import Article, Case, Evaluation, Outcome, Quote, Span

ARTICLE = Article(
    "a1", "The new bridge", "It cost 120\tmillion. \x1b[2JNobody knows.", None, None, "en", "b.txt", "1"
)
COST, NOBODY = Span(0, 20), Span(21, len(ARTICLE.text))
PIPE = Style()


def outcome(
    *spans: Span,
    score: float = 0.9,
    rank: int = 1,
    answers: tuple[str, ...] = ("120 million",),
    hidden: bool = False,
) -> Outcome:
    case = Case("line 7", "What did it cost?", answers, ARTICLE, hidden=hidden)
    quotes = tuple(Quote(ARTICLE, span, score=score) for span in spans)
    return Outcome(case, rank, quotes, (score > 0.5,) * len(quotes), tuple(map(case.is_right, quotes)), 0.02)


def listed(*outcomes: Outcome, style: Style = PIPE) -> list[str]:
    return mistakes_text(Evaluation(outcomes), 100, style).splitlines()


def test_a_mistake_has_question_answer_every_quote_with_its_probability_and_the_sentence_wanted() -> None:
    assert listed(outcome(NOBODY, COST, rank=3)) == [
        "1. wrong quote · line 7 · en→en",
        "   Q    What did it cost?",
        "   A    120 million",
        "   1    90% wrong: \x1b[2JNobody knows.  [The new bridge — b.txt]",
        "   2    90% right: It cost 120 million.  [The new bridge — b.txt]",
        "   gold in passage 3 of twenty: It cost 120 million.",
    ]


def test_what_searching_missed_is_told_from_what_was_chosen_wrongly() -> None:
    assert listed(outcome(NOBODY, rank=0))[-1] == "   gold in none of the twenty passages found"


def test_a_quote_that_a_person_would_not_see_is_marked() -> None:
    lines = listed(outcome(COST, score=0.2))
    assert lines[0].startswith("1. wrongly refused")
    assert "20% right, not shown:" in lines[3]


@pytest.mark.parametrize(
    ("of", "told"),
    [
        ({"hidden": True}, "none: the article that answers was left out"),
        ({"answers": ()}, "none: the articles do not say it"),
    ],
)
def test_where_a_refusal_was_right_there_is_no_sentence_to_be_wanted(of: dict[str, Any], told: str) -> None:
    lines = listed(outcome(COST, **of))
    assert lines[0].startswith("1. wrongly answered")
    assert lines[2] == f"   A    {told}"
    assert not any("gold" in line for line in lines)


def test_an_article_cannot_write_to_the_terminal() -> None:
    assert not any("\x1b" in line for line in listed(outcome(NOBODY), style=Style(screen=True)))


def test_no_mistake_is_told_as_such() -> None:
    assert listed(outcome(COST)) == ["No answer was wrong."]


def test_as_many_are_listed_as_were_wanted_and_other_tools_read_the_same() -> None:
    evaluation = Evaluation((outcome(NOBODY), outcome(NOBODY, COST, rank=0), outcome(COST)))
    assert mistakes_text(evaluation, 1, PIPE).count("line 7") == 1
    first, second = mistake_records(evaluation, 5)
    assert (first["fault"], first["rank"], first["sentence"]) == ("wrong quote", 1, "It cost 120\tmillion.")
    assert (second["rank"], second["sentence"]) == (0, None)
    assert second["quotes"] == [
        {"text": NOBODY.of(ARTICLE.text), "score": 0.9, "shown": True, "right": False},
        {"text": "It cost 120\tmillion.", "score": 0.9, "shown": True, "right": True},
    ]
