"""Who may ask the bot, by the settings and by what admins decided since. Knows nothing of Telegram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from bot.limits import Buckets, Limits

Mode = Literal["open", "allow-list", "pairing"]
STRANGERS_A_MINUTE: Final = 3  # answers that one who may not ask gets


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say of access, all by numeric ids.

    `people` and `groups` are let in beside the admins. The limits are messages a minute; 0 is none.
    `inline` is whether people may quote from any other chat.
    """

    mode: Mode = "open"
    owner: int | None = None
    people: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()
    person_limit: int = 20
    group_limit: int = 60
    inline: bool = True


class Door:
    """Whom the bot answers. `known` tells who was let in since the settings were written."""

    def __init__(self, policy: Policy, admins: frozenset[int], known: Callable[[int], bool]) -> None:
        self.policy = policy
        self.limits = Limits(person=policy.person_limit, group=policy.group_limit)
        self.strangers = Buckets(STRANGERS_A_MINUTE)
        self._admins, self._known = admins, known

    def admits(self, person: int | None, group: int | None) -> bool:
        """Whether a person may ask, in private or in a group; None is nobody in particular."""
        if self.policy.mode == "open":
            return True
        return any(one is not None and self._lets_in(one) for one in (person, group))

    def settled(self, number: int) -> bool:
        """Whether the settings themselves let a person or a group in."""
        return number in self._admins or number in self.policy.people or number in self.policy.groups

    def _lets_in(self, number: int) -> bool:
        return self.settled(number) or self._known(number)
