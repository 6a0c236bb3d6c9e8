"""Bytes of unknown encoding -> text, normalised once.

UTF-8 says by itself whether it is right; the legacy encodings of Chinese do not: most
byte strings are valid in several of them. So every candidate is tried strictly and the
reading that looks most like written Chinese (or English) wins. General detectors are
unsure below a few hundred bytes, which is why the candidates are few and the scoring knows
what these articles are written in.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from index.errors import ArticleError
from index.invisible import without_invisible

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins with the mark of UTF-16, so it is asked first
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = ("utf-16-le", "utf-16-be")
_NARROW = ("gb18030", "cp950", "big5hkscs", "shift_jis", "cp1252")  # on a tie the earlier one wins
# Below this a reading is a guess, and a quote must not be one. Measured on 800 cuts of Chinese
# news: right readings score 0.37 and more at 30 characters, 0.43 at 100, 0.51 at 1000; the best
# wrong reading of Chinese 0.2. Korean read as Chinese is all common characters and no frequent
# ones, and scores 0.35 to 0.38.
_LEAST_SCORE, _LEAST_SCORE_LONG, _LONG = 0.36, 0.4, 60
_SAMPLE = 20_000
_LINE_END = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")

_FREQUENT = frozenset(
    "的一在是不了有人中大年上月日為为和發发會会個个這这國国來来對对時时到出就地也要以我他她們们你們说說"
    "而之於于與与及將将從从由被後后前過过者等其多下生家可能現现新市公司元萬万億亿部分成高行業业"
    "動动學学工作全方開开進进關关長长表示間间同民主本車车機机電电經经場场網网報报記记區区"
    "三二四五六七八九十百千最都很但更還还沒没今明天去年"
)
_PUNCTUATION = frozenset("，。、：；？！「」『』“”‘’《》〈〉（）【】—…·％　")
_FIRST_LEVEL_GB = frozenset(bytes([lead]) for lead in range(0xB0, 0xD8))
_FIRST_LEVEL_BIG5 = frozenset(bytes([lead]) for lead in range(0xA4, 0xC7))
_PLAIN = frozenset("\t\n\r") | frozenset(map(chr, range(0x20, 0x7F)))


def decode(data: bytes) -> str:
    """The text of `data`: UTF-8, UTF-16, UTF-32 with its mark, GB18030, Big5 or Windows-1252.

    Raises ArticleError when no reading is plausible.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _marked(data, encoding)
    if b"\0" in data:
        return _best(data, _WIDE, "holds NUL bytes, so it is not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _best(data, (*_NARROW, *_WIDE), "is in no encoding that can be recognised")


def is_marked(data: bytes) -> bool:
    """Whether bytes begin with a mark that says which encoding they are in."""
    return data.startswith(tuple(mark for mark, _ in _BOMS))


def decode_as(data: bytes, label: str) -> str | None:
    """The text of `data` in the encoding a page declares; None when that is plainly wrong.

    Browsers read "gb2312" as its superset and replace the odd broken character, so this does
    too, up to one character in a thousand.
    """
    encoding = _SUPERSETS.get(label.strip().lower().replace("_", "-"), label.strip())
    try:
        text = data.decode(encoding, "replace")
    except (LookupError, UnicodeDecodeError):  # the second: codecs that know no replacing
        return None
    return text if text.count("\ufffd") * 1000 <= len(text) else None


def normalise(text: str) -> str:
    """The form in which a text is kept: line ends are LF, no empty start or end, nothing invisible.

    Nothing that can be seen changes, because quotes are verbatim. Raises ArticleError at U+0000;
    half surrogate pairs, which no encoding can store, become U+FFFD.
    """
    if "\0" in text:
        raise ArticleError("The file holds NUL characters, so it is not text; save it again as UTF-8 text")
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = _LINE_END.sub("\n", without_invisible(whole))
    return re.sub(r"\A(?:[^\S\n]*\n)+", "", lines).rstrip()


_SUPERSETS = {
    "gb2312": "gb18030",
    "gb-2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "unicode": "utf-16",
}


def _marked(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ArticleError(
            f"The file begins as {encoding.upper()} but is broken at byte {error.start}; "
            f"save it again as UTF-8"
        ) from error


def _best(data: bytes, encodings: tuple[str, ...], trouble: str) -> str:
    readings = [text for encoding in encodings if (text := _strictly(data, encoding)) is not None]
    best = max(readings, key=_plausibility, default="")
    least = _LEAST_SCORE if len(best) < _LONG else _LEAST_SCORE_LONG
    if not best or _plausibility(best) < least:
        raise ArticleError(f"The file {trouble}; open it where it can be read and save it as UTF-8 text")
    return best


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausibility(text: str) -> float:
    """How much a reading looks like written text, from about -1 to 1; 1 is ordinary.

    Plain ASCII says nothing for or against, unless there is nothing else.
    """
    telling = [character for character in text[:_SAMPLE] if character not in _PLAIN]
    if not telling:
        return 1.0
    words = sum(map(len, re.findall("[A-Za-z][À-ÖØ-öø-ÿŒœ’]+(?=[A-Za-z]|\\b)", text[:_SAMPLE])))
    return (sum(map(_value, telling)) + 0.8 * words) / len(telling)


@cache
def _value(character: str) -> float:
    """What one character that is not ASCII says for a reading in which it appears."""
    if character in _FREQUENT or character in _PUNCTUATION:
        return 1.0
    if "\u4e00" <= character <= "\u9fff":
        return 0.35 if _is_common(character) else -0.5
    if "\u3041" <= character <= "\u30fe" or "\uff01" <= character <= "\uff5e":
        return 0.45
    if "\u2010" <= character <= "\u2122" or character in "\xa0£©®°±²³½€":
        return 0.3
    return -1.0


def _is_common(character: str) -> bool:
    """Whether it is on the first level (the characters in common use) of GB 2312 or of Big5."""
    simplified, traditional = character.encode("gb2312", "ignore"), character.encode("big5", "ignore")
    return simplified[:1] in _FIRST_LEVEL_GB or traditional[:1] in _FIRST_LEVEL_BIG5
