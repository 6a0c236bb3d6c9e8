"""Logs: one JSON object a line on stderr, without tokens and without people's words.

Whatever is logged goes through one formatter, which takes out anything that looks like a bot's
token as the very last step, tracebacks included.
"""

from __future__ import annotations

import functools
import hashlib
import logging
import re
import secrets
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.jsonlines import json_line

if TYPE_CHECKING:
    from types import TracebackType

OURS = ("bot", "index")
_REDACTED = "[redacted]"
# Telegram's tokens: the bot's number, a colon (also as URLs write it), 35 letters.
_TOKEN = re.compile(r"\d{5,}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
_questions = logging.getLogger("bot.question")


def configure(level: str, *, secret: str | None = None) -> None:
    """Log to stderr, our own loggers from `level` on and every library's from warnings on.

    Telegram's HTTP client writes the address of each request, and with it the token, at level
    INFO: libraries stay at WARNING whatever `level` is. `secret` is the token itself, taken
    out of every line even if it does not look like one.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines(secret))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    sys.excepthook = _log_uncaught


def log_question(
    *,
    chat: int,
    language: str,
    outcome: str,
    quotes: int,
    milliseconds: dict[str, float],
    question: str | None = None,
) -> None:
    """Log exactly one line about one question.

    `outcome` is "answered", "not_found" or "error"; `milliseconds` holds wall time by the name
    of what took it. A chat's number identifies a person, so the line holds a keyed hash of it
    instead: it tells apart who asks while the program runs, and since the key is random and
    never leaves the process, nobody can lead it back, or link it to the next run. `question`
    is the person's own words: None unless the setting `logging.questions` allows them.
    """
    fields = {
        "chat": _chat_name(chat),
        "language": language,
        "outcome": outcome,
        "quotes": quotes,
        "milliseconds": {name: round(value, 1) for name, value in milliseconds.items()},
    }
    if question is not None:
        fields["question"] = question
    _questions.info("question", extra={"fields": fields})


def redacted(text: str, secret: str | None) -> str:
    """A text without the secret, and without anything that looks like a bot's token."""
    if secret:
        text = text.replace(secret, _REDACTED)
    return _TOKEN.sub(_REDACTED, text)


@functools.cache
def _key() -> bytes:
    return secrets.token_bytes(16)


def _chat_name(chat: int) -> str:
    return hashlib.blake2b(str(chat).encode(), key=_key(), digest_size=4).hexdigest()


class _JsonLines(logging.Formatter):
    """One record, one JSON object on one line: time (UTC), level, logger, event, and the fields."""

    def __init__(self, secret: str | None) -> None:
        super().__init__()
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return redacted(json_line(line), self._secret)


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Log what would have ended as a bare traceback, which could hold an address with the token."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
    else:
        logging.getLogger("bot").critical("the program stopped", exc_info=(kind, error, traceback))
