"""`articlebot doctor`: what is wrong with the library, and how to mend it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from bot.commands.session import open_library, style_of_stdout
from bot.terminal import status_text
from config import SettingsError, telegram_token
from index import ArticlebotError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config import Settings
    from index import Library

PROBE = "小米 research 研發 研发"


def examine(settings: Settings) -> int:
    """Print what is there and what is wrong, each with its remedy; 1 if anything is wrong."""
    try:
        with open_library(settings) as library:
            print(status_text(library.status(), settings.library.path, style_of_stdout()), end="\n\n")
            problems = [*_folder_problems(settings), *_library_problems(library)]
    except ArticlebotError as error:
        problems = [str(error)]
    for problem in problems:
        print(f"wrong  {style_of_stdout().safe(problem)}")
    print(_token_line())
    return 1 if problems else 0


def _folder_problems(settings: Settings) -> Iterator[str]:
    path = settings.library.path
    if not os.access(path, os.W_OK):
        yield f"{path} cannot be written to: make it writable for this user before you index"


def _library_problems(library: Library) -> Iterator[str]:
    """Ask it something: that an index is live, whole and of our model shows only in use."""
    start = time.perf_counter()
    try:
        library.ask(PROBE)
    except ArticlebotError as error:
        yield str(error)
    else:
        print(f"ok     a first question is answered in {(time.perf_counter() - start) * 1000:.0f} ms")


def _token_line() -> str:
    try:
        telegram_token()
    except SettingsError as error:
        return f"note   {error}"
    return "ok     TELEGRAM_BOT_TOKEN is set"
