"""A folder full of hostile files: each is named with its reason, and all the others are in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import articles
from index.archive import Archive
from index.intake import Intake, take_in
from tests.hostile import files
from tests.hostile.files import STORY
from tests.hostile.test_files import READ, REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

# The command, in a process of its own, which tells at its end how much memory it had at most.
COMMAND = """
import atexit, re, sys
from pathlib import Path
from bot.cli import main
peak = lambda: re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
atexit.register(lambda: Path(sys.argv.pop()).write_text(peak()))
main(sys.argv[1:-1])
"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path / "archive.sqlite")
    yield made
    made.close()


def take(archive: Archive, folder: Path) -> Intake:
    return take_in(archive, [folder], max_bytes=1_000_000, progress=lambda _: None)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told by /proc")
def test_the_command_reports_each_and_its_own_memory_stays_small(tmp_path: Path) -> None:
    folder, outside = tmp_path / "articles", tmp_path / "outside.txt"
    folder.mkdir()
    outside.write_text("Outside\n\nThis stands outside the folder.")
    for name, (make, _) in (REFUSED | READ).items():
        (folder / name).write_bytes(make())
    (folder / "too large.txt").write_bytes(b"one line " * 11_000_000)
    (folder / "endless.pdf").write_bytes(files.endless_pdf())
    (folder / "same again.pdf").write_bytes(files.honest_pdf())
    (folder / "leads out.txt").symlink_to(outside)
    (folder / "escape\x1b[2J\u202e.pdf").write_bytes(b"nothing")
    (folder / "last.md").write_text("# Last\n\nThe lighthouse keeper counted 4711 ships in one night.")
    settings = tmp_path / "articlebot.toml"
    settings.write_text("[articles]\nmax_seconds = 5\nmax_memory_mb = 300\nmax_file_mb = 2\n")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        options = ["--config", str(settings), "--library", str(tmp_path / "library")]
        return subprocess.run(
            [sys.executable, "-c", COMMAND, *options, *arguments, str(tmp_path / "peak")],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        )  # fmt: skip

    done = run("index", str(folder))
    assert done.returncode == 1, done.stderr
    failed = done.stdout.split("\nFailed:\n")[1]
    refused = {*REFUSED, "too large.txt", "endless.pdf"}
    assert all(f"/{name}: " in failed for name in refused), failed
    assert len(failed.strip().split("\n")) == len(refused) + 1
    assert "took longer than 5 s" in failed
    assert "\x1b" not in done.stdout + done.stderr
    assert "same again.pdf: holds the same text as" in done.stdout
    assert int((tmp_path / "peak").read_text()) < 600_000  # kB; a build of a few articles takes 400,000
    asked = run("ask", "--json", "how many ships did the lighthouse keeper count?")
    assert "4711 ships" in json.loads(asked.stdout)["quotes"][0]["text"]
    assert "Outside" not in run("articles").stdout


def test_ten_thousand_tiny_files(tmp_path: Path, archive: Archive) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(10_000):
        suffix = "txt" if number % 10 else "md"
        (folder / f"{number}.{suffix}").write_text(f"Story {number}\n\nThis is the story of {number}.")
    assert take(archive, folder) == Intake()
    assert len(archive.live()) == 10_000


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its digest and its text are of the same moment, so that the next run sees the change."""
    path = tmp_path / "articles" / "a.txt"
    path.parent.mkdir()
    path.write_text("The first version of it.")
    load = articles.load

    def loading(path: Path, *, max_bytes: int) -> bytes:
        data = load(path, max_bytes=max_bytes)
        path.write_text("The other version of it.")  # of the same length
        return data

    monkeypatch.setattr(articles, "load", loading)
    take(archive, path.parent)
    monkeypatch.setattr(articles, "load", load)
    take(archive, path.parent)
    ((name, digest),) = archive.live()
    assert archive.article(name, digest).text == "The other version of it."


def test_a_file_that_comes_back_to_what_it_was_is_never_taken_for_what_it_was_between(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "articles" / "a.txt"
    path.parent.mkdir()
    opened = os.open

    def opening(name: str, *arguments: int, **options: int) -> int:
        if str(name) == str(path):
            path.write_text("The other version of it.")
        return opened(name, *arguments, **options)

    path.write_text("The first version of it.")
    monkeypatch.setattr(os, "open", opening)
    take(archive, path.parent)
    monkeypatch.setattr(os, "open", opened)
    path.write_text("The first version of it.")
    hour = time.time_ns() - 3_600_000_000_000
    os.utime(path, ns=(hour, hour))
    take(archive, path.parent)
    ((name, digest),) = archive.live()
    assert archive.article(name, digest).text == "The first version of it."


def test_the_same_article_twice_is_kept_once(tmp_path: Path, archive: Archive) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(files.honest_pdf())
    (folder / "b.pdf").write_bytes(files.honest_pdf() + b"\n% another comment\n")
    taken = take(archive, folder)
    assert [Path(failure.place).name for failure in taken.duplicates] == ["b.pdf"]
    assert [archive.article(*version).text for version in archive.live()] == [STORY]
