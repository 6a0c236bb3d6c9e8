"""The measures, in the order of the table: each takes the bench and gives its rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import psutil  # type: ignore[import-untyped] # it ships no types

from index import language_of, samples
from tests.bench.adding import adding
from tests.bench.comparison import Founds, compared
from tests.bench.corpus import write_clippings
from tests.bench.figures import Row, percentile
from tests.bench.gold import Found
from tests.bench.large import large
from tests.bench.load import load
from tests.bench.models import baseline, sentences, sizes, speed
from tests.bench.remote import server
from tests.bench.scripts import scripts
from tests.integration.bot_api_server import BotApiServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.bench import Bench

QUESTION = "how much does Xiaomi plan to spend on R&D"
_ANSWERED = (0, 3)  # the command's codes for an answer and for "the articles do not say it"
_TIMES, _IDLE, _CHATS = 5, 5.0, 50
_RUN_TIMEOUT = 60.0


def start(bench: Bench) -> list[Row]:
    """From the start of `articlebot ask` to its end, the model loaded on the way."""
    small = bench.folder / "samples"
    bench.surroundings.articlebot("index", samples(), "--library", small)
    libraries = {"the samples": small, "the load": bench.library}
    return [_started(bench, name, library) for name, library in libraries.items()]


def _started(bench: Bench, name: str, library: Path) -> Row:
    bench.tell(f"starting over {name}")
    seconds = [
        bench.surroundings.articlebot("ask", QUESTION, "--library", library, codes=_ANSWERED)
        for _ in range(_TIMES)
    ]
    return Row(
        f"start to first answer, over {name}", statistics.median(seconds), "s", 3, note=_spread(seconds)
    )


def _spread(seconds: Sequence[float]) -> str:
    return f"median of {len(seconds)}, {min(seconds):.2f} to {max(seconds):.2f}"


def memory(bench: Bench) -> list[Row]:
    """What the bot holds resident, idle, in MB (10^6 bytes): the whole of `articlebot run`."""
    library = bench.library
    bench.tell("running the bot")
    with (
        BotApiServer() as server,
        bench.surroundings.running("run", "--library", library, extra=server.environment) as process,
    ):
        server.api.wait(lambda: bool(server.api.called("getUpdates")), _RUN_TIMEOUT)
        bot = psutil.Process(process.pid)
        rows = [_resident(bot, "before any question", target=None)]
        _chat(server, [QUESTION], first_user=1)
        rows.append(_resident(bot, "after a question", target=400))
        _chat(server, bench.timed[:_CHATS], first_user=2)
        return [*rows, _resident(bot, f"after {_CHATS} more", target=400)]


def _resident(bot: psutil.Process, when: str, *, target: float | None) -> Row:
    time.sleep(_IDLE)
    taken = bot.memory_full_info()
    own = f"{taken.uss / 1e6:.0f} of it its own, the rest shared or mapped files"
    return Row(f"resident memory idle, {when}", taken.rss / 1e6, "MB", target, note=own)


def _chat(server: BotApiServer, questions: Sequence[str], *, first_user: int) -> None:
    """Ask each question in a chat of its own, and wait for the answer before the next."""
    for user, question in enumerate(questions, first_user):
        server.api.say(question, user=user)
        server.api.wait(partial(_is_answered, server, user), _RUN_TIMEOUT)


def _is_answered(server: BotApiServer, user: int) -> bool:
    return bool(server.api.sent(user))


def questions(bench: Bench) -> list[Row]:
    """A question, everything included, in a process that has answered a few already."""
    milliseconds = bench.asked("ours")["milliseconds"]
    by_language = sorted(zip(map(language_of, bench.timed), milliseconds, strict=True))
    groups = {"all": milliseconds}
    for language, pairs in groupby(by_language, key=lambda pair: pair[0]):
        groups[language] = [each for _, each in pairs]
    return [
        Row(
            f"a question, {name}: {label}",
            percentile(times, share),
            "ms",
            target,
            note=f"{len(times)} questions",
        )
        for name, times in groups.items()
        for label, share, target in (("p50", 0.5, 100), ("p95", 0.95, 250))
    ]


def indexing(bench: Bench) -> list[Row]:
    """From files on disk to the live generation, sentences included."""
    done = bench.indexed("ours")
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in done["stages"].items() if seconds >= 0.05)
    rate = done["pieces"] / done["seconds"]
    each = bench.corpus.characters / bench.corpus.passages
    return [
        Row(
            "indexing, passages a second",
            rate,
            "/s",
            60,
            more_is_better=True,
            note=f"{each:.0f} characters each",
        ),
        Row("indexing, all of it", done["seconds"], "s", note=stages),
    ]


def unchanged(bench: Bench) -> list[Row]:
    """A folder of as many small files as there are passages, seen through again."""
    folder, library = bench.folder / "clippings", bench.folder / "clippings-library"
    count = bench.corpus.passages
    write_clippings(folder, bench.corpus.clippings, count)
    bench.tell(f"indexing {count:,} small files")
    job = {"task": "index", "library": str(library), "articles": str(folder)}
    first = bench.surroundings.child("ours", **job)
    bench.tell("and again")
    seconds = [bench.surroundings.articlebot("index", folder, "--library", library) for _ in range(_TIMES)]
    again = bench.surroundings.child("ours", **job)
    seen = f"{again['unchanged']:,} of {first['articles']:,} files unchanged"
    return [
        Row("an unchanged folder, whole process", statistics.median(seconds), "s", 2, note=_spread(seconds)),
        Row("an unchanged folder, inside it", again["build_seconds"], "s", note=seen),
        Row("an unchanged folder, texts encoded", again["embedded"], "", 0),
    ]


def stock(bench: Bench) -> list[Row]:
    """Both bots over the same articles and questions, each in processes of its own."""
    ours, theirs = bench.indexed("ours"), bench.indexed("stock")
    asked, answered = bench.asked("ours"), bench.asked("stock")
    times = asked["milliseconds"], answered["milliseconds"]
    pieces = f"{ours['pieces']:,} passages, {theirs['pieces']:,} chunks"
    return [
        Row("index time", ours["seconds"], "s", theirs=theirs["seconds"], note=pieces),
        *(
            Row(
                f"question time, {label}",
                percentile(times[0], share),
                "ms",
                theirs=percentile(times[1], share),
            )
            for label, share in (("p50", 0.5), ("p95", 0.95))
        ),
        Row("peak memory, indexing", ours["peak"], "MB", theirs=theirs["peak"]),
        Row("peak memory, asking", asked["peak"], "MB", theirs=answered["peak"]),
        *compared(bench.known, _founds(bench, asked), _founds(bench, answered)),
    ]


def _founds(bench: Bench, asked: dict[str, Any]) -> Founds:
    names = bench.corpus.names
    return [[Found(names.get(key, key), text) for key, text in answer] for answer in asked["found"]]


MEASURES: dict[str, Callable[[Bench], list[Row]]] = {
    "start": start,
    "memory": memory,
    "questions": questions,
    "indexing": indexing,
    "unchanged": unchanged,
    "stock": stock,
    "load": load,
    "speed": speed,
    "sizes": sizes,
    "sentences": sentences,
    "baseline": baseline,
    "scripts": scripts,
    "large": large,
    "server": server,
    "adding": adding,
}
