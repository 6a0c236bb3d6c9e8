"""Removed means gone: nothing of an article is on the disk, in whatever form it was kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple
from multiprocessing import get_context
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import library
from index.passages import outlines, window
from index.segments import Segment
from tests.crash.victim import after, before
from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index import Article, Progress

SECRET = """Vexillum Quagmarsh
Source: Quillfeather Gazette
Author: Zephyrine Oxblood
URL: https://example.org/wyvernmoor
Date: 2025-11-03

The turquoise xylophonist keeps her zinc marmalade below Kvistofte. 碧瑤鯤鵬藏於鳳凰嶺。
"""
OTHER = "The bridge is open on Monday. The zinc is sold on Tuesday."


def forms(text: str) -> Iterator[bytes]:
    """A text as a program may write it: in any encoding, any case, and escaped."""
    for each in {text, text.lower(), text.casefold()}:
        yield each.encode()
        yield each.encode("utf-16-le")
        yield each.encode("utf-16-be")
        for escaped in (json.dumps(each)[1:-1], json.dumps(each)[1:-1].upper().replace("\\U", "\\u")):
            yield escaped.encode()


def words_of(article: Article) -> set[str]:
    """The words of an article and of all that is known of it that nothing else has."""
    known = " ".join(str(field) for field in astuple(article)[1:-1])
    words = {word.strip(".,。") for word in known.split()} - {"zinc", "below", "keeps", "zh-Hant"}
    return {word for word in words if len(word) > 4} | {"碧瑤", "鯤鵬", "鳳凰嶺"}


def vectors_of(shelf: Shelf, article: Article) -> Iterator[bytes]:
    """The vectors of an article's passages and sentences, in single and in half precision."""
    windows = [window(outline) for outline in outlines(article)]
    for made in shelf.encoder.encode_windows(windows):
        for vector in (made.passage, *made.sentences):
            yield vector.astype(np.float16).astype(np.float32).tobytes()
            yield vector.astype(np.float16).tobytes()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path, reader=WordReader())
    made.write("one.txt", SECRET)
    made.write("other.txt", OTHER)
    made.build()
    yield made
    made.library.close()


def secret_in(shelf: Shelf) -> Article:
    (secret,) = (article for article in shelf.library.articles() if article.text != OTHER)
    return secret


def assert_is_gone(shelf: Shelf, secret: Article) -> None:
    """Nothing of it is on the disk, and the other article is as it was."""
    left = shelf.on_disk()
    assert [word for word in sorted(words_of(secret)) if any(form in left for form in forms(word))] == []
    assert not any(vector in left for vector in vectors_of(shelf, secret))
    assert OTHER.encode() in left
    assert shelf.found("On which day is the bridge open?") == OTHER


def test_nothing_of_an_article_is_on_the_disk_once_it_is_removed(shelf: Shelf) -> None:
    secret = secret_in(shelf)
    words, vectors = words_of(secret), [*vectors_of(shelf, secret)]
    before = shelf.on_disk()
    assert {word for word in words if word.encode() not in before} == set()
    assert any(vector in before for vector in vectors[0::2])
    assert all(vector in before for vector in vectors[1::2])
    shelf.library.remove(secret.id)
    assert_is_gone(shelf, secret)


@pytest.mark.parametrize("how", ["purge", "build", "restart"])
def test_what_was_removed_at_once_is_purged_later_however_often_that_was_broken_off(
    shelf: Shelf, how: str
) -> None:
    """By the bot that removed it, by the next build, or by the bot's next start."""
    secret = secret_in(shelf)
    numbers = [*vectors_of(shelf, secret)][1::2]
    shelf.library.remove(secret.id, compact=False)
    left = shelf.on_disk()
    assert any(vector in left for vector in numbers)
    assert shelf.found("Where is the marmalade kept?") == OTHER

    def give_way(_: Progress) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        shelf.library.purge(progress=give_way)
    assert any(vector in shelf.on_disk() for vector in numbers)
    if how == "restart":
        shelf.library.close()
        shelf.library = shelf.open()
    if how == "build":
        shelf.build()
    else:
        shelf.library.purge()
    assert_is_gone(shelf, secret)


def test_a_purge_is_owed_until_nobody_reads_what_holds_the_article(shelf: Shelf) -> None:
    secret = secret_in(shelf)
    shelf.library.remove(secret.id, compact=False)
    reader = shelf.open()
    with reader._reading():
        shelf.library.purge()
        assert any(vector in shelf.on_disk() for vector in vectors_of(shelf, secret))
    reader.close()  # killed, say, before it could tidy up
    shelf.library.purge()
    assert_is_gone(shelf, secret)


def test_with_nothing_owed_a_purge_writes_nothing(shelf: Shelf) -> None:
    """What a newer version has replaced is no removal, and goes when compacting is due."""
    shelf.library.remove(secret_in(shelf).id)
    more = [f"Hall {number} of the museum is open on day {number}." for number in range(20)]
    for number, text in enumerate(more):
        shelf.write(f"hall {number}.txt", text)
    shelf.build()
    shelf.write("hall 1.txt", f"{more[1]} So it is.")
    shelf.build()
    before = shelf.generations()
    shelf.library.purge()
    assert shelf.generations() == before


KILLS: dict[str, Callable[[], None]] = {
    "before the swap": lambda: before(Path, "replace"),
    "after the swap": lambda: after(Path, "replace"),
    "while it is purged": lambda: before(Segment, "save"),
    "before the old index is swept": lambda: before(library, "forget_unread", call=2),
}


def remove_and_die(path: Path, article: str, moment: str) -> None:
    """Remove an article without compacting, then purge, and be killed on the way."""
    KILLS[moment]()
    removing = Shelf(path, reader=WordReader()).library
    removing.remove(article, compact=False)
    removing.purge()


@pytest.mark.parametrize("next_step", ["purge", "build"])
@pytest.mark.parametrize("moment", KILLS)
def test_a_kill_on_the_way_keeps_nothing_of_it_on_the_disk(
    shelf: Shelf, tmp_path: Path, moment: str, next_step: str
) -> None:
    """Whatever the next process does first: purge, as a bot does when it starts, or build."""
    secret = secret_in(shelf)
    shelf.library.close()
    process = get_context("forkserver").Process(target=remove_and_die, args=(tmp_path, secret.id, moment))
    process.start()
    process.join(60)
    assert process.exitcode == -SIGKILL
    shelf.library = shelf.open()
    assert any(vector in shelf.on_disk() for vector in vectors_of(shelf, secret))
    if next_step == "build":
        shelf.build()
    else:
        shelf.library.purge()
    assert_is_gone(shelf, secret)
