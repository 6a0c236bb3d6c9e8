"""A part of a message that a person quotes in their reply, and what they ask about it. Pure."""

from __future__ import annotations

import re
from typing import Final

from bot.cutting import trim
from index import display_width, language_of

LONGEST_PART: Final = 300  # characters; a question has at most a thousand
SHORT_PART: Final = 20  # columns, a Chinese character taking two; a longer part is more than a name
# Questions that say nothing but "what is this?", in English and in both Chinese scripts.
_BARE: Final = re.compile(
    r"(?:(?:and |so |but )?what(?:'s|’s| is| does| do)? ?(?:this|that|it|these|those)?(?: mean| about)?"
    r"|meaning|why|how so|huh|really|more|details|explain(?: (?:this|that|it))?"
    r"|tell me more(?: about (?:this|that|it))?|more about (?:this|that|it)"
    r"|(?:[請请][問问]?)?(?:[這这那][個个句段裡里]?(?:[話话])?)?(?:[是有])?(?:[什甚][麼么]|啥)(?:[意含][思義义]|[東东]西|事)?"
    r"|(?:[請请])?(?:解[釋释]|[說说]明|介[紹绍])(?:一下)?(?:[這这那][個个句段]?(?:[話话])?)?"
    r"|(?:[請请])?(?:多[說说]一?[點点些]|[詳详][細细](?:[說说]明|一[點点])?|更多)"
    r"|(?:[為为][什甚][麼么]|怎[麼么]回事|[這这那]是怎[麼么]回事)[呢啊嗎吗]?)",
    re.IGNORECASE,
)
_MARKS: Final = " \t\n?？.。!！…,，、:："


def about_part(question: str, part: str) -> tuple[str, tuple[str, ...]]:
    """The question to be asked, and the earlier ones that it may refer to.

    Where nothing is asked but what the part means, the part itself is searched for. A name is
    put in front of the question. A longer part has been read by who quotes it: asked together
    with the question it would find itself, so it takes the place of an earlier question.
    """
    words, asked = trim(part, LONGEST_PART).strip(_MARKS), question.strip(_MARKS)
    short = display_width(words) <= SHORT_PART
    if not any(character.isalnum() for character in asked) or _BARE.fullmatch(asked):
        return (_asked_what(words) if short else words), ()
    if not short:
        return question, (words,)
    mark = "：" if language_of(question).startswith("zh") else ": "
    return f"{words}{mark}{question}", ()


def _asked_what(name: str) -> str:
    """A question about a name, which finds more than the name alone."""
    language = language_of(name)
    if not language.startswith("zh"):
        return f"What is {name}?"
    return f"{name}是什么？" if language == "zh-Hans" else f"{name}是什麼？"
