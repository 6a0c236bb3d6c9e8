"""`python -m tests.crash`: the long campaigns against a library, run by hand."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.crash import campaign, churn, crowd, damage, effects
from tests.crash.operations import OPERATIONS
from tests.crash.victim import POINTS
from tests.readers import WordReader
from tests.shelf import Shelf

_NAMED = "all at once"  # the operation that comes by all named points
_SAMPLES = 100
_MUCH = 0.05  # a rise by this share over a churn is no chance any more


def main() -> int:
    """Run what is asked for, print what came of it; 1 if anything went wrong."""
    arguments = _parsed()
    with tempfile.TemporaryDirectory(prefix="articlebot-crash-") as work:
        if arguments.churn:
            return _churn(Path(work), arguments.churn)
        if arguments.damage:
            return _damage(Path(work))
        if arguments.crowd:
            return _crowd(Path(work), arguments.crowd)
        return _kill(Path(work), arguments)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--points", type=int, default=200, metavar="N", help="kill so many times")
    parser.add_argument("--only", choices=OPERATIONS, nargs="+", help="during these operations alone")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="put the libraries that failed there")
    parser.add_argument("--seed", type=int, help="the seed of an earlier run, to have it again")
    parser.add_argument("--churn", type=int, metavar="N", help="instead, so many cycles of coming and going")
    parser.add_argument("--damage", action="store_true", help="instead, damage every file in every way")
    parser.add_argument("--crowd", type=float, metavar="SECONDS", help="instead, 50 questions a second")
    return parser.parse_args()


def _say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _kill(work: Path, arguments: argparse.Namespace) -> int:
    seed = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    _say(f"seed {seed}; {effects.missing() or 'kills before any effect on the disk'}")
    start, tallies = time.monotonic(), []
    run = campaign.Campaign(campaign.processes(), work, seed, keep=arguments.keep)
    for name, kills in campaign.shares(arguments.points, arguments.only or [*OPERATIONS]).items():
        points = [*POINTS] if name == _NAMED else []
        tallies.append(run.run(name, kills, points=points, tell=lambda wrong: _say(f"FAILED {wrong}")))
        _say(tallies[-1])
    failures = sum(len(tally.failures) for tally in tallies)
    total = sum(tally.kills for tally in tallies)
    _say(f"{total} kills, {failures} failures, {time.monotonic() - start:.0f} s, seed {seed}")
    return 1 if failures else 0


def _churn(work: Path, cycles: int) -> int:
    start = time.monotonic()
    found = churn.trends(churn.churn(work, cycles, every=max(1, cycles // _SAMPLES), tell=_say))
    for trend in found:
        _say(trend)
    _say(f"{cycles} cycles, {time.monotonic() - start:.0f} s")
    return 1 if any(trend.share > _MUCH for trend in found) else 0


def _damage(work: Path) -> int:
    clinic = damage.Clinic(campaign.processes(), work)
    failures = 0
    for name in clinic.files():
        for kind in damage.DAMAGES:
            wrong = clinic.damage(name, kind)
            failures += bool(wrong)
            if wrong:
                _say(f"FAILED {name} {kind}: {'; '.join(wrong)}")
    _say(f"{len(clinic.files())} files, each {len(damage.DAMAGES)} times damaged, {failures} failures")
    return 1 if failures else 0


def _crowd(work: Path, seconds: float) -> int:
    shelf = Shelf(work, reader=WordReader())
    crowd.publish(shelf, 1)
    asking = crowd.Crowd(shelf)
    with crowd.another_process(campaign.processes(), work):
        asking.ask(50, seconds=seconds)
    _say(asking)
    for wrong in asking.wrong[:10]:
        _say(f"FAILED {wrong}")
    return 1 if asking.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
