"""Files -> Articles.

`find` names the files that could be articles, `read` turns one into an `Article`. Text is
normalised here, once, before ids and offsets exist; everything after only maps to it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.dates import date_in_name, date_of_article
from index.decoding import normalise
from index.documents import read_docx, read_pdf
from index.errors import ArticleError, EmptyArticle, TooLarge, UnsupportedFormat
from index.formats import read_markdown, read_plain
from index.headings import Draft, settle
from index.records import Article
from index.text import language_of
from index.webpage import read_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAGES = (".html", ".htm", ".xhtml")
_READERS: dict[str, Callable[[bytes], Draft]] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
    **dict.fromkeys(_PAGES, read_page),
    ".pdf": read_pdf,
    ".docx": read_docx,
}
SUFFIXES = tuple(_READERS)
_CHATTY = ("pypdf", "trafilatura", "htmldate", "courlan", "justext", "charset_normalizer", "docx")


def find(place: Path) -> tuple[Path, ...]:
    """The files at or under `place` that could be articles, sorted by path.

    Left out: hidden files and folders, the folders of pictures a browser saves beside a page
    ("page_files"), links that lead out of `place` or nowhere, and linked folders (those
    inside are found where they are). A folder that cannot be listed is an error, because a
    file that is not found counts as removed.
    """
    if place.is_dir():
        return tuple(sorted(_under(place, place.resolve())))
    if not place.exists():
        raise ArticleError(f"There is no file or folder at {place}; check how it is written")
    _reader(place.suffix)
    return (place,)


def read(path: Path, *, id: str, max_bytes: int) -> Article:  # noqa: A002 -- the record's own name for it
    """The article in a file of at most `max_bytes` bytes.

    Raises ArticleError, or one below it, with a sentence that says what is wrong with the
    file and what to do, but not which file it is: whoever prints it names the path.
    """
    _reader(path.suffix)
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise TooLarge(
                f"The file has {_megabytes(size)} MB, more than the {_megabytes(max_bytes)} MB allowed; "
                f"split it, or raise articles.max_file_mb in the settings"
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArticleError(
            f"The file cannot be read ({reason}); check that it is there and yours to read"
        ) from error
    return parse(data, path.suffix, path.name, id=id)


def parse(data: bytes, suffix: str, name: str, *, id: str) -> Article:  # noqa: A002 -- the record's own name for it
    """The article in `data`, as a file called `name` of the kind `suffix` (".txt") would hold it."""
    reader = _reader(suffix)
    if not data.strip():
        raise EmptyArticle("The file is empty; put the article's text into it or delete it")
    with _quiet():
        raw = reader(data)
    if not raw.text.strip():
        raise EmptyArticle("The file holds no text; put the article's text into it or delete it")
    draft = settle(raw)
    return _article(draft, name, id)


def digest_of(article: Article) -> str:
    """The digest that an article with this content has to have."""
    published = article.published.isoformat() if article.published else None
    return _digest(article.title, article.text, article.url, published, article.source, article.author)


def _article(draft: Draft, name: str, id: str) -> Article:  # noqa: A002 -- the record's own name for it
    # Titles and the rest pass through normalising too: nothing that is stored may hold half a surrogate pair.
    text, title = normalise(draft.text), " ".join(normalise(draft.title or "").split())
    url, source, author = (
        normalise(each).strip() if each else None for each in (draft.url, draft.source, draft.author)
    )
    published = draft.published or date_in_name(name) or date_of_article(draft.text) or draft.created
    source = source or normalise(name)
    return Article(
        id=id,
        title=title,
        text=text,
        url=url,
        published=published,
        language=language_of(text),
        source=source,
        digest=_digest(title, text, url, published.isoformat() if published else None, source, author),
        author=author,
    )


def _digest(*fields: str | None) -> str:
    """SHA-256, in hex, of the fields as a JSON list: no text can imitate the bounds between them."""
    return hashlib.sha256(json.dumps(fields).encode("ascii")).hexdigest()


def _reader(suffix: str) -> Callable[[bytes], Draft]:
    try:
        return _READERS[suffix.lower()]
    except KeyError:
        kind = f"Files that end in {suffix}" if suffix else "Files without an ending"
        raise UnsupportedFormat(f"{kind} cannot be read; articles are {', '.join(SUFFIXES)} files") from None


def _under(folder: Path, root: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as listing:
            entries = [entry for entry in listing if not entry.name.startswith((".", "~$"))]
    except OSError as error:
        raise ArticleError(
            f"The folder {folder} cannot be listed ({error.strerror}); allow reading it or leave it out"
        ) from error
    names = {entry.name.lower() for entry in entries}
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not _is_saved_beside(entry.name, names):
                yield from _under(folder / entry.name, root)
        elif Path(entry.name).suffix.lower() in _READERS and entry.is_file() and _stays(entry, root):
            yield folder / entry.name


def _is_saved_beside(folder: str, names: set[str]) -> bool:
    """Whether a folder holds what a browser saved with a page of the same name."""
    page = folder.lower().removesuffix("_files")
    return page != folder.lower() and any(page + suffix in names for suffix in _PAGES)


def _stays(entry: os.DirEntry[str], root: Path) -> bool:
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)


def _megabytes(size: int) -> str:
    """Rounded up to a tenth, so that a file just over the limit does not read as the limit."""
    return f"{math.ceil(size / 100_000) / 10:g}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the parsers' own warnings and log lines from the user, who gets one sentence instead."""
    loggers = [logging.getLogger(name) for name in _CHATTY]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
