"""Articles to cut, text to try, and keywords of texts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from index import Article
from index.keywords import Keywords, terms
from index.postings import Postings, PostingsWriter

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt


def article(text: str, *, title: str = "A title", id: str = "a1") -> Article:  # noqa: A002 - the record's name
    """An article of which only the text matters."""
    return Article(id, title, text, None, None, "und", None, f"digest of {id}")


# Pieces of which real text is made, so that random text meets the rules instead of passing them by.
_PIECES = (
    "小米",
    "預計未來五年",
    "投入2000亿元",
    "他说",
    "She said",
    " the plan",
    "Mr. Tan",
    "U.S.",
    "3.14",
    "J. K. ",
    "iPhone",
    "。",
    "！？",
    "……",
    "...",
    ".",
    "? ",
    "; ",
    "；",
    "，",
    "「",
    "」",
    "“",
    "”",
    '"',
    "《",
    "》",
    "（",
    "）",
    " ",
    "\n",
    "\n\n",
    "\u3000",
    "\u200b",
    "e\u0301",
    "👨‍👩‍👧",
    "❤️",
    "𠮷",
    "㎡",
    "ﬁ",
    "½",
    "㈱",
    "ＡＢＣ",
    "https://a.example/b?c=d",
    "1. ",
    "[1]",
)


def texts() -> st.SearchStrategy[str]:
    """Any text of any plane, and text made of what articles are made of, repeated now and then."""
    made = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
    return st.one_of(st.text(max_size=60), made, made.map(lambda text: text * 2))


def keywords(*segments: Sequence[str], gone: Collection[int] = ()) -> Keywords:
    """The keywords of texts in one or several segments, those numbered in `gone` with nothing alive."""
    with TemporaryDirectory() as folder:
        parts = [_postings(Path(folder) / str(number), texts) for number, texts in enumerate(segments)]
    alive = [number not in gone for number, part in enumerate(parts) for _ in range(len(part))]
    return Keywords(parts, np.array(alive, dtype=np.bool_))


def _postings(folder: Path, passages: Sequence[str]) -> Postings:
    writer = PostingsWriter()
    for text in passages:
        writer.add(terms(text))
    writer.save(folder)
    return Postings.load(folder)


class Passages:
    """The terms of some passages, each given as a text of terms."""

    def __init__(self, *passages: str) -> None:
        self._passages = [passage.split() for passage in passages]

    def __contains__(self, term: object) -> bool:
        return any(term in passage for passage in self._passages)

    def holding(self, term: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
        """The passages that hold a term, once each."""
        rows = [row for row, passage in enumerate(self._passages) if term in passage]
        return np.array(rows, dtype=np.int64), np.ones(len(rows), dtype=np.uint8)
