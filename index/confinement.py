"""Parsing in a child process that may take only so much memory and time.

A parser of PDF, HTML, Word files or feeds is very much code that a stranger's bytes steer: they can
make it run for ever, fill the memory or crash the process. So it runs in a process of its own,
without the environment (and the bot's token in it), and what that dies of is an error of the
file it read. One child reads many files, which costs each of them a fraction of a millisecond.
Only plain data comes back: JSON, never pickled objects.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from index.child import FRAME, OUT_OF_MEMORY
from index.errors import ArticleError, EmptyArticle, FeedError, TooLarge, UnsupportedFormat
from index.feeds import Entry, Feed
from index.parsers import Parsed

if TYPE_CHECKING:
    from collections.abc import Callable

_FILES = 500  # that one child reads before it is replaced, so that what parsers leak does not add up
_START = 60.0  # seconds; starting takes a tenth of one, on a machine that is busy some more
_ERRORS = {
    kind.__name__: kind for kind in (ArticleError, EmptyArticle, FeedError, TooLarge, UnsupportedFormat)
}
_LETTER = 6  # bytes that a character takes at most in JSON
_BESIDES = 100_000  # bytes, more than an answer holds beside its text
_NONSENSE = 1  # the exit status of a child that is ended because it talks nonsense
# All of the environment that the child is given.
_ENVIRONMENT = "PATH LD_LIBRARY_PATH DYLD_LIBRARY_PATH SYSTEMROOT TEMP TMP TMPDIR LANG LC_ALL".split()
# Isolated (-I), lest a module be taken from the folder the command is run in; and the package
# without its door, which opens everything and would take four times as long.
_CODE = (
    "import sys, types; sys.path[:] = sys.argv[5:]; package = types.ModuleType('index'); "
    "package.__path__ = [sys.argv[1]]; sys.modules['index'] = package; "
    "from index.child import serve; serve(*map(int, sys.argv[2:5]))"
)


Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take: seconds, bytes of memory, and characters of text it may yield."""

    seconds: int = 20
    memory: int = 512_000_000
    characters: int = 20_000_000


class Confinement:
    """Parses files in a child, which is started when one comes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def parse(self, data: bytes, suffix: str, name: str, limits: Limits) -> Parsed:
        """What `index.parsers.parse` returns or raises.

        Raises ArticleError, too, where the file takes more than the limits allow or crashes its parser.
        """
        return self._run({"suffix": suffix, "name": name}, data, limits, _parsed)

    def feed(self, data: bytes, kind: str, address: str, limits: Limits) -> Feed:
        """What `index.feeds.parse_feed` returns or raises, or an ArticleError as `parse` does."""
        return self._run({"feed": kind, "name": address}, data, limits, _feed)

    def _run(
        self,
        asked: dict[str, str],
        data: bytes,
        limits: Limits,
        understand: Callable[[dict[str, Any]], Result],
    ) -> Result:
        header = json.dumps(asked).encode()
        request = FRAME.pack(len(header), len(data)) + header + data
        with self._lock:
            answer = self._answer(request, limits, understand)
        if isinstance(answer, ArticleError):
            raise answer
        return answer

    def close(self) -> None:
        """End the child; another file starts a new one."""
        with self._lock:
            self._end()

    def _answer(
        self, request: bytes, limits: Limits, understand: Callable[[dict[str, Any]], Result]
    ) -> Result | ArticleError:
        child = self._child
        if child is None or child.limits != limits or child.served >= _FILES:
            self._end()
            child = self._child = _Child(limits)
        fresh = not child.served
        try:
            return child.ask(request, understand)
        except _Died as death:
            self._end()
            if fresh or death.expired:
                raise _reason(death, limits) from death
        except BaseException:  # half an answer may be under way, which no other file must get
            self._end()
            raise
        # It may have died of what it had read before, or of being idle: a new one will show.
        return self._answer(request, limits, understand)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


class _Died(Exception):
    """The child is gone or no longer of use, or its time was over.

    `status` is its exit status; below zero, the number of the signal that ended it.
    """

    def __init__(self, status: int, *, expired: bool) -> None:
        super().__init__(status, expired)
        self.status, self.expired = status, expired


class _Child:
    """A process that reads one file after another."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.served = 0
        self._expired = False
        numbers = map(str, (limits.seconds, limits.memory, limits.characters))
        paths = [os.path.abspath(path) for path in sys.path if path]  # noqa: PTH100 -- strings are wanted
        try:
            self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own code
                [sys.executable, "-I", "-B", "-c", _CODE, str(Path(__file__).parent), *numbers, *paths],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
                start_new_session=True,  # Ctrl-C is for the command, which ends its child itself
            )
            self._exchange(b"", _START)
        except (OSError, _Died) as error:
            raise ArticleError(
                f"The process that reads files cannot be started ({error}); "
                "close other programs and try again"
            ) from error

    def ask(self, request: bytes, understand: Callable[[dict[str, Any]], Result]) -> Result | ArticleError:
        """What it answers about a file; raises `_Died` if it ends instead, or no longer talks sense."""
        reply = self._exchange(request, self.limits.seconds)
        try:
            answer = _understood(json.loads(reply), understand)
        except (ValueError, KeyError, TypeError) as error:
            raise _Died(_NONSENSE, expired=False) from error
        self.served += 1
        return answer

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def _exchange(self, request: bytes, seconds: float) -> bytes:
        self._expired = False
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            reply = self._reply(request)
        except OSError:  # the pipe is broken
            reply = b""
        finally:
            timer.cancel()
        if not reply:
            self._process.kill()  # of one that is ending already this changes nothing
            raise _Died(self._process.wait(), expired=self._expired)
        return reply

    def _reply(self, request: bytes) -> bytes:
        """What comes back; nothing where the child ends on the way."""
        files, results = self._process.stdin, self._process.stdout
        assert files is not None  # it was started with pipes
        assert results is not None
        files.write(request)
        files.flush()
        lengths = results.read(FRAME.size)
        size = FRAME.unpack(lengths)[0] if len(lengths) == FRAME.size else 0
        if size > _LETTER * self.limits.characters + _BESIDES:
            raise _Died(_NONSENSE, expired=False)
        reply = results.read(size)
        return reply if len(reply) == size else b""

    def _expire(self) -> None:
        self._expired = True
        self._process.kill()


def _understood(
    answer: dict[str, Any], understand: Callable[[dict[str, Any]], Result]
) -> Result | ArticleError:
    if "error" in answer:
        return _ERRORS[answer["error"]](str(answer["reason"]))
    return understand(answer)


def _parsed(answer: dict[str, Any]) -> Parsed:
    words = {name: answer[name] for name in ("title", "text", "url", "source", "author")}
    return Parsed(**_words(words), published=_day(answer["published"]))


def _feed(answer: dict[str, Any]) -> Feed:
    entries = [
        Entry(
            **_words({name: each[name] for name in ("key", "url", "title", "text")}),
            published=_day(each["published"]),
        )
        for each in answer["entries"]
    ]
    return Feed(str(answer["title"]), tuple(entries))


def _words(told: dict[str, Any]) -> dict[str, Any]:
    if not all(value is None or isinstance(value, str) for value in told.values()):
        raise TypeError("a child's answer holds words only")
    return told


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _reason(death: _Died, limits: Limits) -> ArticleError:
    if death.expired:
        return ArticleError(
            f"Reading the file took longer than {limits.seconds} s; save its text as .txt, "
            "or raise articles.max_seconds in the settings"
        )
    if death.status in {OUT_OF_MEMORY, -signal.SIGKILL}:  # the latter is what a system short of memory sends
        return TooLarge(
            f"Reading the file needs more than {limits.memory // 1_000_000} MB of memory; save its text as "
            ".txt, or raise articles.max_memory_mb in the settings"
        )
    name = signal.Signals(-death.status).name if death.status < 0 else f"exit {death.status}"
    return ArticleError(f"The file crashes its parser ({name}); save its text as .txt")


SHARED = Confinement()
atexit.register(SHARED.close)
