"""Invisible characters, by which a text reads otherwise than it is written, and how to drop them. Pure.

An article of a stranger's may hold marks that nobody sees: overrides that turn the direction of
writing, so that "100" is displayed as "001"; zero-width characters between letters, so that
what looks like a name is none; controls that move a terminal's cursor; whole sentences in "tag"
characters. A quote must not look other than what it says, so these are dropped when an article
is read, before it has offsets. What a script needs is kept: joiners in Persian, Indic scripts
and emoji, word spaces in Thai and Khmer, direction marks in texts that hold letters written
from the right, one variation selector after a character. (Unicode Technical Reports 36 and 39;
Boucher and Anderson, "Trojan Source", 2021.)
"""

from __future__ import annotations

import re

# C0 and C1 controls but tab, line ends and NUL; overrides, embeddings and isolates; joiners and
# operators that show nothing; shorthand controls; annotation marks.
_NEVER = (
    "\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180e"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
_DIRECTIONS = "\u200e\u200f\u061c"
_FROM_THE_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_SPACES = "\u200b-\u200d"  # zero-width: a space, a joiner and one that keeps apart
# The scripts in which they mean something: Hebrew to Mongolian, and their extensions; and emoji.
_NEEDED_AFTER = (
    "\u0590-\u10ff\u1380-\u139f\u1700-\u18af\u1900-\u1cff\u1dc0-\u1dff\u2190-\u23ff\u25a0-\u27bf"
    "\u2b00-\u2bff\ua840-\uabff\ufb1d-\ufdff\ufe0f\ufe70-\ufefc\U00010a00-\U00011fff\U0001f000-\U0001faff"
)
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0000-\U000e007f"
_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"  # as of Scotland, which is a black flag and tags
_DROPPED = re.compile(
    f"(?P<flag>{_FLAG})|[{_NEVER}{_TAGS}]|(?<![{_NEEDED_AFTER}])[{_SPACES}]"
    f"|(?<=[{_SPACES}])[{_SPACES}{_SELECTORS}]|(?<=[{_SELECTORS}])[{_SELECTORS}]"
)
_DIRECTION = re.compile(f"[{_DIRECTIONS}]")
_PLAIN = re.compile(  # most texts are: this is for speed alone
    "[\t\n\r -~\xa0-\xac\xae-\u02ff\u2010-\u2027\u2e80-\u3163\u3165-\ua4cf\uac00-\ud7ff\uff01-\uff9f]*"
)


def without_invisible(text: str) -> str:
    """The text without characters that only deceive; again, it stays as it is."""
    if _PLAIN.fullmatch(text):
        return text
    if not _FROM_THE_RIGHT.search(text):
        text = _DIRECTION.sub("", text)
    before = ""
    while before != text:  # what is dropped may bring two together that were apart
        before, text = text, _DROPPED.sub(lambda match: match["flag"] or "", text)
    return text
