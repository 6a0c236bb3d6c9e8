"""The child's side of `index.confinement`: files come in on stdin, what they hold goes out on stdout."""

from __future__ import annotations

import json
import logging
import os
import signal
import struct
import sys
import warnings
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ArticleError
from index.feeds import parse_feed
from index.parsers import parse

if TYPE_CHECKING:
    from typing import BinaryIO

    from index.feeds import Feed
    from index.parsers import Parsed

FRAME = struct.Struct(">II")  # lengths in bytes: of the JSON, and of the file after it
OUT_OF_MEMORY = 86  # the exit status that says so: what has no memory left can say nothing else
_IDLE = 60  # seconds without a file, after which it ends and gives its memory back
_STATM = Path("/proc/self/statm")


def serve(seconds: int, memory: int, characters: int) -> None:
    """Parse files until there are no more; one that takes too much ends the process.

    An empty frame says first that all is ready. `seconds` is twice limited: the parent ends a
    child that takes longer, and should there be no parent any more, the alarm does.
    """
    files, results = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a parser prints is no result
    logging.disable()
    warnings.simplefilter("ignore")
    _limit(memory)
    _send(results, {})
    while True:
        _alarm(_IDLE)
        lengths = files.read(FRAME.size)
        if len(lengths) < FRAME.size:
            return
        _alarm(seconds + 5)
        try:
            header, size = FRAME.unpack(lengths)
            asked, data = json.loads(files.read(header)), files.read(size)
            _send(results, _answer(asked, data, characters))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def _answer(asked: dict[str, str], data: bytes, characters: int) -> dict[str, Any]:
    try:
        if "feed" in asked:
            return _plain(parse_feed(data, asked["feed"], asked["name"]))
        return _plain(parse(data, asked["suffix"], asked["name"], characters=characters))
    except ArticleError as error:
        return {"error": type(error).__name__, "reason": str(error)}
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 -- a stranger's bytes lead parsers anywhere, and it is told
        reason = f"The file makes its parser fail ({type(error).__name__}); save its text as .txt"
        return {"error": ArticleError.__name__, "reason": reason}


def _plain(record: Parsed | Feed) -> dict[str, Any]:
    """A record as JSON can hold it, days as they are written."""
    told: dict[str, Any] = json.loads(json.dumps(asdict(record), default=date.isoformat))
    return told


def _send(results: BinaryIO, answer: dict[str, Any]) -> None:
    written = json.dumps(answer, ensure_ascii=False).encode()
    results.write(FRAME.pack(len(written), 0) + written)
    results.flush()


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):  # there is none on Windows
        signal.alarm(seconds)


def _limit(memory: int) -> None:
    """Bound what this process may take from now on: memory, and neither files nor core dumps to write.

    Memory is bounded where it can be told how much is taken already, which is on Linux.
    """
    with suppress(ImportError):  # Windows has no such limits
        import resource  # noqa: PLC0415 -- see above

        bounds = {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0}
        if _STATM.exists():
            taken = int(_STATM.read_text().split()[0]) * resource.getpagesize()
            bounds[resource.RLIMIT_AS] = taken + memory
        for kind, bound in bounds.items():
            hard = resource.getrlimit(kind)[1]
            most = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
            resource.setrlimit(kind, (most, most))
