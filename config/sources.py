"""Where settings come from: a TOML file read statement by statement, and the environment.

tomllib gives up at the first mistake and tells no line for a value that is well-formed and
wrong. So a file is cut into its statements first (a statement is complete as soon as it parses
by itself), each is parsed by tomllib with its line at hand, and a broken one does not hide the
next.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PREFIX = "ARTICLEBOT_"
TOKEN_VARIABLE = "TELEGRAM_BOT_TOKEN"  # noqa: S105 - the variable's name, not a token

_TOKEN = re.compile(r"\d{5,}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
_SECRET_NAME = re.compile(r"token|secret|password|api_?key", re.IGNORECASE)
_STARTS_STATEMENT = re.compile(r"\s*(\[|[\w.\"'-]+\s*=)")


@dataclass(frozen=True, slots=True)
class Given:
    """One value that somebody set: where it stands, what it is for, and what it is.

    `name` is what its author calls it: "[section] key" or the variable. `section` is "" for
    a key above every section. `folder` is what a relative path in it is relative to;
    `is_text` tells the environment's strings from a file's typed values.
    """

    where: str
    name: str
    section: str
    key: str
    value: object
    folder: Path
    is_text: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: where it stands, what is wrong with the value seen, and the remedy."""

    where: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}: {self.remedy}"


def secret_fault(where: str, name: str) -> Fault:
    """Make the fault of a secret outside its variable; it never repeats the value."""
    problem = f"{name} is or holds a secret (its value is not shown)"
    return Fault(where, problem, f"remove it, and give the bot's token by the variable {TOKEN_VARIABLE}")


def looks_secret(name: str, value: object) -> bool:
    """Tell whether a key's name or any of its value looks like a secret."""
    return bool(_SECRET_NAME.search(name) or _TOKEN.search(str(value)))


def read_environment(environment: Mapping[str, str], folder: Path) -> Iterator[Given]:
    """Yield the values that `ARTICLEBOT_<SECTION>__<KEY>` variables give; an empty one is not set."""
    for name, value in sorted(environment.items()):
        if name.startswith(PREFIX) and value:
            section, _, key = name.removeprefix(PREFIX).lower().partition("__")
            yield Given("environment", name, section, key, value, folder, is_text=True)


def read_file(path: Path, folder: Path) -> Iterator[Given | Fault]:
    """Yield the values that a TOML file gives, and what about the file itself is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        yield Fault(str(path), f"the settings file cannot be read ({error.strerror})", "name another file")
        return
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        yield Fault(f"{path}:{line}", "the settings file is not UTF-8 text", "save it as UTF-8")
        return
    found = list(_read_statements(text, str(path), folder))
    yield from found
    if not any(isinstance(each, Fault) for each in found):
        yield from _whole_file_faults(text, path)


def _whole_file_faults(text: str, path: Path) -> Iterator[Fault]:
    """Yield what no single statement shows, such as a section that is opened twice."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{path}:{line[1]}" if line else str(path)
        yield Fault(where, f"this is not TOML ({_reason(error)})", "say each thing once")


def _read_statements(text: str, name: str, folder: Path) -> Iterator[Given | Fault]:
    section: str | None = ""
    broken = False  # the statement before could not be read, and this line may be a rest of it
    seen: dict[tuple[str, str], int] = {}
    for line, statement in _statements(text):
        where = f"{name}:{line}"
        header = statement.lstrip().startswith("[")
        try:
            table = tomllib.loads(statement)
        except tomllib.TOMLDecodeError as error:
            section = None if header else section
            if _STARTS_STATEMENT.match(statement) or not broken:
                yield _syntax_fault(where, statement, error)
            broken = True
            continue
        broken = False
        if header:
            section = ".".join(_header_path(table))
        elif section is not None:
            for given in _values(where, section, table, folder):
                first = seen.setdefault((given.section, given.key), line)
                if first != line:
                    problem = f"{given.key} is given a second time (first on line {first})"
                    yield Fault(where, problem, "remove one of the two lines")
                yield given


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement with the number of its first line; one that cannot be read is one line."""
    lines = text.replace("\r\n", "\n").split("\n")
    start = 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and _needs_more("\n".join(lines[start:end])):
            end += 1
        if not _parses("\n".join(lines[start:end])):
            end = start + 1
        yield start + 1, "\n".join(lines[start:end])
        start = end


def _needs_more(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError as error:
        return "end of document" in str(error)  # a mistake before the end no further line can mend
    return False


def _parses(statement: str) -> bool:
    try:
        tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _header_path(table: object) -> Iterator[str]:
    """Yield the names in `[a.b]`, from the nest of empty tables it parses to."""
    while isinstance(table, dict) and table:
        name, table = next(iter(table.items()))
        yield name
        if isinstance(table, list):  # [[a]]
            table = table[0]


def _values(where: str, section: str, table: dict[str, object], folder: Path) -> Iterator[Given]:
    for key, value in table.items():
        if not section and isinstance(value, dict):  # section.key = ... or section = {key = ...}
            yield from _values(where, key, value, folder)
        else:
            yield Given(where, f"[{section}] {key}", section, key, value, folder, is_text=False)


def _syntax_fault(where: str, statement: str, error: tomllib.TOMLDecodeError) -> Fault:
    first = statement.strip().split("\n")[0]
    if looks_secret(first.partition("=")[0], first):
        return secret_fault(where, first.partition("=")[0].strip())
    problem = f"{shortened(first)} is not TOML ({_reason(error)})"
    return Fault(where, problem, "text stands in double quotes, a list in square brackets")


def _reason(error: tomllib.TOMLDecodeError) -> str:
    return re.sub(r" \(at .*\)$", "", str(error).split("\n")[0]).lower()


def shortened(text: str, limit: int = 60) -> str:
    """Bring the text to one line of at most `limit` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
