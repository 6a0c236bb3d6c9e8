"""Which of the processes that share a state are there: each keeps a file of its own locked."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING

import portalocker
from portalocker import LockFlags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

_FLAGS = LockFlags.EXCLUSIVE | LockFlags.NON_BLOCKING


class Presence:
    """This process among them, by a name that no other ever has; None for a folder is a state of one's own.

    However a process ends, the system then lets go of its lock.
    """

    def __init__(self, folder: Path | None) -> None:
        self.name = token_hex(8)
        self._folder = folder
        self._file: TextIO | None = None
        if folder is not None:
            # On a disk without room, or without locks, the others take this one for gone.
            with suppress(OSError, portalocker.LockException):
                folder.mkdir(exist_ok=True)
                self._file = (folder / self.name).open("w", encoding="utf-8")
                portalocker.lock(self._file, _FLAGS)

    def is_there(self, name: str | None) -> bool:
        """Whether a process is there still; what one that is gone left is deleted."""
        if name is None or name == self.name or self._folder is None:
            return name is not None and name == self.name
        try:
            with (self._folder / name).open("r+", encoding="utf-8") as file:
                portalocker.lock(file, _FLAGS)
        except portalocker.LockException:
            return True
        except OSError:
            return False
        (self._folder / name).unlink(missing_ok=True)
        return False

    @contextmanager
    def alone(self, task: str) -> Iterator[bool]:
        """Whether this process, rather than another, may do a task while inside."""
        if self._folder is None:
            yield True
            return
        with (self._folder / f"{task}.lock").open("a", encoding="utf-8") as file:
            try:
                portalocker.lock(file, _FLAGS)
            except portalocker.LockException:
                yield False
            else:
                yield True

    def close(self) -> None:
        """Be gone."""
        if self._file is not None and self._folder is not None:
            self._file.close()
            (self._folder / self.name).unlink(missing_ok=True)
