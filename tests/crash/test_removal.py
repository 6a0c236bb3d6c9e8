"""Removed means gone: nothing of an article is on the disk, in whatever form it was kept."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from multiprocessing import get_context
from pathlib import Path
from signal import SIGKILL
from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Library
from index.archive import Archive
from index.owed import is_owed
from index.passages import outlines, window
from index.segments import Segment
from tests.crash.victim import after, before
from tests.readers import WordReader
from tests.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


@dataclass(frozen=True, slots=True)
class Traces:
    """What the disk may still hold of an article."""

    words: frozenset[str]
    vectors: tuple[bytes, ...]

    @classmethod
    def of(cls, shelf: Shelf, article: Article) -> Traces:
        """All that there is of an article, which is seen to be on the disk now."""
        made = cls(frozenset(words_of(article)), tuple(vectors_of(shelf, article)))
        before = shelf.on_disk()
        assert {word for word in made.words if word.encode() not in before} == set()
        assert any(vector in before for vector in made.vectors[0::2])
        assert all(vector in before for vector in made.vectors[1::2])
        return made

    def left(self, shelf: Shelf) -> tuple[list[str], int]:
        """The words that the disk still holds, and how many vectors."""
        disk = shelf.on_disk()
        words = [word for word in sorted(self.words) if any(form in disk for form in forms(word))]
        return words, sum(vector in disk for vector in self.vectors)


def secret_of(shelf: Shelf) -> Article:
    """The article that is to be removed."""
    return next(article for article in shelf.library.articles() if article.text != OTHER)


def holds_the_other(shelf: Shelf) -> bool:
    """Whether the article that is to stay is there and is found."""
    return OTHER.encode() in shelf.on_disk() and shelf.found("On which day is the bridge open?") == OTHER


def test_nothing_of_an_article_is_on_the_disk_once_it_is_removed(shelf: Shelf) -> None:
    secret = secret_of(shelf)
    traces = Traces.of(shelf, secret)
    shelf.library.remove(secret.id)
    assert traces.left(shelf) == ([], 0)
    assert holds_the_other(shelf)
    assert not is_owed(shelf.path)


def test_what_was_removed_without_compacting_goes_when_it_is_purged(shelf: Shelf) -> None:
    secret = secret_of(shelf)
    traces = Traces.of(shelf, secret)
    shelf.library.remove(secret.id, compact=False)
    assert "turquoise" not in shelf.found("Where is the zinc marmalade?")
    assert traces.left(shelf)[1] > 0
    shelf.library.purge()
    assert traces.left(shelf) == ([], 0)
    assert holds_the_other(shelf)
    assert not is_owed(shelf.path)


KILLS: dict[str, Callable[[], None]] = {
    "before it is retired": lambda: before(Archive, "remove"),
    "before the swap": lambda: before(Path, "replace"),
    "after the swap": lambda: after(Path, "replace"),
    "while it is purged": lambda: before(Segment, "save"),
}


def remove_and_die(path: Path, article: str, moment: str) -> None:
    """Remove an article without compacting, then purge, and be killed on the way."""
    KILLS[moment]()
    library = Shelf(path, reader=WordReader()).library
    library.remove(article, compact=False)
    library.purge()


@pytest.mark.parametrize("mend", [Library.purge, lambda library: library.build(library.places())])
@pytest.mark.parametrize("moment", KILLS)
def test_a_kill_in_between_does_not_keep_it_on_the_disk(
    shelf: Shelf, tmp_path: Path, moment: str, mend: Callable[[Library], object]
) -> None:
    """Whatever the next process does first: purge, as the bot does when it starts, or build."""
    secret = secret_of(shelf)
    traces = Traces.of(shelf, secret)
    shelf.library.close()
    process = get_context("forkserver").Process(target=remove_and_die, args=(tmp_path, secret.id, moment))
    process.start()
    process.join(60)
    assert process.exitcode == -SIGKILL
    shelf.library = shelf.open()
    assert traces.left(shelf)[1] > 0
    mend(shelf.library)
    if moment == "before it is retired":  # nobody was told that it is removed
        shelf.library.remove(secret.id)
    assert traces.left(shelf) == ([], 0)
    assert holds_the_other(shelf)
    assert not is_owed(shelf.path)


def test_a_purge_that_is_broken_off_is_made_up_for(shelf: Shelf) -> None:
    secret = secret_of(shelf)
    traces = Traces.of(shelf, secret)
    shelf.library.remove(secret.id, compact=False)

    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shelf.library.purge(progress=stop)
    assert traces.left(shelf)[1] > 0
    assert holds_the_other(shelf)
    shelf.library.purge()
    assert traces.left(shelf) == ([], 0)


def test_with_nothing_removed_a_purge_writes_nothing(shelf: Shelf) -> None:
    """Also where something was replaced: that is put together when it is due."""
    shelf.write("other.txt", OTHER.replace("Monday", "Sunday"))
    shelf.build()
    before = shelf.segments()
    shelf.library.purge()
    assert shelf.segments() == before
