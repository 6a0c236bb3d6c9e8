"""The page that `articlebot eval --report` writes, as a browser meets it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from bot.report import page
from index import Article, Case, Evaluation, Outcome, Quote, Span

ABOUT = {
    "file": "questions <of> mine.jsonl",
    "library": "/srv/library",
    "model": "bundled",
    "articles": 2,
    "passages": 5,
    "left_out": True,
    "day": "2026-01-31",
}
NASTY = "<script>alert('&')</script>"
ARTICLE = Article(
    "a1", f"Title {NASTY}", f"It cost 120 million {NASTY}. Nobody knows.", None, None, "en", None, "1"
)
SENTENCE, OTHER = (
    Span(0, len("It cost 120 million ") + len(NASTY) + 1),
    Span(len(ARTICLE.text) - 14, len(ARTICLE.text)),
)


def outcome(question: str, *answers: str, score: float, first: bool, **fields: Any) -> Outcome:  # noqa: ANN401 - whatever the record has
    case = Case("line 1", question, answers, ARTICLE, **fields)
    spans = (SENTENCE, OTHER) if first else (OTHER, SENTENCE)
    quotes = tuple(Quote(ARTICLE, span, score=score) for span in spans)
    return Outcome(case, 1, quotes, (score > 0.5,) * 2, tuple(map(case.is_right, quotes)), 0.02)


EVALUATION = Evaluation(
    (
        outcome("What did it cost?", "120 million", score=0.9, first=True),
        outcome(f"Why {NASTY}?", "120 million", score=0.8, first=False),
        outcome("花了多少錢？", "120 million", score=0.4, first=True),
        outcome("Who painted it?", score=0.7, first=True),
        outcome("What did it cost?", "120 million", score=0.6, first=True, hidden=True),
    )
)


class _Elements(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


@pytest.fixture(scope="module")
def html() -> str:
    return page(EVALUATION, ABOUT)


def test_it_needs_neither_network_nor_scripts(html: str) -> None:
    for tag, attributes in _Elements(html).found:
        assert tag not in {"script", "link", "img", "iframe"}
        assert not any(name.startswith("on") for name in attributes)
        assert all(
            (value or "").startswith("#")
            for name, value in attributes.items()
            if name in {"src", "href", "xlink:href"}
        )
    assert re.findall(r"url\((?!#)|@import", html) == []


def test_the_words_of_articles_and_questions_are_escaped(html: str) -> None:
    assert NASTY not in html
    assert "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;" in html
    assert "questions &lt;of&gt; mine.jsonl" in html


def test_the_four_curves_are_drawings_inside_the_page_in_its_own_colours(html: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(drawings) == 4
    for drawing in drawings:
        assert ET.fromstring(drawing).get("viewBox")
        assert "var(--ink)" in drawing
        assert not set(re.findall(r"(?:fill|stroke): (#\w+)", drawing)) - {"#ffffff"}
        assert "<metadata" not in drawing


def test_no_id_is_there_twice_and_every_reference_leads_somewhere(html: str) -> None:
    elements = _Elements(html).found
    ids = [str(attributes["id"]) for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:xlink:href="|url\()#([^")]+)', html)) <= set(ids)


def test_every_figure_is_there_with_its_interval(html: str) -> None:
    row = re.search(r"<tr><td>first quote holds the answer</td>.*?</tr>", html)
    assert row
    assert re.findall(r"<td>(.*?)</td>", row[0])[1] == "66.7%"
    assert all(each.about in html for each in EVALUATION.groups[0].measures)
    assert "zh→en" in html


def test_the_worst_are_told_with_what_was_quoted_and_wanted_and_why(html: str) -> None:
    cards = re.findall(r"<article>.*?</article>", html, re.DOTALL)
    assert [re.findall(r"<b>(.*?)</b>", card)[0] for card in cards] == [
        "wrong quote", "wrongly refused", "wrongly answered", "wrongly answered",
    ]  # fmt: skip
    wrong, refused, answered, _ = cards
    assert "Nobody knows." in wrong
    assert "120 million" in wrong
    assert "80%, and does not hold the answer. The 2nd quote does." in wrong
    assert "The quote was right, and at 40% not sure enough" in refused
    assert "the articles do not say it" in answered
    assert any("its article was left out" in card for card in cards)


def test_where_nothing_is_wrong_it_says_so() -> None:
    assert "None: every answer" in page(Evaluation(EVALUATION.outcomes[:1]), ABOUT)


def test_the_same_evaluation_makes_the_same_page(html: str) -> None:
    assert page(EVALUATION, ABOUT) == html


def test_light_and_dark_and_a_phones_width_are_provided_for(html: str) -> None:
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html
