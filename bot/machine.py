"""What this process takes of the machine, and in which order."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Final

_LATER: Final = 5  # steps of niceness
_PAGES: Final = Path("/proc/self/statm")  # Linux: the sizes in pages; the second is what is resident


def give_way() -> None:
    """Have this thread, and those it begins, wait where others want the processor, too; on Linux alone.

    So what is ready to be sent is sent, however much is being read.
    """
    if sys.platform == "linux":  # elsewhere it would be the whole process
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LATER)


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
