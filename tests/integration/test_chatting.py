"""What a person does in a chat, with the whole process over HTTP: buttons, languages, restarts."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.integration.bot_api_server import BotApiServer
from tests.integration.chatting import ask, names, now, press
from tests.integration.processes import articlebot, environment, process

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "how much does Xiaomi plan to spend on R&D"
GROUP = {"id": -500, "type": "supergroup", "title": "Group"}


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """A library of the samples of one's own, without anything remembered."""
    return shutil.copytree(sample_library, tmp_path / "library")


def test_the_language_chosen_is_spoken_before_and_after_a_restart(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            press(api, ask(api, "/language"), "繁體中文")
            assert ask(api, "/new")["text"].startswith("好的，先前的問題")
        with process(server, library):
            assert ask(api, "Who painted the Mona Lisa?")["text"].startswith("收錄的文章沒有提到")
            assert ask(api, "/new", user=2)["text"].startswith("All right. I have forgotten")
            press(api, ask(api, "/language"), "自動（跟隨 Telegram）", language="en")
            assert ask(api, "/new")["text"].startswith("All right. I have forgotten")


@pytest.mark.parametrize(
    ("language", "more", "fewer", "context", "back"),
    [
        ("en", "more quote", "Fewer quotes", "In context", "‹ Back"),
        ("zh-hant", "則引句", "收起", "看上下文", "‹ 返回"),
        ("zh-cn", "条引句", "收起", "看上下文", "‹ 返回"),
    ],
)
def test_more_fewer_context_and_back_are_edits_of_one_message_and_work_after_a_restart(  # noqa: PLR0917  one row each
    library: Path, language: str, more: str, fewer: str, context: str, back: str
) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = dict(ask(api, QUESTION, language=language))
            (shown,) = [name for name in names(api, message) if more in name]
            press(api, message, shown, language=language)
            whole = now(api, message)["text"]
            assert message["text"].splitlines()[0] in whole
            assert "2. " in whole
        with process(server, library):
            press(api, message, fewer, language=language)
            assert now(api, message)["text"] == message["text"]
            press(api, message, context, language=language)
            around = dict(now(api, message))
            press(api, message, back, language=language)
            assert now(api, message)["text"] == message["text"]
    (bold,) = [entity for entity in around["entities"] if entity["type"] == "bold"]
    words = around["text"][bold["offset"] : bold["offset"] + bold["length"]]
    assert words == message["text"].splitlines()[0]
    assert len(around["text"]) > len(message["text"])
    assert len(api.sent(1)) == 1


def test_opinions_are_kept_once_for_each_person_and_answer_and_can_be_changed(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = ask(api, f"/ask {QUESTION}", chat=GROUP, user=1)
            first = press(api, message, "👍", user=1)["text"]
            second = press(api, message, "👎", user=1)["text"]
            press(api, message, "👍", user=2)
    assert first.startswith("Thank you")
    assert second.startswith("Thank you")
    connection = sqlite3.connect(library / "bot.sqlite")
    kept = connection.execute("SELECT person, good FROM opinions ORDER BY person").fetchall()
    connection.close()
    assert kept == [(1, 0), (2, 1)]


def test_a_forged_press_and_another_persons_are_refused_calmly_and_change_nothing(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = dict(ask(api, f"/ask {QUESTION}", chat=GROUP, user=1))
            forged = press(api, message, "", user=1, data="forged")
            other = press(api, message, "In context", user=2, language="zh-hant")
            (more,) = [name for name in names(api, message) if "more" in name]
            stolen = api.button(message, more)["callback_data"]
            elsewhere = press(api, ask(api, QUESTION, user=3), "", user=3, data=stolen)
            assert now(api, message)["text"] == message["text"]
    assert forged["text"] == elsewhere["text"] == "This button no longer works. Please ask again."
    assert other["text"].startswith("這個按鈕只有提問的人能用")
    assert len(api.called("answerCallbackQuery")) == 3
    assert not api.called("editMessageText")


def test_an_article_removed_meanwhile_is_told_of_calmly(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = ask(api, QUESTION)
            connection = sqlite3.connect(library / "bot.sqlite")
            ((note,),) = connection.execute("SELECT note FROM answers").fetchall()
            connection.close()
            identifier = json.loads(note)["quotes"][0]["article"]
            subprocess.run(
                articlebot("remove", identifier, "--library", str(library)), check=True, timeout=120
            )
            told = press(api, message, "In context")
    assert told["text"].startswith("An article quoted here has been changed or removed")


def test_a_state_that_is_damaged_ends_the_start_with_a_sentence_and_is_left_as_it_is(library: Path) -> None:
    (library / "bot.sqlite").write_bytes(b"no database, but long enough to look at" * 50)
    with BotApiServer() as server:
        done = subprocess.run(
            articlebot("run", "--library", str(library)),
            env=environment(server),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "bot.sqlite, cannot be used (file is not a database)" in done.stderr
    assert "Traceback" not in done.stderr
    assert (library / "bot.sqlite").read_bytes().startswith(b"no database")


def test_a_reply_goes_on_from_an_answer_given_before_the_restart_and_a_quoted_part_is_asked_about(
    library: Path,
) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = ask(api, QUESTION)
        with process(server, library):
            followed = ask(api, "and in 2024?", reply_to_message=message)
            words = "未來五年再投入超過2000億元"
            part = {"text": words, "position": 0, "is_manual": True}
            meant = ask(api, "這是什麼意思？", reply_to_message=message, quote=part)
    assert followed["text"].startswith("Understood as: how much does Xiaomi plan to spend on R&D in 2024")
    assert meant["text"].startswith(f"Understood as: {words}\n\n")
    assert words in meant["text"].splitlines()[2]
