"""Adding and removing from the chat with the whole process over HTTP, restarts included."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from index import Library
from tests.crowd import wait_until
from tests.integration.bot_api_server import BotApiServer
from tests.integration.processes import ADMIN, process
from tests.integration.test_chatting import ask, names, now, press

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot_api import BotApi, Json

BRIDGE = """Lan bridge closed for repairs
Date: 2025-03-04

The northern bridge over the Lan will stay closed for eleven weeks. Its bearings are worn, the city said."""
QUESTION = "How long will the northern bridge over the Lan stay closed?"
ORCHARD = "果園受災\n\n冰雹過後，山腳的果園損失了四成的蘋果。"
POST = {
    "forward_origin": {
        "type": "channel",
        "date": 1_741_089_600,
        "chat": {"id": -1001, "type": "channel", "title": "山城頻道", "username": "hilltown"},
        "message_id": 7,
    }
}


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """A library of the samples of one's own, without anything remembered."""
    return shutil.copytree(sample_library, tmp_path / "library")


def send(api: BotApi, text: str | None = None, **fields: object) -> Json:
    """Send something as an admin; returns the message that shows what was read."""
    return ask(api, text, user=ADMIN, **fields)  # type: ignore[arg-type]  # a file comes without a text


def decide(api: BotApi, message: Json, button: str, language: str = "en") -> str:
    """Press a button of an admin's; returns what the message says when that is done."""
    before = now(api, message)["text"]
    press(api, message, button, user=ADMIN, language=language)
    api.wait(lambda: now(api, message)["text"] != before, 60)
    return str(now(api, message)["text"])


@pytest.mark.parametrize(
    ("language", "add", "added", "remove", "removed"),
    [
        ("en", "Add", "Added. You can ask about it now.", "Remove", "Removed. Since "),
        ("zh-hant", "加入", "已加入，現在就可以提問。", "移除", "已移除。自 "),
        ("zh-cn", "加入", "已加入，现在就可以提问。", "移除", "已移除。自 "),
    ],
)
def test_a_file_is_added_after_a_restart_asked_about_and_removed_for_good(  # noqa: PLR0917  one row each
    library: Path, language: str, add: str, added: str, remove: str, removed: str
) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = send(api, document=api.document(BRIDGE.encode(), "../bridge.txt"), language=language)
            assert message["text"].splitlines()[0] == "Lan bridge closed for repairs"
            assert "eleven weeks" not in ask(api, QUESTION)["text"]
        with process(server, library):
            assert decide(api, message, add, language).startswith(added)
            answer = ask(api, QUESTION, user=ADMIN, language=language)
            assert "eleven weeks" in answer["text"]
            asked = send(api, "/remove", reply_to_message=answer, language=language)
            for choice in [name for name in names(api, asked) if "Lan bridge" in name]:  # of several quoted
                decide(api, asked, choice, language)
            assert "Lan bridge closed for repairs" in now(api, asked)["text"]
            assert decide(api, asked, remove, language).startswith(removed)
        with process(server, library):
            assert "eleven weeks" not in ask(api, QUESTION)["text"]
            deeds = send(api, "/audit", language=language)["text"]
    assert "/add " in deeds
    assert "/remove " in deeds


def traces(library: Path, *words: str) -> list[str]:
    """Which of the words are in which of a library's files; what admins did is kept in the bot's own."""
    files = [path for path in library.rglob("*") if path.is_file() and not path.name.startswith("bot.sqlite")]
    return [f"{path.name}: {word}" for path in files for word in words if word.encode() in read(path)]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # deleted since it was listed
        return b""


def test_what_is_removed_is_gone_from_the_disk_soon(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = send(api, document=api.document(BRIDGE.encode(), "bridge.txt"))
            decide(api, message, "Add")
            asked, identifier = send(api, "/remove Lan bridge"), article_id(api)
            assert traces(library, "eleven weeks", identifier)
            assert decide(api, asked, "Remove").startswith("Removed.")
            assert wait_until(lambda: not traces(library, "eleven weeks", identifier), 60)
            assert "eleven weeks" not in ask(api, QUESTION)["text"]
    assert b"eleven weeks" not in read(library / "bot.sqlite")


def test_what_a_kill_kept_on_the_disk_goes_with_the_bots_next_start(library: Path) -> None:
    with Library.open(library) as opened:
        article = opened.articles()[0]
        opened.remove(article.id, compact=False)  # from where on the bot may be killed
    assert traces(library, article.id)
    with BotApiServer() as server, process(server, library):
        assert wait_until(lambda: not traces(library, article.id), 60)


def article_id(api: BotApi) -> str:
    """The id of the article that was added last, as the log of what admins did has it."""
    (line,) = (one for one in send(api, "/audit")["text"].splitlines() if "/add " in one)
    return str(line).partition("/add ")[2].split()[0]


def test_a_forwarded_post_is_added_and_quoted_with_its_channel(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            message = send(api, ORCHARD, **POST)
            assert "山城頻道 · 4 March 2025 · Traditional Chinese" in message["text"]
            decide(api, message, "Add")
            answer = ask(api, "山腳的果園損失了多少蘋果？", user=5)
    assert "四成的蘋果" in answer["text"]
    assert "山城頻道" in answer["text"]
    links = [entity.get("url") for entity in answer["entities"]]
    assert "https://t.me/hilltown/7" in links


def test_what_was_added_stays_when_the_folders_are_read_anew(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            decide(api, send(api, f"/add {BRIDGE}"), "Add")
            report = send(api, "/reindex")
            api.wait(lambda: "Unchanged: 12" in now(api, report)["text"], 60)
            assert "eleven weeks" in ask(api, QUESTION)["text"]


def test_a_spoofed_forward_and_a_stolen_button_change_nothing(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            stranger = ask(api, BRIDGE, user=7, **POST)
            forwarded = send(api, f"/add {BRIDGE}", **POST)
            message = send(api, document=api.document(BRIDGE.encode(), "bridge.txt"))
            data = api.button(message, "Add")["callback_data"]
            elsewhere = press(api, stranger, "", user=7, data=data)
            other = press(api, message, "Add", user=7)
            assert "eleven weeks" not in ask(api, QUESTION, user=7)["text"]
    assert names(api, forwarded) == []
    assert forwarded["text"].startswith("Sorry, only the bot's admins can do that.")
    assert "Add" not in names(api, stranger)
    assert elsewhere["text"] == "This button no longer works. Please ask again."
    assert other["text"] == "Only the bot's admins can do that."


def test_files_are_refused_with_the_reason_and_fetched_from_the_servers_own_address(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            large = send(api, document=api.document(b"text", "large.txt", size=25_000_000))
            broken = send(api, document=api.document(b"%PDF-1.7", "broken.pdf"), language="zh-hant")
            stranger = ask(api, None, user=7, document=api.document(b"text", "a.txt"))  # type: ignore[arg-type]  # no text
    assert large["text"].startswith("The file is larger than the 20 MB that are allowed.")
    assert broken["text"].startswith("無法讀取：檔案可能損壞")
    assert stranger["text"].startswith("I can only use text.")
    assert len(api.downloads) == 1
