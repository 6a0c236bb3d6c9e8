"""PDF and Word files: paragraphs put together again, properties read, trouble named."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import pytest
from docx import Document
from docx.shared import Inches
from pypdf import PdfReader, PdfWriter

from index.documents import paragraphs
from tests.reading import article, refusal

CMAP = (
    "/CIDInit /ProcSet findresource begin begincmap "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange "
    "1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
)
FONT = "<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H/ToUnicode 1 0 R/DescendantFonts[3 0 R]>>"
GLYPHS = (
    "<</Type/Font/Subtype/CIDFontType2/BaseFont/F/DW 1000"
    "/CIDSystemInfo<</Registry(A)/Ordering(I)/Supplement 0>>>>"
)
PAGE = "<</Type/Page/MediaBox[0 0 612 792]/Resources<</Font<</F1 2 0 R>>>>"


def pdf(*pages: list[str], title: str = "", author: str = "") -> bytes:
    """A PDF whose font maps its codes to Unicode one to one, as embedded Chinese fonts do."""
    bodies = [stream(CMAP), FONT, GLYPHS]
    tree = len(bodies) + 2 * len(pages) + 1
    kids = range(len(bodies) + 2, tree, 2)
    for lines, kid in zip(pages, kids, strict=True):
        rows = (f"1 0 0 1 72 {760 - 18 * row} Tm <{hexed(line)}> Tj\n" for row, line in enumerate(lines))
        bodies.append(stream(f"BT /F1 12 Tf\n{''.join(rows)}ET"))
        bodies.append(f"{PAGE}/Parent {tree} 0 R/Contents {kid - 1} 0 R>>")
    bodies.append(f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>")
    bodies.append(f"<</Type/Catalog/Pages {tree} 0 R>>")
    named = f"/Title<FEFF{hexed(title)}>/Author<FEFF{hexed(author)}>"
    bodies.append(f"<<{named}/CreationDate(D:20240115103000+08'00')>>")
    return assembled(bodies, root=tree + 1, info=tree + 2)


def hexed(text: str) -> str:
    return text.encode("utf-16-be").hex()


def stream(content: str) -> str:
    return f"<</Length {len(content)}>>stream\n{content}\nendstream"


def assembled(bodies: list[str], root: int, info: int) -> bytes:
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        out
        + (
            f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n{table}"
            f"trailer<</Size {len(bodies) + 1}/Root {root} 0 R/Info {info} 0 R>>\n"
            f"startxref\n{len(out)}\n%%EOF"
        ).encode()
    )


def test_a_chinese_pdf_is_joined_to_paragraphs_across_lines_and_pages() -> None:
    data = pdf(
        [
            "燈塔重新點亮",
            "　　港灣的燈塔昨天晚上重新點亮，這是停用十二年以來",
            "的第一次，漁民們說夜裡出海安心多了，他們很感謝。",
            "1",
        ],
        ["市府預計明年再修復兩座，經費約三千萬元，由中央補助", "一半。", "　　下一座在北岸。", "2"],
    )
    read = article(data, ".pdf")
    assert read.title == "燈塔重新點亮"
    assert read.text == (
        "港灣的燈塔昨天晚上重新點亮，這是停用十二年以來的第一次，漁民們說夜裡出海安心多了，他們很感謝。"
        "市府預計明年再修復兩座，經費約三千萬元，由中央補助一半。\n\n下一座在北岸。"
    )
    assert read.published == date(2024, 1, 15)


def test_an_english_pdf_loses_its_line_breaks_and_hyphens() -> None:
    data = pdf(
        [
            "Lamp lit again",
            "The lighthouse at the end of the pier was lit again on Monday after a restora-",
            "tion that took two years and, according to the harbour master, well-",
            "Known help from volunteers. He was pleased.",
            "A second lamp follows.",
        ],
        title="Lamp lit again",
        author="Moira Keane",
    )
    read = article(data, ".pdf", "2025-12-01")
    assert (read.title, read.author, read.published) == ("Lamp lit again", "Moira Keane", date(2025, 12, 1))
    assert "after a restoration that took" in read.text
    assert "well-Known help" in read.text
    assert read.text.endswith("He was pleased.\n\nA second lamp follows.")


@pytest.mark.parametrize("title", ["Microsoft Word - story.docx", "untitled", "story.pdf", "文档1", "ab"])
def test_a_title_that_a_program_made_up_is_not_the_articles(title: str) -> None:
    assert article(pdf(["燈塔重新點亮", "漁民說安心多了。"], title=title), ".pdf").title == "燈塔重新點亮"


def test_running_heads_and_page_numbers_are_dropped() -> None:
    pages = [["港灣日報 2025", f"第{n}頁的正文在這裡。", f"- {n} -"] for n in range(1, 5)]
    assert "港灣日報" not in paragraphs(pages)
    assert "- 1 -" not in paragraphs(pages)
    assert "第4頁的正文在這裡。" in paragraphs(pages)


def test_a_pdf_without_text_asks_for_ocr() -> None:
    writer = PdfWriter()
    writer.add_blank_page(612, 792)
    assert "OCR" in refusal(written(writer), ".pdf")


def test_an_encrypted_pdf_says_so() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["燈塔", "點亮。"]))))
    writer.encrypt("secret", algorithm="RC4-128")
    assert "password" in refusal(written(writer), ".pdf")


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["燈塔重新點亮", "漁民說安心多了。"]))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    assert article(written(writer), ".pdf").text == "漁民說安心多了。"


@pytest.mark.parametrize("data", [b"%PDF-1.7\ngarbage", b"not a pdf at all", pdf(["x", "y"])[:300]])
def test_a_corrupt_pdf_says_so(data: bytes) -> None:
    assert "PDF" in refusal(data, ".pdf")


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(title: str = "", author: str = "林曉彤") -> bytes:
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = author
    document.core_properties.created = datetime(2024, 1, 15, tzinfo=UTC)
    document.add_heading("燈塔重新點亮", 1)
    document.add_paragraph("漁民說安心多了。")
    table = document.add_table(2, 3)
    for cell, words in zip([cell for row in table.rows for cell in row.cells], "年座備二三四", strict=True):
        cell.text = words
    table.cell(1, 1).merge(table.cell(1, 2))
    table.columns[0].width = Inches(1)
    document.add_paragraph("表格之後。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_keeps_paragraphs_and_tables_in_order() -> None:
    read = article(docx(), ".docx")
    assert (read.title, read.author, read.published) == ("燈塔重新點亮", "林曉彤", date(2024, 1, 15))
    assert read.text == "漁民說安心多了。\n年 | 座 | 備\n二 | 三 四\n表格之後。"


def test_a_word_files_own_title_wins_and_a_templates_date_does_not_count() -> None:
    read = article(docx("燈塔的故事", "python-docx"), ".docx")
    assert (read.title, read.author, read.published) == ("燈塔的故事", None, None)
    assert read.text.startswith("燈塔重新點亮\n")
