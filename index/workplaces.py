"""Hidden folders beside a file that is being written, of which a kill leaves nothing behind for long."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import portalocker
from portalocker import LockFlags

_IN_USE = "in-use"  # locked as long as somebody works there


@contextmanager
def workplace(file: Path) -> Iterator[Path]:
    """A folder beside a file, deleted afterwards, as is what a killed process left of an earlier one.

    Raises OSError where it cannot be made.
    """
    beginning = f".{file.name}."
    for folder in file.parent.iterdir():
        if folder.name.startswith(beginning) and (folder / _IN_USE).is_file():
            _delete_unused(folder)
    with TemporaryDirectory(prefix=beginning, dir=file.parent) as name:
        folder = Path(name)
        with (folder / _IN_USE).open("w", encoding="utf-8") as handle:
            portalocker.lock(handle, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
            yield folder


def _delete_unused(folder: Path) -> None:
    with suppress(portalocker.LockException, FileNotFoundError), (folder / _IN_USE).open("r+") as handle:
        portalocker.lock(handle, LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING)
        shutil.rmtree(folder, ignore_errors=True)
