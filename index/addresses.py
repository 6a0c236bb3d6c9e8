"""Addresses on the web, and which of them a person may be sent to. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 2000
# White space, controls, what is invisible, and the backslash, which browsers read as a slash.
_DECEIVING = re.compile(
    r"[\s\\\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)


def web_address(url: str | None) -> str | None:
    """An address if it is one that leads where it seems to, else None.

    It is one of http or https, without a name or password before its host ("https://bank.example@evil.example"),
    without white space or anything invisible, and its host is written as the name service knows
    it: letters of other scripts, among which some look like Latin ones, as "xn--...".
    """
    if url is None or len(url) > LONGEST or _DECEIVING.search(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:  # a port that is no number, brackets that do not close, a host that is no name
        return None
    shown = f"[{plain}]" if ":" in plain else plain
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _HOST.fullmatch(shown):
        return None
    place = shown if port is None else f"{shown}:{port}"
    return url if host.isascii() else parts._replace(netloc=place).geturl()
