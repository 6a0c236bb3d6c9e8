"""Articles by what is known of them, without reading their texts: title, outlet, date."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePath

from index.archive import Card
from index.characters import CJK
from index.errors import LibraryDamaged
from index.outlets import key
from index.parsers import SUFFIXES
from index.records import Article, Source
from index.roster import Versions
from index.text import WORD, fold


def cards_of(versions: Versions, cards: Mapping[tuple[str, str], Card]) -> list[Card]:
    """The cards of an index's articles, in its order."""
    try:
        return [cards[version] for version in versions]
    except KeyError as error:
        raise LibraryDamaged(
            f"the archive does not hold article {error.args[0][0]!r} as the index has it; "
            "run `articlebot index` to rebuild the index"
        ) from error


def newest_first(cards: Iterable[Card]) -> list[Card]:
    """Newest first, undated last."""
    return sorted(cards, key=lambda card: (card.published or date.min, card.title), reverse=True)


def titled(cards: Iterable[Card], words: str) -> list[Card]:
    """The cards whose title holds every word, of Chinese every character; none if there is no word."""
    wanted = [
        re.compile(rf"(?<![^\W_{CJK}]){re.escape(word)}") for word in set(WORD.findall(fold(words).text))
    ]
    if not wanted:
        return []
    return [card for card in cards if _holds(fold(card.title).text, wanted)]


def of_outlets(cards: Iterable[Card], names: Iterable[str | None]) -> list[Card]:
    """The cards of outlets of these names, however they spell them; None is what names no outlet."""
    wanted = {name and key(name) for name in names}
    return [card for card in cards if ((name := outlet(card)) and key(name)) in wanted]


def _holds(title: str, wanted: Sequence[re.Pattern[str]]) -> bool:
    return all(word.search(title) for word in wanted)


def outlet(card: Card | Article) -> str | None:
    """The article's outlet; None where its source is but the name of its file."""
    is_file = card.source is not None and PurePath(card.source).suffix.lower() in SUFFIXES
    return None if is_file else card.source


def sources(cards: Iterable[Card]) -> tuple[Source, ...]:
    """The outlets, most articles first, then by name; what names none comes last."""
    shelves: defaultdict[str | None, list[Card]] = defaultdict(list)
    for card in cards:
        name = outlet(card)
        shelves[None if name is None else key(name)].append(card)
    found = [_source(shelf) for shelf in shelves.values()]
    return tuple(sorted(found, key=lambda each: (each.name is None, -each.articles, each.name or "")))


def _source(shelf: Sequence[Card]) -> Source:
    ((name, _),) = Counter(map(outlet, shelf)).most_common(1)
    return Source(name, len(shelf), max((card.published for card in shelf if card.published), default=None))
