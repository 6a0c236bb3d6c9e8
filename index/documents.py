"""PDF and Word files -> Draft.

A PDF knows lines, not paragraphs; `paragraphs` puts them together again, so that a sentence
that a page breaks is one sentence.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING

from index.decoding import normalise
from index.errors import ArticleError, EmptyArticle, TooLarge
from index.formats import joint
from index.headings import Draft
from index.text import display_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.document import Document
    from docx.table import Table
    from pypdf import DocumentInformation, PdfReader

_MOST_UNPACKED = 200_000_000  # bytes; a Word file of a book with pictures unpacks to a tenth of it
_OLE = b"\xd0\xcf\x11\xe0"  # the container of Word 97 files, and of Word files with a password
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page|p\.|第)?\s*\d{1,4}\s*(?:页|頁|/\s*\d{1,4}|of\s+\d{1,4}|[,，]?\s*共\s*\d+\s*[页頁])?[-–—\s]*",
    re.IGNORECASE,
)
_NO_TITLE = re.compile(
    r"microsoft word|untitled|無標題|无标题|未命名|文[件檔]\d*$|document\d*$"
    r"|\.(?:docx?|pdf|indd|qxd|txt|wps|pages)$",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LEAST_REPEATS = 3  # pages that must share a line before it is a running head
_TEMPLATE = "python-docx"  # its template dates every file it makes to 2013


# --- PDF -----------------------------------------------------------------------------------


def read_pdf(data: bytes) -> Draft:
    """The article in a PDF that has a text layer."""
    from pypdf import PdfReader  # noqa: PLC0415 -- a question must not wait for it

    try:
        reader = PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not _opened(reader)
        pages = [] if locked else [page.extract_text() for page in reader.pages]
        title, author, created = ("", "", None) if locked else _stated(reader.metadata)
    except MemoryError:
        raise
    except Exception as error:  # broken files raise whatever their bytes lead to
        raise ArticleError(
            f"The PDF is damaged ({type(error).__name__}); open it in a viewer and print it to a new PDF"
        ) from error
    if locked:
        raise ArticleError("The PDF is encrypted; save a copy without a password and index that")
    text = paragraphs([_CONTROL.sub("", page).split("\n") for page in pages])
    if not text:
        raise EmptyArticle(
            f"The PDF has no text layer ({len(pages)} pages, probably scans); "
            f"run text recognition over it (OCR, for instance ocrmypdf) and index the result"
        )
    return Draft(text, title=title or None, author=author or None, created=created)


def _opened(reader: PdfReader) -> bool:
    """Whether the PDF opens with the empty password: then it forbids printing, not reading."""
    from pypdf.errors import DependencyError  # noqa: PLC0415 -- a question must not wait for it

    try:
        return bool(reader.decrypt(""))
    except DependencyError:  # AES needs a package of its own, which is not worth carrying for this
        return False


def _stated(information: DocumentInformation | None) -> tuple[str, str, date | None]:
    if information is None:
        return "", "", None
    title = " ".join((information.title or "").split())
    made = information.creation_date
    return "" if _useless(title) else title, (information.author or "").strip(), made.date() if made else None


def _useless(title: str) -> bool:
    return len(title) < 4 or "\ufffd" in title or _NO_TITLE.search(title) is not None  # noqa: PLR2004 -- "P1", "新"


def paragraphs(pages: Sequence[Sequence[str]]) -> str:
    """The lines of pages as paragraphs with a blank line between them.

    A line ends its paragraph if the next one's first word would have fit on it, if an empty
    line follows or if the next is indented; else it was broken by the page's width and is
    joined. Page numbers and running heads are dropped.
    """
    lines = [line.rstrip() for page in _without_margins(pages) for line in page]
    widest = max(map(display_width, lines), default=0)
    whole: list[str] = []
    last = ""
    for line in lines:
        if whole and _continues(last, line, widest):
            whole[-1] = _joined(whole[-1], line.strip())
        elif line.strip():
            whole.append(line.strip())
        last = line
    return normalise("\n\n".join(whole))


def _continues(last: str, line: str, widest: int) -> bool:
    if not last.strip() or not line.strip() or line.startswith(("\u3000", "  ", "\t")):
        return False
    word = line.split(maxsplit=1)[0]
    next_word = 2 if joint(last, word) == "" else display_width(word) + 1
    # An eighth to spare: letters differ in width, and Chinese lines end early before punctuation.
    return display_width(last.strip()) + next_word + widest / 8 > widest


def _joined(before: str, line: str) -> str:
    if re.search(r"[a-z]-$", before) and line[:1].islower():
        return before[:-1] + line
    return before + ("" if before.endswith("-") else joint(before, line)) + line


def _without_margins(pages: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The pages without page numbers and the first and last lines that most pages share."""
    filled = [[line for line in page if line.strip()] for page in pages]
    edges = Counter(edge for page in filled for edge in {_edge(line) for line in (page[:1] + page[-1:])})
    repeated = {edge for edge, count in edges.items() if count >= max(_LEAST_REPEATS, len(pages) / 2)}
    for page in pages:
        kept = list(page)
        for end in (0, -1, 0, -1):
            while kept and not kept[end].strip():
                kept.pop(end)
            if kept and (_edge(kept[end]) in repeated or _PAGE_NUMBER.fullmatch(kept[end].strip())):
                kept.pop(end)
        yield kept


def _edge(line: str) -> str:
    return re.sub(r"[\d\s]", "", line)


# --- Word ----------------------------------------------------------------------------------


def read_docx(data: bytes) -> Draft:
    """The article in a Word file: paragraphs, and tables row by row, in their order."""
    from docx import Document as open_document  # noqa: N813, PLC0415 -- a function; a question must not wait for it

    _check_archive(data)
    try:
        document = open_document(io.BytesIO(data))
        text = normalise("\n".join(_blocks(document)))
        properties = document.core_properties
        title, author, created = properties.title.strip(), properties.author.strip(), properties.created
    except MemoryError:
        raise
    except Exception as error:  # broken files raise whatever their parts lead to
        raise ArticleError(
            f"The Word file is damaged ({type(error).__name__}); open it in Word and save it as a new .docx"
        ) from error
    if author == _TEMPLATE:
        author, created = "", None
    return Draft(
        text,
        title=None if _useless(title) else title,
        author=author or None,
        created=created.date() if isinstance(created, datetime) else None,
    )


def _check_archive(data: bytes) -> None:
    """Refuses what is no archive, or would unpack to more than memory should hold."""
    if data.startswith(_OLE):
        raise ArticleError(
            "This is an old Word file or one with a password; save it as .docx without a password"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise ArticleError(
            "This is no Word file (.docx is an archive, this is not); save it again in Word"
        ) from error
    if unpacked > _MOST_UNPACKED:
        raise TooLarge(
            f"The Word file would unpack to {unpacked // 1_000_000} MB, "
            f"more than the {_MOST_UNPACKED // 1_000_000} MB allowed; save its text as .txt"
        )


def _blocks(document: Document) -> Iterator[str]:
    from docx.table import Table  # noqa: PLC0415 -- a question must not wait for it

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from _rows(block)
        else:
            yield block.text


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells = list(dict.fromkeys(row.cells))  # a merged cell is listed once for every column it spans
        yield " | ".join(" ".join(cell.text.split()) for cell in cells)
