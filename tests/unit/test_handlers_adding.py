"""Adding from the chat: what an admin sends is shown, and added by a press; nobody else's is."""

from __future__ import annotations

import asyncio
import io
import logging
import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfWriter

from bot.handlers import adding, sending
from bot.state import State
from bot.web import Web
from index import SUFFIXES, Article, ArticleError, LibraryDamaged, LibraryLocked, Page, Stamp
from tests.bot_api import BotApi, Json
from tests.fakes import HARBOUR, FakeLibrary
from tests.running import ADMIN, Chats, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}
BRIDGE = "Bridge closed\n日期：2025-03-04\n\nThe bridge over the Lan was closed for repairs on Monday."
CHANNEL = {"id": -1001, "type": "channel", "title": "Lan Daily", "username": "landaily"}
POSTED = 1_741_021_200  # 3 March 2025, 17:00 UTC, which is the next day in Hong Kong
POST = "Orchard lost\n\nThe orchard lost half of its apples in the hail."


@pytest.fixture(autouse=True)
def _hong_kong(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "HKT-8")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "ALBUM_PAUSE", 0.05)
    monkeypatch.setattr(sending, "RETRY_PAUSES", (0, 0, 0))


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("what was waited for did not happen")


def origin(number: int = 7, **channel: object) -> Json:
    return {
        "forward_origin": {
            "type": "channel",
            "date": POSTED,
            "chat": {**CHANNEL, **channel},
            "message_id": number,
        }
    }


async def send(chats: Chats, text: str | None = None, **fields: Any) -> Json:  # noqa: ANN401  of the message
    """Send something as an admin; returns the message that shows what was read."""
    before = len(chats.api.sent(ADMIN))
    await chats.say(text, **{"user": ADMIN, **fields})
    await until(lambda: len(chats.api.sent(ADMIN)) > before)
    return chats.api.sent(ADMIN)[-1]


async def send_file(chats: Chats, content: str | bytes, name: str | None, **fields: Any) -> Json:  # noqa: ANN401  of the message
    data = content if isinstance(content, bytes) else content.encode()
    return await send(chats, document=chats.api.document(data, name), **fields)


async def decide(chats: Chats, message: Json, button: str, **fields: Any) -> Json:  # noqa: ANN401  of the message
    """Press a button, and wait until that is done."""
    toast = await chats.press(message, button, **{"user": ADMIN, **fields})
    await until(lambda: not chats.application.desk.acquisitions._claimed)
    return toast


def files_in(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.iterdir()]


def names(api: BotApi, message: Json) -> list[str]:
    return [button["text"] for row in api.buttons(message) for button in row]


def added(library: FakeLibrary) -> list[Article]:
    before = {one.id for one in FakeLibrary().articles()}
    return [one for one in library.articles() if one.id not in before]


# What is shown


async def test_a_file_is_shown_with_what_was_read_and_added_by_a_press() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = dict(await send_file(chats, BRIDGE, "bridge.txt"))
        assert added(library) == []
        toast = await decide(chats, message, "Add")
        (answer,) = await chats.say("closed for repairs", user=2)
    assert message["text"].splitlines() == [
        "Bridge closed",
        "bridge.txt · 4 March 2025 · English · 57 characters",
        "The bridge over the Lan was closed for repairs on Monday.",
    ]
    assert [entity["type"] for entity in message["entities"]] == ["bold", "blockquote"]
    assert toast["text"] == "Adding. One moment, please."
    (shown,) = api.sent(ADMIN)
    assert shown["text"].splitlines() == [
        "Added. You can ask about it now.",
        "",
        "Bridge closed",
        "bridge.txt · 4 March 2025",
    ]
    assert names(api, shown) == ["The article"]
    assert "closed for repairs" in answer["text"]
    (article,) = added(library)
    assert (article.title, article.published, article.language) == ("Bridge closed", date(2025, 3, 4), "en")


@pytest.mark.parametrize(
    ("language", "line", "buttons", "done"),
    [
        ("zh-tw", "港報 · 2025年3月4日 · 繁體中文 · 17 字", ["加入", "取消"], "已加入，現在就可以提問。"),
        ("zh-cn", "港報 · 2025年3月4日 · 繁体中文 · 17 字", ["加入", "取消"], "已加入，现在就可以提问。"),
    ],
)
async def test_it_is_shown_in_the_admins_language(
    language: str, line: str, buttons: list[str], done: str
) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        text = "北橋封閉\n來源：港報\n日期：2025-03-04\n\n橫跨藍江的北橋週一起封閉進行維修。"
        message = await send_file(chats, text, "bridge.txt", language=language)
        assert message["text"].splitlines()[:2] == ["北橋封閉", line]
        assert names(api, message) == buttons
        await decide(chats, message, buttons[0], language=language)
    assert api.sent(ADMIN)[0]["text"].startswith(done)


async def test_what_was_added_can_be_looked_at_on_its_page(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        await decide(chats, message, "Add")
        told = api.sent(ADMIN)[-1]["text"]
        await chats.press(message, "The article", user=ADMIN)
        page = dict(api.sent(ADMIN)[-1])
        assert "In its own words:" in page["text"]
        assert "Ask about this one only" in names(api, page)
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        await chats.press(message, "‹ Back", user=ADMIN)
        assert api.sent(ADMIN)[-1]["text"] == told
        (article,) = added(library)
        await chats.press(message, "The article", user=ADMIN)
        library.remove(article.id)
        toast = await chats.press(message, "‹ Back", user=ADMIN)
    assert toast["text"].startswith("That article is no longer there.")


async def test_of_several_that_were_added_each_has_a_button() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        update = [
            api.say(None, user=ADMIN, media_group_id="1", document=api.document(text.encode(), "a.txt"))
            for text in ("One\n\nThe first.", "Two\n\nThe second.")
        ]
        for each in update:
            await chats.hand_over(each)
        await until(lambda: bool(api.sent(ADMIN)))
        (message,) = api.sent(ADMIN)
        await decide(chats, message, "Add 2")
        assert names(api, api.sent(ADMIN)[0]) == ["1. One", "2. Two"]
        await chats.press(message, "2. Two", user=ADMIN)
    assert api.sent(ADMIN)[0]["text"].startswith("Two")


async def test_of_a_long_text_the_beginning_is_shown() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        message = await send_file(chats, "Long\n\n" + "The bridge is closed. " * 100, "long.txt")
    assert message["text"].endswith("closed.…")
    assert len(message["text"]) < 500


async def test_cancel_adds_nothing_and_ends_the_matter() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        data = api.button(message, "Add")["callback_data"]
        await decide(chats, message, "Cancel")
        toast = await decide(chats, message, "", data=data)
        assert chats.application.desk.state.proposals._database.run("SELECT * FROM proposals") == []
    assert api.sent(ADMIN)[0]["text"].startswith("Not added.\n\nBridge closed")
    assert "no longer works" in toast["text"]
    assert added(library) == []


async def test_what_was_shown_can_be_added_after_a_restart(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        await decide(chats, message, "Add")
    assert [one.title for one in added(library)] == ["Bridge closed"]


async def test_two_presses_add_once() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        toasts = [await chats.press(message, button, user=ADMIN) for button in ("Add", "Add", "Cancel")]
        library.gate.set()
        await until(lambda: not chats.application.desk.acquisitions._claimed)
    assert {toast["text"] for toast in toasts} == {"Adding. One moment, please."}
    assert len(added(library)) == 1
    (shown,) = api.sent(ADMIN)
    assert [text.splitlines()[0] for text in api.edits(shown)] == [
        "Bridge closed",
        "Added. You can ask about it now.",
    ]


async def test_a_text_that_is_there_is_named_and_cannot_be_added_again() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await send_file(chats, f"Terminal\n\n{HARBOUR.text}", "copy.txt")
    assert message["text"].endswith("Its text is in the library already: “Ferry terminal opens”.")
    assert names(api, message) == []


async def test_a_new_version_says_what_it_replaces_and_keeps_the_id() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        text = f"Ferries stop\nURL: {HARBOUR.url}\n\nNo ferry runs any more."
        message = dict(await send_file(chats, text, "ferry.txt"))
        await decide(chats, message, "Add")
    assert message["text"].endswith(
        "It takes the place of the version that is there: “Ferry terminal opens”."
    )
    assert library.article(HARBOUR.id).text == "No ferry runs any more."


# Who may


async def test_a_persons_file_gets_the_usual_sentence_and_is_not_even_fetched() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        (answer,) = await chats.say(None, document=api.document(b"text", "a.txt"))
        (forwarded,) = await chats.say(None, user=2, document=api.document(b"text", "a.txt"), **origin())
    assert (
        answer["text"] == forwarded["text"] == "I can only use text. Please write your question as a message."
    )
    assert api.called("getFile") == []


@pytest.mark.parametrize(
    "fields",
    [
        {"chat": GROUP},
        {"sender_chat": GROUP, "chat": GROUP},
        {"via_bot": {"id": 7, "is_bot": True, "first_name": "x"}},
    ],
)
async def test_an_admin_adds_in_person_and_in_private(fields: Json) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        document = api.document(BRIDGE.encode(), "a.txt")
        for message in await chats.say("@articles_test_bot", user=ADMIN, document=document, **fields):
            assert "Add" not in names(api, message)
    assert api.called("getFile") == []


async def test_a_stolen_key_is_refused_to_others_and_in_other_chats() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library, admins=[ADMIN, 98]) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        data = api.button(message, "Add")["callback_data"]
        (own,) = await chats.say("340 million", user=1)
        elsewhere = await chats.press(own, "", user=1, data=data)
        other = await chats.press(message, "Add", user=1)
        colleague = await chats.press(message, "Add", user=98)
    assert "no longer works" in elsewhere["text"]
    assert other["text"] == "Only the bot's admins can do that."
    assert colleague["text"].startswith("This button is for the person who asked.")
    assert added(library) == []


async def test_who_is_no_admin_any_more_cannot_add_what_was_shown_before(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
    async with running(api, library, state=State(tmp_path / "bot.sqlite"), admins=[98]) as chats:
        toast = await chats.press(message, "Add", user=ADMIN)
    assert toast["text"] == "Only the bot's admins can do that."
    assert added(library) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"user": 5}, "Sorry, only the bot's admins"),
        ({"user": ADMIN, "chat": GROUP}, "Please do that in a private chat with me."),
        ({"user": ADMIN, **origin()}, "Sorry, only the bot's admins"),
    ],
)
async def test_the_command_is_for_admins_in_private_and_never_in_a_forward(
    fields: Json, sentence: str
) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        (answer,) = await chats.say(f"/add {POST}", **fields)
    assert answer["text"].startswith(sentence)
    assert names(api, answer) == []


# What cannot be read


@pytest.mark.parametrize(
    ("content", "name", "language", "sentence"),
    [
        (b"MZ", "virus.exe", "en", "I cannot read this kind of file. Articles are .txt, .text, .md"),
        (b"text", "no ending", "zh-hant", "我讀不了這種檔案。"),
        (b"", "empty.txt", "en", "There is no text in it that could be quoted."),
        (b" ", "empty.txt", "zh-cn", "里面没有可以引用的文字。"),
        (b"%PDF-1.4 broken", "broken.pdf", "en", "It could not be read: it is damaged, locked or not"),
        (b"a" * 3_000_001, "large.txt", "en", "The file is larger than the 3 MB that are allowed."),
    ],
)
async def test_what_cannot_be_read_is_told_with_the_reason_in_the_admins_language(
    content: bytes, name: str, language: str, sentence: str
) -> None:
    api = BotApi()
    async with running(api, FakeLibrary(), max_file_bytes=3_000_000) as chats:
        message = await send_file(chats, content, name, language=language)
    assert message["text"].startswith(sentence)
    assert names(api, message) == []


async def test_a_scan_is_told_to_need_its_text_recognised() -> None:
    writer, scan = PdfWriter(), io.BytesIO()
    writer.add_blank_page(612, 792)
    writer.write(scan)
    async with running(BotApi(), FakeLibrary()) as chats:
        message = await send_file(chats, scan.getvalue(), "scan.pdf", language="zh-hant")
    assert message["text"] == "裡面沒有可以引用的文字。掃描檔請先做文字辨識（OCR）。"


async def test_a_file_that_says_it_is_smaller_than_it_is_is_refused_all_the_same() -> None:
    async with running(BotApi(), FakeLibrary(), max_file_bytes=3_000_000) as chats:
        document = chats.api.document(b"a" * 3_000_001, "large.txt", size=10)
        message = await send(chats, document=document)
    assert message["text"].startswith("The file is larger than the 3 MB that are allowed.")


@pytest.mark.parametrize(
    ("local", "sentence"), [(False, "Telegram gives bots no file over 20 MB."), (True, "Bridge closed")]
)
async def test_a_large_file_is_refused_by_telegram_and_handed_out_by_a_server_of_ones_own(
    local: bool, sentence: str
) -> None:
    async with running(BotApi(local=local), FakeLibrary(), max_file_bytes=100_000_000) as chats:
        document = chats.api.document(BRIDGE.encode(), "bridge.txt", size=30_000_000)
        message = await send(chats, document=document)
    assert message["text"].startswith(sentence)


async def test_a_server_in_local_mode_names_the_file_on_the_disk_which_is_left_alone(tmp_path: Path) -> None:
    api = BotApi(local=True, folder=tmp_path)
    async with running(api, FakeLibrary()) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
    assert message["text"].startswith("Bridge closed")
    assert api.downloads == []
    assert files_in(tmp_path) == [BRIDGE]


async def test_a_file_that_cannot_be_fetched_can_be_sent_again() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        api.fail("getFile", 400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        message = await send_file(chats, BRIDGE, "bridge.txt")
        again = await send_file(chats, BRIDGE, "bridge.txt")
    assert message["text"] == "Telegram did not hand the file over. Please send it again."
    assert again["text"].startswith("Bridge closed")


async def test_trouble_on_the_way_is_got_over() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        api.fail("getFile", 502, "Bad Gateway", times=2)
        message = await send_file(chats, BRIDGE, "bridge.txt")
    assert message["text"].startswith("Bridge closed")


@pytest.mark.parametrize(
    ("name", "kind", "source"),
    [
        (None, "text/plain", "file.txt"),
        ("../../../etc/passwd.txt", "text/plain", "passwd.txt"),
        ("bri\u202edge\0.txt", "text/plain", "bridge.txt"),
        ("\u202e", "text/plain", "file.txt"),
    ],
)
async def test_a_name_is_shown_without_its_tricks(name: str | None, kind: str, source: str) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await send(chats, document=api.document(BRIDGE.encode(), name, kind=kind))
    assert message["text"].splitlines()[1].startswith(f"{source} · ")


# Posts, texts, addresses


@pytest.mark.parametrize("kind", ["text", "caption"])
async def test_a_channels_post_is_an_article_with_the_channels_name_date_and_address(kind: str) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        if kind == "text":
            message = dict(await send(chats, POST, **origin()))
        else:
            message = dict(await send(chats, caption=POST, photo=[], **origin()))
        await decide(chats, message, "Add")
    assert message["text"].splitlines()[:2] == [
        "Orchard lost",
        "Lan Daily · 4 March 2025 · English · 48 characters",
    ]
    (article,) = added(library)
    assert (article.title, article.source, article.published) == (
        "Orchard lost",
        "Lan Daily",
        date(2025, 3, 4),
    )
    assert article.url == "https://t.me/landaily/7"


async def test_a_post_of_a_private_channel_has_no_address() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        await decide(chats, await send(chats, POST, **origin(username=None)), "Add")
    assert [(one.source, one.url) for one in added(library)] == [("Lan Daily", None)]


async def test_a_post_without_words_is_refused_with_the_reason() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        message = await send(chats, photo=[], **origin())
    assert message["text"].startswith("There is no text in it that could be quoted.")


@pytest.mark.parametrize(
    ("name", "title"),
    [("clip.mp4", "Orchard lost"), ("data.zip", "Orchard lost"), ("a.txt", "Bridge closed")],
)
async def test_under_a_posts_words_a_file_counts_if_it_can_be_read(name: str, title: str) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        fields: Json = {"document": api.document(BRIDGE.encode(), name), "caption": POST}
        if name == "clip.mp4":
            fields["animation"] = fields["document"] | {"width": 1, "height": 1, "duration": 1}
        message = await send(chats, **fields, **origin())
    assert message["text"].startswith(f"{title}\n")


async def test_a_persons_message_that_is_forwarded_is_a_question_as_before() -> None:
    api, library = BotApi(), FakeLibrary()
    user = {"id": 5, "is_bot": False, "first_name": "Somebody"}
    async with running(api, library) as chats:
        message = await send(
            chats, "340 million", forward_origin={"type": "user", "date": POSTED, "sender_user": user}
        )
    assert "It cost 340 million dollars" in message["text"]


async def test_a_forwarded_album_is_one_article_wherever_its_words_stand() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        for number, caption in enumerate((None, POST, None), start=7):
            fields = {"caption": caption} if caption else {}
            await chats.say(None, user=ADMIN, media_group_id="album", photo=[], **origin(number), **fields)
        await until(lambda: bool(api.sent(ADMIN)))
        await decide(chats, api.sent(ADMIN)[0], "Add")
    assert len(api.sent(ADMIN)) == 1
    assert [(one.title, one.url) for one in added(library)] == [("Orchard lost", "https://t.me/landaily/7")]


async def test_an_album_of_files_is_one_list_and_one_decision() -> None:
    api, library = BotApi(), FakeLibrary()
    texts = {"bridge.txt": BRIDGE, "orchard.txt": POST, "copy.txt": HARBOUR.text, "a.exe": "MZ"}
    async with running(api, library) as chats:
        for name, text in texts.items():
            await chats.say(None, user=ADMIN, media_group_id="1", document=api.document(text.encode(), name))
        await until(lambda: bool(api.sent(ADMIN)))
        message = dict(api.sent(ADMIN)[0])
        await decide(chats, message, "Add 2")
    assert message["text"].splitlines() == [
        "Read 3 articles:",
        "1. Bridge closed",
        "    bridge.txt · 4 March 2025 · English · 57 characters",
        "2. Orchard lost",
        "    orchard.txt · date unknown · English · 48 characters",
        "3. The new ferry terminal opened on Monday",
        "    copy.txt · date unknown · English · 115 characters",
        "    Its text is in the library already: “Ferry terminal opens”.",
        "",
        "1 could not be read:",
        f"• a.exe: I cannot read this kind of file. Articles are {', '.join(SUFFIXES)} files.",
    ]
    (shown,) = api.sent(ADMIN)
    assert shown["text"].startswith("Added 2 articles. You can ask about them now.\n\n1. Bridge closed\n")
    assert len(added(library)) == 2


@pytest.mark.parametrize(("readable", "button"), [(9, "Add 9"), (1, "Add")])
async def test_a_full_album_of_the_longest_names_fits_into_a_message(readable: int, button: str) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        for number in range(10):
            name = f"{number}{'𠮷' * 300}.{'txt' if number < readable else 'exe'}"
            document = api.document(f"{number}{'𠮷' * 200}\n\n{number}{'文' * 500}".encode(), name)
            await chats.say(None, user=ADMIN, media_group_id="1", document=document)
        await until(lambda: bool(api.sent(ADMIN)))
    assert names(api, api.sent(ADMIN)[0]) == [button, "Cancel"]


async def test_words_after_the_command_are_an_article() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        await decide(chats, await send(chats, f"/add {POST}"), "Add")
    (article,) = added(library)
    assert (article.title, article.source, article.url) == ("Orchard lost", None, None)
    assert article.text == "The orchard lost half of its apples in the hail."


@pytest.mark.parametrize("kind", ["text", "post", "file"])
async def test_the_command_may_reply_to_what_is_to_be_added(kind: str) -> None:
    api, library = BotApi(), FakeLibrary()
    earlier: Json = {
        "message_id": 3,
        "date": POSTED,
        "chat": {"id": ADMIN, "type": "private"},
        "from": {"id": ADMIN, "is_bot": False, "first_name": "Admin"},
    }
    earlier |= {"document": api.document(POST.encode(), "orchard.txt")} if kind == "file" else {"text": POST}
    earlier |= origin() if kind == "post" else {}
    async with running(api, library) as chats:
        await decide(chats, await send(chats, "/add", reply_to_message=earlier), "Add")
    (article,) = added(library)
    assert article.title == "Orchard lost"
    assert article.source == {"text": None, "post": "Lan Daily", "file": "orchard.txt"}[kind]


async def test_the_command_alone_or_to_the_bots_own_words_says_how_it_is_used() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        alone = await send(chats, "/add")
        answer = await send(chats, "340 million")
        own = await send(chats, "/add", reply_to_message=answer)
    assert alone["text"] == own["text"]
    assert alone["text"].startswith("Write a text or a link after /add")


@pytest.mark.parametrize(
    "text", ["https://news.example/bridge", " /add https://news.example/bridge ".strip()]
)
async def test_an_address_alone_is_fetched_and_shown(text: str) -> None:
    api, library, fetched = BotApi(), FakeLibrary(), []

    def fetch(url: str, _stamp: Stamp | None) -> Page:
        fetched.append(url)
        return Page(url, BRIDGE.encode(), "text/plain", Stamp())

    async with running(api, library, web=Web(fetch)) as chats:
        await decide(chats, await send(chats, text), "Add")
    assert fetched == ["https://news.example/bridge"]
    assert [one.url for one in added(library)] == fetched


async def test_a_reply_to_an_address_fetches_it_and_a_channels_post_of_one_is_a_post() -> None:
    api, library = BotApi(), FakeLibrary()
    earlier = {
        "message_id": 3,
        "date": POSTED,
        "chat": {"id": ADMIN, "type": "private"},
        "from": {"id": 5, "is_bot": False, "first_name": "Somebody"},
        "text": "https://news.example/bridge",
    }

    def fetch(url: str, _stamp: Stamp | None) -> Page:
        return Page(url, BRIDGE.encode(), "text/plain", Stamp())

    async with running(api, library, web=Web(fetch)) as chats:
        page = await send(chats, "/add", reply_to_message=earlier)
        post = await send(chats, "https://news.example/bridge", **origin(username=None))
    assert page["text"].startswith("Bridge closed\n")
    assert post["text"].startswith("https://news.example/bridge\nLan Daily · ")


async def test_a_page_that_cannot_be_fetched_is_told_with_the_reason() -> None:
    def fetch(url: str, _stamp: Stamp | None) -> Page:
        raise ArticleError(f"The page {url} answered with 404; check the address")

    async with running(BotApi(), FakeLibrary(), web=Web(fetch)) as chats:
        message = await send(chats, "https://news.example/gone")
    sentence = "The page https://news.example/gone answered with 404; check the address"
    assert message["text"] == f"That page could not be read. {sentence}."


async def test_where_nothing_can_be_fetched_an_address_is_refused_and_alone_a_question() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        refused = await send(chats, "/add https://news.example/bridge")
        await chats.say("https://news.example/bridge", user=ADMIN)
    assert refused["text"].startswith("I cannot fetch pages here.")
    assert library.asked == ["https://news.example/bridge"]


async def test_a_persons_address_is_a_question() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library, web=Web(lambda _url, _stamp: None)) as chats:
        await chats.say("https://news.example/bridge", user=1)
    assert library.asked == ["https://news.example/bridge"]


# What goes wrong when it is added


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (LibraryLocked("process 7 is writing"), "The articles are just being brought up to date."),
        (LibraryDamaged("the disk is full"), "It could not be added; everything is as it was. the disk"),
        (RuntimeError("a bug"), "Something went wrong, and it was not added"),
    ],
)
async def test_what_cannot_be_added_is_told_and_can_be_tried_again(
    trouble: Exception, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        library.trouble = trouble
        await decide(chats, message, "Add")
        failed = api.sent(ADMIN)[-1]
        assert added(library) == []
        await decide(chats, message, "Add")
        deeds = chats.application.desk.state.audit.latest(9)
    assert failed["text"].startswith(sentence)
    assert len(added(library)) == 1
    assert [(deed.admin, deed.outcome) for deed in deeds] == [(ADMIN, "done"), (ADMIN, "failed")]
    assert all(deed.what.endswith(" Bridge closed") and deed.what.startswith("/add ") for deed in deeds)
    if isinstance(trouble, RuntimeError):
        assert failed["text"].split()[-1].strip(".") in caplog.text


async def test_a_bot_that_is_stopped_breaks_off_and_says_that_it_can_be_added_later() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        await chats.press(message, "Add", user=ADMIN)
        chats.application.desk.acquisitions.stop()
        library.gate.set()
        await until(lambda: len(api.sent(ADMIN)) == 2)
    assert api.sent(ADMIN)[-1]["text"].startswith("The bot is being stopped, so this was not finished.")
    assert names(api, message) == ["Add", "Cancel"]
    assert added(library) == []


async def test_what_has_come_in_by_another_way_meanwhile_is_not_added_twice() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        library.add(replace(library.read(BRIDGE.encode(), "other.txt"), id="other"))
        await decide(chats, message, "Add")
    assert api.sent(ADMIN)[0]["text"].startswith(
        "Its text was in the library already, so nothing was changed."
    )
    assert len(added(library)) == 1


async def test_questions_are_answered_while_something_is_added() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library, workers=1) as chats:
        message = await send_file(chats, BRIDGE, "bridge.txt")
        await chats.press(message, "Add", user=ADMIN)
        (own,) = await chats.say("340 million", user=ADMIN)
        (other,) = await chats.say("340 million", user=2)
    assert "340 million" in own["text"]
    assert "340 million" in other["text"]


async def test_the_token_is_not_in_the_log_when_a_file_is_fetched(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(BotApi(), FakeLibrary()) as chats:
        await send_file(chats, BRIDGE, "bridge.txt")
    assert "fake-token" not in "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("bot.")
    )


async def test_admins_are_offered_the_commands_and_told_how_they_work() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        (own,) = await chats.say("/help", user=ADMIN)
        (other,) = await chats.say("/help", user=1)
        await until(
            lambda: any(call.parameters["scope"]["type"] == "chat" for call in api.called("setMyCommands"))
        )
    assert "/add – " in own["text"]
    assert "/remove – " in own["text"]
    assert "/add" not in other["text"]
    (menu, *_) = [call for call in api.called("setMyCommands") if call.parameters["scope"]["type"] == "chat"]
    assert {"add", "remove"} <= {command["command"] for command in menu.parameters["commands"]}
