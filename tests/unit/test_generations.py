"""Generations: one is live, whole, and kept for as long as it is read; one process writes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from index import LibraryDamaged, LibraryLocked, LibraryOutdated
from index.generations import PIPELINE, Generations, Manifest, Part
from index.segments import Segment, SegmentFile, files_of

ROOT = Path(__file__).parents[2]


def make(generations: Generations, **changes: object) -> str:
    """A generation of one small segment, not yet live."""
    name = generations.create()
    segment = generations.create_segment(name)
    (segment / "keywords").mkdir()
    (segment / "keywords" / "table").write_bytes(b"0123456789")
    Segment(name, True, 1, 1, (7,), files_of(segment, 1)).save(segment)
    manifest = Manifest(PIPELINE, "model", "digest", 8, 1, 3.5, (Part(name, (3,)),))
    replace(manifest, **changes).save(generations.folder(name))  # type: ignore[arg-type] # whatever a test wants otherwise
    return name


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path)


@pytest.fixture
def live(generations: Generations) -> str:
    """The name of a generation that is live."""
    name = make(generations)
    generations.publish(name)
    return name


def made(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "generations").iterdir())


def test_before_the_first_none_is_live(generations: Generations) -> None:
    assert generations.current() is None
    assert generations.live() is None
    assert generations.sweep() == ()


def test_a_generation_is_not_live_before_it_is_published(generations: Generations, live: str) -> None:
    new = make(generations)
    assert generations.current() == live
    generations.publish(new)
    assert generations.current() == new > live


def test_a_manifest_comes_back_as_it_was_saved(generations: Generations, live: str) -> None:
    generation = generations.live()
    assert generation is not None
    assert generation.manifest == Manifest.load(generations.folder(live))
    assert generation.manifest.parts == (Part(live, (3,)),)
    table = SegmentFile("keywords/table", 10, zlib.crc32(b"0123456789"))
    assert generation.segments == (Segment(live, True, 1, 1, (7,), (table,)),)
    generation.verify()
    generation.close()


def test_the_live_one_and_those_that_are_read_are_kept(generations: Generations, live: str) -> None:
    reader = Generations(generations.folder(live).parents[1]).live()
    unfinished = generations.create()
    new = make(generations)
    generations.publish(new)
    assert generations.sweep() == (live, new)
    assert not generations.folder(unfinished).exists()
    assert reader is not None
    reader.close()
    assert generations.sweep() == (new,)


def test_two_readers_keep_a_generation_until_both_are_done(generations: Generations, live: str) -> None:
    readers = [generations.live(), generations.live()]
    generations.publish(make(generations))
    for reader in readers:
        assert live in generations.sweep()
        assert reader is not None
        reader.close()
    assert live not in generations.sweep()


def segments(generations: Generations) -> list[str]:
    return sorted(path.name for path in generations.segment("x").parent.iterdir())


def test_a_segment_stays_as_long_as_a_generation_that_is_live_or_read_names_it(
    generations: Generations, live: str
) -> None:
    reader = generations.live()
    next_ = make(generations, parts=(Part(live), Part("000002")))
    generations.publish(next_)
    last = make(generations, parts=(Part("000002"), Part("000003")))
    generations.publish(last)
    unfinished = generations.create()
    generations.create_segment(unfinished)
    generations.sweep()
    assert segments(generations) == [live, next_, last]
    assert reader is not None
    reader.close()
    generations.sweep()
    assert segments(generations) == [next_, last]


@pytest.mark.parametrize("content", ["", '{"pipeline": 99}'])
def test_no_segment_is_deleted_while_it_is_unknown_what_a_generation_is_made_of(
    generations: Generations, live: str, content: str
) -> None:
    other = generations.create()
    generations.create_segment(other)
    (generations.folder(live) / "manifest.json").write_text(content, encoding="utf-8")
    generations.sweep()
    assert segments(generations) == [live, other]
    generations.publish(make(generations))
    generations.sweep()
    assert segments(generations) == ["000003"]


def test_no_segment_has_the_name_of_one_there_was(generations: Generations) -> None:
    generations.create_segment("000041")
    assert generations.create() == "000042"


def test_what_is_no_generation_is_left_alone(generations: Generations, live: str, tmp_path: Path) -> None:
    (tmp_path / "generations" / ".DS_Store").write_bytes(b"")
    (tmp_path / "generations" / "my notes").mkdir()
    assert generations.sweep() == (live,)
    assert made(tmp_path) == [".DS_Store", live, "my notes"]


def test_what_was_killed_before_it_had_a_lease_is_swept(
    generations: Generations, live: str, tmp_path: Path
) -> None:
    (tmp_path / "generations" / "000009").mkdir()
    assert generations.create() == "000010"
    generations.sweep()
    assert made(tmp_path) == [live]


def test_a_swap_while_a_reader_opens_leads_it_to_the_new_one(
    generations: Generations, live: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one is even deleted between the reading of its name and the taking of its lease."""
    new = make(generations)
    writer = Generations(generations.folder(live).parents[1])
    take_lease = generations._lease

    def swap_before(name: str) -> object:
        if name == live:
            writer.publish(new)
            writer.sweep()
        return take_lease(name)

    monkeypatch.setattr(generations, "_lease", swap_before)
    reader = generations.live()
    assert reader is not None
    assert reader.name == new
    reader.close()


def test_readers_and_a_writer_that_swaps_all_the_time_never_miss_each_other(generations: Generations) -> None:
    generations.publish(make(generations))
    failures: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                reader = generations.live()
                assert reader is not None
                reader.verify()
                reader.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the test's failure
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(40):
        generations.publish(make(generations))
        generations.sweep()
    done.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(generations.sweep()) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"CURRENT holds '', which names no index; run `articlebot index`"),
        (b"../..", r"CURRENT holds '../..', which names no index"),
        (b"\xff\xfe", r"CURRENT cannot be read"),
        (b"000042", r"generations/000042 is gone; run `articlebot index` to rebuild it"),
    ],
)
def test_a_pointer_that_names_nothing_is_damage(
    generations: Generations, live: str, tmp_path: Path, content: bytes, sentence: str
) -> None:
    assert live
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(LibraryDamaged, match=sentence):
        generations.live()


@pytest.mark.parametrize(
    "content",
    [None, "", "{}", f'{{"pipeline": {PIPELINE}}}', "[1, 2]", f'{{"pipeline": {PIPELINE}, "parts": 3}}'],
)
def test_a_manifest_that_cannot_be_read_is_damage(
    generations: Generations, live: str, content: str | None
) -> None:
    manifest = generations.folder(live) / "manifest.json"
    manifest.unlink()
    if content is not None:
        manifest.write_text(content, encoding="utf-8")
    with pytest.raises(LibraryDamaged, match=r"manifest\.json cannot be read .*; run `articlebot index`"):
        generations.live()


def test_a_generation_of_another_pipeline_is_outdated_whatever_its_manifest_holds(
    generations: Generations, live: str
) -> None:
    other = {"pipeline": PIPELINE + 1, "something": "this version knows nothing of"}
    (generations.folder(live) / "manifest.json").write_text(json.dumps(other), encoding="utf-8")
    sentence = rf"another version of articlebot \(pipeline {PIPELINE + 1}, .*run `articlebot index`"
    with pytest.raises(LibraryOutdated, match=sentence):
        generations.live()


def test_files_that_are_missing_cut_short_or_changed_are_damage(generations: Generations, live: str) -> None:
    table = generations.segment(live) / "keywords" / "table"
    generation = generations.live()
    assert generation is not None
    generation.verify()
    table.write_bytes(b"0123456780")
    with pytest.raises(LibraryDamaged, match=r"table is not as it was written; run `articlebot index`"):
        generation.verify()
    table.write_bytes(b"0123")
    with pytest.raises(LibraryDamaged, match=r"table is 4 bytes long instead of 10; run `articlebot index`"):
        generation.verify()
    table.unlink()
    with pytest.raises(LibraryDamaged, match=r"table is missing; run `articlebot index`"):
        generation.verify()
    generation.close()


def test_a_second_writer_is_told_who_the_first_is(generations: Generations) -> None:
    with generations.writing(), pytest.raises(LibraryLocked, match=f"by process {os.getpid()}; wait"):
        enter(generations.writing(patience=0))
    with generations.writing(patience=0):
        pass


def enter(manager: object) -> None:
    with manager:  # type: ignore[attr-defined] # a context manager
        pass


def test_a_writer_waits_a_moment_for_one_that_is_about_to_end(generations: Generations) -> None:
    held = threading.Event()

    def hold() -> None:
        with generations.writing():
            held.set()
            time.sleep(0.3)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    with generations.writing(patience=10):
        pass
    thread.join()


def test_the_lock_of_a_killed_process_is_free(generations: Generations, tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib; from index.generations import Generations\n"
        "with Generations(pathlib.Path(sys.argv[1])).writing():\n"
        "    print('locked', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(LibraryLocked, match=f"by process {process.pid};"):
            enter(generations.writing(patience=0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    with generations.writing(patience=0):
        pass
