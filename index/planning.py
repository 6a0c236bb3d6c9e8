"""What to write next, so that a change costs about as much as what has changed. Pure.

New articles go into a fresh segment, and what they replace is marked as gone where it was. Fresh
segments of about one size are then put together, so that there are few and a passage is written again
only a few times (the logarithmic method of Bentley and Saxe 1980,
https://doi.org/10.1016/0196-6774(80)90015-2). Once what is fresh or gone is a sizable share of the
base, everything becomes one new base.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from index.generations import Part
from index.roster import Versions
from index.segments import Segment

# Looking at every fresh vector costs a question about a microsecond each, writing a base a few
# milliseconds a passage: with a fifth, each passage pays for being written five times more.
SHARE = 0.2
LEAST = 1000  # passages that are fresh or gone: below, a question hardly notices them
_SIZES = 2.0  # a fresh segment is put together with all smaller ones once they are half of it


class Goal(Enum):
    """How far to put segments together."""

    NONE = "what is new is written, and nothing else"
    DUE = "what has become too much"
    PURGED = "nothing that is gone stays in any segment"
    ONE = "all is one base"


@dataclass(frozen=True, slots=True)
class Held:
    """A segment of the live generation: its articles that are not gone, by number, and their passages."""

    segment: Segment
    versions: Mapping[int, tuple[str, str]]
    passages: int

    @property
    def gone(self) -> int:
        """How many passages of it are gone."""
        return self.segment.passages - self.passages

    def part(self, wanted: frozenset[tuple[str, str]]) -> Part:
        """It as a part of a generation that holds the wanted articles alone."""
        numbers = range(self.segment.articles)
        gone = (number for number in numbers if self.versions.get(number) not in wanted)
        return Part(self.segment.name, tuple(gone))


@dataclass(frozen=True, slots=True)
class Step:
    """A new generation: the segments that are `kept`, and one more of the articles to be `written`.

    Without any, there is no new segment. `base` says what kind it is.
    """

    kept: tuple[Part, ...]
    written: Versions
    base: bool


def update(held: Sequence[Held], wanted: Versions) -> Step | None:
    """The step to a generation of the wanted articles; None if these are what is held."""
    want = frozenset(wanted)
    here = {version for each in held for version in each.versions.values() if version in want}
    new = tuple(version for version in wanted if version not in here)
    if not new and len(here) == sum(len(each.versions) for each in held):
        return None
    staying = [each for each in held if not want.isdisjoint(each.versions.values())]
    if new and (not staying or _is_much(len(new), len(here))):
        return Step((), wanted, base=True)
    return Step(tuple(each.part(want) for each in staying), new, base=False)


def compaction(held: Sequence[Held], goal: Goal) -> Step | None:
    """The step that puts segments together; None if that is not called for."""
    if goal is Goal.NONE:
        return None
    together = _together(held, goal)
    if not together:
        return None
    versions = sorted(version for each in together for version in each.versions.values())
    every = frozenset(version for each in held for version in each.versions.values())
    kept = tuple(each.part(every) for each in held if each not in together)
    return Step(kept, tuple(versions), base=any(each.segment.base for each in together) or not kept)


def _together(held: Sequence[Held], goal: Goal) -> list[Held]:
    """The segments to write again as one."""
    bases = [each for each in held if each.segment.base]
    fresh = sorted((each for each in held if not each.segment.base), key=lambda each: each.passages)
    changed = sum(each.passages for each in fresh) + sum(each.gone for each in bases)
    if goal is Goal.ONE:
        return list(held) if fresh or changed or len(bases) > 1 else []
    if goal is Goal.PURGED:
        stained = [each for each in held if each.gone]
        return list(held) if any(each.segment.base for each in stained) else stained
    if _is_much(changed, sum(each.passages for each in bases)):
        return list(held)
    return _alike(fresh)


def _is_much(changed: int, held: int) -> bool:
    return changed > max(LEAST, SHARE * held)


def _alike(fresh: Sequence[Held]) -> list[Held]:
    """The smallest segments, up to the last that all smaller ones together come near; none if only one."""
    taken, total = 0, 0
    for place, each in enumerate(fresh):
        if place and each.passages <= _SIZES * total:
            taken = place + 1
        total += each.passages
    return list(fresh[:taken])
