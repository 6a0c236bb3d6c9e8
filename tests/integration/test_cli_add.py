"""`articlebot add` over a library of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command import articlebot

if TYPE_CHECKING:
    from pathlib import Path

BRIDGE = "Bridge closed\n\nThe bridge over the Lan was closed for repairs on Monday."
NOTE = "---\ntitle: Orchard news\n---\n\nThe orchard lost its *apples*.\n"


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_files_are_added_and_stay_without_them(tmp_path: Path) -> None:
    file = tmp_path / "bridge.txt"
    file.write_text(BRIDGE)
    done = articlebot("add", file)
    assert done.code == 0, done.err
    assert "1 added, 0 changed, 0 removed, 0 unchanged, 0 duplicates, 0 failed." in done.out
    file.unlink()
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "well.txt").write_text("The well has run dry.")
    assert "1 added, 0 changed, 0 removed, 1 unchanged" in articlebot("index").out
    assert "closed for repairs" in articlebot("ask", "When was the bridge closed for repairs?").out


def test_what_cannot_be_read_is_named_and_the_rest_is_in(tmp_path: Path) -> None:
    (tmp_path / "bridge.txt").write_text(BRIDGE)
    (tmp_path / "empty.txt").write_text("")
    done = articlebot("add", "missing.txt", "bridge.txt", "empty.txt", "bridge.txt")
    assert done.code == 1
    assert "1 added" in done.out
    assert "1 duplicate," in done.out
    assert "2 failed" in done.out
    assert "missing.txt: No such file or directory" in done.out
    assert "empty.txt: The file is empty" in done.out


def test_with_nothing_to_add_nothing_is_done(tmp_path: Path) -> None:
    done = articlebot("add", tmp_path)
    assert done.code == 1
    assert "0 added" in done.out
    assert "Is a directory" in done.out


def test_standard_input_is_a_text_or_what_it_is_called() -> None:
    assert "1 added" in articlebot("add", "-", stdin=BRIDGE.encode()).out
    done = articlebot("add", "-", "--name", "orchard.md", stdin=NOTE.encode())
    assert "1 added" in done.out
    assert "Orchard news" in done.out


def test_what_is_too_large_is_refused_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "articlebot.toml").write_text("[articles]\nmax_file_mb = 1\n")
    (tmp_path / "large.txt").write_text("word " * 200_001)
    done = articlebot("add", "large.txt")
    assert done.code == 1
    assert "more than the 1 MB allowed" in done.out
    assert "articles.max_file_mb" in done.out
