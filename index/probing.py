"""An index looked at in a process of its own: what is damaged can end the process that opens it.

Chroma ends it, with SIGSEGV and no exception, for files that are cut short (chroma-core/chroma #7238).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from index.archive import ARCHIVE, Archive
from index.checking import check, unreachable
from index.errors import ArticlebotError
from index.generations import Generations
from index.snapshot import Snapshot

_SECONDS, _DEEP_SECONDS = 120, 3600  # after which it counts as hanging
# Isolated (-I), lest a module be taken from the folder that the command is run in.
_CODE = "import sys; sys.path[:] = sys.argv[3:]; from index.probing import main; main()"


def probe(library: Path, name: str, *, deep: bool) -> tuple[str, ...]:
    """What is wrong with a generation that is to hold the archive's articles, in sentences.

    Counts are compared and a sample of vectors and words is looked for; `deep` looks for every vector.
    """
    command = [sys.executable, "-I", "-c", _CODE, f"{library}/generations/{name}", str(int(deep)), *sys.path]
    limit = _DEEP_SECONDS if deep else _SECONDS
    try:
        done = subprocess.run(command, capture_output=True, timeout=limit, check=False)  # noqa: S603 - our own code
    except subprocess.TimeoutExpired:
        return (f"the index {name} does not open within {limit} seconds",)
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        ending = f"signal {-done.returncode}" if done.returncode < 0 else f"code {done.returncode}"
        return (f"whoever opens the index {name} ends with {ending} {' '.join(reason)}".rstrip(),)
    return tuple(json.loads(done.stdout))


def main() -> None:
    """What the process does."""
    folder, deep = Path(sys.argv[1]), sys.argv[2] == "1"
    sys.stdout.write(json.dumps([*_problems(folder.parents[1], folder.name, deep=deep)]))


def _problems(library: Path, name: str, *, deep: bool) -> Iterator[str]:
    try:
        with (
            closing(Archive(library / ARCHIVE)) as archive,
            closing(Snapshot(Generations(library).unpublished(name), archive)) as snapshot,
        ):
            check(snapshot, 0, len(archive.live()), lambda _: None)
            if deep and (lost := unreachable(snapshot)):
                yield f"{lost} of {snapshot.passages} passages are not found by their own vectors"
    except ArticlebotError as error:
        yield str(error)
