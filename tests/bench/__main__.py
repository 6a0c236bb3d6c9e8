"""`python -m tests.bench`: measure, and print a table with the targets beside the figures."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

from tests.bench.bench import Bench, Plan
from tests.bench.figures import as_json, table
from tests.bench.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = 170


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the measures that were asked for; what they made is deleted with them."""
    options = _parsed(arguments)
    signal.signal(signal.SIGTERM, _leave)
    console, progress = Console(), Console(stderr=True)
    if not console.is_terminal:
        console = Console(width=_WIDTH)  # a file or a pipe has no width of its own
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="articlebot-bench-") as folder:
        bench = Bench(Path(folder), _plan(options), lambda doing: progress.print(f"… {doing}", style="dim"))
        sections = [MEASURES[name](bench) for name in options.only or MEASURES]
    facts = _facts(bench, load)
    console.print(table(sections, title="Speed and memory", caption=_sentence(facts)))
    if options.json:
        rows = [row for section in sections for row in as_json(section)]
        options.json.write_text(
            json.dumps({**facts, "rows": rows}, indent=1, ensure_ascii=False) + "\n", "utf-8"
        )


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--passages", type=int, default=5000, help="how many to index (default: %(default)s)")
    parser.add_argument(
        "--news", type=Path, metavar="FILE", help='load: records with "text"; none: made out of the samples'
    )
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[1000, 10_000, 100_000],
        metavar="N",
        help="large and server: passages of each library (default: 1000 10000 100000)",
    )
    _take_files(parser)
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there as well")
    options = parser.parse_args(arguments)
    _check(parser, options)
    return options


def _take_files(parser: argparse.ArgumentParser) -> None:
    """The options that name data."""
    lists = {
        "--questions": 'what to time: records with "question"',
        "--gold": 'questions with answers, beside the samples\' own: "question", "context", "answer"',
        "--parallel": 'sentences: records with "en", "zh", and "src", which ends in CN, Hans, TW or Hant',
    }
    for name, content in lists.items():
        parser.add_argument(name, type=Path, nargs="+", default=[], metavar="FILE", help=content)
    parser.add_argument(
        "--gold-limit", type=int, default=300, metavar="N", help="of each file (default: 300)"
    )
    parser.add_argument(
        "--dev", type=Path, metavar="FOLDER", help="the development questions, for baseline and scripts"
    )


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse a measure that was asked for by name without its data."""
    for name, (option, given) in {
        "sentences": ("--parallel", options.parallel),
        "baseline": ("--dev", options.dev),
        "scripts": ("--dev", options.dev),
    }.items():
        if name in (options.only or ()) and not given:
            parser.error(f"{name} measures what {option} names; give it")


def _plan(options: argparse.Namespace) -> Plan:
    return Plan(
        options.passages,
        options.news,
        tuple(options.questions),
        tuple(options.gold),
        options.gold_limit,
        tuple(options.parallel),
        options.dev,
        tuple(options.sizes),
    )


def _leave(number: int, _frame: object) -> NoReturn:
    """End as after an error, so that children are ended and files deleted."""
    sys.exit(128 + number)


def _facts(bench: Bench, load: float) -> dict[str, str | int | float]:
    corpus = bench.corpus
    return {
        "articles": corpus.articles,
        "passages": corpus.passages,
        "characters_a_passage": round(corpus.characters / corpus.passages, 1),
        "cores": os.cpu_count() or 1,
        "load_average": round(load, 2),
        "python": platform.python_version(),
        "machine": platform.platform(),
    }


def _sentence(facts: dict[str, str | int | float]) -> str:
    return (
        "{articles:,} articles, {passages:,} passages of {characters_a_passage} characters; {cores} cores, "
        "load average {load_average} before; Python {python}, {machine}"
    ).format(**facts)


if __name__ == "__main__":
    main()
