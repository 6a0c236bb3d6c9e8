"""Files -> Articles.

`find` names the files that could be articles, `read` turns one into an `Article`, `parse` does
the same with bytes from elsewhere. How each format is read is in `index.parsers`.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index import parsers
from index.confinement import SHARED, Limits
from index.errors import ArticleError, TooLarge
from index.parsers import PAGES, PLAIN, SUFFIXES, check_suffix
from index.records import Article
from index.text import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.parsers import Parsed

_SHORT = 1_000_000  # bytes of plain text that are read without a child process
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # the second is Windows's


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
    check_suffix(place.suffix)
    return (place,)


def load(path: Path, *, max_bytes: int) -> bytes:
    """The bytes of a file, of which there are at most `max_bytes`.

    Raises ArticleError with a sentence that says what is wrong and what to do, but not which file
    it is: whoever prints it names the path. Read once, for what a file holds may change.
    """
    try:
        # Without waiting for somebody to write to what turns out to be a pipe.
        with open(os.open(path, os.O_RDONLY | _NO_WAITING), "rb") as file:  # noqa: PTH123 -- a descriptor
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ArticleError("This is no ordinary file; articles are files with text in them")
            data = file.read(max_bytes + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArticleError(
            f"The file cannot be read ({reason}); check that it is there and yours to read"
        ) from error
    if len(data) > max_bytes:
        check_size(max(status.st_size, len(data)), max_bytes)
    return data


def read(path: Path, *, id: str, max_bytes: int, limits: Limits = Limits()) -> Article:  # noqa: A002 -- the record's own name for it
    """The article in a file of at most `max_bytes` bytes; raises as `load` and `parse` do."""
    check_suffix(path.suffix)
    return parse(load(path, max_bytes=max_bytes), path.suffix, path.name, id=id, limits=limits)


def parse(
    data: bytes,
    suffix: str,
    name: str,
    *,
    id: str,  # noqa: A002 -- the record's own name for it
    limits: Limits = Limits(),
) -> Article:
    """The article in `data`, as a file called `name` of the kind `suffix` (".txt") would hold it.

    Wherever bytes come from, this is where they are read: in a child process within `limits`,
    unless they are short and plain text, which can do no harm. Raises ArticleError, or one below it.
    """
    check_suffix(suffix)
    if suffix.lower() in PLAIN and len(data) <= _SHORT:
        return _article(parsers.parse(data, suffix, name, characters=limits.characters), id)
    return _article(SHARED.parse(data, suffix, name, limits), id)


def _article(parsed: Parsed, id: str) -> Article:  # noqa: A002 -- the record's own name for it
    article = Article(
        id=id,
        title=parsed.title,
        text=parsed.text,
        url=parsed.url,
        published=parsed.published,
        language=language_of(parsed.text),
        source=parsed.source,
        digest="",
        author=parsed.author,
    )
    return replace(article, digest=digest_of(article))


def digest_of(article: Article) -> str:
    """What identifies the content of an article, whatever its id."""
    day = article.published.isoformat() if article.published else None
    fields = (article.title, article.text, article.url, day, article.source, article.author)
    # As a JSON list, so that no text can imitate the bounds between them.
    return hashlib.sha256(json.dumps(fields).encode("ascii")).hexdigest()


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
        elif Path(entry.name).suffix.lower() in SUFFIXES and entry.is_file() and _stays(entry, root):
            yield folder / entry.name


def _is_saved_beside(folder: str, names: set[str]) -> bool:
    """Whether a folder holds what a browser saved with a page of the same name."""
    page = folder.lower().removesuffix("_files")
    return page != folder.lower() and any(page + suffix in names for suffix in PAGES)


def _stays(entry: os.DirEntry[str], root: Path) -> bool:
    return not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(root)


def check_size(size: int, max_bytes: int) -> None:
    """Raise TooLarge for a file of more bytes than allowed."""
    if size > max_bytes:
        raise TooLarge(
            f"The file has {_megabytes(size)} MB, more than the {_megabytes(max_bytes)} MB allowed; "
            f"split it, or raise articles.max_file_mb in the settings"
        )


def _megabytes(size: int) -> str:
    """Rounded up to a tenth, so that a file just over the limit does not read as the limit."""
    return f"{math.ceil(size / 100_000) / 10:g}"
