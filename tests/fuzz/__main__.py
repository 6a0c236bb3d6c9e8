"""Try a target of `tests/fuzz/targets.py` with ever other bytes, led by what code they reach.

    python -m tests.fuzz TARGET [SECONDS] [FOLDER]

What breaks it is kept in FOLDER (`crash-...`), which also keeps what was found on the way; give
such a file to `python -m tests.fuzz TARGET FILE` to see it break again. Needs the extra `fuzz`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["index", "bot", "config", "pypdf", "docx", "trafilatura", "markdown_it"]
):
    from tests.fuzz.seeds import seeds
    from tests.fuzz.targets import TARGETS

_LONGEST = 65_536  # bytes of an input
_SLOW = 30  # seconds after which an input counts as one that never ends


def main() -> None:
    """Run one target, for a minute if not told otherwise."""
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"{__doc__}\nTARGET is one of {', '.join(TARGETS)}.")
    target, given = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "60"
    if Path(given).is_file():
        TARGETS[target](Path(given).read_bytes())
        return
    folder = Path(sys.argv[3] if len(sys.argv) > 3 else tempfile.mkdtemp(prefix="articlebot-fuzz-"))
    corpus = folder / target
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={given}", f"-max_len={_LONGEST}", f"-timeout={_SLOW}", "-rss_limit_mb=2000"]
    atheris.Setup(
        [sys.argv[0], str(corpus), *options, f"-artifact_prefix={folder}/{target}-"], TARGETS[target]
    )
    atheris.Fuzz()


main()
