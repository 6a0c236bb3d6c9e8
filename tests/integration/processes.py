"""The bot as an operator runs it: `articlebot run` in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.bot_api import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.bot_api_server import BotApiServer

ADMIN = 99


def environment(server: BotApiServer) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ARTICLEBOT_")}
    return inherited | server.environment | {"ARTICLEBOT_TELEGRAM__ADMINS": f"[{ADMIN}]"}


def articlebot(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", *arguments]


@contextmanager
def process(
    server: BotApiServer, library: Path, settings: dict[str, str] | None = None, *, code: int = 0
) -> Iterator[subprocess.Popen[str]]:
    """`articlebot run` in another process; leaving ends it with SIGTERM and looks at its exit code."""
    bot = subprocess.Popen(
        articlebot("run", "--library", str(library)),
        env=environment(server) | (settings or {}),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield bot
        bot.send_signal(signal.SIGTERM)
        _, errors = bot.communicate(timeout=60)
        assert bot.returncode == code, errors
        assert TOKEN not in errors
        assert "Traceback" not in errors
    finally:
        bot.kill()
        bot.communicate()
