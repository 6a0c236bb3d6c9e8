"""The logs: one line per question, no token ever, no message text unless it is allowed."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bot.logs import configure, log_question

TOKEN = "1234567890:AAExampleExampleExampleExampleExamp"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.out == "", "logs go to stderr"
    return [json.loads(line) for line in captured.err.splitlines()]


def ask(chat: int = 42, question: str | None = None) -> None:
    log_question(
        chat=chat,
        language="zh-Hant",
        outcome="answered",
        quotes=2,
        milliseconds={"wait": 0.04, "answer": 12.3456},
        question=question,
    )


def test_a_question_is_one_line_with_its_timings(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    ask()
    (line,) = lines(capsys)
    assert line.pop("time").endswith("+00:00")
    assert len(line.pop("chat")) == 8
    assert line == {
        "level": "info",
        "logger": "bot.question",
        "event": "question",
        "language": "zh-Hant",
        "outcome": "answered",
        "quotes": 2,
        "milliseconds": {"wait": 0.0, "answer": 12.3},
    }


def test_a_chat_has_the_same_name_each_time_and_never_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    for chat in (987654321, 987654321, 123456789):
        ask(chat)
    first, again, other = (line["chat"] for line in lines(capsys))
    assert first == again != other
    assert "987654321" not in first


def test_a_question_of_several_lines_is_one_line_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    ask(question="小米\n投入\r多少\u2028錢？")
    (line,) = lines(capsys)
    assert line["question"] == "小米\n投入\r多少\u2028錢？"


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_no_token_is_logged_at_any_level(capsys: pytest.CaptureFixture[str], level: str) -> None:
    configure(level)
    for name in ("bot.app", "index", "httpx", "httpcore.connection", "telegram.ext", "asyncio"):
        logger = logging.getLogger(name)
        for write in (logger.debug, logger.info, logger.warning, logger.error):
            write("POST https://api.telegram.org/bot%s/getMe %s", TOKEN, TOKEN.replace(":", "%3A"))
        error = OSError(f"https://api.telegram.org/bot{TOKEN}/getMe")
        logger.error("failed", exc_info=error)
    ask(question=TOKEN)
    errors = capsys.readouterr().err
    assert "[redacted]" in errors
    assert TOKEN.split(":")[1] not in errors


def test_the_token_that_is_given_is_taken_out_even_if_it_looks_like_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("info", secret="1:short")
    logging.getLogger("bot").error("https://api.telegram.org/bot1:short/getMe")
    (line,) = lines(capsys)
    assert line["event"] == "https://api.telegram.org/bot[redacted]/getMe"


def test_libraries_are_heard_from_warnings_on_and_ours_from_the_level(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("debug")
    for name in ("bot.app", "index.build", "httpx", "telegram.ext.Application", "chromadb"):
        logging.getLogger(name).debug("debug")
        logging.getLogger(name).info("info")
        logging.getLogger(name).warning("warning")
    heard = [(line["logger"], line["event"]) for line in lines(capsys)]
    assert heard == [
        ("bot.app", "debug"),
        ("bot.app", "info"),
        ("bot.app", "warning"),
        ("index.build", "debug"),
        ("index.build", "info"),
        ("index.build", "warning"),
        ("httpx", "warning"),
        ("telegram.ext.Application", "warning"),
        ("chromadb", "warning"),
    ]


def test_an_error_that_nobody_caught_is_logged_without_the_token() -> None:
    program = f"from bot.logs import configure\nconfigure('info')\nraise OSError('bot{TOKEN}/getMe')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    line = json.loads(done.stderr)
    assert line["level"] == "critical"
    assert line["error"].endswith("OSError: bot[redacted]/getMe")
