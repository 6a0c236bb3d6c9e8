"""Honest and hostile bytes for each target to begin with."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from config.settings import BUNDLED
from index import samples
from tests.hostile import files
from tests.hostile.files import CHINESE, SIMPLIFIED, STORY

PAGES = Path(__file__).parents[1] / "unit" / "pages"
QUESTIONS = (
    "and in 2024?|那員工呢？|how much does Xiaomi plan to spend on R&D|據新華社報導，上個月營收多少？"
    "|last week, according to Harbour Daily"
)
FIGURES = "2000億元 1.2 million 12月1日 三成五 US$5.3bn -3.5% 第3季 二〇二五年 1,100 acres 民國114年 "


@cache
def seeds(target: str) -> list[bytes]:
    """Some for a target, at least one."""
    texts = [
        STORY.encode(),
        CHINESE.encode(),
        SIMPLIFIED.encode("gb18030"),
        CHINESE.encode("utf-16"),
        FIGURES.encode(),
    ]
    own = {
        "txt": [path.read_bytes() for path in samples().glob("*.txt")],
        "md": [path.read_bytes() for path in samples().glob("*.md")] + [files.laughing_markdown()[:60]],
        "html": [path.read_bytes() for path in PAGES.glob("*.html")]
        + [files.page("<p hidden>x</p><style>.a{display:none}</style>")],
        "pdf": [files.honest_pdf(), files.encrypted_pdf()],
        "docx": [files.word(STORY, CHINESE)],
        "ask": [question.encode() for question in QUESTIONS.split("|")],
        "address": [
            b"https://bank.example:443/a?b#c",
            "https://新聞.example/一".encode(),
            b"a@b",
            b"[::1]:8",
        ],
        "press": [b"AbCdEfGhIjKlMnOp", b"ABCD-EFGH"],
        "line": [b'{"id": 1, "question": "x", "turns": []}', b"[1]", b"{"],
        "settings": [BUNDLED.read_bytes(), b"[answers]\nquotes = 3\n", b"telegram.admins = [1]"],
    }
    return own.get(target, texts) + (texts if target in {"txt", "md"} else [])
