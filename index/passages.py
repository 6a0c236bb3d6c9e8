"""An article's passages: runs of whole sentences, by their offsets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.furniture import furniture
from index.records import Article, Passage, Span
from index.text import CJK, sentences

# About as long as a paragraph of news, and well inside the encoder's window. A Chinese
# character weighs one, and so does a third of a word in other scripts.
WEIGHT = 250
_TITLE = 100  # characters of it that are read with each passage
_UNIT = re.compile(f"[{CJK}]|[^{CJK}\\s]{{1,3}}")
_WORDS = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Outline:
    """A passage and the sentences it is made of, as spans of the article's text."""

    passage: Passage
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """What a model reads of a passage: its words behind a title, and where its sentences stand.

    `sentences` are spans of `text`.
    """

    text: str
    sentences: tuple[Span, ...]


def window(outline: Outline) -> Window:
    """What is encoded, indexed and read of a passage: the article's title, then the passage."""
    head = f"{outline.passage.article.title[:_TITLE]}\n"
    shift = len(head) - outline.passage.span.start
    sentences = tuple(Span(each.start + shift, each.end + shift) for each in outline.sentences)
    return Window(head + outline.passage.text, sentences)


def weight(text: str) -> int:
    """How much of a passage a text fills, in Chinese characters or their equivalent."""
    return sum(1 for _ in _UNIT.finditer(text))


def outlines(article: Article) -> tuple[Outline, ...]:
    """The passages of an article with their sentences, in order; furniture is left out.

    A passage is as many whole, consecutive sentences as fit `WEIGHT`, and at least one.
    A sentence heavier than that is a passage of its own.
    """
    return tuple(
        Outline(Passage(article, Span(run[0].start, run[-1].end)), tuple(run)) for run in _runs(article.text)
    )


def _runs(text: str) -> Iterator[list[Span]]:
    run: list[Span] = []
    filled = 0
    for sentence, ends_run in _quotable(text):
        heavy = weight(sentence.of(text))
        if run and filled + heavy > WEIGHT:
            yield run
            run, filled = [], 0
        if _WORDS.search(sentence.of(text)):
            run.append(sentence)
            filled += heavy
        if run and ends_run:
            yield run
            run, filled = [], 0
    if run:
        yield run


def _quotable(text: str) -> Iterator[tuple[Span, bool]]:
    """The sentences without furniture, and whether furniture follows.

    Of a sentence with furniture glued to its end the front is left. What stands behind
    furniture in a sentence is left out, for it would begin in the middle.
    """
    furnished = iter(furniture(text))
    ahead = next(furnished, None)
    for sentence in sentences(text):
        while ahead is not None and ahead.end <= sentence.start:
            ahead = next(furnished, None)
        if ahead is None or sentence.end <= ahead.start:
            yield sentence, False
        else:
            front = text[sentence.start : max(sentence.start, ahead.start)].rstrip()
            yield Span(sentence.start, sentence.start + len(front)), True
