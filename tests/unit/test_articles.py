"""Which files are articles, and what stops one from being read."""

from __future__ import annotations

import io
import logging
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from index.articles import SUFFIXES, find, parse, read
from index.errors import ArticleError, EmptyArticle, TooLarge, UnsupportedFormat

BODY = "燈塔重新點亮\n\n漁民說夜裡出海安心多了。"


def touch(path: Path, content: str = BODY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


# --- find ----------------------------------------------------------------------------------


def test_every_known_suffix_is_found_at_any_depth_and_in_order(tmp_path: Path) -> None:
    paths = [
        touch(tmp_path / f"{'d/' * depth}{name}{suffix}")
        for depth, name in ((0, "b"), (2, "a"))
        for suffix in SUFFIXES
    ]
    touch(tmp_path / "picture.jpg")
    touch(tmp_path / "no_suffix")
    assert find(tmp_path) == tuple(sorted(paths))


def test_suffixes_are_found_in_any_case(tmp_path: Path) -> None:
    paths = (touch(tmp_path / "A.TXT"), touch(tmp_path / "b.Md"))
    assert find(tmp_path) == paths
    assert read(paths[0], id="1", max_bytes=1000).title == "燈塔重新點亮"


def test_hidden_things_and_office_lock_files_are_left_out(tmp_path: Path) -> None:
    kept = touch(tmp_path / "kept.txt")
    for name in (".hidden.txt", ".git/a.txt", "~$kept.docx"):
        touch(tmp_path / name)
    assert find(tmp_path) == (kept,)


def test_the_folder_a_browser_saves_beside_a_page_is_left_out_and_a_persons_own_is_not(
    tmp_path: Path,
) -> None:
    page, own = touch(tmp_path / "story.html"), touch(tmp_path / "my_files" / "a.txt")
    touch(tmp_path / "story_files" / "frame.html")
    assert find(tmp_path) == (own, page)


def test_links_are_followed_only_to_files_inside_the_folder(tmp_path: Path) -> None:
    inside, outside = touch(tmp_path / "in" / "a.txt"), touch(tmp_path / "out.txt")
    folder = tmp_path / "in"
    (folder / "again.txt").symlink_to(inside)
    (folder / "leaves.txt").symlink_to(outside)
    (folder / "broken.txt").symlink_to(folder / "nothing.txt")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    assert find(folder) == (inside, folder / "again.txt")


def test_pipes_and_folders_with_an_articles_name_are_left_out(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    inner = touch(tmp_path / "folder.txt" / "a.txt")
    assert find(tmp_path) == (inner,)


def test_a_file_stands_for_itself(tmp_path: Path) -> None:
    path = touch(tmp_path / ".even_hidden.txt")
    assert find(path) == (path,)


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert find(tmp_path) == ()


def test_an_unknown_kind_of_file_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    path = touch(tmp_path / "picture.jpg")
    with pytest.raises(UnsupportedFormat, match=r"\.jpg cannot be read.*\.txt.*\.docx"):
        find(path)
    with pytest.raises(UnsupportedFormat, match="without an ending"):
        find(touch(tmp_path / "bare"))


def test_a_place_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="nowhere"):
        find(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may list every folder")
def test_a_folder_that_cannot_be_listed_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    closed = touch(tmp_path / "closed" / "a.txt").parent
    closed.chmod(0)
    try:
        with pytest.raises(ArticleError, match="cannot be listed"):
            find(tmp_path)
    finally:
        closed.chmod(0o700)


# --- read ----------------------------------------------------------------------------------


def test_a_file_becomes_an_article(tmp_path: Path) -> None:
    article = read(touch(tmp_path / "2025-12-01_燈塔.txt"), id="seven", max_bytes=1000)
    assert (article.id, article.title, article.text) == ("seven", "燈塔重新點亮", "漁民說夜裡出海安心多了。")
    assert (article.language, article.source) == ("zh-Hant", "2025-12-01_燈塔.txt")
    assert str(article.published) == "2025-12-01"


@pytest.mark.parametrize("content", ["", " \n\t\n", "\ufeff\n　\n"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".pdf", ".docx"])
def test_an_empty_file_is_an_empty_article_or_a_broken_one(tmp_path: Path, content: str, suffix: str) -> None:
    with pytest.raises(ArticleError):
        read(touch(tmp_path / f"a{suffix}", content), id="1", max_bytes=1000)


@pytest.mark.parametrize("content", ["", " \n\t\n", "\ufeff\n　\n"])
def test_a_text_file_of_white_space_is_an_empty_article(tmp_path: Path, content: str) -> None:
    with pytest.raises(EmptyArticle):
        read(touch(tmp_path / "a.txt", content), id="1", max_bytes=1000)


def test_a_file_over_the_limit_is_refused_unread_with_both_sizes_and_the_setting(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(TooLarge, match=r"50\.1 MB.* 20 MB.*articles\.max_file_mb"):
        read(path, id="1", max_bytes=20_000_000)


def test_a_file_that_went_away_is_an_article_error(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="No such file"):
        read(tmp_path / "gone.txt", id="1", max_bytes=1000)


def test_the_message_does_not_repeat_the_path(tmp_path: Path) -> None:
    path = touch(tmp_path / "a.pdf", "not a pdf")
    with pytest.raises(ArticleError) as caught:
        read(path, id="1", max_bytes=1000)
    assert str(tmp_path) not in str(caught.value)


def test_what_is_no_archive_is_no_word_file() -> None:
    with pytest.raises(ArticleError, match="no Word file"):
        parse(b"plain", ".docx", "a.docx", id="1")
    with pytest.raises(ArticleError, match="old Word file or one with a password"):
        parse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), ".docx", "a.docx", id="1")


def test_an_archive_that_is_no_document_is_damaged() -> None:
    with pytest.raises(ArticleError, match="damaged"):
        parse(zipped({"a.txt": b"x"}), ".docx", "a.docx", id="1")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({f"word/{number}.xml": bytes(25_000_000) for number in range(9)})
    assert len(bomb) < 1_000_000
    with pytest.raises(TooLarge, match="225 MB"):
        parse(bomb, ".docx", "a.docx", id="1")


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_parsers_neither_print_nor_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        for data, suffix in ((b"%PDF-1.7\n1 0 obj\n<<", ".pdf"), (b"<p>", ".html"), (b"x", ".docx")):
            with pytest.raises(ArticleError):
                parse(data, suffix, f"a{suffix}", id="1")
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


# --- the digest ----------------------------------------------------------------------------


def article(title: str, text: str) -> str:
    return parse(f"{title}\n\n{text}".encode(), ".txt", "a.txt", id="1").digest


def test_the_digest_depends_on_the_content_and_not_on_the_id() -> None:
    first = parse(BODY.encode(), ".txt", "a.txt", id="1")
    second = parse(BODY.encode(), ".txt", "a.txt", id="2")
    assert replace(second, id="1") == first
    assert len(first.digest) == 64


def test_words_that_move_between_fields_change_the_digest() -> None:
    assert article("燈塔", "重新點亮。") != article("燈塔重新", "點亮。")
    sourced = parse("燈塔\n來源：港灣\n\n點亮。".encode(), ".txt", "a.txt", id="1")
    authored = parse("燈塔\n作者：港灣\n\n點亮。".encode(), ".txt", "a.txt", id="1")
    assert sourced.digest != authored.digest
