"""What a monitoring system may know of the bot, in Prometheus's form. The only module that knows it.

No number in it leads to a person: nothing is counted by chat, and no question is in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.errors import BotError
from index import ArticlebotError

if TYPE_CHECKING:
    from prometheus_client import Metric

    from index import Status

LOOPBACK: Final = "127.0.0.1"
SECONDS: Final = (0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class _Library(Protocol):
    def status(self) -> Status:
        """What the library holds."""


class Metrics:
    """Counts what the bot does. Safe to use from several threads."""

    def __init__(self, library: _Library, waiting: Callable[[], int]) -> None:
        """`waiting` tells how many updates are not done with."""
        self._registry = registry = CollectorRegistry()
        self._questions = Counter(
            "articlebot_questions",
            "Questions by outcome and language",
            ["outcome", "language"],
            registry=registry,
        )
        self._ask = Histogram(
            "articlebot_ask_seconds", "From a question to its answer", buckets=SECONDS, registry=registry
        )
        self._send = Histogram(
            "articlebot_send_seconds",
            "Until Telegram has an answer",
            buckets=SECONDS,
            registry=registry,
        )
        self._errors = Counter("articlebot_errors", "Messages that ended in an error", registry=registry)
        self._limited = Counter("articlebot_limited", "Messages over a limit", registry=registry)
        Gauge("articlebot_updates_waiting", "Updates that are not done with", registry=registry).set_function(
            waiting
        )
        registry.register(_LibraryCollector(library))
        ProcessCollector(registry=registry)

    def question(self, *, outcome: str, language: str, ask: float, send: float) -> None:
        """Count a question; `ask` and `send` are the seconds that finding and sending took."""
        self._questions.labels(outcome, language).inc()
        self._ask.observe(ask)
        self._send.observe(send)

    def error(self) -> None:
        """Count a message that ended in an error."""
        self._errors.inc()

    def limited(self) -> None:
        """Count a message that was not answered because its sender or group had too many."""
        self._limited.inc()

    @contextmanager
    def served(self, port: int) -> Iterator[None]:
        """Answer HTTP on a port of this machine meanwhile; port 0 does nothing. Raises `BotError`."""
        if not port:
            yield
            return
        try:
            server, thread = start_http_server(port, addr=LOOPBACK, registry=self._registry)
        except OSError as error:
            raise BotError(
                f"The metrics cannot be served on port {port} ({error.strerror}). Stop what else listens "
                "there, or choose another by telegram.metrics_port."
            ) from None
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _LibraryCollector(Collector):
    """Asks the library when it is asked itself."""

    def __init__(self, library: _Library) -> None:
        self._library = library

    def collect(self) -> Iterator[Metric]:
        try:
            status = self._library.status()
        except ArticlebotError:  # it is told where it matters; a gap in a curve tells it too
            return
        yield GaugeMetricFamily("articlebot_articles", "Articles in the live index", status.articles)
        yield GaugeMetricFamily("articlebot_passages", "Passages in the live index", status.passages)
        if status.built is not None:
            age = time.time() - status.built
            yield GaugeMetricFamily("articlebot_index_age_seconds", "Since the live index was built", age)
