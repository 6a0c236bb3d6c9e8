"""A library as one file: written while in use, doubted when read, restored whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from index import BackupError, Library, LibraryDamaged, LibraryLocked, Progress, read_backup, unpacking
from index.workplaces import workplace
from tests.command import articlebot
from tests.encoders import HashEncoder
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BRIDGE = "The bridge over the Lan was closed for repairs on Monday."
MUSEUM = "The museum opens its new wing in the spring."
HARVEST = "來源：山城日報\n日期：2025年12月1日\n\n今年的稻米收成是十年來最好的一次。"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A library of two articles."""
    made = Shelf(tmp_path)
    made.write("bridge.txt", BRIDGE)
    made.write("museum.txt", MUSEUM)
    made.build()
    yield made
    made.library.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Shelf]:
    """Another machine: an empty library, and another folder of articles."""
    (tmp_path / "elsewhere").mkdir()
    made = Shelf(tmp_path / "elsewhere")
    yield made
    made.library.close()


def texts(library: Library) -> set[str]:
    return {article.text for article in library.articles()}


def remade(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A backup with other members, as somebody who means ill would pack it."""
    with zipfile.ZipFile(file) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
    return file


def announce(members: dict[str, bytes], **fields: object) -> None:
    """Change what the manifest says; the archive's size and digest are made to fit it."""
    manifest = json.loads(members["manifest.json"])
    for part in manifest["parts"]:
        if data := members.get(part["name"]):
            part |= {"size": len(data), "digest": hashlib.sha256(data).hexdigest()}
    members["manifest.json"] = json.dumps(manifest | fields).encode()


def with_sql(tmp_path: Path, *statements: str) -> Callable[[dict[str, bytes]], None]:
    """Change the archive in a backup so that its digest fits all the same."""

    def change(members: dict[str, bytes]) -> None:
        path = tmp_path / "changed.sqlite"
        path.write_bytes(members["archive.sqlite"])
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        members["archive.sqlite"] = path.read_bytes()
        announce(members)

    return change


# --- there and back ---


def test_a_backup_restores_every_article_without_encoding_anything(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    shelf.write("harvest.txt", HARVEST)
    shelf.build()
    made = shelf.library.backup(tmp_path / "backup.zip")
    assert (made.articles, dict(made.languages)) == (3, {"en": 2, "zh-Hant": 1})
    assert made.vectors == 3
    assert made == read_backup(tmp_path / "backup.zip")
    report = elsewhere.library.restore(tmp_path / "backup.zip")
    assert (len(report.added), report.embedded) == (3, 0)
    assert elsewhere.library.articles() == shelf.library.articles()
    assert elsewhere.found("When was the bridge closed?") == BRIDGE


def test_a_small_backup_is_smaller_and_restores_the_same(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    shelf.library.backup(tmp_path / "whole.zip")
    made = shelf.library.backup(tmp_path / "small.zip", small=True)
    assert made.vectors == 0
    assert (tmp_path / "small.zip").stat().st_size < (tmp_path / "whole.zip").stat().st_size
    report = elsewhere.library.restore(tmp_path / "small.zip")
    assert report.embedded == 2
    assert elsewhere.library.articles() == shelf.library.articles()


def test_vectors_of_another_model_are_left_out(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    (tmp_path / "other").mkdir()
    other = Shelf(tmp_path / "other", encoder=HashEncoder(dimension=32))
    assert other.library.restore(tmp_path / "backup.zip").embedded == 2
    assert other.found("When was the bridge closed?") == BRIDGE
    other.library.close()


def test_what_was_removed_is_not_in_a_backup(shelf: Shelf, tmp_path: Path) -> None:
    (article,) = (one for one in shelf.library.articles() if one.text == BRIDGE)
    with shelf.library._live():  # a question that is being answered keeps the text for now
        shelf.library.remove(article.id)
        shelf.library.backup(tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as bundle:
        assert BRIDGE.encode() not in bundle.read("archive.sqlite")
        assert MUSEUM.encode() in bundle.read("archive.sqlite")


def test_a_restored_library_knows_the_files_that_are_still_there(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    fresh = Library(
        _made(tmp_path / "fresh"), shelf.encoder, shelf.library._models.reader,
        max_file_bytes=1_000_000, quotes=3, confidence=0.0,
    )  # fmt: skip
    with fresh:
        fresh.restore(tmp_path / "backup.zip")
        assert fresh.places() == (shelf.folder,)
        report = fresh.build(fresh.places())
        assert (report.unchanged, report.embedded, report.failed) == (2, 0, ())


def test_restored_articles_stay_though_their_files_have_gone(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    """Whoever restores after losing files would lose their articles by the next reindex otherwise."""
    shelf.library.backup(tmp_path / "backup.zip")
    (shelf.folder / "bridge.txt").unlink()
    elsewhere.library.restore(tmp_path / "backup.zip")
    assert elsewhere.library.build([shelf.folder]).removed == ()
    assert texts(elsewhere.library) == {BRIDGE, MUSEUM}


def test_articles_keep_their_ids_where_their_folder_has_another_name(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    ids = {article.id for article in shelf.library.articles()}
    shelf.folder.rename(tmp_path / "moved")
    elsewhere.library.restore(tmp_path / "backup.zip")
    assert elsewhere.library.places() == ()
    report = elsewhere.library.build([tmp_path / "moved"])
    assert (report.unchanged, report.duplicates) == (2, ())
    assert {article.id for article in elsewhere.library.articles()} == ids


def _made(path: Path) -> Path:
    path.mkdir()
    return path


# --- while the library is in use ---


def test_a_backup_is_made_while_questions_are_answered_and_a_build_runs(shelf: Shelf, tmp_path: Path) -> None:
    """At each step of a build: what is in the file is a library, of the articles at that moment."""
    for number in range(30):
        shelf.write(f"{number}.txt", f"On day {number} the market sold {number} baskets of plums.")
    files = []

    def back_up(_: Progress) -> None:
        files.append(tmp_path / f"{len(files)}.zip")
        shelf.library.backup(files[-1])
        assert shelf.library.ask("When was the bridge closed?").quotes  # type: ignore[union-attr]

    shelf.library.build([shelf.folder], progress=back_up)
    held = [read_backup(file).articles for file in files]
    assert held[0] < 32
    assert held[-1] == 32
    for number, file in enumerate((files[0], files[-1])):
        (tmp_path / f"restored{number}").mkdir()
        restored = Shelf(tmp_path / f"restored{number}")
        restored.library.restore(file)
        assert restored.found("When was the bridge closed?") == BRIDGE
        restored.library.close()


def test_questions_are_answered_from_the_old_index_while_a_backup_is_restored(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    elsewhere.write("harvest.txt", HARVEST)
    elsewhere.build()
    found = []

    def ask(_: Progress) -> None:
        thread = threading.Thread(target=lambda: found.append(elsewhere.found("今年稻米收成如何？")))
        thread.start()
        thread.join()

    elsewhere.library.restore(tmp_path / "backup.zip", "replace", progress=ask)
    assert found
    assert all("稻米收成" in text for text in found)
    assert texts(elsewhere.library) == {BRIDGE, MUSEUM}


def test_a_backup_waits_for_nobody_and_a_restore_says_that_another_is_writing(
    shelf: Shelf, tmp_path: Path
) -> None:
    with shelf.library._generations.writing():
        shelf.library.backup(tmp_path / "backup.zip")
        with pytest.raises(LibraryLocked):
            shelf.library.restore(tmp_path / "backup.zip", "replace")


# --- instead of what is there, or beside it ---


def test_a_library_that_holds_articles_is_replaced_only_if_told(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    elsewhere.write("harvest.txt", HARVEST)
    elsewhere.build()
    with pytest.raises(BackupError, match="holds 1 articles"):
        elsewhere.library.restore(tmp_path / "backup.zip")
    assert len(elsewhere.library.articles()) == 1
    report = elsewhere.library.restore(tmp_path / "backup.zip", "replace")
    assert (len(report.added), len(report.removed)) == (2, 1)
    assert texts(elsewhere.library) == {BRIDGE, MUSEUM}
    assert "稻米".encode() not in elsewhere.on_disk()


def test_merging_adds_what_is_not_there_and_says_what_was(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    elsewhere.write("harvest.txt", HARVEST)
    elsewhere.write("same.txt", MUSEUM)
    elsewhere.build()
    report = elsewhere.library.restore(tmp_path / "backup.zip", "merge")
    assert [article.text for article in report.added] == [BRIDGE]
    assert [left.reason for left in report.duplicates] == ["an article with the same text is here"]
    assert len(elsewhere.library.articles()) == 3
    again = elsewhere.library.restore(tmp_path / "backup.zip", "merge")
    assert (again.added, again.unchanged) == ((), 3)
    assert elsewhere.build().removed == ()  # they have no file here, and stay all the same
    assert len(elsewhere.library.articles()) == 3


def test_merging_keeps_our_version_of_an_article(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    shelf.write("bridge.txt", f"{BRIDGE} It is open again.")
    shelf.build()
    report = shelf.library.restore(tmp_path / "backup.zip", "merge")
    assert [left.reason for left in report.duplicates] == ["another version of it is here, and was kept"]
    assert f"{BRIDGE} It is open again." in texts(shelf.library)


def test_a_library_of_nothing_can_be_backed_up_and_restored(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    assert elsewhere.library.backup(tmp_path / "backup.zip").articles == 0
    assert len(shelf.library.restore(tmp_path / "backup.zip", "replace").removed) == 2
    assert shelf.library.articles() == ()


# --- what is not believed ---


def the_newer_form(members: dict[str, bytes]) -> None:
    announce(members, format=99, program="9.9")


def a_way_out(members: dict[str, bytes]) -> None:
    members["../outside"] = b"x"


def an_announced_way_out(members: dict[str, bytes]) -> None:
    members["../outside"] = b"x"
    parts = json.loads(members["manifest.json"])["parts"]
    announce(members, parts=[*parts, {"name": "../outside", "size": 1, "digest": ""}])


def a_bit_less(members: dict[str, bytes]) -> None:
    members["archive.sqlite"] = members["archive.sqlite"][:-1]


def a_bit_else(members: dict[str, bytes]) -> None:
    data = bytearray(members["archive.sqlite"])
    data[len(data) // 2] ^= 1
    members["archive.sqlite"] = bytes(data)


def no_archive(members: dict[str, bytes]) -> None:
    del members["archive.sqlite"]


def a_torn_page(members: dict[str, bytes]) -> None:
    members["archive.sqlite"] = members["archive.sqlite"][:4096] + bytes(
        len(members["archive.sqlite"]) - 4096
    )
    announce(members)


def odd_types(members: dict[str, bytes]) -> None:
    announce(members, languages=7)


def no_object(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b"[1, 2]"


def fewer_articles(members: dict[str, bytes]) -> None:
    announce(members, articles=1)


WRONG = {
    "made by a newer articlebot \\(9.9\\)": the_newer_form,
    "it holds .*'../outside'": a_way_out,
    "'../outside' is no name": an_announced_way_out,
    "is not as it was": a_bit_less,
    "archive.sqlite is not as": a_bit_else,
    "it holds 'manifest.json', and": no_archive,
    "cannot be restored: .*(malformed|not a database|disk image|integrity|page)": a_torn_page,
    "cannot be restored: ": odd_types,
    "cannot be restored": no_object,
    "it holds 2 articles instead of 1": fewer_articles,
}


@pytest.mark.parametrize("complaint", WRONG)
def test_a_file_that_is_wrong_is_refused_in_a_sentence_and_changes_nothing(
    shelf: Shelf, tmp_path: Path, complaint: str
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    file = remade(tmp_path / "backup.zip", WRONG[complaint])
    assert_refused(shelf, file, complaint)
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ("UPDATE articles SET text = text || ' And a lie.'", "is not there as it was read"),
        ("UPDATE articles SET published = 'yesterday'", "cannot be restored"),
        ("UPDATE articles SET text = CAST(x'ff' AS TEXT)", "cannot be restored"),
        ("DELETE FROM articles", "is not there as it was read"),
        ("DROP TABLE articles", "is not there as it was read"),
        ("CREATE TRIGGER t AFTER INSERT ON live BEGIN DELETE FROM live; END", "'t', which is no table"),
    ],
)
def test_an_archive_that_was_tampered_with_is_refused_though_its_digest_fits(
    shelf: Shelf, tmp_path: Path, statement: str, complaint: str
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    assert_refused(shelf, remade(tmp_path / "backup.zip", with_sql(tmp_path, statement)), complaint)


def test_vectors_that_cannot_be_right_are_encoded_again(
    shelf: Shelf, elsewhere: Shelf, tmp_path: Path
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    change = with_sql(tmp_path, "UPDATE vectors SET vectors = x'00'")
    report = elsewhere.library.restore(remade(tmp_path / "backup.zip", change))
    assert report.embedded == 2


def test_no_zip_no_file_and_an_encrypted_one_are_refused(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip at all", encoding="utf-8")
    assert_refused(shelf, tmp_path / "text.zip", "text.zip cannot be restored: File is not a zip file")
    assert_refused(shelf, tmp_path / "none.zip", "there is no file .*none.zip")
    shelf.library.backup(tmp_path / "backup.zip")
    data = bytearray((tmp_path / "backup.zip").read_bytes())
    data[6] |= 1  # the flag that says it is encrypted, here and in the directory at the end
    data[data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02")) + 8] |= 1
    (tmp_path / "backup.zip").write_bytes(data)
    assert_refused(shelf, tmp_path / "backup.zip", "encrypted")


def test_a_file_that_unpacks_to_more_than_any_library_is_refused(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_NOT_WORTH_DOUBTING", 1_000_000)
    shelf.library.backup(tmp_path / "backup.zip")

    def bomb(members: dict[str, bytes]) -> None:
        members["archive.sqlite"] = bytes(50_000_000)
        announce(members)

    assert_refused(shelf, remade(tmp_path / "backup.zip", bomb), "packed more tightly")


def test_a_file_that_unpacks_to_more_than_the_disk_holds_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.backup(tmp_path / "backup.zip")

    def boast(members: dict[str, bytes]) -> None:
        part = {"name": "archive.sqlite", "size": 10**18, "digest": ""}
        members["manifest.json"] = json.dumps(
            json.loads(members["manifest.json"]) | {"parts": [part]}
        ).encode()

    assert_refused(shelf, remade(tmp_path / "backup.zip", boast), "make room")


def test_a_file_that_holds_more_than_it_announces_is_not_unpacked_further(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.library.backup(tmp_path / "backup.zip")

    def more(members: dict[str, bytes]) -> None:
        members["archive.sqlite"] += bytes(30_000_000)

    assert_refused(shelf, remade(tmp_path / "backup.zip", more), "is not as it was")


def assert_refused(shelf: Shelf, file: Path, complaint: str) -> None:
    before = shelf.library.articles()
    for how in ("replace", "merge"):
        with pytest.raises(BackupError, match=complaint):
            shelf.library.restore(file, how)  # type: ignore[arg-type]  # mypy does not follow the loop
    assert shelf.library.articles() == before
    assert shelf.found("When was the bridge closed?") == BRIDGE
    assert not (shelf.path / "restoring").exists()
    assert shelf.build().unchanged == 2


# --- what cannot be written ---


def test_a_backup_that_cannot_be_written_says_so_and_leaves_the_older_one(
    shelf: Shelf, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="cannot be written"):
        shelf.library.backup(tmp_path / "nowhere" / "backup.zip")
    with pytest.raises(BackupError, match="cannot be written"):
        shelf.library.backup(_made(tmp_path / "folder"))
    shelf.library.backup(tmp_path / "backup.zip")
    before = (tmp_path / "backup.zip").read_bytes()
    with closing(sqlite3.connect(shelf.path / "archive.sqlite")) as connection:
        connection.execute("UPDATE articles SET text = 'rotten' WHERE text = ?", (BRIDGE,))
        connection.commit()
    with pytest.raises(LibraryDamaged, match="is not there as it was read"):
        shelf.library.backup(tmp_path / "backup.zip")
    assert (tmp_path / "backup.zip").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_restoring_mends_an_article_that_has_rotted_in_the_archive(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    with closing(sqlite3.connect(shelf.path / "archive.sqlite")) as connection:
        connection.execute("UPDATE articles SET text = 'rotten' WHERE text = ?", (BRIDGE,))
        connection.commit()
    shelf.library.restore(tmp_path / "backup.zip", "replace")
    with shelf.open() as fresh:
        assert texts(fresh) == {BRIDGE, MUSEUM}


def test_what_a_killed_restore_left_behind_goes_with_the_next(shelf: Shelf, tmp_path: Path) -> None:
    shelf.library.backup(tmp_path / "backup.zip")
    (_made(shelf.path / "restoring") / "archive.sqlite").write_bytes(b"half")
    shelf.library.restore(tmp_path / "backup.zip", "replace")
    assert not (shelf.path / "restoring").exists()


def test_a_backup_leaves_alone_what_another_is_at_work_on_and_what_is_not_ours(
    shelf: Shelf, tmp_path: Path
) -> None:
    _made(tmp_path / ".backup.zip.mine")
    with workplace(tmp_path / "backup.zip") as other:
        shelf.library.backup(tmp_path / "backup.zip")
        assert other.is_dir()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == [
        ".backup.zip.mine"
    ]


# --- the command ---


def test_the_command_backs_up_and_restores(sample_library: Path, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    told = articlebot("backup", file, "--library", sample_library)
    assert (told.code, told.err) == (0, "")
    assert "11 articles (3 en, 4 zh-Hans, 4 zh-Hant), from 2024-06-18 to 2025-12-02; 23 vectors" in told.out
    new = tmp_path / "new"
    told = articlebot("restore", file, "--library", new)
    assert told.code == 0
    assert "11 added" in told.out
    assert "23 passages, 0 embedded" in told.out
    again = articlebot("restore", file, "--library", new)
    assert again.code == 1
    assert "holds 11 articles" in again.err
    assert articlebot("restore", file, "--merge", "--library", new).code == 0
    assert articlebot("restore", file, "--replace", "--library", new).code == 0
    assert articlebot("restore", file, "--replace", "--merge", "--library", new).code == 2


def test_what_the_bot_remembers_of_people_goes_along_only_if_told(
    sample_library: Path, tmp_path: Path
) -> None:
    library = shutil.copytree(sample_library, tmp_path / "library")
    file, new = tmp_path / "backup.zip", tmp_path / "new"
    told = articlebot("backup", file, "--with-people", "--library", library)
    assert told.code == 1
    assert "no bot has run over this library" in told.err
    with closing(sqlite3.connect(library / "bot.sqlite")) as connection:
        connection.execute("CREATE TABLE people (id INTEGER)")
        connection.execute("INSERT INTO people VALUES (42)")
        connection.commit()
    assert articlebot("backup", file, "--library", library).code == 0
    told = articlebot("restore", file, "--with-people", "--library", new)
    assert told.code == 1
    assert "holds no bot.sqlite" in told.err
    assert articlebot("backup", file, "--with-people", "--library", library).code == 0
    assert articlebot("restore", file, "--library", new).code == 0
    assert not (new / "bot.sqlite").exists()
    assert articlebot("restore", file, "--replace", "--with-people", "--library", new).code == 0
    with closing(sqlite3.connect(new / "bot.sqlite")) as connection:
        assert connection.execute("SELECT id FROM people").fetchall() == [(42,)]


def test_a_damaged_archive_is_kept_aside_and_replaced_from_a_backup(
    sample_library: Path, tmp_path: Path
) -> None:
    library = shutil.copytree(sample_library, tmp_path / "library")
    file = tmp_path / "backup.zip"
    articlebot("backup", file, "--library", library)
    damaged = b"rotten" * 5000
    (library / "archive.sqlite").write_bytes(damaged)
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    assert articlebot("restore", tmp_path / "bad.zip", "--replace", "--library", library).code == 1
    assert (library / "archive.sqlite").read_bytes() == damaged
    assert articlebot("restore", file, "--library", library).code == 1
    told = articlebot("restore", file, "--replace", "--library", library)
    assert told.code == 0
    assert "the archive was damaged and is kept in" in told.err
    (aside,) = library.glob("damaged-*")
    assert (aside / "archive.sqlite").read_bytes() == damaged
    assert articlebot("ask", "how much does Xiaomi plan to spend on R&D", "--library", library).code == 0
