"""A page that was fetched becomes the article that the same file would be, with its own address."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document

from index.additions import of_page
from index.confinement import Limits
from index.errors import ArticleError, TooLarge, UnsupportedFormat
from index.fetching import Page, Stamp
from index.records import Article
from tests.reading import TRADITIONAL

URL = "https://www.news.example/a/story"
KOREAN = "등대지기는 탑 뒤에서 염소 열네 마리를 키운다고 기자에게 말했다."
HTML = "text/html"


def article(content: bytes, kind: str = HTML, charset: str | None = None, url: str = URL) -> Article:
    page = Page(url, content, kind, Stamp(), charset)
    return of_page(page, max_bytes=1_000_000, limits=Limits())


def html(text: str, head: str = "") -> str:
    return (
        f"<html><head>{head}<title>A story</title></head><body><article><p>{text}</p></article></body></html>"
    )


@pytest.mark.parametrize("charset", ["euc-kr", "utf-16", "utf-8"])
@pytest.mark.parametrize("kind", [HTML, "text/plain"])
def test_the_encoding_that_the_server_names_is_the_one_it_is_read_in(charset: str, kind: str) -> None:
    text = html(KOREAN) if kind == HTML else f"A story\n\n{KOREAN}"
    assert article(text.encode(charset), kind, charset).text == KOREAN


@pytest.mark.parametrize("named", ["utf-8", "iso-8859-1", "us-ascii", "no-such", "punycode", "zlib", None])
def test_an_encoding_that_does_not_fit_is_passed_over_for_what_the_page_says(named: str | None) -> None:
    page = html(TRADITIONAL, '<meta charset="big5">').encode("big5")
    assert article(page, HTML, named).text == TRADITIONAL


def test_a_mark_in_the_page_says_more_than_its_server() -> None:
    assert article(html(TRADITIONAL).encode("utf-8-sig"), HTML, "koi8-r").text == TRADITIONAL


def test_the_outlet_is_the_site_where_the_page_names_none_and_the_address_is_the_last_one() -> None:
    found = article(f"A story\n\n{TRADITIONAL}".encode(), "text/plain")
    assert (found.title, found.source, found.url) == ("A story", "news.example", URL)


def test_an_address_that_the_page_gives_for_itself_is_not_believed() -> None:
    head = '<link rel="canonical" href="https://bank.example/other">'
    assert article(html(TRADITIONAL, head).encode()).url == URL


def test_a_word_file_is_known_by_its_type_and_by_its_address() -> None:
    document, file = Document(), BytesIO()
    document.add_heading("A story", 1)
    document.add_paragraph(TRADITIONAL)
    document.save(file)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    for one, url in ((kind, URL), ("application/octet-stream", f"{URL}.docx?download=1")):
        assert TRADITIONAL in article(file.getvalue(), one, url=url).text


@pytest.mark.parametrize("kind", ["image/png", "application/zip", "video/mp4", "application/json"])
def test_what_is_no_article_is_refused(kind: str) -> None:
    with pytest.raises(UnsupportedFormat, match=f"{URL} is {kind}; articles are web pages, PDF, Word"):
        article(b"anything", kind)


def test_a_page_that_is_empty_or_too_large_is_refused() -> None:
    with pytest.raises(ArticleError):
        article(b"")
    with pytest.raises(TooLarge):
        article(b"x" * 1_000_001, "text/plain")


def test_an_id_stays_the_same_for_an_address() -> None:
    first, second = article(html(TRADITIONAL).encode()), article(html(KOREAN).encode())
    assert first.id == second.id
    assert first.digest != second.digest
