"""What is said to a bot out of politeness, and is no question: "thanks", 「你好」. Pure."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from index import wording_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_THANKS: Final = (
    "thanks|thank you|thank you very much|thank you so much|thanks a lot|many thanks|thx|cheers|great thanks"
    "|ok thanks|great|good|nice|ok|okay|got it|i see|perfect|good job|well done"
    "|謝謝|謝謝你|謝謝您|多謝|感謝|太好了|好|好的|好喔|收到|了解|明白了|知道了|嗯|不錯|很好|辛苦了"
).split("|")
_GREETINGS: Final = (
    "hi|hello|hey|hi there|hello there|good morning|good afternoon|good evening|good day"
    "|你好|您好|嗨|哈囉|早|早安|早上好|午安|下午好|晚上好|大家好|你好啊|在嗎"
).split("|")
_FAREWELLS: Final = "bye|goodbye|bye bye|good night|see you|再見|拜拜|晚安|掰掰".split("|")


def courtesy(words: str) -> str | None:
    """The name of the sentence that such words are answered with; None for whatever may be a question."""
    return _answers().get(wording_key(words))


@cache
def _answers() -> Mapping[str, str]:
    said = {"courtesy.thanks": _THANKS, "courtesy.greeting": _GREETINGS, "courtesy.farewell": _FAREWELLS}
    return {wording_key(words): name for name, all_of_them in said.items() for words in all_of_them}
