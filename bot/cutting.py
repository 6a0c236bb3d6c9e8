"""Cutting text to the length a message may have. Pure.

Telegram counts UTF-16 units, Python code points; a character outside the basic plane is
two of the former and one of the latter, so a cut between code points never splits a
surrogate pair.
"""

from __future__ import annotations

import re
import unicodedata

# A clause ends at Chinese punctuation, or at English punctuation before a space (so that
# "3,000" and "3.5" stay whole); closing quotes and brackets belong to the clause they close.
CLAUSE_END = re.compile(r"""(?:[。！？；，、：…]|[.!?;:,](?=["')\]”’]*\s))["')\]」』”’）》】]*""")
SPACE = re.compile(r"\s+")
JOINER = "\u200d"


def units(text: str) -> int:
    """The length of a text in UTF-16 units, which is what Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def shorten(text: str, limit: int) -> int:
    """Where to end a text so that at most `limit` UTF-16 units of it are left.

    Returns an end offset in code points: `len(text)` if all of it fits, else the last end
    of a clause, else of a word, else of a character; an end that would give away more than
    half of what fits is not worth its neatness.
    """
    end = _fitting(text, limit)
    if end == len(text):
        return end
    for neat in (_last_clause_end(text, end), _last_word_end(text, end)):
        if neat > end // 2:
            return neat
    return _last_character_end(text, end)


def trim(text: str, limit: int) -> str:
    """A text on one line, with "…" at its end if more than `limit` UTF-16 units had to be cut."""
    line = SPACE.sub(" ", text).strip()
    if units(line) <= limit:
        return line
    return line[: _last_character_end(line, _fitting(line, limit - 1))].rstrip() + "…"


def _fitting(text: str, limit: int) -> int:
    if units(text) <= limit:
        return len(text)
    end = used = 0
    for character in text:
        used += 2 if character > "\uffff" else 1
        if used > limit:
            break
        end += 1
    return end


def _last_clause_end(text: str, end: int) -> int:
    # A few characters past the end are looked at too, for the quotes that close a clause there.
    ends = (match.end() for match in CLAUSE_END.finditer(text, 0, min(len(text), end + 8)))
    return max((found for found in ends if found <= end), default=0)


def _last_word_end(text: str, end: int) -> int:
    starts = (match.start() for match in SPACE.finditer(text, 0, end + 1))
    return max((found for found in starts if found <= end), default=0)


def _last_character_end(text: str, end: int) -> int:
    whole = end
    while 0 < whole < len(text) and (_joins(text[whole]) or text[whole - 1] == JOINER):
        whole -= 1
    return whole or end


def _joins(character: str) -> bool:
    """Whether a character changes the one before it: an accent, a skin tone, a joiner."""
    mark = unicodedata.category(character) in {"Mn", "Me", "Mc"}
    return mark or character == JOINER or "\U0001f3fb" <= character <= "\U0001f3ff"
