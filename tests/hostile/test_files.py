"""Every file that wants to do harm gets a clear sentence, or is read rightly; the rest goes on."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import ArticleError, Limits, intake
from index.articles import parse, read
from tests.hostile import files
from tests.hostile.files import CHINESE, SIMPLIFIED, STORY

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = Limits(seconds=60, memory=300_000_000, characters=2_000_000)

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "corrupt.pdf": (lambda: files.honest_pdf()[:300], r"PDF is damaged|no text layer"),
    "noise.pdf": (lambda: bytes(range(256)) * 50, r"PDF is damaged"),
    "encrypted.pdf": (files.encrypted_pdf, r"encrypted; save a copy without a password"),
    "bomb.pdf": (files.pdf_bomb, r"PDF is damaged|more than 300 MB of memory"),
    "bomb.docx": (lambda: files.word_bomb(190), r"more than 300 MB of memory"),
    "bigger bomb.docx": (lambda: files.word_bomb(220), r"would unpack to 220 MB"),
    "laughs.docx": (files.word_with_entities, r"Word file is damaged|holds no text"),
    "no archive.docx": (lambda: b"PK\x03\x04" + b"\0" * 500, r"no Word file"),
    "laughs.md": (files.laughing_markdown, r"more than 300 MB of memory"),
    "zipped.html": (files.zipped_page, r"not text|no encoding|no main text"),
    "nul.txt": (f"{STORY}\0{STORY}".encode, r"NUL bytes, so it is not text"),
    "empty.txt": (lambda: b"", r"empty"),
    "spaces.md": (lambda: b" \n\t\r\n", r"empty"),
    "long line.txt": (lambda: b"word " * 500_000, r"characters of text, more than the 2,000,000"),
    "mojibake.txt": (lambda: b"\x81\x8d\x9d\xa0" * 50, r"no encoding that can be recognised"),
    "broken utf-16.txt": (lambda: b"\xff\xfe" + CHINESE.encode("utf-16-le")[:-1], r"broken at byte"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence_with_a_remedy(name: str) -> None:
    make, told = REFUSED[name]
    with pytest.raises(ArticleError, match=told) as caught:
        parse(make(), Path(name).suffix, name, id="1", limits=LIMITS)
    assert ";" in str(caught.value)  # what is wrong; what to do
    assert parse(STORY.encode(), ".md", "next.md", id="2", limits=LIMITS).text == STORY


def test_a_pdf_that_never_ends_is_ended() -> None:
    with pytest.raises(ArticleError, match="took longer than 3 s"):
        parse(files.endless_pdf(), ".pdf", "endless.pdf", id="1", limits=Limits(seconds=3))


READ: dict[str, tuple[Callable[[], bytes], str]] = {
    "honest.pdf": (files.honest_pdf, STORY),
    "honest.docx": (lambda: files.word(STORY), STORY),
    "slip.docx": (lambda: files.word_with({"../../evil.txt": b"evil", "/tmp/evil.txt": b"evil"}), STORY),
    "big5.txt": (lambda: CHINESE.encode("big5"), CHINESE),
    "gb18030.txt": (lambda: SIMPLIFIED.encode("gb18030"), SIMPLIFIED),
    "utf-16.txt": (lambda: CHINESE.encode("utf-16"), CHINESE),
    "utf-16 without a mark.txt": (lambda: CHINESE.encode("utf-16-le"), CHINESE),
    "mark.txt": (lambda: b"\xef\xbb\xbf" + CHINESE.encode(), CHINESE),
    "bidi.txt": (lambda: STORY.replace("340", "\u202e043\u202c").encode(), STORY.replace("340", "043")),
    "zero width.txt": (lambda: "\u200b".join(STORY).encode(), STORY),
    "escapes.txt": (f"\x1b]0;title\x07{STORY}".encode, f"]0;title{STORY}"),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read_rightly(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make, text = READ[name]
    data = make()
    assert parse(data, Path(name).suffix, name, id="1", limits=LIMITS).text == text
    assert not list(tmp_path.rglob("*evil*"))
    assert not Path("/tmp/evil.txt").exists()


def test_no_document_brings_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret")
    for suffix, data in {
        ".docx": files.word_that_reads(str(tmp_path / "secret.txt")),
        ".html": files.page(
            "&f;<embed src='secret.txt'>", f"<!DOCTYPE x [<!ENTITY f SYSTEM 'file://{tmp_path}/secret.txt'>]>"
        ),
    }.items():
        try:
            text = parse(data, suffix, f"a{suffix}", id="1", limits=LIMITS).text
        except ArticleError:
            text = ""
        assert "the secret" not in text


def test_a_name_is_a_name_and_never_a_path() -> None:
    """What a file is called is only ever shown, and on one line without controls."""
    for name in ("../../etc/passwd.txt", "a\0b.txt", "a\nb\x1b[2J\u202e.txt", "x" * 5000 + ".txt"):
        article = parse(STORY.encode(), ".txt", name.replace("\0", ""), id="1", limits=LIMITS)
        assert article.text == STORY
        assert article.source is not None
        assert len(article.source.splitlines()) == 1
        assert article.source.isprintable()
    with pytest.raises(ArticleError, match="NUL"):
        parse(STORY.encode(), ".txt", "a\0b.txt", id="1", limits=LIMITS)


def test_a_file_with_a_name_that_breaks_lines_keeps_its_report_on_one() -> None:
    assert intake._shown("articles/a\n\x1b[2J\u202ez.pdf") == "articles/a\ufffd\ufffd[2J\ufffdz.pdf"


def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ArticleError, match="no ordinary file"):
        read(tmp_path / "pipe.txt", id="1", max_bytes=1000)


def test_a_file_that_grows_for_ever_is_read_up_to_what_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "growing.txt"
    path.write_text(STORY)
    grown = threading.Event()

    def grow() -> None:
        with path.open("a") as file:
            while not grown.is_set():
                file.write("more " * 2000)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        while path.stat().st_size < 100_000:
            time.sleep(0.001)
        with pytest.raises(ArticleError, match=r"more than the 0\.1 MB allowed"):
            read(path, id="1", max_bytes=100_000)
    finally:
        grown.set()
        writer.join()
