"""What admins see and do in a chat, with the whole process over HTTP, in three languages, over restarts."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from index import Library, read_backup
from tests.integration.bot_api_server import BotApiServer
from tests.integration.processes import ADMIN, process
from tests.integration.test_chatting import ask, names, now, press

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot_api import BotApi, Json

QUESTION = "how much does Xiaomi plan to spend on R&D"
MISSING = ("臺灣總統府的屋頂是什麼顏色？", "台湾总统府的屋顶是什么颜色", "Who painted the Mona Lisa?")


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """A library of the samples of one's own, without anything remembered."""
    return shutil.copytree(sample_library, tmp_path / "library")


def told(api: BotApi, message: Json, words: str) -> str:
    """What a message reads once it holds these words."""
    api.wait(lambda: words in now(api, message)["text"], 120)
    return str(now(api, message)["text"])


def status(api: BotApi, language: str) -> Json:
    """The answer to /status, which comes a moment later."""
    before = len(api.sent(ADMIN))
    api.say("/status", user=ADMIN, language=language)
    api.wait(lambda: len(api.sent(ADMIN)) > before, 60)
    return api.sent(ADMIN)[-1]


def exported(api: BotApi, language: str) -> Json:
    """The message with the file."""
    message = ask(api, "/export", user=ADMIN, language=language)
    api.wait(lambda: any("document" in one for one in api.sent(ADMIN)), 60)
    assert message["message_id"] < api.sent(ADMIN)[-1]["message_id"]
    return next(one for one in api.sent(ADMIN) if "document" in one)


def test_counts_and_missing_articles_survive_a_restart(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            assert "2000億" in ask(api, QUESTION)["text"]
            for number, question in enumerate(MISSING, 2):
                ask(api, question, user=number)
        with process(server, library):
            ask(api, QUESTION, user=5)
            ask(
                api, "/new", user=5
            )  # a chat's updates are done with in order: the question is counted by now
            english = status(api, "en")
            assert "Today: 5 questions, 2 answered, 3 not in the articles" in english["caption"]
            assert "11 articles: 3 English, 4 Simplified Chinese, 4 Traditional Chinese" in english["caption"]
            memory = re.search(r"Memory: ([\d,]+) MB", english["caption"])
            assert memory is not None
            assert 50 < int(memory[1].replace(",", "")) < 2000
            assert api.content(english["photo"][0]).startswith(b"\x89PNG")
            assert "今天：5 個問題，答出 2 個，文章沒有提到的 3 個" in status(api, "zh-hant")["caption"]
            assert "今天：5 个问题，答出 2 个，文章没有提到的 3 个" in status(api, "zh-hans")["caption"]
            asked = {
                language: ask(api, "/asked", user=ADMIN, language=language)["text"]
                for language in ("en", "zh-hant", "zh-hans")
            }
    assert "2 × 台湾总统府的屋顶是什么颜色 (" in asked["en"]
    assert "1 × Who painted the Mona Lisa? (" in asked["en"]
    assert "2 次：台湾总统府的屋顶是什么颜色（" in asked["zh-hant"]
    assert "2 次：台湾总统府的屋顶是什么颜色（" in asked["zh-hans"]
    with closing(sqlite3.connect(library / "bot.sqlite")) as connection:
        assert [column[1] for column in connection.execute("PRAGMA table_info(gaps)")] == [
            "number",
            "key",
            "day",
            "question",
            "times",
        ]
        found = connection.execute("SELECT count(*) FROM outcomes").fetchone()
    assert found == (len({QUESTION, *MISSING}),)  # at hand for the next process


def test_a_library_is_exported_here_and_imported_there(
    library: Path, tmp_path: Path, sample_library: Path
) -> None:
    with BotApiServer() as server, process(server, library):
        document = exported(server.api, "zh-hant")
        assert document["caption"].startswith("文章庫，共 11 篇文章。")
        content = server.api.content(document["document"])
    (tmp_path / "got.zip").write_bytes(content)
    assert read_backup(tmp_path / "got.zip").articles == 11
    with BotApiServer() as server:
        api, new = server.api, tmp_path / "new"
        with process(server, new):
            assert ask(api, QUESTION)["text"].startswith("Nothing has been indexed yet")
            sent = api.say(None, user=ADMIN, document=api.document(content, "library.zip"))["message"]
            offer = ask(api, "/import", user=ADMIN, language="zh-hans", reply_to_message=sent)
            assert offer["text"].startswith(
                "文章 11 篇：英文 3 篇、简体中文 4 篇、繁体中文 4 篇\n日期从 2024年6月18日"
            )
            assert names(api, offer) == ["加入这里没有的", "替换这里的 0 篇", "取消"]
        with process(server, new):  # the buttons outlive the bot
            press(api, offer, "加入这里没有的", user=ADMIN, language="zh-hans")
            report = told(api, offer, "新增：11")
            assert names(api, offer) == []
            assert "2000億" in ask(api, QUESTION)["text"]
        assert report.startswith("文章已更新完成")
    with Library.open(new) as there, Library.open(sample_library) as here:
        assert there.articles() == here.articles()


def test_an_import_replaces_the_library_while_questions_are_answered(library: Path, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "tea.txt").write_text("The tea house on Pier 9 opens at noon.", encoding="utf-8")
    with Library.open(tmp_path / "other", create=True) as other:
        other.build([tmp_path / "articles"])
        other.backup(tmp_path / "other.zip")
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            document = api.document((tmp_path / "other.zip").read_bytes(), "library.zip")
            api.say(None, user=ADMIN, caption="/import", document=document)
            api.wait(lambda: bool(api.sent(ADMIN)), 60)
            (offer,) = api.sent(ADMIN)
            assert offer["text"].startswith("1 article: 1 English")
            press(api, offer, "Replace the 11 here", user=ADMIN)
            assert "Removed: 11" in told(api, offer, "Added: 1")
            assert "opens at noon" in ask(api, "When does the tea house on Pier 9 open?")["text"]
            deeds = ask(api, "/audit", user=ADMIN)["text"]
    assert f"{ADMIN} · /import: replace · done" in deeds


@pytest.mark.parametrize(
    ("language", "button", "sentences"),
    [
        ("en", "Cancel", ("Cancelled; the old index goes on answering.", "Added: 400")),
        ("zh-hant", "取消", ("已取消，仍以原有的索引回答。", "新增：400")),
        ("zh-hans", "取消", ("已取消，仍用原有的索引回答。", "新增：400")),
    ],
)
def test_a_reindex_is_cancelled_and_the_old_index_answers(
    library: Path, tmp_path: Path, language: str, button: str, sentences: tuple[str, str]
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(400):
        text = f"Stall {number} of the market sells {number + 7} kinds of plums."
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    with BotApiServer() as server:
        api = server.api
        environment = {"ARTICLEBOT_ARTICLES__FOLDERS": f'["{folder}"]'}
        with process(server, library, environment):
            message = ask(api, "/reindex", user=ADMIN, language=language)
            press(api, message, button, user=ADMIN, language=language)
            assert told(api, message, sentences[0])
            assert "2000億" in ask(api, QUESTION)["text"]
            again = ask(api, "/reindex", user=ADMIN, language=language)
            assert told(api, again, sentences[1])
