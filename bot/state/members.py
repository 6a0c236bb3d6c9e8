"""Who was let in beside those in the settings, and the codes by which strangers ask to be."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.state.database import Database

# No letter or digit that is mistaken for another when it is read out or typed: 31 of them, so
# that there are some 850,000 million codes.
LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH: Final = 8
CODE_LASTS: Final = 15 * 60.0  # seconds
DAY: Final = 86_400.0
CODES_A_DAY: Final = 3  # for each person
MOST_CODES: Final = 10_000  # of a day, all people together


@dataclass(frozen=True, slots=True)
class Member:
    """A person or, with a negative id as Telegram gives it, a group that was let in."""

    id: int
    name: str
    language: str | None = None


class Members:
    """People and groups by their numeric ids."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def knows(self, member: int) -> bool:
        """Whether a person or group was let in."""
        return bool(self._database.run("SELECT 1 FROM members WHERE id = ?", (member,)))

    def all(self) -> tuple[Member, ...]:
        """Who was let in, the latest first."""
        rows = self._database.run("SELECT id, name FROM members ORDER BY since DESC, id")
        return tuple(Member(number, name) for number, name in rows)

    def add(self, member: Member) -> None:
        """Let a person or a group in; codes of theirs are used up."""
        with self._database.transaction():
            self._database.run(
                "INSERT OR REPLACE INTO members (id, name, since) VALUES (?, ?, ?)",
                (member.id, member.name, self._database.clock()),
            )
            self._database.run("DELETE FROM codes WHERE person = ?", (member.id,))

    def remove(self, member: int) -> Member | None:
        """No longer let a person or a group in; returns who it was, None if it was not let in."""
        rows = self._database.run("DELETE FROM members WHERE id = ? RETURNING id, name", (member,))
        return Member(*rows[0]) if rows else None

    def move_chat(self, old: int, new: int) -> None:
        """A group that was let in has another id from now on."""
        with self._database.transaction():
            self._database.run("UPDATE OR IGNORE members SET id = ? WHERE id = ?", (new, old))
            self._database.run("DELETE FROM members WHERE id = ?", (old,))

    def code_for(self, person: Member) -> str | None:
        """The code by which a stranger asks to be let in; None if they have had enough for a day.

        While a code is good, it stays the same however often they ask.
        """
        now = self._database.clock()
        with self._database.transaction():
            self._database.run("DELETE FROM codes WHERE made < ?", (now - DAY,))
            rows = self._database.run(
                "SELECT code, made FROM codes WHERE person = ? ORDER BY made DESC", (person.id,)
            )
            if rows and now - rows[0][1] < CODE_LASTS:
                return str(rows[0][0])
            ((total,),) = self._database.run("SELECT count(*) FROM codes")
            if len(rows) >= CODES_A_DAY or total >= MOST_CODES:
                return None
            return self._new_code(person, now)

    def who_has(self, code: str) -> Member | None:
        """Who was given a code that is still good; case, spaces and dashes in it do not count."""
        plain = "".join(character for character in code.upper() if character.isalnum())
        rows = self._database.run(
            "SELECT person, name, language FROM codes WHERE code = ? AND made > ?",
            (plain, self._database.clock() - CODE_LASTS),
        )
        return Member(*rows[0]) if rows else None

    def _new_code(self, person: Member, now: float) -> str:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        self._database.run(
            "INSERT INTO codes (code, person, name, language, made) VALUES (?, ?, ?, ?, ?)",
            (code, person.id, person.name, person.language, now),
        )
        return code
