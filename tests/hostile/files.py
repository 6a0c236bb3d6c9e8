"""Files that want to do harm, made by code. Each is small, or quick to make."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib

import docx
from pypdf import PdfWriter

STORY = "The ferry terminal opened on Monday. It cost 340 million dollars, the port said."
CHINESE = "港灣的燈塔重新點亮，漁民說夜裡出海安心多了。市府預計明年再修復兩座，經費約三千萬元。"
END = "The port expects two million passengers in the first year, most of them from the islands."
SIMPLIFIED = "港湾的灯塔重新点亮，渔民说夜里出海安心多了。市政府预计明年再修复两座，经费约三千万元。"


def pdf(
    streams: dict[int, bytes], resources: dict[int, str] | None = None, *, compress: bool = False
) -> bytes:
    """A PDF of one page: object 4 is what it shows, later objects are forms; `resources` by object."""
    resources = resources or {}
    font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    page = f"/MediaBox [0 0 612 792] /Contents 4 0 R /Resources << {font} {resources.get(4, '')} >>"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< /Type /Page /Parent 2 0 R {page} >>".encode(),
    }
    for number, content in streams.items():
        packed = zlib.compress(content, 9) if compress else content
        about = f"/Length {len(packed)} {'/Filter /FlateDecode' if compress else ''}"
        if number > 4:
            own = f"/Resources << {font} {resources.get(number, '')} >>"
            about += f" /Type /XObject /Subtype /Form /BBox [0 0 9 9] {own}"
        objects[number] = f"<< {about} >>\nstream\n".encode() + packed + b"\nendstream"
    written, starts = b"%PDF-1.7\n", []
    for number, body in objects.items():
        starts.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(written))
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer


def honest_pdf() -> bytes:
    """A PDF of one sentence."""
    return pdf({4: b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % STORY.encode()})


def endless_pdf() -> bytes:
    """A form that takes half a second, four thousand times."""
    return pdf({4: b"/X Do " * 4000, 5: b"BT /F1 9 Tf (x) Tj ET\n" * 5000}, {4: "/XObject << /X 5 0 R >>"})


def pdf_bomb() -> bytes:
    """A page that unpacks to a thousand times its size."""
    return pdf({4: b"BT /F1 9 Tf " + b"(aaaaaaa) Tj\n" * 9_000_000 + b"ET"}, compress=True)


def encrypted_pdf() -> bytes:
    """A PDF with a password."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def word(*paragraphs: str) -> bytes:
    """An honest Word file."""
    document, out = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def word_with(members: dict[str, bytes]) -> bytes:
    """A Word file with other parts in place of its own, or beside them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word(STORY))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            if name not in members:
                made.writestr(name, source.read(name))
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def word_bomb(megabytes: int) -> bytes:
    """A Word file whose text unpacks to so much."""
    return word_with({"word/document.xml": _body("aaaaaaaaaaaaaaaaa", megabytes * 20_000)})


def word_with_entities() -> bytes:
    """A Word file whose text is entities of entities: the billion laughs."""
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    doctype = f"<!DOCTYPE x [<!ENTITY l0 'lol'>{laughs}]>".encode()
    return word_with({"word/document.xml": doctype + _body("&l9;")})


def word_that_reads(path: str) -> bytes:
    """A Word file that wants to hold a file of the machine's."""
    doctype = f"<!DOCTYPE x [<!ENTITY f SYSTEM 'file://{path}'>]>".encode()
    return word_with({"word/document.xml": doctype + _body("Words &f;")})


def _body(text: str, times: int = 1) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" * times
    return f"<w:document xmlns:w='{space}'><w:body>{paragraphs}</w:body></w:document>".encode()


def page(body: str, head: str = "<title>Ferry terminal opens</title>") -> bytes:
    """A web page around some markup, with enough honest text."""
    end = "Ferries run every ten minutes, and tickets stay as cheap as they were before the terminal opened."
    article = f"<h1>Ferry terminal opens</h1><p>{STORY} {END}</p>{body}<p>{end}</p>"
    return f"<html><head>{head}</head><body><article>{article}</article></body></html>".encode()


def zipped_page() -> bytes:
    """A page as servers send it: compressed, and saved so."""
    return gzip.compress(page("") + b"<!--" + b" " * 50_000_000 + b"-->")


def laughing_markdown() -> bytes:
    """Front matter whose author is lists of lists of lists."""
    lists = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    return f"---\na0: &a0 [lol]\n{lists}author: [*a9]\n---\n\n{STORY}\n".encode()
