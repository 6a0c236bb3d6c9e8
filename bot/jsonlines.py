"""Values as lines of JSON, one on each: written for logs and other tools, and read from them."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

# Valid inside JSON as they are, but line ends to many readers (str.splitlines among them), or what
# could command a terminal: DEL and the C1 controls, and the marks that turn the direction of writing.
_ESCAPED = {
    code: f"\\u{code:04x}"
    for code in (*range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def json_line(value: object) -> str:
    """Write the value as JSON on exactly one line, readable as it stands, without the newline.

    Half characters (lone surrogates), which no encoding can write, are escaped.
    """
    line = json.dumps(value, ensure_ascii=False, default=str).translate(_ESCAPED)
    return line if line.isascii() else line.encode("utf-8", "backslashreplace").decode("utf-8")


@contextmanager
def lines_of(file: str) -> Iterator[BinaryIO]:
    """Open a file by name for reading it line by line; "-" is stdin."""
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as lines:
        yield lines


def json_object(line: bytes, expected: str) -> dict[str, object]:
    """Read one line that holds an object; a ValueError says what is wrong with it.

    `expected` is the remedy: what to write, as in 'write one object {"id": ...} on each line'.
    """
    try:
        value = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise ValueError("the line is not UTF-8; save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the line is not JSON ({error}); {expected}") from None
    if not isinstance(value, dict):
        raise ValueError(f"the line is not a JSON object; {expected}")  # noqa: TRY004 - told like the others
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
