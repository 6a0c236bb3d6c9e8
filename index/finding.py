"""Articles by what is known of them, without reading their texts: title, outlet, date, language."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

import numpy as np
import numpy.typing as npt

from index.archive import Card
from index.characters import CJK
from index.errors import LibraryDamaged
from index.generations import Versions
from index.outlets import key
from index.parsers import SUFFIXES
from index.records import Source, Within
from index.text import WORD, fold

_UNDATED = 0  # no day: the first of the calendar is 1


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


def outlet(card: Card) -> str | None:
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


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Language, date and outlet of an index's articles, each an array by the article's number.

    `days` are ordinals of the calendar, 0 for none; `outlets` are places in `names`, -1 for none.
    """

    chinese: npt.NDArray[np.bool_]
    days: npt.NDArray[np.int32]
    outlets: npt.NDArray[np.int32]
    names: tuple[str, ...]
    spellings: tuple[str, ...]

    @classmethod
    def of(cls, cards: Sequence[Card]) -> Labels:
        """The labels of articles, given in the order of their numbers."""
        own = [outlet(card) for card in cards]
        spellings = tuple(sorted({name for name in own if name is not None}))
        places = {name: place for place, name in enumerate(sorted({key(name) for name in spellings}))}
        return cls(
            np.array([card.language.startswith("zh") for card in cards], dtype=np.bool_),
            np.array(
                [card.published.toordinal() if card.published else _UNDATED for card in cards], np.int32
            ),
            np.array([-1 if name is None else places[key(name)] for name in own], np.int32),
            tuple(places),
            spellings,
        )

    def within(self, within: Within) -> npt.NDArray[np.bool_]:
        """Which articles a filter's dates and outlets let through."""
        kept = np.ones(len(self.days), dtype=np.bool_)
        if within.since is not None or within.until is not None:
            kept &= self.days != _UNDATED
        if within.since is not None:
            kept &= self.days >= within.since.toordinal()
        if within.until is not None:
            kept &= self.days <= within.until.toordinal()
        if within.outlets is not None:
            wanted = {key(name) for name in within.outlets}
            kept &= np.isin(self.outlets, [place for place, name in enumerate(self.names) if name in wanted])
        return kept
