"""Takes out of a web page what who looks at it would not see.

A page can hold sentences that no browser shows, for machines alone to read. What is quoted has to
be what a person finds on the page, so these go before its main text is looked for: what is code
rather than text, and what an attribute, its own style or a plain rule of the page's style sheet
hides. Rules for some media only, and those with more than a name to select by, are not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # lxml carries no types

# Scripts, too, are no text, but state who wrote the page and when; those who look for its text know.
_CODE = frozenset("template iframe object canvas datalist dialog".split())
_WHOLE = frozenset({"html", "head", "body"})  # pages hide these until they are loaded
_COMMENT = re.compile(r"/\*(?:.*?\*/|.*)", re.DOTALL)
_MARK = re.compile("[{};]")
_SELECTOR = re.compile(r"[a-z0-9]*([.#])(-?[_a-z][\w-]*)", re.IGNORECASE)
_SIZE = re.compile(r"(-?\d{0,9}(?:\.\d{0,9})?)(px|pt|em|rem|%)?")
_LEAST = {"px": 4.0, "pt": 3.0, "em": 0.25, "rem": 0.25, "%": 25.0}  # letters below are no letters
_FAR = -999.0  # so far to the left or above, in pixels, nothing is on the screen
_WHITE = frozenset({"white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)"})
_INVISIBLE = frozenset(
    """display:none visibility:hidden visibility:collapse color:transparent clip:rect(0,0,0,0) clip:rect(0000)
    clip:rect(1px,1px,1px,1px) clip-path:inset(50%) clip-path:inset(100%) transform:scale(0)
    content-visibility:hidden -webkit-text-fill-color:transparent""".split()
)


def drop_hidden(tree: HtmlElement) -> None:
    """Take the elements out of the page, in place, that are not shown."""
    names = frozenset(_hiding_names(tree))
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in _WHOLE:
            continue  # the first are comments, which are no text to anybody
        if element.tag in _CODE or _is_hidden(element, names):
            element.drop_tree()


def _is_hidden(element: HtmlElement, names: frozenset[str]) -> bool:
    if "hidden" in element.attrib or element.get("aria-hidden", "").strip().lower() == "true":
        return True
    own = {f".{name}" for name in element.get("class", "").split()} | {f"#{element.get('id', '')}"}
    style = _declarations(element.get("style", ""))
    return not names.isdisjoint(own) or _hides(style) or _is_white(element, style)


def _hiding_names(tree: HtmlElement) -> Iterator[str]:
    """The classes (".name") and ids ("#name") that the page's own style sheets hide."""
    for sheet in tree.iter("style"):
        for selectors, declarations in _rules(_COMMENT.sub("", sheet.text_content())):
            if _hides(_declarations(declarations)):
                found = (_SELECTOR.fullmatch(selector.strip()) for selector in selectors.split(","))
                yield from (match[1] + match[2] for match in found if match is not None)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of the rules that hold for every medium."""
    depth, start, selectors = 0, 0, ""
    for mark in _MARK.finditer(sheet):
        if mark[0] == "{":
            if not depth:
                selectors, start = sheet[start : mark.start()], mark.end()
            depth += 1
            continue
        if mark[0] == "}":
            depth = max(0, depth - 1)
            if not depth and "@" not in selectors:
                yield selectors, sheet[start : mark.start()]
        if not depth:
            start = mark.end()


def _declarations(style: str) -> dict[str, str]:
    """Properties and their values, without white space and letter case."""
    pairs = (part.partition(":") for part in re.sub(r"\s+", "", style).lower().split(";"))
    return {name: value.removesuffix("!important") for name, _, value in pairs}


def _hides(style: dict[str, str]) -> bool:
    if any(f"{name}:{value}" in _INVISIBLE for name, value in style.items()):
        return True
    if any(
        _below(style.get(name), _FAR, {"px": _FAR}) for name in ("left", "top", "text-indent", "margin-left")
    ):
        return True
    return _below(style.get("opacity"), 0.05, {"%": 5.0}) or _below(style.get("font-size"), 1.0, _LEAST)


def _below(value: str | None, least: float, units: dict[str, float]) -> bool:
    size = _SIZE.fullmatch(value or "")
    if size is None or not size[1].strip("-."):
        return False
    return float(size[1]) < units.get(size[2], least if size[2] is None else float("-inf"))


def _is_white(element: HtmlElement, style: dict[str, str]) -> bool:
    """Whether it has white letters, and nothing says what else than white they would stand on."""
    if style.get("color") not in _WHITE:
        return False
    around = [style, *(_declarations(each.get("style", "")) for each in element.iterancestors())]
    return not any(name.startswith("background") for each in around for name in each)
