"""Parsers in a child process: what they may take, and what becomes of a file that takes more."""

from __future__ import annotations

import json
import os
import signal
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index import confinement
from index.additions import feed_of
from index.confinement import Confinement, Limits
from index.errors import ArticleError, EmptyArticle, FeedError, TooLarge
from index.feeds import parse_feed
from index.fetching import Page, Stamp
from tests.reading import TRADITIONAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ask = Callable[..., str]

LIMITS = Limits(seconds=30, memory=200_000_000, characters=1_000_000)
# Stands in the child for the parser of PDF: it runs what the file says.
STAND_IN = """
import os, signal, sys, time
from index import parsers
from index.headings import Draft
served = []
def run(data):
    served.append(data)
    return Draft("Title\\n\\n" + str(eval(data)))
parsers._PARSERS[".pdf"] = run
"""


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Has a child evaluate an expression, and returns it as the text of an article."""
    start, served = confinement._CODE.split("from index.child")
    monkeypatch.setattr(confinement, "_CODE", f"{start}exec({STAND_IN!r}); from index.child{served}")
    confined = Confinement()

    def ask(expression: str, limits: Limits = LIMITS, *, name: str = "a.pdf") -> str:
        return confined.parse(expression.encode(), ".pdf", name, limits).text

    yield ask
    confined.close()


def test_what_the_child_reads_is_what_the_parser_reads() -> None:
    confined = Confinement()
    page = f"<html><title>燈塔</title><body><article><p>{TRADITIONAL}</p></article></body></html>".encode()
    try:
        read = confined.parse(page, ".html", "2025-12-01.html", LIMITS)
        with pytest.raises(EmptyArticle, match="no main text"):
            confined.parse(b"<html></html>", ".html", "a.html", LIMITS)
    finally:
        confined.close()
    assert (read.title, read.text, str(read.published)) == ("燈塔", TRADITIONAL, "2025-12-01")


def test_one_child_reads_many_files_and_is_replaced_in_time(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "_FILES", 3)
    children = [ask("os.getpid()") for _ in range(7)]
    assert [children.count(child) for child in dict.fromkeys(children)] == [3, 3, 1]
    assert str(os.getpid()) not in children


def test_what_never_ends_is_ended_and_the_next_file_is_read(ask: Ask) -> None:
    with pytest.raises(ArticleError, match=r"longer than 1 s; save .* articles\.max_seconds"):
        ask("[None for _ in iter(int, 1)]", Limits(seconds=1))
    assert ask("'still here'", Limits(seconds=1)) == "still here"


def test_what_needs_more_memory_is_ended_and_the_next_file_is_read(ask: Ask) -> None:
    with pytest.raises(TooLarge, match=r"more than 200 MB of memory; .* articles\.max_memory_mb"):
        ask("len(bytearray(300_000_000))")
    assert ask("len(bytearray(100_000_000))") == "100000000"


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
        ("os._exit(3)", "exit 3"),
        ("1 / 0", "ZeroDivisionError"),
        ("(lambda f: f(f))(lambda f: f(f))", "RecursionError"),
    ],
)
def test_a_parser_that_crashes_costs_its_own_file_only(ask: Ask, expression: str, told: str) -> None:
    for _ in range(2):
        with pytest.raises(ArticleError, match=told):
            ask(expression)
        assert ask("'still here'") == "still here"


def test_a_file_does_not_suffer_for_one_that_was_read_before(ask: Ask) -> None:
    """Memory that a parser kept, or that it has been idle, is not the next file's fault."""
    ask("setattr(sys, 'kept', bytearray(150_000_000))")
    assert ask("len(bytearray(150_000_000))") == "150000000"
    child = int(ask("os.getpid()"))
    os.kill(child, signal.SIGALRM)
    assert int(ask("os.getpid()")) != child


def test_whatever_a_parser_prints_is_no_answer(ask: Ask) -> None:
    assert ask("print('{}' * 1000) or os.write(1, b'junk') and 'text'") == "text"


def test_the_child_has_no_secret_and_can_write_nothing(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "4242:secret")
    assert "secret" not in ask("os.environ")
    target = tmp_path / "written"
    with pytest.raises(ArticleError, match=r"OSError|SIGXFSZ"):
        ask(f"open({str(target)!r}, 'w', buffering=1).write('x' * 100 + chr(10))")
    assert not target.exists() or not target.read_bytes()


def test_the_child_takes_no_module_from_where_the_command_is_run(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pypdf.py").write_text("raise SystemExit('this must not run')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")  # as it is for python -c
    assert ask("__import__('pypdf').__version__")


def test_more_text_than_is_allowed_is_refused(ask: Ask) -> None:
    with pytest.raises(TooLarge, match=r"1,000,\d+ characters of text, more than the 1,000,000 allowed"):
        ask("'x' * 1_000_000")


def test_an_answer_that_never_ends_is_not_waited_for(ask: Ask) -> None:
    with pytest.raises(ArticleError, match="crashes"):
        ask("[os.write(n, b'\\xff' * 100) for n in range(3, 10) if os.path.exists(f'/proc/self/fd/{n}')]")


def test_names_that_are_not_text_come_through(ask: Ask) -> None:
    assert ask("'text'", name=os.fsdecode(b"caf\xe9.pdf")) == "text"


def test_threads_get_their_own_answers(ask: Ask) -> None:
    answers: dict[int, str] = {}

    def work(number: int) -> None:
        answers[number] = ask(f"{number} * 10")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: str(number * 10) for number in range(8)}


def test_an_interrupted_file_gives_its_answer_to_no_other(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ask("1")
    loads = json.loads

    def interrupted(*_: object) -> None:
        monkeypatch.setattr(json, "loads", loads)
        raise KeyboardInterrupt

    monkeypatch.setattr(json, "loads", interrupted)
    with pytest.raises(KeyboardInterrupt):
        ask("2")
    assert ask("3") == "3"


FEED = '<rss version="2.0"><channel><title>燈塔</title><item><guid>1</guid><title>二</title>'


def test_a_feed_is_read_in_the_child_as_its_parser_reads_it() -> None:
    content = f"{FEED}<pubDate>2025-12-01</pubDate><link>/a</link></item></channel></rss>".encode()
    confined = Confinement()
    try:
        read = confined.feed(content, "application/xml", "https://news.example/rss", LIMITS)
        with pytest.raises(FeedError, match=r"https://news\.example/a is no RSS or Atom feed"):
            confined.feed(b"<html></html>", "text/html", "https://news.example/a", LIMITS)
    finally:
        confined.close()
    assert read == parse_feed(content, "application/xml", "https://news.example/rss")
    assert read.entries[0].published == date(2025, 12, 1)


def test_a_feed_that_keeps_its_parser_busy_is_given_up() -> None:
    deep = FEED + "<item>" * 1_000_000
    page = Page("https://news.example/rss", deep.encode(), "application/xml", Stamp())
    with pytest.raises(FeedError, match=r"https://news\.example/rss is a feed that cannot be read; look for"):
        feed_of(page, limits=Limits(seconds=1, memory=200_000_000, characters=1_000_000))
