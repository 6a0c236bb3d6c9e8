"""Pairing and limits in the real process, over a restart."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.integration.bot_api_server import BotApiServer
from tests.integration.test_telegram import ADMIN, articlebot, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = {
    "en": "how much does Xiaomi plan to spend on R&D",
    "zh-hant": "小米未來五年要投入多少研發費用？",
    "zh-hans": "小米未来五年要投入多少研发费用？",
}
REFUSED = {"en": "I answer only", "zh-hant": "我只回答管理員", "zh-hans": "我只回答管理员"}
WELCOME = {"en": "You may ask now", "zh-hant": "管理員已經同意", "zh-hans": "管理员已经同意"}


@contextmanager
def process(server: BotApiServer, library: Path) -> Iterator[None]:
    """`articlebot run` with pairing and a small limit; leaving ends it with SIGTERM."""
    settings = {"ARTICLEBOT_TELEGRAM__ACCESS": "pairing", "ARTICLEBOT_TELEGRAM__PERSON_LIMIT": "4"}
    command = articlebot("run", "--library", str(library))
    bot = subprocess.Popen(command, env=environment(server) | settings, stderr=subprocess.PIPE, text=True)
    try:
        yield
        os.kill(bot.pid, signal.SIGTERM)
        _, errors = bot.communicate(timeout=60)
        assert bot.returncode == 0, errors
        assert "Traceback" not in errors
    finally:
        bot.kill()
        bot.communicate()


def heard(server: BotApiServer, chat: int, count: int) -> str:
    """The last of so many messages that a chat has got."""
    server.api.wait(lambda: len(server.api.sent(chat)) >= count, 60)
    return str(server.api.sent(chat)[count - 1]["text"])


@pytest.mark.parametrize("language", list(QUESTION))
def test_a_stranger_is_let_in_and_stays_so_until_revoked(
    language: str, sample_library: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    subprocess.run(["cp", "-r", str(sample_library), str(library)], check=True)
    with BotApiServer() as server:
        with process(server, library):
            server.api.say(QUESTION[language], user=5, language=language)
            refused = heard(server, 5, 1)
            assert refused.startswith(REFUSED[language])
            (code,) = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", refused)
            server.api.say(f"/approve {code}", user=ADMIN)
            assert "5" in heard(server, ADMIN, 1)
            assert heard(server, 5, 2).startswith(WELCOME[language])
        with process(server, library):
            server.api.say(QUESTION[language], user=5, language=language)
            assert "小米" in heard(server, 5, 3) or "Xiaomi" in heard(server, 5, 3)
            server.api.say("/revoke 5", user=ADMIN)
            heard(server, ADMIN, 2)
            server.api.say(QUESTION[language], user=5, language=language)
            assert heard(server, 5, 4).startswith(REFUSED[language])
            server.api.say("/audit", user=ADMIN)
            assert [line.split(" · ")[2] for line in heard(server, ADMIN, 3).split("\n")[1:]] == [
                "/revoke 5",
                "/approve 5",
            ]
