"""`articlebot backup` and `restore`: the library as one file, and back."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.session import open_library, style_of_stdout
from bot.progress import progress_on
from bot.state import STATE
from bot.terminal import report_text
from index import BackupError, Library

if TYPE_CHECKING:
    from typing import Literal

    from config import Settings
    from index import Backup


def back_up(settings: Settings, file: Path, *, small: bool, people: bool) -> int:
    """Write the library into a file and say what is in it."""
    state = settings.library.path / STATE
    if people and not state.is_file():
        raise BackupError(f"there is no {state}: no bot has run over this library; leave --with-people out")
    with open_library(settings) as library:
        backup = library.backup(file, small=small, also={STATE: state} if people else {})
    print(f"{file}: {file.stat().st_size:,} bytes. {backup_text(backup)}")
    return 0


def restore(settings: Settings, file: Path, how: Literal["new", "replace", "merge"], *, people: bool) -> int:
    """Take a backup's articles over and index them; say what was done."""
    path = settings.library.path
    if how == "replace" and (aside := Library.rescue(path, file)) is not None:
        print(f"articlebot: the archive was damaged and is kept in {aside}", file=sys.stderr)
    with open_library(settings, create=True) as library:
        also = {STATE: path / STATE} if people else {}
        with progress_on(sys.stderr) as progress:
            report = library.restore(file, how, also=also, progress=progress)
        print(report_text(report, style_of_stdout()))
    return 0


def backup_text(backup: Backup) -> str:
    """Say what a backup holds."""
    made = datetime.fromtimestamp(backup.made, UTC).strftime("%Y-%m-%d %H:%M UTC")
    languages = ", ".join(f"{count} {language}" for language, count in backup.languages)
    dates = f", from {backup.first} to {backup.last}" if backup.first and backup.last else ""
    held = f"{backup.articles} articles ({languages}){dates}" if languages else "no articles"
    return f"{held}; {backup.vectors} vectors; made {made} by articlebot {backup.program}."
