"""The `articlebot` command, run in this process as the installed script runs it."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple
from unittest import mock

import pytest

from bot.cli import main


class Outcome(NamedTuple):
    """What the command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Parse what was printed."""
        return json.loads(self.out)


def articlebot(*arguments: object, stdin: bytes = b"") -> Outcome:
    """Run the command in this process, as the installed script does."""
    written = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(stream, write_through=True) for stream in written)
    given = io.TextIOWrapper(io.BytesIO(stdin))
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        mock.patch("sys.stdin", given),
        pytest.raises(SystemExit) as end,
    ):
        main([str(argument) for argument in arguments])
    code = end.value.code
    assert isinstance(code, int)
    return Outcome(code, *(stream.getvalue().decode() for stream in written))
