"""What must hold whatever bytes come, one function for each part that strangers' bytes reach.

Each takes bytes, and raises only if something is wrong. The suite tries them with Hypothesis
(`tests/hostile/test_fuzz.py`), and `python -m tests.fuzz` for as long as one likes with atheris.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache, partial
from itertools import pairwise
from pathlib import Path

from bot.cutting import shorten, trim, units
from bot.jsonlines import json_object
from bot.links import source_address, text_fragment
from bot.listings import Shelf, shelf_view
from bot.outgoing import LIMIT
from bot.render import answer_message, context_message
from bot.state import State
from bot.terminal import Style, article_text, result_text
from bot.texts import LANGUAGES, texts_in
from config import Settings, SettingsError, load_settings
from index import Answer, Article, ArticleError, Listing, Quote, Span, language_of, surroundings, web_address
from index.agreement import Statement, differ, same
from index.decoding import normalise
from index.dialogue import understood
from index.figures import aids
from index.filters import filtered
from index.furniture import furniture
from index.parsers import Parsed, parse
from index.passages import outlines, window
from index.sentences import sentences
from index.text import fold
from tests.bot_api import checked_entities

CHARACTERS = 1_000_000
DAY = date(2025, 12, 1)


def words_of(data: bytes) -> str:
    """Text out of bytes, any text there is but U+0000."""
    half = len(data) % 4 == 1
    return (data.decode("utf-16-le", "replace") if half else data.decode("utf-8", "replace")).replace(
        "\0", " "
    )


def _check(holds: object) -> None:
    assert holds


# --- readers ---


def read(suffix: str, data: bytes) -> None:
    """A file is read, or refused in a sentence."""
    try:
        with _quiet():
            parsed = parse(data, suffix, f"name{suffix}", characters=CHARACTERS)
    except ArticleError as error:
        _check(str(error))
        return
    _check_parsed(parsed)


def _check_parsed(parsed: Parsed) -> None:
    assert parsed.text.strip()
    assert normalise(parsed.text) == parsed.text
    for line in (parsed.title, parsed.source, parsed.author):
        assert line is None or (len(line) <= 300 and line == " ".join(normalise(line).split()))
    assert parsed.url is None or web_address(parsed.url) == parsed.url
    assert "\ud800" not in parsed.text.encode().decode()


class _quiet(warnings.catch_warnings):  # noqa: N801 -- used as a function
    """No warnings nor log lines of parsers'; in the child there are none either."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")
        logging.disable()

    def __exit__(self, *problem: object) -> None:
        logging.disable(logging.NOTSET)
        super().__exit__(*problem)


# --- texts ---


def cut(data: bytes) -> None:
    """Sentences, passages and furniture are stretches of the text, and folding finds its way back."""
    text = normalise(words_of(data))
    spans = sentences(text)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    kept = "".join("".join(span.of(text).split()) for span in spans)
    assert kept == "".join(text.split())
    assert all(0 <= span.start < span.end <= len(text) for span in furniture(text))
    _check_fold(text)
    article = Article("a", "Title", text, None, None, language_of(text), None, "d")
    for outline in outlines(article):
        assert outline.passage.text == text[outline.passage.span.start : outline.passage.span.end]
        assert all(outline.passage.span.contains(span) for span in outline.sentences)
        made = window(outline)
        assert len(made.sentences) == len(outline.sentences)
    for span in spans[:5]:
        assert surroundings(text, span, 2).contains(span)


def _check_fold(text: str) -> None:
    folded = fold(text)
    assert folded.folded_offset(len(text)) == len(folded.text)
    for at in range(0, len(folded.text), max(1, len(folded.text) // 50)):
        back = folded.original(Span(at, at + 1))
        assert 0 <= back.start < back.end <= len(text)
        assert folded.text[at] in fold(back.of(text)).text


def compare(data: bytes) -> None:
    """Figures are explained and statements compared, whatever they say."""
    text = words_of(data)
    half = len(text) // 2
    for language in ("en", "zh-Hant"):
        for aid in aids(text, Span(0, len(text)), language):
            assert aid.span.of(text).strip()
            assert aid.text
    one, other = Statement(text[:half], DAY, text[:9]), Statement(text[half:], None, text[:9])
    same(one, other, 0.9)
    differ(one, other, 0.9, on_times=True)


def ask(data: bytes) -> None:
    """A question is understood, in a dialogue and with its filters."""
    text = words_of(data)
    half = len(text) // 2
    understood(text[:half], (text[half:], "how much did it cost in 2024?"))
    found = filtered(text, DAY, ("Harbour Daily", "新華社", text[:12]))
    assert isinstance(found.text, str)


# --- messages ---


def render(data: bytes) -> None:
    """Telegram takes every message, and a quote in it is the article's words or a stretch of them."""
    text = words_of(data)
    if len(text) < 8 or not text[2:-2].strip():
        return
    times = 1 + data[0] % 40
    article = Article("a", text[: data[1]], text * times, text[:40], DAY, "en", text[-30:], "d", None)
    start = data[2] % (len(text) - 1)
    span = Span(start, len(article.text) - data[3] % 3)
    if not span.of(article.text).strip():
        return
    middle = min(span.start + data[4] * times, span.end)
    quote = Quote(
        article,
        span,
        Span(span.start, middle),
        0.5,
        aids(article.text, Span(span.start, middle), "zh-Hant"),
        (article,) * (data[5] % 5),
    )
    texts = texts_in(LANGUAGES[data[6] % len(LANGUAGES)])
    result = Answer(
        text[:80], (quote,) * (1 + data[7] % 5), disagree=bool(data[7] % 2), understood=text[:500]
    )
    for message in (
        answer_message(result, texts),
        context_message(quote, texts),
        shelf_view(Listing(5, 0, (article,) * 5), Shelf(), texts),
    ):
        assert units(message.text) <= LIMIT
        checked_entities(message.text, {"entities": [entity.to_dict() for entity in message.entities]})
        assert all(entity.url is None or web_address(entity.url) for entity in message.entities)
    for words in (result_text(result, Style(screen=True)), article_text(article, Style(screen=True))):
        assert not set(words) & set("\x1b\x9b\x07\x08\r\u202e")


def address(data: bytes) -> None:
    """An address is refused, or leads where it says; a fragment of it names the quote's words."""
    text = words_of(data)
    for url in (text, f"https://{text}", f"https://a.example/{text}"):
        found = web_address(url)
        if found is not None:
            assert web_address(found) == found
            assert found.lower().startswith(("http://", "https://"))
            assert not set(found) & set(" \t\n\r\\\u202e\u200b")
            assert "@" not in re.split("[/?#]", found)[2]
    text_fragment(text)
    if text.strip():
        source_address(
            Quote(Article("a", "", text, "https://a.example/", None, "en", None, "d"), Span(0, len(text)))
        )


def shorten_text(data: bytes) -> None:
    """A text that is cut is as short as wanted and cut between characters."""
    text, limit = words_of(data), 1 + sum(data[:2])
    assert units(text[: shorten(text, limit)]) <= limit
    assert units(trim(text, limit)) <= limit


# --- what people send ---


@cache
def _state() -> State:
    return State()


def press(data: bytes) -> None:
    """What a button carries is a key that is known, or nothing."""
    assert _state().buttons.get(words_of(data)) is None
    assert _state().members.who_has(words_of(data)) is None


def line(data: bytes) -> None:
    """A line of a batch is an object, or refused in a sentence."""
    with suppress(ValueError):
        assert isinstance(json_object(data, "write an object"), dict)


def configure(data: bytes) -> None:
    """Settings are settings, or every fault of them is told."""
    file = Path(tempfile.gettempdir()) / f"articlebot-fuzz-{os.getpid()}.toml"
    file.write_bytes(data)
    try:
        assert isinstance(load_settings(file, {}), Settings)
    except SettingsError as error:
        _check(str(error).startswith("the settings have"))
    finally:
        file.unlink()


TARGETS: dict[str, Callable[[bytes], None]] = {
    **{suffix[1:]: partial(read, suffix) for suffix in (".txt", ".md", ".html", ".pdf", ".docx")},
    "cut": cut,
    "compare": compare,
    "ask": ask,
    "render": render,
    "address": address,
    "shorten": shorten_text,
    "press": press,
    "line": line,
    "settings": configure,
}
