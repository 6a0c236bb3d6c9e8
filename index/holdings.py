"""The articles of an index, over all of its segments: which there are, and which a filter lets through.

An article has a number, counted over the segments' rosters one behind the other. Those that are
gone, because they were removed or are in a later segment now, keep theirs and are nowhere else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from index.outlets import key
from index.records import Within
from index.roster import Roster, Versions

Mask = npt.NDArray[np.bool_]
_UNDATED = 0


class Holdings:
    """What an index holds; `alive` says which numbers are articles that are not gone, (numbers,)."""

    def __init__(self, rosters: Sequence[Roster], gone: Sequence[Iterable[int]]) -> None:
        """Join rosters; `gone` are the numbers, within each, of what is not there any more."""
        self._rosters = rosters
        self.starts = [0, *accumulate(len(roster) for roster in rosters)]
        self.alive: Mask = np.ones(self.starts[-1], dtype=np.bool_)
        for start, numbers in zip(self.starts, gone, strict=False):
            self.alive[[start + number for number in numbers]] = False

    def __len__(self) -> int:
        return int(self.alive.sum())

    def __contains__(self, article: object, /) -> bool:
        return isinstance(article, str) and self.number(article) is not None

    def number(self, article: str) -> int | None:
        """The number of the article with an id; None if it is not there."""
        for start, roster in zip(self.starts, self._rosters, strict=False):
            own = roster.number(article)
            if own is not None and self.alive[start + own]:
                return start + own
        return None

    def version(self, number: int) -> tuple[str, str]:
        """The id and the digest of the article with a number."""
        part = bisect_right(self.starts, number) - 1
        return self._rosters[part].version(number - self.starts[part])

    def digest(self, article: str) -> str | None:
        """The digest of the version that is there of an article; None if it is not."""
        number = self.number(article)
        return None if number is None else self.version(number)[1]

    def versions(self) -> Versions:
        """The ids and digests of all that is there."""
        every = (version for roster in self._rosters for version in roster.versions())
        return tuple(version for version, alive in zip(every, self.alive.tolist(), strict=True) if alive)

    def languages(self) -> Counter[str]:
        """How many articles there are in each language."""
        return Counter(language.decode() for language in self._languages[self.alive].tolist())

    @cached_property
    def chinese(self) -> Mask:
        """Which articles are in Chinese, (numbers,)."""
        return np.char.startswith(self._languages, b"zh")

    @cached_property
    def outlets(self) -> tuple[str, ...]:
        """The outlets of the articles that are there, in every way they are spelled."""
        named = self._places[self.alive]
        return tuple(self._spellings[place] for place in np.unique(named[named >= 0]))

    def within(self, within: Within) -> Mask:
        """Which of the articles that are there a filter lets through, (numbers,)."""
        kept = self.alive.copy()
        days = self._days
        if within.since is not None or within.until is not None:
            kept &= days != _UNDATED
        if within.since is not None:
            kept &= days >= within.since.toordinal()
        if within.until is not None:
            kept &= days <= within.until.toordinal()
        if within.outlets is not None:
            wanted = {key(name) for name in within.outlets}
            places = [place for place, name in enumerate(self._spellings) if key(name) in wanted]
            kept &= np.isin(self._places, places)
        if within.articles is not None:
            named = np.zeros_like(kept)
            named[self.numbers(within.articles)] = True
            kept &= named
        return kept

    def numbers(self, articles: Iterable[str]) -> list[int]:
        """The numbers of those of some articles that are there."""
        found = map(self.number, articles)
        return [number for number in found if number is not None]

    @cached_property
    def _spellings(self) -> tuple[str, ...]:
        return tuple(sorted({name for roster in self._rosters for name in roster.outlets}))

    @cached_property
    def _places(self) -> npt.NDArray[np.int32]:
        """Each article's outlet as a place in the spellings of all; -1 for none."""
        of = {name: place for place, name in enumerate(self._spellings)}
        found = [np.empty(0, np.int32)]
        for roster in self._rosters:
            places = np.array([*(of[name] for name in roster.outlets), -1], np.int32)  # -1 is its last
            found.append(places[roster.table["outlet"]])
        return np.concatenate(found)

    @cached_property
    def _days(self) -> npt.NDArray[np.int32]:
        return np.concatenate([np.empty(0, np.int32), *(roster.table["day"] for roster in self._rosters)])

    @cached_property
    def _languages(self) -> npt.NDArray[np.bytes_]:
        return np.concatenate([np.empty(0, "S1"), *(roster.table["language"] for roster in self._rosters)])
