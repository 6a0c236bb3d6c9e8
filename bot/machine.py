"""What this process takes of the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

_PAGES: Final = Path("/proc/self/statm")  # Linux: the sizes in pages; the second is what is resident


def resident_bytes() -> int | None:
    """The memory this process has now; elsewhere than on Linux the most it has had; None if unknown."""
    try:
        return int(_PAGES.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return _most()


def _most() -> int | None:
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
