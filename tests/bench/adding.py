"""From a file that an admin sends to the first answer out of it, in the real bot over a large library."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.figures import Row, percentile
from tests.crowd import Bot
from tests.integration.bot_api_server import BotApiServer

if TYPE_CHECKING:
    from tests.bench.bench import Bench
    from tests.bot_api import BotApi

_ADMIN, _FILES, _PATIENCE = 1, 7, 120.0
_ARTICLE = (
    "The lighthouse of Port {number} is lit again\n\n"
    "The lighthouse keeper of Port {number} counted {count} ships in the first night. "
    "He had waited for nine years.\n"
)


def adding(bench: Bench) -> list[Row]:
    """Files one after the other; of each the seconds to the preview, and from Add to the answer."""
    library = bench.library
    with BotApiServer() as server:
        environment = {
            **bench.surroundings.environment,
            **server.environment,
            "ARTICLEBOT_TELEGRAM__ADMINS": f"[{_ADMIN}]",
        }
        command = [sys.executable, "-m", "bot", "run", "--library", str(library)]
        bot = Bot(command, environment, bench.folder / "adding.log")
        bot.start()
        try:
            _asked(server.api, "Is anybody there?", "")
            bench.tell(f"{_FILES} files to a library of {bench.corpus.passages:,} passages")
            seconds = [_added(server.api, 5000 + number) for number in range(_FILES)]
        finally:
            bot.end(signal.SIGTERM)
    shown, answered = ([each[place] for each in seconds] for place in (0, 1))
    name = f"adding to {bench.corpus.passages:,} passages"
    return [
        Row(f"{name}: file to preview", percentile(shown, 0.5), "s", note=f"up to {max(shown):.2f}"),
        Row(f"{name}: Add to the answer, longest", max(answered), "s", 5),
        Row(f"{name}: Add to the answer, median", percentile(answered, 0.5), "s"),
    ]


def _added(api: BotApi, number: int) -> tuple[float, float]:
    """Seconds from a file to its preview, and from Add to an answer out of it."""
    text, before, start = _ARTICLE.format(number=number, count=number * 3), len(api.sent(1)), time.monotonic()
    api.say(None, user=_ADMIN, document=api.document(text.encode(), f"{number}.txt"))
    api.wait(lambda: len(api.sent(1)) > before, _PATIENCE)
    shown, message = time.monotonic() - start, api.sent(1)[-1]
    start = time.monotonic()
    api.press(message, "Add", user=_ADMIN)
    api.wait(lambda: "You can ask about it now" in api.sent(1)[-1]["text"], _PATIENCE)
    _asked(api, f"How many ships did the keeper of Port {number} count?", f"{number * 3} ships")
    return shown, time.monotonic() - start


def _asked(api: BotApi, question: str, words: str) -> None:
    """Ask, and wait for an answer, which must hold the words."""
    before = len(api.sent(1))
    api.say(question, user=_ADMIN)
    api.wait(lambda: len(api.sent(1)) > before, _PATIENCE)
    if words not in (told := api.sent(1)[-1]["text"]):
        raise RuntimeError(f"{question} was answered by {told!r}")
