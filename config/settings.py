"""From the TOML file and the environment to frozen `Settings`, or one error that lists every fault.

Defaults stand in `articlebot.toml` beside this module and nowhere else. Each value is checked
by pydantic against the type written at its field below: strictly in a file, where `"3"` is not
a number; leniently in the environment, where everything is text. pydantic-settings is not used:
it stops at the first variable it cannot parse, passes over misspelt ones, and does not tell
which source a value came from, which is what a fault has to name.
"""

from __future__ import annotations

import difflib
import functools
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

from pydantic import BeforeValidator, Field, IPvAnyNetwork, TypeAdapter, ValidationError

from config.sources import (
    PREFIX,
    TOKEN_VARIABLE,
    Fault,
    Given,
    looks_secret,
    read_environment,
    read_file,
    secret_fault,
    shortened,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BUNDLED = Path(__file__).parent / "articlebot.toml"
FILE_NAME = "articlebot.toml"
_LISTED = 50


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _not_empty(value: object) -> object:
    if value == "":
        raise ValueError("an empty path names nothing")
    return value


# A field's description says what it takes: it ends the sentence "... is not".
_Path = Annotated[Path, BeforeValidator(_not_empty)]
_Place = Annotated[_Path, Field(description='a path in quotes, as in "library"')]
_Name = Annotated[str, Field(min_length=1, description='a name in quotes, as in "default_tenant"')]
_Url = Annotated[
    str, Field(pattern=r"^https?://[^\s/]", description='an address such as "https://api.telegram.org/bot"')
]
_WebhookUrl = Annotated[
    str,
    Field(
        pattern=r"^$|^https?://[^\s/]+/[^\s?#]+$",
        description='an address with a path, such as "https://bot.example/telegram", or ""',
    ),
]
_Listen = Annotated[
    str,
    Field(
        pattern=r"^unix:/\S+$|^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$",
        description='a place such as "127.0.0.1:8080" or "unix:/run/articlebot/webhook.sock"',
    ),
]
_Limit = Annotated[int, Field(ge=0, le=10_000, description="a whole number from 0 to 10000")]
_Level = Annotated[
    Literal["debug", "info", "warning", "error"],
    BeforeValidator(_lower),
    Field(description='"debug", "info", "warning" or "error"'),
]


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """Where the library is, and the Chroma server that keeps its vectors, "" for none."""

    path: _Place
    server: Annotated[
        str,
        Field(
            pattern=r"^$|^https?://[^\s/?#@]+/?$",
            description='an address such as "http://127.0.0.1:8000", or ""',
        ),
    ]
    server_tenant: _Name
    server_database: _Name


@dataclass(frozen=True, slots=True)
class ArticleSettings:
    """What is read into the library."""

    folders: Annotated[tuple[_Path, ...], Field(description='a list of paths, as in ["articles"]')]
    max_file_mb: Annotated[int, Field(ge=1, le=1000, description="a whole number from 1 to 1000")]
    max_seconds: Annotated[int, Field(ge=1, le=3600, description="a whole number from 1 to 3600")]
    max_memory_mb: Annotated[int, Field(ge=64, le=100_000, description="a whole number from 64 to 100000")]


@dataclass(frozen=True, slots=True)
class FetchingSettings:
    """How pages of the web are fetched: the longest time, in seconds, and what else than public may be."""

    seconds: Annotated[float, Field(ge=1, le=600, description="a number of seconds from 1 to 600")]
    allowed: Annotated[
        tuple[IPvAnyNetwork, ...],
        Field(description='a list of addresses or networks, as in ["192.168.1.7", "10.1.0.0/16"]'),
    ]
    watch_minutes: Annotated[
        float, Field(gt=0, le=10_080, description="a number of minutes above 0, at most a week (10080)")
    ]


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """The model that turns text into vectors; `threads` 0 means one for each core."""

    model: Annotated[
        str, Field(min_length=1, description='"bundled", the name of a model or the path of one, in quotes')
    ]
    threads: Annotated[int, Field(ge=0, le=256, description="a whole number from 0 to 256")]


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """How many quotes an answer holds, and how sure it must be."""

    quotes: Annotated[int, Field(ge=1, le=10, description="a whole number from 1 to 10")]
    confidence: Annotated[
        Literal["calibrated"] | Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)],
        Field(description='"calibrated" or a number from 0 to 1'),
    ]

    @property
    def threshold(self) -> float | None:
        """The confidence as a number, 0 to 1; None means the calibrated one."""
        return None if self.confidence == "calibrated" else self.confidence


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """How Telegram is reached, and who administers the bot. The token is not a setting."""

    admins: Annotated[
        tuple[Annotated[int, Field(gt=0)], ...], Field(description="a list of numeric ids, as in [123456789]")
    ]
    owner: Annotated[int, Field(ge=0, description="a numeric id, or 0 for the first of the admins")]
    access: Annotated[
        Literal["open", "allow-list", "pairing"], Field(description='"open", "allow-list" or "pairing"')
    ]
    people: Annotated[
        tuple[Annotated[int, Field(gt=0)], ...], Field(description="a list of numeric ids, as in [123456789]")
    ]
    groups: Annotated[
        tuple[Annotated[int, Field(lt=0)], ...],
        Field(description="a list of numeric ids below zero, as in [-1001234567890]"),
    ]
    person_limit: _Limit
    group_limit: _Limit
    inline: Annotated[bool, Field(description="true or false")]
    base_url: _Url
    base_file_url: _Url
    local_mode: Annotated[bool, Field(description="true or false")]
    workers: Annotated[int, Field(ge=1, le=32, description="a whole number from 1 to 32")]
    webhook_url: _WebhookUrl
    webhook_listen: _Listen
    metrics_port: Annotated[int, Field(ge=0, le=65535, description="a port from 1 to 65535, or 0 for none")]
    keep_unanswered: Annotated[bool, Field(description="true or false")]


@dataclass(frozen=True, slots=True)
class LoggingSettings:
    """What is logged; `questions` is whether people's own words are."""

    level: _Level
    questions: Annotated[bool, Field(description="true or false")]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, checked. The defaults are in `articlebot.toml`."""

    library: LibrarySettings
    articles: ArticleSettings
    fetching: FetchingSettings
    encoder: EncoderSettings
    answers: AnswerSettings
    telegram: TelegramSettings
    logging: LoggingSettings


class SettingsError(Exception):
    """The settings cannot be used; the text lists every fault with its place and remedy."""


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the defaults, overridden by a file, overridden by the environment.

    `file` None means `./articlebot.toml` if there is one. Paths in a file are relative to its
    folder, those in the environment to the working directory. Raises `SettingsError`, which
    lists every fault of the file and of the environment together.
    """
    environment = os.environ if environment is None else environment
    here = Path.cwd()
    if file is None and Path(FILE_NAME).is_file():
        file = Path(FILE_NAME)
    values: dict[tuple[str, str], Any] = {}
    faults: list[Fault] = []
    for source in _sources(file, environment, here):
        for given in source:
            fault = given if isinstance(given, Fault) else _fault_of(given)
            if fault:
                faults.append(fault)
            elif isinstance(given, Given):
                values[given.section, given.key] = _placed(given, _checked(given))
    if faults:
        raise SettingsError(_listed(faults))
    return _assembled(values)


def _sources(
    file: Path | None, environment: Mapping[str, str], here: Path
) -> Iterator[Iterable[Given | Fault]]:
    yield read_file(BUNDLED, here)
    if file is not None:
        yield read_file(file, file.absolute().parent)
    yield read_environment(environment, here)


def telegram_token(environment: Mapping[str, str] | None = None) -> str:
    """Return the bot's token, from the environment alone; a `SettingsError` tells how to get one."""
    token = (os.environ if environment is None else environment).get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise SettingsError(
            f"{TOKEN_VARIABLE} is not set: send /newbot to @BotFather in Telegram, and start the bot with "
            f"{TOKEN_VARIABLE}=<the token it gives you> articlebot run"
        )
    if not re.fullmatch(r"\d+:[\w-]+", token, re.ASCII):
        raise SettingsError(
            f"{TOKEN_VARIABLE} does not hold a bot's token (its value is not shown): a token is a number, "
            "a colon and letters, as @BotFather gives it; copy it whole, without quotes or spaces"
        )
    return token


@functools.cache
def _schema() -> dict[str, dict[str, TypeAdapter[Any]]]:
    """For every section, its keys with what checks their values."""
    return {
        section: {key: TypeAdapter(hint) for key, hint in get_type_hints(kind, include_extras=True).items()}
        for section, kind in get_type_hints(Settings).items()
    }


def _fault_of(given: Given) -> Fault | None:
    if looks_secret(f"{given.section}.{given.key}", given.value):
        return secret_fault(given.where, given.name)
    if given.key not in _schema().get(given.section, {}):
        return Fault(given.where, *(_unknown_variable(given) if given.is_text else _unknown_key(given)))
    try:
        _checked(given)
    except ValidationError:
        return _value_fault(given)
    return None


def _checked(given: Given) -> Any:  # noqa: ANN401 - each key has a type of its own, which pydantic sees to
    adapter = _schema()[given.section][given.key]
    if not given.is_text:
        # As JSON, because only there does strictness let a list be a tuple and a string a path.
        return adapter.validate_json(json.dumps(given.value, default=repr), strict=True)
    text = str(given.value)
    return adapter.validate_json(text) if text.startswith("[") else adapter.validate_strings(text)


def _placed(given: Given, value: Any) -> Any:  # noqa: ANN401 - passes on what it does not concern
    """Make relative paths in the value absolute, from the folder they are relative to."""
    if isinstance(value, Path):
        return given.folder / value.expanduser()
    if isinstance(value, tuple):
        return tuple(_placed(given, each) for each in value)
    if given.key == "model" and (folder := given.folder / Path(value).expanduser()).is_dir():
        return str(folder)  # a hub name looks like a path: it is one if something is there
    return value


def _assembled(values: Mapping[tuple[str, str], Any]) -> Settings:
    kinds = get_type_hints(Settings)
    return Settings(
        **{
            section: kinds[section](**{key: values[section, key] for key in keys})
            for section, keys in _schema().items()
        }
    )


def _value_fault(given: Given) -> Fault:
    expected = _schema()[given.section][given.key].json_schema()["description"]
    default = next(
        json.dumps(each.value)
        for each in read_file(BUNDLED, BUNDLED.parent)
        if isinstance(each, Given) and (each.section, each.key) == (given.section, given.key)
    )
    shown = str(given.value) if given.is_text else json.dumps(given.value, ensure_ascii=False, default=str)
    problem = f"{given.name} = {shortened(shown)} is not {expected}"
    remedy = "unset the variable" if given.is_text else "leave the line out"
    return Fault(given.where, problem, f"write one, or {remedy} for the default, {default}")


def _unknown_key(given: Given) -> tuple[str, str]:
    home = [section for section, keys in _schema().items() if given.key in keys]
    if given.section in _schema():
        problem = f"[{given.section}] has no key {given.key!r}"
        if home:
            return problem, f"it belongs under [{home[0]}]"
        return problem, _suggestion(given.key, _schema()[given.section], "it has {}")
    if not given.section:
        problem = f"{given.key!r} stands above every section"
        return problem, f"move it below [{home[0]}]" if home else "remove it, or move it below its section"
    known = [f"[{section}]" for section in _schema()]
    return f"there is no section [{given.section}]", _suggestion(f"[{given.section}]", known, "there are {}")


def _unknown_variable(given: Given) -> tuple[str, str]:
    known = [f"{section}__{key}".upper() for section, keys in _schema().items() for key in keys]
    near = difflib.get_close_matches(given.name.removeprefix(PREFIX), known, n=1)
    hint = f"did you mean {PREFIX}{near[0]}?" if near else "unset it, or see articlebot.toml for the names"
    return f"the variable {given.name} names no setting", hint


def _suggestion(seen: str, known: Iterable[str], otherwise: str) -> str:
    names = list(known)
    near = difflib.get_close_matches(seen, names, n=1)
    return f"did you mean {near[0]}?" if near else otherwise.format(", ".join(names))


def _listed(faults: list[Fault]) -> str:
    if len(faults) == 1:
        return f"the settings have a fault: {faults[0]}"
    listed = [f"\n  {fault}" for fault in faults[:_LISTED]]
    rest = f"\n  and {len(faults) - _LISTED} more" if len(faults) > _LISTED else ""
    return f"the settings have {len(faults)} faults:" + "".join(listed) + rest
