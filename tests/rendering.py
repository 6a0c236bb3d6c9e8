"""Any articles, quotes and answers, and what Telegram says to a message made of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from index import Aid, Answer, Quote, Span
from tests.bot_api import checked_entities, checked_markup
from tests.fakes import article

if TYPE_CHECKING:
    from telegram import MessageEntity

    from bot.outgoing import Outgoing

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(
    "。，「」！？👩‍🔬🇹🇼𠮷<b>&amp;*_`[](https://x.example)@someone /start\n"
)
WORDS = st.text(CHARACTERS, min_size=1, max_size=60).filter(str.strip)
LONG_WORDS = st.builds(lambda words, times: words * times, WORDS, st.integers(1, 400))
ARTICLES = st.builds(
    article,
    LONG_WORDS,
    title=st.text(CHARACTERS, max_size=300),
    url=st.none() | st.sampled_from(["https://a.example/1", "javascript:alert(1)", "http://[", "ftp://x.y"]),
    published=st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    source=st.none() | WORDS,
)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    one = draw(ARTICLES)
    start = draw(st.integers(0, len(one.text) - 1))
    end = draw(st.integers(start + 1, len(one.text)))
    if not one.text[start:end].strip():
        start, end = 0, len(one.text)
    first = draw(st.integers(start, end))
    last = draw(st.integers(first, end))
    cuts = sorted(draw(st.lists(st.integers(start, end), max_size=8)))
    aids = tuple(Aid(Span(*pair), draw(LONG_WORDS)) for pair in zip(cuts[::2], cuts[1::2], strict=False))
    also = tuple(draw(st.lists(ARTICLES, max_size=2)))
    return Quote(one, Span(start, end), draw(st.sampled_from([None, Span(first, last)])), 0.5, aids, also)


ANSWERS = st.builds(
    Answer,
    st.just("?"),
    st.lists(quotes(), min_size=1, max_size=3).map(tuple),
    st.none() | LONG_WORDS,
    st.none() | LONG_WORDS,
    st.booleans(),
)


def entity_text(message: Outgoing, entity: MessageEntity) -> str:
    encoded = message.text.encode("utf-16-le")
    return encoded[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")


def blockquotes(message: Outgoing) -> list[str]:
    return [entity_text(message, entity) for entity in message.entities if "blockquote" in entity.type]


def texts_of(message: Outgoing, kind: str) -> list[str]:
    return [entity_text(message, entity) for entity in message.entities if entity.type == kind]


def telegram_accepts(message: Outgoing) -> None:
    checked_entities(message.text, {"entities": [entity.to_dict() for entity in message.entities]})
    rows = [
        [{"text": one.text, **({"url": one.url} if one.url else {"callback_data": "0"})} for one in row]
        for row in message.buttons
    ]
    checked_markup({"reply_markup": {"inline_keyboard": rows}})
