"""What single characters are. Pure."""

from __future__ import annotations

import re
import unicodedata

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""The ranges of Chinese characters, to stand inside a character class of a pattern."""

_CJK_CHARACTER = re.compile(f"[{CJK}]")


def is_chinese(character: str) -> bool:
    """Whether a character is a Chinese one; of a longer text, whether its first is."""
    return _CJK_CHARACTER.match(character) is not None


def chinese_characters(text: str) -> list[str]:
    """The Chinese characters of a text, in order."""
    return _CJK_CHARACTER.findall(text)


def display_width(text: str) -> int:
    """How many terminal columns a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
