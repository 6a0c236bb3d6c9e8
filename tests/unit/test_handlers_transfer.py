"""/export and /import: the library as a file in a chat."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.handlers import export, imports, telling
from index import BackupError, LibraryLocked, read_backup
from tests.bot_api import BotApi, Json
from tests.fakes import HARBOUR, TEA, FakeLibrary
from tests.running import ADMIN, Chats, running
from tests.unit.test_handlers_reindex import until

if TYPE_CHECKING:
    from collections.abc import Callable

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PRIVATE_INTERVAL", 0.01)


@pytest.fixture
def file(tmp_path: Path) -> bytes:
    """What another bot with one article exported."""
    FakeLibrary([HARBOUR]).backup(tmp_path / "other.zip")
    return (tmp_path / "other.zip").read_bytes()


def names(api: BotApi, message: Json) -> list[str]:
    return [button["text"] for row in api.buttons(message) for button in row]


def deeds(chats: Chats) -> list[tuple[str, str]]:
    """What the log of admins' deeds holds, while the bot still runs."""
    return [(deed.what, deed.outcome) for deed in chats.application.desk.state.audit.latest(9)]


async def idle(chats: Chats) -> None:
    await until(lambda: not chats.application.desk.rebuilding._claimed)


# --- /export ---


@pytest.mark.parametrize(
    ("language", "caption", "told"),
    [
        ("en", "The library with 3 articles. To use it elsewhere", "Here is the library."),
        ("zh-tw", "文章庫，共 3 篇文章。若要在別處使用", "文章庫在這裡。"),
        ("zh-cn", "文章库，共 3 篇文章。要在别处使用", "文章库在这里。"),
    ],
)
async def test_the_library_is_sent_as_a_file(language: str, caption: str, told: str, tmp_path: Path) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        await chats.say("/export", user=ADMIN, language=language)
        await until(lambda: len(api.sent(ADMIN)) == 2)
    message, document = api.sent(ADMIN)
    assert document["caption"].startswith(caption)
    assert document["document"]["file_name"].startswith("articlebot-20")
    assert message["text"] == told
    (tmp_path / "got.zip").write_bytes(api.content(document["document"]))
    held = read_backup(tmp_path / "got.zip")
    assert (held.articles, held.vectors) == (3, 1)
    assert [part.name for part in held.parts] == ["archive.sqlite"]


async def test_a_library_that_is_too_large_goes_without_its_vectors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    api, library = BotApi(), FakeLibrary()
    library.dimension = 500_000
    FakeLibrary().backup(tmp_path / "small.zip", small=True)
    monkeypatch.setattr(export, "UPLOAD", (tmp_path / "small.zip").stat().st_size + 200)
    async with running(api, library) as chats:
        await chats.say("/export", user=ADMIN)
        await until(lambda: len(api.sent(ADMIN)) == 2)
    (tmp_path / "got.zip").write_bytes(api.content(api.sent(ADMIN)[1]["document"]))
    assert read_backup(tmp_path / "got.zip").vectors == 0


async def test_one_that_is_too_large_even_so_is_told_with_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "UPLOAD", 1_000)
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        await chats.say("/export", user=ADMIN)
        await until(lambda: "articlebot backup" in api.sent(ADMIN)[0]["text"])
        assert deeds(chats) == [("/export", "failed")]
    (message,) = api.sent(ADMIN)
    assert message["text"].startswith("The library has 1 MB, and Telegram takes files up to 0 MB from a bot.")
    assert message["text"].endswith("articlebot backup FILE")


async def test_a_server_of_ones_own_is_not_asked_for_less_and_may_still_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "UPLOAD", 1_000)
    api = BotApi()
    async with running(api, FakeLibrary(), base_url="http://127.0.0.1:1/bot") as chats:
        await chats.say("/export", user=ADMIN)
        await until(lambda: len(api.sent(ADMIN)) == 2)
        api.fail("sendDocument", 413, "Request Entity Too Large")
        await chats.say("/export", user=ADMIN)
        await until(lambda: len(api.sent(ADMIN)) == 3)
        await until(lambda: "could not be sent" in api.sent(ADMIN)[2]["text"])
    assert "Request Entity Too Large" in api.sent(ADMIN)[2]["text"]
    assert "articlebot backup FILE" in api.sent(ADMIN)[2]["text"]


async def test_a_library_that_cannot_be_packed_is_told_with_the_reason() -> None:
    api, library = BotApi(), FakeLibrary()
    library.trouble = BackupError("The disk is full; make room.")
    async with running(api, library) as chats:
        await chats.say("/export", user=ADMIN)
        await until(lambda: "packed" in api.sent(ADMIN)[0]["text"])
        assert deeds(chats) == [("/export", "failed")]
    assert api.sent(ADMIN)[0]["text"] == "The library could not be packed. The disk is full; make room."


async def test_a_second_export_waits_for_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    api, library = BotApi(), FakeLibrary()
    original = library.backup

    def slow(file: Path, *, small: bool = False) -> object:
        library.gate.wait()
        return original(file, small=small)

    library.gate.clear()
    monkeypatch.setattr(library, "backup", slow)
    async with running(api, library) as chats:
        await chats.say("/export", user=ADMIN)
        (second,) = await chats.say("/export", user=ADMIN)
        library.gate.set()
        await until(lambda: len(api.sent(ADMIN)) == 3)
    assert second["text"].startswith("I am packing it already")


@pytest.mark.parametrize("command", ["/export", "/import"])
async def test_both_are_for_admins_in_private(command: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        (stranger,) = await chats.say(command, user=5)
        (group,) = await chats.say(command, user=ADMIN, chat=GROUP)
    assert stranger["text"].startswith("Sorry, only the bot's admins can do that.")
    assert group["text"].startswith("Please send that in a private chat with me")


# --- /import ---


async def offered(chats: Chats, file: bytes, language: str = "en") -> Json:
    document = chats.api.document(file, "library.zip")
    (message,) = await chats.say(None, user=ADMIN, language=language, caption="/import", document=document)
    return message


@pytest.mark.parametrize(
    ("language", "lines", "buttons"),
    [
        (
            "en",
            ["1 article: 1 English", "from 4 March 2025 to 4 March 2025", "Here there are 3 articles."],
            ["Add what is not here", "Replace the 3 here", "Cancel"],
        ),
        (
            "zh-tw",
            ["文章 1 篇：英文 1 篇", "日期自 2025年3月4日 至 2025年3月4日", "目前這裡有 3 篇文章。"],
            ["加入這裡沒有的", "取代這裡的 3 篇", "取消"],
        ),
        (
            "zh-cn",
            ["文章 1 篇：英文 1 篇", "日期从 2025年3月4日 到 2025年3月4日", "目前这里有 3 篇文章。"],
            ["加入这里没有的", "替换这里的 3 篇", "取消"],
        ),
    ],
)
async def test_a_file_is_shown_before_anything_is_done(
    file: bytes, language: str, lines: list[str], buttons: list[str]
) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await offered(chats, file, language)
        assert set(lines) <= set(message["text"].splitlines())
        assert names(api, message) == buttons
        await chats.press(message, buttons[-1], user=ADMIN, language=language)
        assert names(api, message) == []


async def test_the_file_may_also_be_replied_to(file: bytes) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        sent = api.say(None, user=ADMIN, document=api.document(file, "library.zip"))["message"]
        (message,) = await chats.say("/import", user=ADMIN, reply_to_message=sent)
        (without,) = await chats.say("/import", user=ADMIN)
        assert message["text"].startswith("1 article: 1 English")
        assert without["text"].startswith("Send me the file that /export made")


async def test_merging_tells_its_progress_and_its_report(file: bytes) -> None:
    api, library = BotApi(), FakeLibrary([TEA])
    library.pause = 0.03
    async with running(api, library) as chats:
        message = await offered(chats, file)
        assert names(api, message)[1] == "Replace the 1 here"
        await chats.press(message, "Add what is not here", user=ADMIN)
        await idle(chats)
        (found,) = await chats.say("340 million", user=2)
        assert deeds(chats) == [("/import: merge", "done")]
    history = api.edits(message)
    assert history[1].startswith("Taking the file's articles over.")
    assert any("Reading files:" in text for text in history)
    assert "Added: 1" in history[-1]
    assert "Removed: 0" in history[-1]
    assert "340 million" in found["text"]
    assert names(api, message) == []


async def test_replacing_takes_the_others_out(file: bytes) -> None:
    api, library = BotApi(), FakeLibrary([TEA])
    async with running(api, library) as chats:
        message = await offered(chats, file)
        await chats.press(message, "Replace the 1 here", user=ADMIN)
        await idle(chats)
        assert deeds(chats) == [("/import: replace", "done")]
    assert "Removed: 1" in message["text"]
    assert library.articles() == (HARBOUR,)


async def test_the_buttons_are_the_admins_alone_and_only_one_thing_is_done_at_a_time(file: bytes) -> None:
    api, library = BotApi(), FakeLibrary([TEA])
    async with running(api, library) as chats:
        message = await offered(chats, file)
        forbidden = await chats.press(message, "Add what is not here", user=5)
        library.gate.clear()
        await chats.say("/reindex", user=ADMIN)
        busy = await chats.press(message, "Add what is not here", user=ADMIN)
        library.gate.set()
        await idle(chats)
    assert forbidden["text"] == "Only the bot's admins can do that."
    assert busy["text"].startswith("That is already going on.")
    assert library.articles() == (TEA,)


async def test_a_file_that_is_no_library_is_told_with_the_reason() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        message = await offered(chats, b"no zip at all")
        assert message["text"].startswith("That file cannot be used.")
        assert "File is not a zip file" in message["text"]
        assert names(chats.api, message) == []


async def test_a_file_that_telegram_does_not_give_out_is_told_with_the_command(file: bytes) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        document = api.document(file, "library.zip", size=25_000_001)
        (message,) = await chats.say(None, user=ADMIN, caption="/import", document=document)
    assert message["text"].startswith("The file has 26 MB, and Telegram gives bots files up to 20 MB only.")
    assert "articlebot restore FILE --merge" in message["text"]
    assert api.called("getFile") == []


async def test_a_server_of_ones_own_gives_out_any(file: bytes) -> None:
    api = BotApi(local=True)
    async with running(api, FakeLibrary(), base_url="http://127.0.0.1:1/bot") as chats:
        document = api.document(file, "library.zip", size=25_000_001)
        (message,) = await chats.say(None, user=ADMIN, caption="/import", document=document)
    assert message["text"].startswith("1 article: 1 English")


def lost(api: BotApi, library: FakeLibrary) -> None:
    del library
    api._files.clear()


def locked(api: BotApi, library: FakeLibrary) -> None:
    del api
    library.trouble = LibraryLocked("by process 7")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [(lost, "The file could not be fetched from Telegram"), (locked, "Another process is bringing this")],
)
async def test_a_failure_is_a_sentence_and_changes_nothing(
    file: bytes, trouble: "Callable[[BotApi, FakeLibrary], None]", sentence: str
) -> None:
    api, library = BotApi(), FakeLibrary([TEA])
    async with running(api, library) as chats:
        message = await offered(chats, file)
        trouble(api, library)
        await chats.press(message, "Replace the 1 here", user=ADMIN)
        await idle(chats)
        assert deeds(chats) == [("/import: replace", "failed")]
    assert message["text"].startswith(sentence)
    assert library.articles() == (TEA,)


async def test_a_file_that_telegram_lost_meanwhile_is_a_sentence_at_once(file: bytes) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        api.fail("getFile", 400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        message = await offered(chats, file)
    assert message["text"].startswith("The file could not be fetched from Telegram (Wrong file_id")


def test_the_limits_are_telegrams() -> None:
    assert (export.UPLOAD, imports.DOWNLOAD) == (50_000_000, 20_000_000)
