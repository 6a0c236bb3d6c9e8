"""`python -m tests.crash`: the long campaigns against a library, run by hand."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.crash import campaign, effects
from tests.crash.operations import OPERATIONS


def main() -> int:
    """Run what is asked for, print what came of it; 1 if anything went wrong."""
    arguments = _parsed()
    seed = random.SystemRandom().randrange(10**6) if arguments.seed is None else arguments.seed
    return _kill(seed, arguments)


def _say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--points", type=int, default=200, metavar="N", help="kill so many times")
    parser.add_argument("--only", choices=OPERATIONS, nargs="+", help="during these operations alone")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="put the libraries that failed there")
    parser.add_argument("--seed", type=int, help="the seed of an earlier run, to have it again")
    return parser.parse_args()


def _kill(seed: int, arguments: argparse.Namespace) -> int:
    _say(f"seed {seed}; {effects.missing() or 'kills before any effect on the disk'}")
    start = time.monotonic()
    wanted = arguments.only or list(OPERATIONS)
    shares = campaign.shares(arguments.points, wanted)
    tallies = []
    with tempfile.TemporaryDirectory(prefix="articlebot-crash-") as work:
        run = campaign.Campaign(campaign.processes(), Path(work), seed, keep=arguments.keep)
        for name, kills in shares.items():
            tallies.append(run.run(name, kills, tell=lambda wrong: _say(f"FAILED {wrong}")))
            _say(tallies[-1])
    failures = sum(len(tally.failures) for tally in tallies)
    kills = sum(tally.kills for tally in tallies)
    _say(f"{kills} kills, {failures} failures, {time.monotonic() - start:.0f} s, seed {seed}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
