"""Plain text and Markdown -> Draft."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from index.dates import date_in
from index.decoding import decode, normalise
from index.errors import ArticleError
from index.headings import Draft
from index.text import CJK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
_KEYS = {
    "title": ("title", "headline", "標題", "标题"),
    "url": ("url", "link", "canonical", "source_url", "網址", "网址"),
    "published": ("date", "published", "publish_date", "pubdate", "published_at", "datetime", "日期"),
    "source": ("source", "publisher", "outlet", "site", "來源", "来源"),
    "author": ("author", "authors", "by", "byline", "作者", "記者", "记者"),
}
_WIDE = re.compile(f"[{CJK}　-〿＀-｠]")
_TAG = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SOFT_BREAK = "\0"  # the parser lets no NUL through, so none can be mistaken for this mark


def read_plain(data: bytes) -> Draft:
    """The article in a plain text file; its first lines are settled with everyone's."""
    return Draft(normalise(decode(data)))


def read_markdown(data: bytes) -> Draft:
    """The article in a Markdown file: what its front matter states, and its text as plain text."""
    text = normalise(decode(data))
    front = _FRONT_MATTER.match(text)
    stated = _front_matter(front["yaml"]) if front is not None else None
    if front is None or stated is None:
        return _rendered(text, {})
    return _rendered(text[front.end() :], stated)


def joint(before: str, after: str) -> str:
    """What a line end inside a paragraph stands for: nothing next to Chinese, else a space."""
    return "" if _WIDE.match(before[-1:]) or _WIDE.match(after[:1]) or not before or not after else " "


# --- Markdown ------------------------------------------------------------------------------


def _front_matter(block: str) -> dict[str, object] | None:
    """The fields of a front matter as strings; None where the block is no list of fields."""
    try:
        # BaseLoader makes strings, lists and dicts only: nothing runs, and "2025-13-45" is no crash.
        fields = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506 -- BaseLoader is the safest loader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 2}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "it is nested too deeply"
        raise ArticleError(
            f"The front matter is not valid YAML{where} ({problem}); mend it, for instance by putting quotes "
            f"around a value that holds a colon"
        ) from error
    if not isinstance(fields, dict):
        return None
    return {str(key).strip().lower(): value for key, value in fields.items()}


def _field(stated: dict[str, object], kind: str) -> str | None:
    for key in _KEYS[kind]:
        value = stated.get(key)
        words = ", ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(words, str) and words.strip():
            return " ".join(words.split())
    return None


def _rendered(text: str, stated: dict[str, object]) -> Draft:
    page = _Page()
    for token in _parser().parse(text):
        page.take(token)
    written = _field(stated, "published")
    return Draft(
        normalise(page.text()),
        title=_field(stated, "title") or page.title,
        url=_field(stated, "url"),
        published=date_in(written) if written else None,
        source=_field(stated, "source"),
        author=_field(stated, "author"),
    )


def _parser() -> Any:  # noqa: ANN401 -- MarkdownIt, imported only when a Markdown file comes
    from markdown_it import MarkdownIt  # noqa: PLC0415 -- a question must not wait for it

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(slots=True)
class _Page:
    """Collects the blocks of a Markdown page as plain text, token by token."""

    blocks: list[tuple[str, int]] = field(
        default_factory=list
    )  # the words, and the list or table they are in
    title: str | None = None
    row: list[str] | None = None
    heading: str | None = None
    number: str = ""
    depth: int = 0
    group: int = 0

    def take(self, token: Token) -> None:
        """Moves on by one token: the markup around the words, or the words."""
        if token.nesting:
            self._cross(token)
        else:
            self._fill(token)

    def _cross(self, token: Token) -> None:
        match token.type:
            case "heading_open" | "heading_close":
                self.heading = token.tag if token.nesting > 0 else None
            case "bullet_list_open" | "ordered_list_open" | "table_open":
                self.group += self.depth == 0
                self.depth += 1
            case "bullet_list_close" | "ordered_list_close" | "table_close":
                self.depth -= 1
            case "list_item_open":
                self.number = f"{token.info}{token.markup} " if token.info else ""
            case "tr_open":
                self.row = []
            case "tr_close":
                self._add(" | ".join(self.row or ()))
                self.row = None

    def _fill(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._inline(_words(token.children or ()))
            case "fence" | "code_block":
                self._add(token.content.rstrip("\n"))
            case "html_block":
                self._add(_TAG.sub("", token.content).strip())

    def _inline(self, words: str) -> None:
        if self.row is not None:
            self.row.append(words)
            return
        if self.title is None and (self.heading == "h1" or (self.heading and not self.blocks)):
            self.title = " ".join(words.split()) or None
        self._add(self.number + words if words else "")
        self.number = ""

    def _add(self, words: str) -> None:
        if words.strip():
            self.blocks.append((words, self.group if self.depth else 0))

    def text(self) -> str:
        """The blocks with a blank line between them, or none between rows and list items."""
        parts, last = [], 0
        for words, group in self.blocks:
            parts += ["\n" if group and group == last else "\n\n", words]
            last = group
        return "".join(parts[1:])


def _words(tokens: Sequence[Token]) -> str:
    """The text of a paragraph without its markup. Pictures are left out, their links kept."""
    parts = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                parts.append(token.content)
            case "softbreak":
                parts.append(_SOFT_BREAK)
            case "hardbreak":
                parts.append("\n")
            case "html_inline" if re.match(r"<br\b", token.content, re.IGNORECASE):
                parts.append("\n")
    lines = "".join(parts).split(_SOFT_BREAK)
    whole = lines[0]
    for line in lines[1:]:
        whole += joint(whole, line) + line
    return whole.strip()
