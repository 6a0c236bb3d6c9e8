"""A Telegram message's entities -> HTML. Pure.

Telegram formats a message by entities: a kind, and a stretch counted in UTF-16 units. A
client nests them; so does this, and it refuses a kind it does not know, since a picture
that left formatting out would show what nobody sees.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import MessageEntity

TAGS: Final = {
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "bot_command": ('<a class="command">', "</a>"),
    "mention": ('<a class="command">', "</a>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
}


def html_of(text: str, entities: Sequence[MessageEntity]) -> str:
    """The HTML of a message; entities may come in any order, and lie inside each other or apart.

    Raises `ValueError` for a kind of entity that is not known here.
    """
    # What begins earlier or reaches further is outside; of two that cover the same, the blockquote is.
    ordered = sorted(entities, key=lambda one: (one.offset, -one.length, "blockquote" not in one.type))
    encoded = text.encode("utf-16-le")
    return _marked_up(encoded, 0, len(encoded) // 2, ordered)


def _marked_up(encoded: bytes, start: int, end: int, entities: Sequence[MessageEntity]) -> str:
    html = ""
    while entities:
        outer, *rest = entities
        close = outer.offset + outer.length
        inside = [one for one in rest if one.offset < close]
        opening, closing = _tags(outer)
        html += _plain(encoded, start, outer.offset)
        html += opening + _marked_up(encoded, outer.offset, close, inside) + closing
        start, entities = close, rest[len(inside) :]
    return html + _plain(encoded, start, end)


def _plain(encoded: bytes, start: int, end: int) -> str:
    return escape(encoded[2 * start : 2 * end].decode("utf-16-le"))


def _tags(entity: MessageEntity) -> tuple[str, str]:
    if entity.type == "text_link":
        return f'<a href="{escape(entity.url or "")}">', "</a>"
    if entity.type not in TAGS:
        raise ValueError(f"the gallery cannot draw '{entity.type}'; teach TAGS its tags")
    return TAGS[entity.type]
