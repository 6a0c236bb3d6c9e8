"""How many messages a person and a group may send: token buckets. Pure, and knows nothing of Telegram."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60.0
MOST: Final = 10_000  # buckets kept; the one that was left alone the longest goes first


class Buckets:
    """For each key a bucket of so many tokens, which fills again within a minute.

    Whoever comes rarely can send many at once, and nobody can for long. 0 a minute is no limit.
    Times are seconds of a clock that never goes back.
    """

    def __init__(self, a_minute: int) -> None:
        self._size = float(a_minute)
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until there is a token; 0 if there is one."""
        if not self._size:
            return 0.0
        return max(0.0, (1 - self._level(key, now)) * MINUTE / self._size)

    def take(self, key: Hashable, now: float) -> None:
        """Take a token, which `wait` said there is."""
        self._levels[key] = self._level(key, now) - 1, now
        self._levels.move_to_end(key)
        while len(self._levels) > MOST:
            self._levels.popitem(last=False)

    def _level(self, key: Hashable, now: float) -> float:
        level, then = self._levels.get(key, (self._size, now))
        return min(self._size, level + (now - then) * self._size / MINUTE)


@dataclass(frozen=True, slots=True)
class Wait:
    """A message over a limit: how long to wait, whose limit it is, and whether that is to be said."""

    seconds: float
    group: bool
    say: bool


class Limits:
    """What a person and a group may send in a minute."""

    def __init__(self, *, person: int, group: int) -> None:
        self._people, self._groups = Buckets(person), Buckets(group)
        self._told: OrderedDict[Hashable, float] = OrderedDict()

    def check(self, person: int | None, group: int | None, now: float, *, aside: bool = False) -> Wait | None:
        """None if a message may pass, which counts it; a wait is to be said only once while it lasts.

        What is said `aside`, not in a chat, does not count as having been said.
        """
        of_person = 0.0 if person is None else self._people.wait(person, now)
        of_group = 0.0 if group is None else self._groups.wait(group, now)
        if of_person or of_group:
            by_group = of_group > of_person
            seconds = max(of_person, of_group)
            say = aside or self._say((group, None if by_group else person), now, seconds)
            return Wait(seconds, by_group, say)
        if person is not None:
            self._people.take(person, now)
        if group is not None:
            self._groups.take(group, now)
        return None

    def _say(self, key: Hashable, now: float, seconds: float) -> bool:
        if self._told.get(key, now) > now:
            return False
        self._told[key] = now + seconds
        self._told.move_to_end(key)
        while len(self._told) > MOST:
            self._told.popitem(last=False)
        return True
