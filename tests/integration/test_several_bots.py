"""Two bots behind one webhook over one library, whose vectors a real Chroma server has, and a builder."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import TYPE_CHECKING

import pytest

from index import Answer, Library, VectorsUnreachable, examine
from tests.crowd import Bot, Crowd, Faults, rush, wait_until
from tests.integration.bot_api_server import BotApiServer, post
from tests.integration.processes import articlebot, environment
from tests.integration.test_webhook import free_port
from tests.vector_server import VectorServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOLDEN = Path(__file__).parents[1] / "golden" / "samples.jsonl"
CHATS, ROUNDS, RATE = 20, 4, 5
AT_ONCE = 2  # `telegram.workers`, as it comes: so many questions a killed bot may have been answering
PATIENCE = 90.0


class Balancer:
    """What stands before several bots: each update goes to the next of them, or to one that is there."""

    def __init__(self, ports: Sequence[int]) -> None:
        turns, lock = cycle(range(len(ports))), threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                secret = self.headers.get("X-Telegram-Bot-Api-Secret-Token")
                with lock:
                    first = next(turns)
                for port in (*ports[first:], *ports[:first]):
                    if status := post(f"http://127.0.0.1:{port}/telegram", body, secret):
                        break
                self.send_response(status or 502)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
                """Keep the tests' output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/telegram"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Pass updates on while inside."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield
        finally:
            self._server.shutdown()
            self._server.server_close()


class Builder(threading.Thread):
    """Takes in articles and has the index written anew, one after the other, until told to stop."""

    def __init__(self, library: Path, chroma: VectorServer) -> None:
        super().__init__()
        self._library = library
        self._chroma = chroma
        self._done = threading.Event()
        self.added: list[str] = []
        self.refused = 0
        self.trouble: BaseException | None = None

    def run(self) -> None:
        """Build."""
        try:
            with Library.open(self._library, server=self._chroma.server) as library:
                while not self._done.is_set():
                    self._step(library)
                library.compact()
        except BaseException as error:  # noqa: BLE001  told by whoever waits
            self.trouble = error

    def _step(self, library: Library) -> None:
        number = len(self.added)
        text = f"A shepherd counted {number + 700} goats on hill {number}, and went home."
        library.add([library.read(f"Goats on hill {number}\n\n{text}".encode(), f"{number}.txt")])
        self.added.append(text)
        try:
            library.compact()
        except VectorsUnreachable:
            self.refused += 1
        self._done.wait(0.2)

    def stop(self) -> None:
        """End it, and raise what it could not do."""
        self._done.set()
        self.join()
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def expected(sample_library: Path) -> dict[str, str]:
    """Questions that the samples answer so surely that no goats change it, and words of their answers."""
    records = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    with Library.open(sample_library) as library:
        asked = {record["question"]: library.ask(record["question"]) for record in records}
    found = {question: result.quotes[0] for question, result in asked.items() if isinstance(result, Answer)}
    surest = sorted(found.items(), key=lambda pair: -pair[1].score)[:CHATS]
    return {question: quote.text[:30] for question, quote in surest}


def bots(
    library: Path, server: BotApiServer, chroma: VectorServer, balancer: Balancer, ports: Sequence[int]
) -> list[Bot]:
    """One for each port."""
    shared = {
        **environment(server),
        "ARTICLEBOT_LIBRARY__SERVER": chroma.url,
        "ARTICLEBOT_TELEGRAM__WEBHOOK_URL": balancer.url,
    }
    return [
        Bot(
            articlebot("run", "--library", str(library)),
            {**shared, "ARTICLEBOT_TELEGRAM__WEBHOOK_LISTEN": f"127.0.0.1:{port}"},
            library.parent / f"{port}.log",
        )
        for port in ports
    ]


def test_two_bots_answer_while_the_index_is_swapped_and_the_server_is_killed(
    sample_library: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    library, crowd, ports = tmp_path / "library", Crowd(Faults()), (free_port(), free_port())
    shutil.copytree(sample_library, library)
    with ExitStack() as stack:
        server, chroma = stack.enter_context(BotApiServer(crowd)), VectorServer(tmp_path / "chroma")
        stack.enter_context(chroma)
        with Library.open(library, server=chroma.server) as moved:
            moved.compact()
        balancer = Balancer(ports)
        stack.enter_context(balancer.serving())
        running, builder = bots(library, server, chroma, balancer, ports), Builder(library, chroma)
        for bot in running:
            bot.start()
            stack.callback(bot.end, SIGTERM)
        assert wait_until(lambda: len(server.api.called("setWebhook")) == 2, PATIENCE)
        builder.start()
        stack.callback(builder.stop)
        happenings = {
            25: chroma.kill,
            55: chroma.start,
            65: partial(running[1].end, SIGKILL),
            70: running[1].start,
        }

        def meanwhile(count: int) -> None:
            if count in happenings:
                happenings[count]()

        chats = list(range(1, CHATS + 1)) * ROUNDS
        rush(crowd, zip(chats, list(expected) * ROUNDS, strict=True), rate=RATE, meanwhile=meanwhile)
        assert wait_until(lambda: not crowd.unsettled(), PATIENCE), [bot.log.read_text() for bot in running]
        builder.stop()
        for bot in running:
            bot.end(SIGTERM)
        with Library.open(library, server=chroma.server) as last:
            last.compact()  # which deletes what the bots were still reading
        _check_answers(crowd, expected)
        _check_library(library, chroma, builder)
        for bot in running:
            assert "Traceback" not in bot.log.read_text(encoding="utf-8")
            assert "@articles_test_bot is answering" in bot.log.read_text(encoding="utf-8")


def _check_answers(crowd: Crowd, expected: dict[str, str]) -> None:
    """Each was answered once, rightly, in its chat; whom the killed bot was answering is told so."""
    for asked in crowd.asked.values():
        assert len(asked.answers) == 1 or (asked.interrupted and not asked.answers), asked
        assert all(expected[asked.question] in text for _, text in asked.answers), asked
    assert sum(asked.interrupted for asked in crowd.asked.values()) <= AT_ONCE
    assert crowd.counts["strays"] == 0


def _check_library(library: Path, chroma: VectorServer, builder: Builder) -> None:
    """All that was added answers, nothing is wrong, and no collection is left over."""
    assert len(builder.added) >= 3
    assert examine(library, deep=True) == ()
    (count,) = chroma.collections().values()
    with Library.open(library, server=chroma.server) as opened:
        assert opened.status().passages == count
        assert {each.text.split("\n")[-1] for each in opened.articles()} >= set(builder.added)
        found = opened.search(builder.added[1], 1)[0].passage.text
        assert builder.added[1] in found
