"""`articlebot doctor`: what is wrong with the library and how to mend it, or mending it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from bot.commands.session import open_library, server_of, style_of_stdout
from bot.progress import progress_on
from bot.state import STATE, fault, move_aside
from bot.terminal import status_text
from config import SettingsError, telegram_token
from index import ArticlebotError, LibraryEmpty, examine, repair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config import Settings

PROBE = "小米 research 研發 研发"


def look(settings: Settings, *, deep: bool) -> int:
    """Print what is there and what is wrong, and what a repair would do about it; 1 if anything is wrong."""
    problems = [*_folder_problems(settings)]
    try:
        found = examine(
            settings.library.path, model=settings.encoder.model, threads=settings.encoder.threads, deep=deep
        )
        problems += [f"{each.sentence}\n       --repair: {each.remedy.value}" for each in found]
    except ArticlebotError as error:
        problems.append(str(error))
    if state := fault(settings.library.path / STATE):
        problems.append(f"{state}\n       --repair: it is moved aside, and the bot begins afresh")
    return _told(settings, problems)


def mend(settings: Settings) -> int:
    """Repair what can be, and print what was done and lost; 1 if something is lost or still wrong."""
    encoder = settings.encoder
    with progress_on(sys.stderr) as progress:
        mended = repair(
            settings.library.path,
            model=encoder.model,
            threads=encoder.threads,
            server=server_of(settings),
            progress=progress,
        )
    for done in (*mended.done, *_mended_state(settings)):
        print(f"mended {done}")
    for lost in mended.lost:
        print(f"lost   {lost}")
    if mended.lost:
        print("       `articlebot index` reads again those whose files are still there")
    left = [f"{problem.sentence}\n       {problem.remedy.value}" for problem in mended.left]
    return max(_told(settings, [*_folder_problems(settings), *left]), 1 if mended.lost else 0)


def _mended_state(settings: Settings) -> Iterator[str]:
    path = settings.library.path / STATE
    if problem := fault(path):
        yield f"{problem}: it is in {move_aside(path)} now, and the bot begins afresh"


def _told(settings: Settings, problems: list[str]) -> int:
    """Print what there is and what is wrong; 1 if anything is."""
    if not problems:
        problems += _first_question(settings)
    for problem in problems:
        print(f"wrong  {style_of_stdout().safe(problem)}")
    print(_token_line())
    return 1 if problems else 0


def _folder_problems(settings: Settings) -> Iterator[str]:
    path = settings.library.path
    if path.exists() and not os.access(path, os.W_OK):
        yield f"{path} cannot be written to: make it writable for this user before you index"


def _first_question(settings: Settings) -> Iterator[str]:
    """Ask it something: that the models work shows only in use."""
    try:
        with open_library(settings) as library:
            print(status_text(library.status(), settings.library.path, style_of_stdout()), end="\n\n")
            start = time.perf_counter()
            library.ask(PROBE)
    except LibraryEmpty as error:
        print(f"note   {error}")
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
