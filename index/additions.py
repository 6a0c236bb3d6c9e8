"""Articles into the archive one by one, without a file: sent in a chat, fetched from an address.

An article that was added has no file in the archive's records, so that reading folders leaves it
alone; it stays until it is removed. Two articles are the same one if they have the same address,
and one is there already if another has the very same text.
"""

from __future__ import annotations

import hashlib
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import PurePath
from urllib.parse import urlsplit

from index import articles
from index.addresses import web_address
from index.archive import Archive, FileRecord
from index.confinement import SHARED, Limits
from index.decoding import decode_as, is_marked, normalise
from index.errors import ArticleError, EmptyArticle, FeedError, UnsupportedFormat
from index.feeds import Feed
from index.fetching import Page
from index.parsers import SUFFIXES
from index.records import Article, Failure
from index.roster import Versions
from index.text import language_of

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/plain": ".txt",
    "text/markdown": ".md",
}
_SILENT = frozenset({"", "application/octet-stream", "binary/octet-stream"})  # types that tell nothing

# Encodings that a server's word is taken for: neither those it names unasked for whatever it has
# (ISO 8859-1, ASCII), nor ways of writing that are none of a page ("punycode").
_CHARSETS = frozenset(
    "utf-8 gb2312 gbk gb18030 big5 big5-hkscs shift_jis euc-jp euc-kr utf-16 utf-16le utf-16be koi8-r "
    "iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-9 windows-1250 windows-1251 windows-1252 windows-1253 "
    "windows-1254".split()
)
_LONGEST_NAME = 200  # characters of a file's name that are kept


def read(content: bytes, name: str, *, url: str | None, max_bytes: int, limits: Limits) -> Article:
    """The article in the content of a file, under the id it will have.

    `name` may be anybody's: only its ending and its last part are used. `url` is where the content
    was fetched from; what the content itself gives for its address is not believed then, because
    a page that gives another's would replace that one.
    Raises ArticleError, or one below it, as `index.articles.read` does.
    """
    articles.check_size(len(content), max_bytes)
    plain = plain_name(name)
    article = articles.parse(content, PurePath(plain).suffix, plain, id="", limits=limits)
    return named(sealed(replace(article, url=url)) if url else article)


def plain_name(name: str) -> str:
    """The last part of a file's name that anybody may have chosen, as it can be shown to people.

    Neither folders are left in it nor what is invisible: NUL, or the marks that turn the direction
    of writing, behind which "gpj.exe" reads as "exe.jpg".
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(each for each in last if unicodedata.category(each)[0] != "C")[-_LONGEST_NAME:].strip()


def sealed(article: Article) -> Article:
    """The article as it can be kept, with the language and the digest that its content has.

    For one that was made or changed by hand. Raises EmptyArticle, and ArticleError for a text with
    NUL characters.
    """
    text = normalise(article.text)
    if not text.strip():
        raise EmptyArticle("The article holds no text; there is nothing to quote in it")
    source, author = (
        (normalise(each).strip() or None) if each else None for each in (article.source, article.author)
    )
    url = web_address(article.url.strip()) if article.url else None
    title, language = " ".join(normalise(article.title).split()), language_of(text)
    whole = replace(article, title=title, text=text, url=url, source=source, author=author, language=language)
    return replace(whole, digest=articles.digest_of(whole))


def of_page(page: Page, *, max_bytes: int, limits: Limits) -> Article:
    """The article in a page that was fetched; its outlet is the site where the page names none.

    Raises UnsupportedFormat for what is no article, such as a picture, and else as `read` does.
    """
    site = urlsplit(page.url).hostname or page.url
    name = f"{site}{_suffix(page)}"
    article = read(_content(page), name, url=page.url, max_bytes=max_bytes, limits=limits)
    if article.source != name:
        return article
    return named(sealed(replace(article, source=site.removeprefix("www."))))


def feed_of(page: Page, *, limits: Limits) -> Feed:
    """The feed in a page that was fetched; raises FeedError if it is none, or none that can be read."""
    kind = f"{page.kind}; charset={page.charset}" if page.charset else page.kind
    try:
        return SHARED.feed(page.content, kind, page.url, limits)
    except FeedError:
        raise
    except ArticleError as error:  # it took too long or too much memory, or it crashed its parser
        raise FeedError(
            f"{page.url} is a feed that cannot be read; look for another one of the site"
        ) from error


def _content(page: Page) -> bytes:
    """The content of a page, its text marked as UTF-8 where the server names the encoding it is in."""
    if page.charset not in _CHARSETS or not page.kind.startswith("text/") or is_marked(page.content):
        return page.content
    text = decode_as(page.content, page.charset)
    return page.content if text is None else BOM_UTF8 + text.encode()


def _suffix(page: Page) -> str:
    """What a page would be called as a file: by its media type, else by the end of its address."""
    by_address = PurePath(urlsplit(page.url).path).suffix.lower()
    if page.kind in _SUFFIXES:
        return _SUFFIXES[page.kind]
    if page.kind not in _SILENT:
        raise UnsupportedFormat(
            f"{page.url} is {page.kind[:80]}; articles are web pages, PDF, Word and text files"
        )
    return by_address if by_address in SUFFIXES else ".html"


def named(article: Article) -> Article:
    """The article under the id that it gets when nothing like it is there: it is always the same one."""
    return replace(article, id=_name(article, 0))


@dataclass(slots=True)
class Addition:
    """What adding met with, and what the archive held before: the digests, None for none, and files."""

    duplicates: list[Failure] = field(default_factory=list)
    before: dict[str, str | None] = field(default_factory=dict)
    files: list[FileRecord] = field(default_factory=list)


def put(archive: Archive, added: Sequence[Article], indexed: Versions) -> Addition:
    """Put articles into the archive, all of them or none; those whose text is there are duplicates.

    One with the address of another becomes that one's new version, whatever file that came from: the
    file stays out until it changes, or the next reading would bring the old version back.
    """
    told, addition = dict(indexed), Addition()
    with archive.transaction():
        live = dict(archive.live())
        for article in added:
            _put(archive, article, live, told, addition)
    return addition


def take_back(archive: Archive, addition: Addition) -> None:
    """Make the archive as it was before."""
    with archive.transaction():
        for article, digest in addition.before.items():
            if digest is None:
                archive.retire(article)
            else:
                archive.put(archive.article(article, digest))
        for file in addition.files:
            archive.put_file(file)


def twin(archive: Archive, article: Article) -> str | None:
    """The id of the article to be indexed that has the very same text or, failing that, the address."""
    return archive.copy_of(replace(article, id="")) or archive.at_address(article.url)


def _put(
    archive: Archive, article: Article, live: dict[str, str], told: dict[str, str], addition: Addition
) -> None:
    """Put one into the archive, and note what is live now.

    `told` are the versions that are no news to whoever adds.
    """
    original, same = twin(archive, article), archive.at_address(article.url)
    if original is None or original == same:
        kept = replace(article, id=same or _free_name(article, live))
        original = kept.id
        if live.get(original) != kept.digest:
            addition.before.setdefault(original, live.get(original))
            addition.files += archive.disown(original) if original in live else []
            archive.put(kept)
            live[original] = kept.digest
    digest = live[original]
    if told.get(original) == digest:
        addition.duplicates.append(_duplicate(archive, article, original, digest))
    told[original] = digest


def _duplicate(archive: Archive, article: Article, original: str, digest: str) -> Failure:
    title = archive.article(original, digest).title
    return Failure(
        article.url or article.title or article.id,
        f"holds the same text as article {original} ({title}), which is kept once",
    )


def _free_name(article: Article, live: dict[str, str]) -> str:
    """The article's own id, unless another has it."""
    if article.id and article.id not in live:
        return article.id
    return next(name for salt in count() if (name := _name(article, salt)) not in live)


def _name(article: Article, salt: int) -> str:
    what = article.url or article.text
    return hashlib.sha256(f"added\0{salt}\0{what}".encode()).hexdigest()[:12]
