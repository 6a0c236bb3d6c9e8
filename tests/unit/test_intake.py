"""Files into the archive: every text once, under an id that outlives edits and moves."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import NothingToIndex, intake
from index.archive import Archive
from index.intake import Intake, take_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index import Progress

HOUR = 3_600_000_000_000
STORIES = {
    "bridge": "The old bridge was closed for repairs on Monday.",
    "museum": "The museum opens its new wing in the spring.",
    "harvest": "This year's harvest was the best in a decade.",
    "railway": "The railway will run trains at night again.",
}


class Desk:
    """A folder of articles and the archive they go into."""

    def __init__(self, path: Path) -> None:
        self.folder = path / "articles"
        self.folder.mkdir()
        self.archive = Archive(path / "archive.sqlite")
        self.steps: list[Progress] = []

    def path(self, name: str) -> Path:
        """Where a file of that name is."""
        return self.folder / name

    def write(self, name: str, text: str, *, age: int = HOUR) -> Path:
        """A file whose last change is `age` nanoseconds ago."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        changed = time.time_ns() - age
        os.utime(path, ns=(changed, changed))
        return path

    def take(self, *places: Path) -> Intake:
        """Take the places in; without any, the folder."""
        return take_in(self.archive, places or (self.folder,), max_bytes=10_000, progress=self.steps.append)

    def texts(self) -> dict[str, str]:
        """The articles to be indexed: text by id."""
        return {name: self.archive.article(name, digest).text for name, digest in self.archive.live()}

    def id_of(self, story: str) -> str:
        """The id of the one article that tells a story."""
        (found,) = (name for name, text in self.texts().items() if STORIES[story] in text)
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.archive.close()


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A desk with two articles taken in."""
    desk.write("a.txt", STORIES["bridge"])
    desk.write("b.txt", STORIES["museum"])
    desk.take()
    return desk


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose content was looked into."""
    names: list[str] = []
    content = intake._content

    def noting(path: str) -> str:
        names.append(Path(path).name)
        return content(path)

    monkeypatch.setattr(intake, "_content", noting)
    return names


def test_every_file_becomes_an_article(two: Desk) -> None:
    assert sorted(two.texts().values()) == sorted([STORIES["bridge"], STORIES["museum"]])
    assert two.archive.places() == (two.folder,)


def test_an_unchanged_file_is_not_even_opened(two: Desk, read: list[str]) -> None:
    before = two.archive.live()
    assert two.take() == Intake()
    assert read == []
    assert two.archive.live() == before


def test_a_touched_file_is_unchanged(two: Desk, read: list[str]) -> None:
    before = two.archive.live()
    os.utime(two.path("a.txt"), ns=(0, HOUR))
    two.take()
    assert two.archive.live() == before
    read.clear()
    two.take()
    assert read == []  # its new time is remembered


def test_an_edited_file_keeps_its_id(two: Desk) -> None:
    bridge = two.id_of("bridge")
    two.write("a.txt", STORIES["harvest"])
    two.take()
    assert two.texts()[bridge] == STORIES["harvest"]
    assert len(two.texts()) == 2


def test_a_file_rewritten_right_after_it_was_read_is_noticed(desk: Desk) -> None:
    """Its size and its time are the same, as on a disk that counts whole seconds."""
    path = desk.write("a.txt", STORIES["bridge"], age=0)
    moment = path.stat().st_mtime_ns
    desk.take()
    path.write_text(STORIES["bridge"].replace("Monday", "Friday"), encoding="utf-8")
    os.utime(path, ns=(moment, moment))
    desk.take()
    assert [text.endswith("Friday.") for text in desk.texts().values()] == [True]


def test_a_deleted_file_takes_its_article_along(two: Desk) -> None:
    two.path("a.txt").unlink()
    two.take()
    assert list(two.texts().values()) == [STORIES["museum"]]


@pytest.mark.parametrize("target", ["z.txt", "0.txt", "deeper/a.txt"])
def test_a_moved_file_keeps_its_id(two: Desk, target: str) -> None:
    before = two.texts()
    two.path("deeper").mkdir()
    two.path("a.txt").rename(two.path(target))
    assert two.take() == Intake()
    assert two.texts() == before


def test_a_file_moved_to_another_place_keeps_its_id(two: Desk, tmp_path: Path) -> None:
    before = two.texts()
    other = tmp_path / "other"
    other.mkdir()
    two.path("a.txt").rename(other / "a.txt")
    assert two.take(other) == Intake()
    assert two.texts() == before
    assert two.take(two.folder, other) == Intake()
    assert two.texts() == before


def test_a_moved_file_that_can_no_longer_be_read_is_reported_and_gone(two: Desk) -> None:
    two.path("a.txt").rename(two.path("a.pdf"))
    found = two.take()
    assert [failure.place for failure in found.failed] == [str(two.path("a.pdf"))]
    assert list(two.texts().values()) == [STORIES["museum"]]


def test_swapped_files_swap_their_texts(two: Desk) -> None:
    bridge, museum = two.id_of("bridge"), two.id_of("museum")
    two.write("a.txt", STORIES["museum"])
    two.write("b.txt", STORIES["bridge"])
    assert two.take() == Intake()
    assert two.texts() == {bridge: STORIES["museum"], museum: STORIES["bridge"]}


def test_a_copy_is_one_article_and_a_duplicate_in_every_report(two: Desk) -> None:
    before = two.texts()
    two.write("0.txt", STORIES["bridge"])
    for _ in range(2):
        (duplicate,) = two.take().duplicates
        assert duplicate.place == str(two.path("0.txt"))
        assert str(two.path("a.txt")) in duplicate.reason
        assert two.texts() == before


def test_a_copy_takes_over_when_the_original_is_deleted(two: Desk) -> None:
    before = two.texts()
    two.write("copy.txt", STORIES["bridge"])
    two.take()
    two.path("a.txt").unlink()
    assert two.take() == Intake()
    assert two.texts() == before


def test_a_copy_that_is_written_otherwise_takes_over_too(two: Desk) -> None:
    """The same words, but not the same bytes."""
    before = {name for name, _ in two.archive.live()}
    two.write("copy.txt", "\ufeff" + STORIES["bridge"] + "\r\n")
    assert len(two.take().duplicates) == 1
    two.path("a.txt").unlink()
    assert two.take() == Intake()
    assert {name for name, _ in two.archive.live()} == before


@pytest.mark.parametrize("copy", ["0.txt", "z.txt"])
def test_a_copy_becomes_an_article_of_its_own_when_the_original_is_edited(two: Desk, copy: str) -> None:
    bridge = two.id_of("bridge")
    two.write(copy, STORIES["bridge"])
    two.take()
    two.write("a.txt", STORIES["harvest"])
    assert two.take() == Intake()
    assert two.texts()[bridge] == STORIES["harvest"]
    assert sorted(two.texts().values()) == sorted(STORIES[name] for name in ("bridge", "museum", "harvest"))


def test_a_copy_in_another_place_is_not_lost_when_the_original_was_edited(two: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "copy.txt").write_text(STORIES["bridge"], encoding="utf-8")
    assert len(two.take(other).duplicates) == 1
    two.write("a.txt", STORIES["harvest"])
    two.take(two.folder)
    two.take(other)
    assert STORIES["bridge"] in two.texts().values()


def test_a_file_that_becomes_corrupt_keeps_its_old_version_and_is_reported(two: Desk) -> None:
    before = two.texts()
    two.path("a.txt").write_bytes(b"\0\1\2\3" * 100)
    for _ in range(2):
        (failure,) = two.take().failed
        assert failure.place == str(two.path("a.txt"))
        assert failure.reason.endswith("; the version read before is kept")
        assert two.texts() == before


def test_a_file_that_grows_too_large_is_reported_without_being_read(two: Desk, read: list[str]) -> None:
    two.write("a.txt", "long " * 5_000)
    (failure,) = two.take().failed
    assert "0.1 MB" in failure.reason
    assert read == []
    assert STORIES["bridge"] in two.texts().values()


@pytest.mark.parametrize("end", ["emptied", "gone"])
def test_a_place_that_is_emptied_or_gone_loses_nothing(two: Desk, end: str, tmp_path: Path) -> None:
    before = two.texts()
    for name in ("a.txt", "b.txt"):
        two.path(name).unlink()
    if end == "gone":
        two.folder.rmdir()
    sentence = "no such file or folder" if end == "gone" else "holds no article"
    with pytest.raises(
        NothingToIndex, match=f"articles: {sentence}; the 2 articles that came from it are kept"
    ):
        two.take()
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.txt").write_text(STORIES["harvest"], encoding="utf-8")
    found = two.take(two.folder, other)
    assert [failure.place for failure in found.failed] == [str(two.folder)]
    assert before.items() < two.texts().items()


def test_a_place_that_cannot_be_listed_loses_nothing_to_a_place_inside_it(
    two: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = two.write("inside/c.txt", STORIES["harvest"]).parent
    before = two.texts()
    scandir = os.scandir

    def refusing(folder: Path) -> object:
        if Path(folder) == two.folder:
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    (failure,) = two.take(two.folder, inside).failed
    assert "cannot be listed" in failure.reason
    assert before.items() < two.texts().items()


def test_places_without_an_article_are_named_with_the_remedy(desk: Desk) -> None:
    with pytest.raises(
        NothingToIndex, match=r"articles: holds no article; put \.txt, .*or name another folder"
    ):
        desk.take()
    with pytest.raises(NothingToIndex, match=r"nowhere: no such file or folder; check the path"):
        desk.take(desk.folder / "nowhere")
    with pytest.raises(NothingToIndex, match=r"no file or folder was named; name one"):
        take_in(desk.archive, (), max_bytes=1, progress=print)
    assert desk.archive.places() == ()


def test_a_place_is_the_same_however_it_is_written(two: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = two.texts()
    monkeypatch.chdir(two.folder)
    assert two.take(Path(), two.folder / ".." / "articles", two.path("a.txt")) == Intake()
    assert two.texts() == before


def test_a_removed_article_stays_out_until_its_file_changes(two: Desk) -> None:
    two.write("copy.txt", STORIES["bridge"])
    two.take()
    two.archive.remove(two.id_of("bridge"))
    os.utime(two.path("a.txt"))
    two.path("copy.txt").rename(two.path("moved.txt"))
    assert two.take() == Intake()
    assert list(two.texts().values()) == [STORIES["museum"]]
    two.write("a.txt", STORIES["bridge"] + " It opens again in May.")
    two.take()
    assert len(two.texts()) == 2


def test_a_file_whose_name_is_not_text_is_an_article_too(two: Desk) -> None:
    name, text = os.fsdecode(b"caf\xe9.md"), f"---\nsource: Daily\n---\n{STORIES['harvest']}"
    try:
        two.write(name, text)
    except OSError:
        pytest.skip("this file system takes only names that are text")
    two.write("copy.md", text)
    two.take()
    assert two.texts()[two.id_of("harvest")] == STORIES["harvest"]
    two.write("copy.md", STORIES["railway"])
    two.write("zopy.md", text)
    for _ in range(2):
        (duplicate,) = two.take().duplicates
        assert "caf\ufffd.md" in duplicate.place + duplicate.reason


def test_progress_goes_from_nothing_to_all_the_files(desk: Desk) -> None:
    for number in range(25):
        desk.write(f"{number}.txt", f"Story number {number}, which differs from all others.")
    desk.take()
    assert {(step.stage, step.total) for step in desk.steps} == {("read", 25)}
    assert [step.done for step in desk.steps] == [0, 10, 20, 25]


class Killed(BaseException):
    """Stands for a kill between two files."""


NAMES = st.sampled_from([f"{letter}.txt" for letter in "abcd"] + ["sub/e.txt"])
TEXTS = st.sampled_from(list(STORIES.values()))
STEPS = st.one_of(
    st.tuples(st.just("write"), NAMES, TEXTS),
    st.tuples(st.just("delete"), NAMES, st.none()),
    st.tuples(st.just("move"), NAMES, NAMES),
    st.tuples(st.just("copy"), NAMES, NAMES),
    st.tuples(st.just("take"), st.none(), st.none()),
    st.tuples(st.just("kill"), st.integers(0, 4), st.none()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_whatever_happens_to_files_each_text_is_there_once(
    steps: list[tuple[str, str, str]],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when runs are killed on the way; and with nothing changed, nothing changes."""
    monkeypatch.setattr(intake, "_BATCH", 2)
    monkeypatch.setattr(intake, "_STEP", 1)
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.write("keep.txt", "This one stays where it is.")
    for step in steps:
        happen(desk, *step)
    desk.take()
    files = {path.read_text(encoding="utf-8") for path in desk.folder.rglob("*.txt")}
    settled = desk.texts()
    assert sorted(settled.values()) == sorted(files)
    duplicates = len(desk.take().duplicates)
    assert duplicates == len(list(desk.folder.rglob("*.txt"))) - len(files)
    assert desk.texts() == settled
    desk.archive.close()


def happen(desk: Desk, step: str, name: str, other: str) -> None:
    if step == "write":
        desk.write(name, other)
    elif step == "take":
        desk.take()
    elif step == "kill":
        kill_at(desk, int(name))
    elif desk.path(name).exists():
        if step == "copy":
            desk.write(other, desk.path(name).read_text(encoding="utf-8"))
        elif step == "move":
            desk.path(other).parent.mkdir(exist_ok=True)
            desk.path(name).replace(desk.path(other))
        else:
            desk.path(name).unlink()


def kill_at(desk: Desk, number: int) -> None:
    def kill(step: Progress) -> None:
        if step.done == number:
            raise Killed

    with suppress(Killed):
        take_in(desk.archive, [desk.folder], max_bytes=10_000, progress=kill)
