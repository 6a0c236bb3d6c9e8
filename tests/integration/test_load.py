"""Twenty chats at once, a server that fails in every way, one soft end of the bot and one hard one.

The short form of `python -m tests.bench --only load`: what holds there for 300 chats holds here.
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from threading import Thread

import pytest

from index import Answer, Library, NotFound
from tests.crowd import Bot, Crowd, Faults, rush, wait_until
from tests.integration.bot_api_server import BotApiServer
from tests.integration.processes import articlebot, environment

GOLDEN = Path(__file__).parents[1] / "golden" / "samples.jsonl"
CHATS, GROUPS = 20, 4
FAULTS = Faults(busy=0.04, broken=0.04, cut=0.04, deaf=0.02, muddled=0.5)
PATIENCE = 90.0


def words_of(result: Answer | NotFound) -> str:
    """Words that a message with this result holds, and hardly one with another."""
    return result.quotes[0].text[:30] if isinstance(result, Answer) else result.nearest[0].title[:20]


@pytest.fixture
def expected(sample_library: Path) -> dict[str, str]:
    """Questions, and words of their answers."""
    records = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    with Library.open(sample_library) as library:
        return {record["question"]: words_of(library.ask(record["question"])) for record in records[:CHATS]}


def test_every_question_is_answered_once_in_its_chat_whatever_fails_and_ends(
    sample_library: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    shutil.copytree(sample_library, tmp_path / "library")
    crowd, threads = Crowd(FAULTS), list[Thread]()
    chats = [number if number > GROUPS else -number for number in range(1, CHATS + 1)]
    with BotApiServer(crowd) as server:
        command = articlebot("run", "--library", str(tmp_path / "library"))
        bot = Bot(command, environment(server), tmp_path / "log")
        ends = {5: signal.SIGTERM, 15: signal.SIGKILL}

        def meanwhile(count: int) -> None:
            if count in ends:
                threads.append(bot.restart(ends[count], crowd))

        bot.start()
        try:
            assert wait_until(lambda: crowd.polled() > 0, PATIENCE)
            rush(crowd, zip(chats, expected, strict=True), rate=5, meanwhile=meanwhile)
            for thread in threads:
                thread.join()
            assert wait_until(lambda: not crowd.unsettled(), PATIENCE), bot.log.read_text()
        finally:
            bot.end(signal.SIGTERM)
    assert [each.number for each in bot.restarts] == list(ends.values())
    for asked in crowd.asked.values():
        assert len(asked.answers) <= 1 + asked.unheard, asked
        assert all(expected[asked.question] in text for _, text in asked.answers), asked
    assert crowd.counts["strays"] == 0
    assert sum(asked.interrupted for asked in crowd.asked.values()) <= 2
    assert "Traceback" not in bot.log.read_text()
