"""A library: built, asked while it is rebuilt, damaged and mended, and nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import (
    Answer,
    ArticleNotFound,
    Library,
    LibraryDamaged,
    LibraryEmpty,
    LibraryError,
    LibraryLocked,
    LibraryNotFound,
    LibraryOutdated,
    LibraryUnwritable,
    NothingToIndex,
    Progress,
    QuestionError,
    generations,
    samples,
)
from tests.encoders import HashEncoder
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from index import Article

ROOT = Path(__file__).parents[2]
BRIDGE = "The bridge over the Lan was closed for repairs on Monday."
MUSEUM = "The museum opens its new wing in the spring."
HARVEST = "This year's harvest was the best in a decade."
QUESTION = "When was the bridge closed for repairs?"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Shelf]:
    """A library of nothing."""
    made = Shelf(tmp_path)
    yield made
    made.library.close()


@pytest.fixture
def shelf(empty: Shelf) -> Shelf:
    """A library of two articles."""
    empty.write("bridge.txt", BRIDGE)
    empty.write("museum.txt", MUSEUM)
    empty.build()
    return empty


def article_of(library: Library, text: str) -> Article:
    (found,) = (article for article in library.articles() if article.text == text)
    return found


# --- building ---


def test_the_first_build_reports_what_it_added(empty: Shelf) -> None:
    empty.write("bridge.txt", BRIDGE)
    empty.write("copy.txt", BRIDGE)
    empty.write("empty.txt", "")
    report = empty.build()
    assert [article.text for article in report.added] == [BRIDGE]
    assert (report.changed, report.removed, report.unchanged) == ((), (), 0)
    assert [Path(failure.place).name for failure in report.duplicates] == ["copy.txt"]
    assert [Path(failure.place).name for failure in report.failed] == ["empty.txt"]
    assert report.embedded == report.passages == 1


def test_building_again_with_nothing_changed_encodes_nothing_and_keeps_the_index(shelf: Shelf) -> None:
    before, encoded = shelf.generations(), shelf.encoder.encoded
    report = shelf.build()
    assert (report.embedded, report.unchanged, report.added) == (0, 2, ())
    assert shelf.generations() == before
    assert shelf.encoder.encoded == encoded


def test_building_again_does_not_even_load_the_model_or_chroma(sample_library: Path) -> None:
    program = (
        "import sys, pathlib; from index import Library, samples\n"
        "with Library.open(pathlib.Path(sys.argv[1])) as library:\n"
        "    report = library.build([samples()])\n"
        "loaded = {'onnxruntime', 'tokenizers', 'chromadb', 'llama_index', 'torch', 'trafilatura'}\n"
        "print(report.embedded, report.unchanged, sorted(loaded & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(sample_library)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "0 11 []"


def test_only_what_is_new_is_encoded(shelf: Shelf) -> None:
    museum = article_of(shelf.library, MUSEUM)
    shelf.write("bridge.txt", BRIDGE + " It opens again in May.")
    shelf.write("harvest.txt", HARVEST)
    report = shelf.build()
    assert [article.text for article in report.added] == [HARVEST]
    assert [article.text for article in report.changed] == [BRIDGE + " It opens again in May."]
    assert (report.unchanged, report.embedded) == (1, 2)
    assert article_of(shelf.library, MUSEUM) == museum
    assert shelf.found(QUESTION) == BRIDGE + " It opens again in May."


def test_a_deleted_file_is_reported_and_no_longer_found(shelf: Shelf) -> None:
    (shelf.folder / "bridge.txt").unlink()
    report = shelf.build()
    assert [article.text for article in report.removed] == [BRIDGE]
    assert shelf.found(QUESTION) == MUSEUM


def test_a_renamed_file_is_the_same_article(shelf: Shelf) -> None:
    before = article_of(shelf.library, BRIDGE).id
    (shelf.folder / "bridge.txt").rename(shelf.folder / "closed.txt")
    report = shelf.build()
    assert (report.added, report.removed) == ((), ())
    assert article_of(shelf.library, BRIDGE).id == before


def test_another_place_is_added_to_what_is_there(shelf: Shelf, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "harvest.txt").write_text(HARVEST, encoding="utf-8")
    report = shelf.library.build([other])
    assert (len(report.added), report.unchanged) == (1, 2)
    assert shelf.library.places() == (shelf.folder, other)


def test_a_place_that_is_gone_is_told_and_nothing_is_lost(shelf: Shelf) -> None:
    shutil.rmtree(shelf.folder)
    with pytest.raises(
        NothingToIndex, match=r"no such file or folder; the 2 articles that came from it are kept"
    ):
        shelf.build()
    assert shelf.found(QUESTION) == BRIDGE


def test_a_library_may_become_empty_and_fill_again(shelf: Shelf) -> None:
    for article in shelf.library.articles():
        shelf.library.remove(article.id)
    with pytest.raises(LibraryEmpty, match=r"nothing is indexed in .*; run `articlebot index FOLDER`"):
        shelf.library.ask(QUESTION)
    assert shelf.library.articles() == ()
    shelf.write("harvest.txt", HARVEST)
    shelf.build()
    assert shelf.found("the best harvest") == HARVEST


def test_the_stages_come_in_order_and_each_runs_to_its_end(empty: Shelf) -> None:
    for number in range(30):
        empty.write(f"{number}.txt", f"Story {number} tells of bridge number {number} and of nothing else.")
    steps: list[Progress] = []
    empty.library.build([empty.folder], progress=steps.append)
    stages = list(dict.fromkeys(step.stage for step in steps))
    assert stages == ["read", "encode", "check"]
    for stage in stages:
        done = [step.done for step in steps if step.stage == stage]
        (total,) = {step.total for step in steps if step.stage == stage}
        assert done == sorted(done)
        assert (done[0], done[-1]) == (0, total)
    steps.clear()
    empty.library.build([empty.folder], progress=steps.append)
    assert {step.stage for step in steps} == {"read"}


def test_an_index_is_the_same_whichever_way_its_articles_came(tmp_path: Path) -> None:
    def tables(shelf: Shelf) -> list[bytes]:
        (name,) = shelf.segments()
        folder = shelf.path / "segments" / name
        shelf.library.close()
        made = [path.read_bytes() for path in sorted(folder.rglob("*.npy"))]
        assert len(made) == 11
        return made

    folder = tmp_path / "one"
    folder.mkdir()
    one = Shelf(folder)
    one.write("a.txt", BRIDGE)
    one.write("b.txt", MUSEUM)
    one.build()
    together = tables(one)
    shutil.rmtree(one.path)
    two = Shelf(folder)
    for name in ("b.txt", "a.txt"):
        two.library.build([two.folder / name])
    assert len(two.segments()) == 2
    two.library.compact()
    assert tables(two) == together


# --- removing ---


def test_a_removed_article_is_not_found_listed_or_built_again(shelf: Shelf) -> None:
    shelf.write("copy.txt", BRIDGE)
    shelf.build()
    bridge = article_of(shelf.library, BRIDGE)
    assert shelf.library.remove(bridge.id) == bridge
    for _ in range(2):
        assert shelf.found(QUESTION) == MUSEUM
        assert [article.text for article in shelf.library.articles()] == [MUSEUM]
        with pytest.raises(ArticleNotFound, match=f"no article '{bridge.id}'; `articlebot articles`"):
            shelf.library.article(bridge.id)
        shelf.build()
    shelf.write("bridge.txt", BRIDGE + " It opens again in May.")
    assert len(shelf.build().added) == 1


def test_what_is_no_article_cannot_be_removed(shelf: Shelf) -> None:
    with pytest.raises(ArticleNotFound, match="no article 'nonsense'; `articlebot articles` lists"):
        shelf.library.remove("nonsense")


def test_the_words_of_a_removed_article_leave_the_disk(shelf: Shelf) -> None:
    shelf.found(QUESTION)
    assert b"closed for repairs" in shelf.on_disk()
    shelf.library.remove(article_of(shelf.library, BRIDGE).id)
    assert b"closed for repairs" not in shelf.on_disk()


def test_nothing_of_a_removed_article_stays_once_what_held_it_is_written_again(shelf: Shelf) -> None:
    """Of one in the base and of one that came later; without compacting, its words alone are gone at once."""
    shelf.write("harvest.txt", HARVEST)
    shelf.build()
    bridge, harvest, museum = (article_of(shelf.library, text) for text in (BRIDGE, HARVEST, MUSEUM))
    shelf.library.remove(bridge.id, compact=False)
    assert b"closed for repairs" not in shelf.on_disk()
    assert bridge.id.encode() in shelf.on_disk()
    shelf.library.remove(harvest.id)
    assert len(shelf.segments()) == 1
    for gone in (bridge, harvest):
        assert gone.id.encode() not in shelf.on_disk()
        assert gone.digest.encode() not in shelf.on_disk()
    assert museum.id.encode() in shelf.on_disk()


def test_compacting_makes_one_whole_and_changes_no_answer(shelf: Shelf) -> None:
    shelf.write("harvest.txt", HARVEST)
    shelf.write("bridge.txt", BRIDGE + " It opens again in May.")
    shelf.build()
    assert len(shelf.segments()) == 2
    encoded, steps = shelf.encoder.encoded, list[Progress]()
    shelf.library.compact(due=True)
    assert len(shelf.segments()) == 2
    shelf.library.compact(progress=steps.append)
    assert len(shelf.segments()) == len(shelf.generations()) == 1
    assert shelf.encoder.encoded == encoded
    assert [steps[0], steps[-1]] == [Progress("compact", 0, 3), Progress("compact", 3, 3)]
    assert shelf.found(QUESTION) == BRIDGE + " It opens again in May."
    before = shelf.generations()
    shelf.library.compact()
    assert shelf.generations() == before


def test_a_reader_elsewhere_keeps_what_it_reads_and_then_lets_it_go(shelf: Shelf) -> None:
    """As a bot does while `articlebot remove` runs in a terminal."""
    reader = shelf.open()
    with reader._reading() as snapshot:
        shelf.library.remove(article_of(shelf.library, BRIDGE).id)
        assert len(shelf.generations()) == 2
        assert BRIDGE in {snapshot.article(number).text for number in range(2)}
    assert shelf.found(QUESTION, reader) == MUSEUM
    assert len(shelf.generations()) == 1
    assert b"closed for repairs" not in shelf.on_disk()
    reader.close()


# --- asking ---


def test_an_answer_quotes_the_article_as_it_is_listed(shelf: Shelf) -> None:
    answer = shelf.library.ask(QUESTION)
    assert isinstance(answer, Answer)
    quote = answer.quotes[0]
    assert quote.text in BRIDGE
    assert shelf.library.article(quote.article.id) == quote.article


def test_what_is_not_indexed_yet_is_not_listed_as_if_it_were(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that ends between reading and indexing changes no answer, and no list."""
    before = shelf.library.articles()
    shelf.write("bridge.txt", HARVEST)
    with monkeypatch.context() as broken:
        broken.setattr("index.writing.PostingsWriter.save", interrupt)
        with pytest.raises(KeyboardInterrupt):
            shelf.build()
    assert shelf.library.articles() == before
    assert shelf.found(QUESTION) == BRIDGE
    report = shelf.build()
    assert [article.text for article in report.changed] == [HARVEST]


def test_what_a_broken_build_left_is_gone_before_the_next_one_takes_room(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.write("harvest.txt", HARVEST)
    with monkeypatch.context() as broken:
        broken.setattr("index.writing.PostingsWriter.save", interrupt)
        with pytest.raises(KeyboardInterrupt):
            shelf.build()
    there: list[int] = []
    shelf.library.build([shelf.folder], progress=lambda _: there.append(len(shelf.generations())))
    assert there[0] == 2  # the live one, and what was left behind
    assert there[-1] == 2  # the live one, and the one in the making


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("", "is empty; ask for something"),
        (" \n\t", "is empty; ask for something"),
        ("?!…", r"'\?!…' holds no words"),
        ("👍🎉", "holds no words"),
        ("why " * 2500, r"10,000 characters long; ask in at most 1,000|9,999 characters long"),
    ],
)
def test_what_cannot_be_asked_is_told_why(shelf: Shelf, question: str, sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence):
        shelf.library.ask(question)
    with pytest.raises(QuestionError, match=sentence):
        shelf.library.search(question)


def test_an_article_that_was_rebuilt_by_another_process_is_found_by_a_library_that_is_open(
    shelf: Shelf,
) -> None:
    assert shelf.found(QUESTION) == BRIDGE
    writer = shelf.open()
    shelf.write("bridge.txt", HARVEST)
    writer.build([shelf.folder])
    writer.close()
    assert shelf.found("the best harvest") == HARVEST
    assert HARVEST in {article.text for article in shelf.library.articles()}
    assert len(shelf.generations()) == 1


def test_every_answer_comes_from_one_whole_index_while_it_is_rebuilt(empty: Shelf) -> None:
    """Eight threads ask through six rebuilds, in each of which every article becomes a newer edition."""

    def publish(edition: int) -> None:
        for number in range(6):
            name = ("bridge", "museum", "harvest", "railway", "harbour", "market")[number]
            empty.write(f"{name}.txt", f"Edition {edition} says the {name} is open on day {number}.")
        empty.build()

    publish(1)
    troubles: list[object] = []
    seen: set[str] = set()
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                answer = empty.library.ask("On which day is the museum open?")
                found = answer.quotes if isinstance(answer, Answer) else ()
                editions = {quote.article.text.split()[1] for quote in found}
                if len(editions) != 1:
                    troubles.append(answer)
                seen.update(editions)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the test's failure
            troubles.append(error)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for edition in range(2, 8):
        publish(edition)
    done.set()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert len(seen) > 2, "the readers saw the swaps"
    assert empty.library.articles()[0].text.startswith("Edition 7")
    assert len(empty.generations()) == 1


def test_closing_waits_for_the_questions_under_way(shelf: Shelf) -> None:
    entered, leave = threading.Event(), threading.Event()
    texts: list[str] = []

    def read() -> None:
        with shelf.library._reading() as snapshot:
            entered.set()
            leave.wait()
            texts.append(snapshot.article(0).text)

    reader = threading.Thread(target=read, daemon=True)
    closer = threading.Thread(target=shelf.library.close, daemon=True)
    reader.start()
    entered.wait()
    closer.start()
    closer.join(0.3)
    assert closer.is_alive()
    leave.set()
    reader.join()
    closer.join()
    assert texts[0] in {BRIDGE, MUSEUM}
    with pytest.raises(LibraryError, match="has been closed; open it again"):
        shelf.library.ask(QUESTION)


# --- one writer ---


def test_a_second_build_at_the_same_time_is_refused_and_says_who_is_at_it(shelf: Shelf) -> None:
    shelf.write("harvest.txt", HARVEST)
    refused: list[LibraryLocked] = []

    def build_too(_: Progress) -> None:
        if not refused:
            with pytest.raises(
                LibraryLocked, match=f"by process {os.getpid()}; wait until it is done"
            ) as caught:
                shelf.open().build([shelf.folder])
            refused.append(caught.value)
            assert shelf.found(QUESTION) == BRIDGE  # and questions go on

    report = shelf.library.build([shelf.folder], progress=build_too)
    assert len(refused) == len(report.added) == 1


def test_a_process_that_builds_is_named_to_another(shelf: Shelf) -> None:
    program = (
        "import sys, pathlib; from index import Library\n"
        "def wait(step): print('building', flush=True); sys.stdin.readline()\n"
        "Library.open(pathlib.Path(sys.argv[1])).build([pathlib.Path(sys.argv[2])], progress=wait)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(shelf.path), str(shelf.folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        for attempt in (shelf.build, lambda: shelf.library.remove("any")):
            with pytest.raises(LibraryLocked, match=f"by process {process.pid}; wait until it is done"):
                attempt()
        process.kill()
    assert shelf.build().unchanged == 2


# --- what can be wrong with a library ---


def test_a_place_without_a_library_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(
        LibraryNotFound, match=r"no library at \S*nowhere; make one with `articlebot index FOLDER`"
    ):
        Library.open(tmp_path / "nowhere")
    (tmp_path / "file").write_text("a letter", encoding="utf-8")
    with pytest.raises(
        LibraryNotFound, match=r"no library can be made at \S*file \(File exists\); name another"
    ):
        Library.open(tmp_path / "file", create=True)


def test_a_new_library_is_empty_and_says_so(tmp_path: Path) -> None:
    with Library.open(tmp_path / "new", create=True) as library:
        with pytest.raises(
            LibraryEmpty, match=r"nothing is indexed in .*new yet; run `articlebot index FOLDER`"
        ):
            library.ask("Who?")
        assert library.articles() == ()
        assert library.status().generation is None
        with pytest.raises(NothingToIndex, match="no file or folder was named"):
            library.build([])


def test_the_status_says_what_is_there(shelf: Shelf) -> None:
    status = shelf.library.status()
    assert (status.articles, status.passages, status.languages) == (2, 2, (("en", 2),))
    assert (status.generation, status.model) == ("000001", "hash")
    assert status.built is not None


@pytest.mark.parametrize(
    ("encoder", "sentence"),
    [
        (
            HashEncoder(name="other"),
            "by the model 'hash', and the settings name 'other'; run `articlebot index`",
        ),
        (HashEncoder(dimension=32), "by another version of the model 'hash'; run `articlebot index`"),
    ],
)
def test_an_index_of_another_model_is_rebuilt_and_never_asked(
    shelf: Shelf, encoder: HashEncoder, sentence: str
) -> None:
    library = shelf.open(encoder)
    with pytest.raises(LibraryOutdated, match=sentence):
        library.ask(QUESTION)
    assert len(library.articles()) == 2
    report = library.build([shelf.folder])
    assert (report.unchanged, report.embedded) == (2, 2)
    assert shelf.found(QUESTION, library) == BRIDGE
    library.close()


def test_an_index_of_another_pipeline_is_rebuilt_and_never_asked(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "PIPELINE", generations.PIPELINE + 1)
    monkeypatch.setattr("index.build.PIPELINE", generations.PIPELINE)
    library = shelf.open()
    with pytest.raises(LibraryOutdated, match=r"another version of articlebot .*run `articlebot index`"):
        library.ask(QUESTION)
    report = library.build([shelf.folder])
    assert (report.unchanged, report.embedded) == (2, 0)  # the model is the same, and so are its vectors
    assert shelf.found(QUESTION, library) == BRIDGE
    library.close()


def live(shelf: Shelf) -> Path:
    return shelf.path / "generations" / shelf.generations()[-1]


def segment(shelf: Shelf) -> Path:
    return shelf.path / "segments" / shelf.segments()[-1]


DAMAGES: dict[str, Callable[[Shelf], object]] = {
    "an empty pointer": lambda shelf: (shelf.path / "CURRENT").write_text("", encoding="utf-8"),
    "a pointer to nothing": lambda shelf: (shelf.path / "CURRENT").write_text("000099", encoding="utf-8"),
    "no manifest": lambda shelf: (live(shelf) / "manifest.json").unlink(),
    "a truncated manifest": lambda shelf: os.truncate(live(shelf) / "manifest.json", 20),
    "no record": lambda shelf: (segment(shelf) / "segment.json").unlink(),
    "a truncated record": lambda shelf: os.truncate(segment(shelf) / "segment.json", 20),
    "a truncated table": lambda shelf: os.truncate(segment(shelf) / "passage_vectors.npy", 150),
    "a truncated roster": lambda shelf: os.truncate(segment(shelf) / "ids.npy", 60),
    "no keywords": lambda shelf: shutil.rmtree(segment(shelf) / "keywords"),
    "no vectors": lambda shelf: shutil.rmtree(segment(shelf) / "vectors"),
    "a truncated database": lambda shelf: os.truncate(segment(shelf) / "vectors" / "chroma.sqlite3", 5000),
    "a truncated graph": lambda shelf: os.truncate(next(segment(shelf).rglob("header.bin")), 50),
    "no lease": lambda shelf: (live(shelf) / "lease").unlink(),
    "no indexes": lambda shelf: shutil.rmtree(shelf.path / "generations"),
    "no segments": lambda shelf: shutil.rmtree(shelf.path / "segments"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_with_the_remedy_and_the_remedy_mends_it(empty: Shelf, damage: str) -> None:
    """Also a graph cut short, which would end the process if Chroma opened it."""
    empty.write("bridge.txt", BRIDGE)
    empty.build()
    DAMAGES[damage](empty)
    with pytest.raises(LibraryDamaged, match="run `articlebot index` to rebuild"):
        empty.library.ask(QUESTION)
    report = empty.build()
    assert (report.unchanged, report.embedded) == (1, 0)
    assert empty.found(QUESTION) == BRIDGE
    assert len(empty.generations()) == len(empty.segments()) == 1


def test_an_archive_that_was_lost_is_made_again_from_the_files(shelf: Shelf) -> None:
    shelf.library.close()
    for path in shelf.path.glob("archive.sqlite*"):
        path.unlink()
    with pytest.raises(LibraryNotFound):
        Library.open(shelf.path)
    shelf.library = shelf.open()
    with pytest.raises(
        LibraryDamaged, match=r"does not hold article .* as the index has it; run `articlebot index`"
    ):
        shelf.library.ask(QUESTION)
    assert shelf.build().passages == 2
    assert shelf.found(QUESTION) == BRIDGE


def test_what_cannot_be_written_loses_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.write("harvest.txt", HARVEST)
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", full)
        with pytest.raises(
            LibraryUnwritable, match=r"cannot be written to \(No space left on device\); see that"
        ):
            shelf.build()
    assert shelf.found(QUESTION) == BRIDGE
    assert shelf.build().passages == 3
    assert len(shelf.generations()) == 1


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_the_bundled_model_answers_the_missions_question(sample_library: Path) -> None:
    with Library.open(sample_library) as library:
        answer = library.ask("how much does Xiaomi plan to spend on R&D")
        assert isinstance(answer, Answer)
        for quote in answer.quotes:
            kept = library.article(quote.article.id)
            assert kept.text[quote.span.start : quote.span.end] == quote.text
        assert library.places() == (samples(),)
        record = json.loads(next(sample_library.rglob("segment.json")).read_text(encoding="utf-8"))
        assert record["stragglers"] == []
