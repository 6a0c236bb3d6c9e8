"""A value as one line of JSON, for logs and for other tools; pure."""

from __future__ import annotations

import json

# Valid inside JSON as they are, but line ends to many readers (str.splitlines among them).
_LINE_ENDS = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}


def json_line(value: object) -> str:
    """Write the value as JSON on exactly one line, readable as it stands, without the newline.

    Half characters (lone surrogates), which no encoding can write, are escaped.
    """
    line = json.dumps(value, ensure_ascii=False, default=str).translate(_LINE_ENDS)
    return line if line.isascii() else line.encode("utf-8", "backslashreplace").decode("utf-8")
