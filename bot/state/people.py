"""What is remembered of each person: the language they chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.state.database import Database


class People:
    """People by their numeric ids; of who chose nothing, nothing is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def language(self, person: int) -> str | None:
        """The language a person chose, one of `bot.texts.LANGUAGES`; None if they chose none."""
        rows = self._database.run("SELECT language FROM people WHERE id = ?", (person,))
        return str(rows[0][0]) if rows else None

    def choose_language(self, person: int, language: str | None) -> None:
        """Remember a person's choice; None forgets it."""
        if language is None:
            self._database.run("DELETE FROM people WHERE id = ?", (person,))
        else:
            self._database.run(
                "INSERT OR REPLACE INTO people (id, language) VALUES (?, ?)", (person, language)
            )
