"""A file beside the index, there while something that was removed is not off the disk; no kill undoes it."""

from __future__ import annotations

from pathlib import Path

from index.durable import sync

_OWED = "REMOVED"


def owe(library: Path) -> None:
    """Note it, before anything is removed."""
    (library / _OWED).touch()
    sync(library)


def is_owed(library: Path) -> bool:
    """Whether it was noted."""
    return (library / _OWED).exists()


def settle(library: Path) -> None:
    """Forget it, once nothing of what was removed is left."""
    (library / _OWED).unlink(missing_ok=True)
