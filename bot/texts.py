"""Every sentence a person reads, in the three languages of `bot/texts/`.

A sentence is found by its key, "table.name" in the TOML files; `Texts.say` fills in its
placeholders. Which language a person gets follows from their Telegram client's.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

LANGUAGES = ("en", "zh-Hant", "zh-Hans")
TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})

Sentence = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """All sentences of one language, by key; `months` are the names that dates are written with."""

    language: str
    sentences: Mapping[str, Sentence]
    months: tuple[str, ...]

    def say(self, key: str, **fields: object) -> str:
        """The sentence of that key with its placeholders filled; `count` chooses one or many."""
        sentence = self.sentences[key]
        if not isinstance(sentence, str):
            sentence = sentence["one" if fields.get("count") == 1 else "other"]
        return sentence.format(**fields)

    def date(self, day: date) -> str:
        """A day as it is written in this language: "1 December 2025", 「2025年12月1日」."""
        return self.say("date", year=day.year, month=self.months[day.month - 1], day=day.day)


def language_for(code: str | None) -> str:
    """The language for a client that reports an IETF tag such as "zh-hk" (or none at all)."""
    tags = (code or "").lower().replace("_", "-").split("-")
    if tags[0] != "zh":
        return "en"
    return "zh-Hant" if TRADITIONAL.intersection(tags) else "zh-Hans"


@cache
def texts_in(language: str) -> Texts:
    """The sentences of one of `LANGUAGES`."""
    document = tomllib.loads(files("bot").joinpath("texts", f"{language}.toml").read_text("utf-8"))
    months = tuple(document.pop("months"))
    return Texts(language, dict(_flat(document)), months)


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, Sentence]]:
    found: list[tuple[str, Sentence]] = []
    for name, value in table.items():
        if isinstance(value, str):
            found.append((prefix + name, value.strip("\n")))
        elif isinstance(value, dict) and "other" in value and set(value) <= {"one", "other"}:
            found.append((prefix + name, value))
        elif isinstance(value, dict):
            found.extend(_flat(value, f"{prefix}{name}."))
    return found
