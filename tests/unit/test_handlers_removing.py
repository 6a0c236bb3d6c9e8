"""/remove: the article is named, a press confirms it, and it is told since when it is gone."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.handlers import purging
from bot.state import State
from bot.texts import texts_in
from index import ArticleNotFound, LibraryDamaged, LibraryError, LibraryLocked, Progress
from tests.bot_api import BotApi, Json
from tests.fakes import HARBOUR, TEA, UNDATED, FakeLibrary, article
from tests.running import ADMIN, Chats, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}


async def remove(chats: Chats, words: str = "", **fields: Any) -> Json:  # noqa: ANN401  of the message
    (message,) = await chats.say(f"/remove {words}".strip(), **{"user": ADMIN, **fields})
    return message


async def decide(chats: Chats, message: Json, button: str, **fields: Any) -> Json:  # noqa: ANN401  of the press
    """Press a button, and wait until that is done."""
    toast = await chats.press(message, button, **{"user": ADMIN, **fields})
    for _ in range(500):
        if not chats.application.desk.acquisitions._claimed:
            return toast
        await asyncio.sleep(0.01)
    raise AssertionError("the removal did not end")


def names(api: BotApi, message: Json) -> list[str]:
    return [button["text"] for row in api.buttons(message) for button in row]


@pytest.mark.parametrize("words", [HARBOUR.id, "ferry terminal"])
async def test_an_article_is_named_and_removed_by_a_press(words: str) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = dict(await remove(chats, words))
        assert HARBOUR in library.articles()
        toast = await decide(chats, message, "Remove")
        deeds = chats.application.desk.state.audit.latest(9)
    assert message["text"].splitlines() == [
        "Remove this article?",
        "",
        "Ferry terminal opens",
        "Harbour Daily · 4 March 2025",
        "",
        texts_in("en").say("removing.means"),
    ]
    assert toast["text"] == "Removing. One moment, please."
    (shown,) = api.sent(ADMIN)
    assert re.fullmatch(
        r"Removed\. Since \d+ \w+ \d{4}, \d\d:\d\d UTC, no answer comes from it\.\n\n"
        r"Ferry terminal opens\nHarbour Daily · 4 March 2025",
        shown["text"],
    )
    assert names(api, shown) == []
    assert set(library.articles()) == {TEA, UNDATED}
    assert [(deed.admin, deed.what, deed.outcome) for deed in deeds] == [
        (ADMIN, f"/remove {HARBOUR.id} Ferry terminal opens", "done")
    ]


@pytest.mark.parametrize(
    ("language", "question", "button", "done"),
    [
        ("zh-tw", "要移除這篇文章嗎？", "移除", "已移除。自 "),
        ("zh-cn", "要移除这篇文章吗？", "移除", "已移除。自 "),
    ],
)
async def test_it_is_asked_and_told_in_the_admins_language(
    language: str, question: str, button: str, done: str
) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = dict(await remove(chats, TEA.id, language=language))
        await decide(chats, message, button, language=language)
    assert message["text"].startswith(question)
    assert "高山茶提早採收\n山城日報 · 2025年12月1日" in message["text"]
    assert api.sent(ADMIN)[0]["text"].startswith(done)


class SlowToPurge(FakeLibrary):
    """Purges for as long as it is not `allowed` to end, unless it is broken off; says how often it began."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed = threading.Event()
        self.begun = 0
        self.purge_troubles: list[Exception] = []

    def purge(self, *, progress: Callable[[Progress], None] = lambda _: None) -> None:
        """Go on until it is allowed to end or is broken off, if there is something to do."""
        if not self.stained:
            return
        self.begun += 1
        if self.purge_troubles:
            raise self.purge_troubles.pop()
        while not self.allowed.wait(0.01):
            progress(Progress("compact", 0, 1))
        super().purge(progress=progress)


async def until(true: Callable[[], bool]) -> None:
    for _ in range(1000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come true")


async def test_it_is_told_at_once_and_what_is_left_of_it_goes_in_the_background() -> None:
    api, library = BotApi(), SlowToPurge()
    async with running(api, library) as chats:
        await decide(chats, await remove(chats, HARBOUR.id), "Remove")
        assert api.sent(ADMIN)[0]["text"].startswith("Removed.")
        await until(lambda: library.begun == 1)
        assert library.stained
        library.allowed.set()
        await until(lambda: not library.stained)


async def test_whoever_has_something_to_write_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "SOON", 0.01)
    api, library = BotApi(), SlowToPurge()
    async with running(api, library) as chats:
        await decide(chats, await remove(chats, HARBOUR.id), "Remove")
        await until(lambda: library.begun == 1)
        await decide(chats, await remove(chats, TEA.id), "Remove")
        assert library.articles() == (UNDATED,)
        await until(lambda: library.begun > 1)
        begun = library.begun
        await chats.say("/reindex", user=ADMIN)
        await until(lambda: "Unchanged" in api.sent(ADMIN)[-1]["text"])
        assert library.built_from
        await until(lambda: library.begun > begun)
        library.allowed.set()
        await until(lambda: not library.stained)


async def test_what_a_stop_or_a_kill_left_undone_is_done_after_the_next_start() -> None:
    library = SlowToPurge()
    async with running(BotApi(), library) as chats:
        await decide(chats, await remove(chats, HARBOUR.id), "Remove")
        await until(lambda: library.begun == 1)
    assert library.stained
    library.allowed.set()
    async with running(BotApi(), library):
        await until(lambda: not library.stained)


@pytest.mark.parametrize("trouble", [LibraryLocked("process 7 is writing"), LibraryError("the disk is full")])
async def test_what_keeps_it_from_being_done_is_tried_again(
    trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "SOON", 0.01)
    monkeypatch.setattr(purging, "AFTER_A_FAILURE", 0.01)
    library = SlowToPurge()
    library.purge_troubles.append(trouble)
    library.allowed.set()
    async with running(BotApi(), library) as chats:
        await decide(chats, await remove(chats, HARBOUR.id), "Remove")
        await until(lambda: not library.stained)
    assert library.begun == 2


async def test_cancel_leaves_everything_as_it_is() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        await decide(chats, await remove(chats, HARBOUR.id), "Cancel")
    assert api.sent(ADMIN)[0]["text"] == "All right, nothing was removed."
    assert HARBOUR in library.articles()


async def test_of_several_one_is_chosen_by_its_title() -> None:
    api = BotApi()
    library = FakeLibrary(article(f"Text {n}.", title=f"Ferry number {n}") for n in range(3))
    async with running(api, library) as chats:
        message = await remove(chats, "ferry")
        assert names(api, message)[-1] == "Cancel"
        chosen = names(api, message)[1]
        await decide(chats, message, chosen)
        assert chosen.partition(". ")[2] in api.sent(ADMIN)[0]["text"]
        await decide(chats, message, "Remove")
    assert chosen.partition(". ")[2] not in [one.title for one in library.articles()]
    assert len(library.articles()) == 2


async def test_of_very_many_some_are_offered_and_more_words_asked_for() -> None:
    api = BotApi()
    library = FakeLibrary(article(f"Text {n}.", title=f"Ferry {'long ' * 60}{n}") for n in range(20))
    async with running(api, library) as chats:
        message = await remove(chats, "ferry")
    assert len(names(api, message)) == 9
    assert message["text"].endswith("There are more. Write more words of the title to see them.")


async def test_a_reply_to_an_answer_is_about_the_article_it_quotes(tmp_path: Path) -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        (answer,) = await chats.say("340 million", user=ADMIN)
    async with running(api, library, state=State(tmp_path / "bot.sqlite")) as chats:
        message = await remove(chats, reply_to_message=answer)
        await decide(chats, message, "Remove")
    assert HARBOUR not in library.articles()


async def test_a_reply_to_an_answer_that_quotes_several_asks_which() -> None:
    api = BotApi()
    library = FakeLibrary([HARBOUR, replace(UNDATED, text="About 340 million of nothing.")])
    async with running(api, library) as chats:
        (answer,) = await chats.say("340 million", user=ADMIN)
        message = await remove(chats, reply_to_message=answer)
    assert set(names(api, message)) == {"1. Ferry terminal opens", "2. Undated page", "Cancel"}


@pytest.mark.parametrize(
    ("words", "sentence"), [("", "Write an article's id"), ("nothing like it", "There is no")]
)
async def test_what_names_no_article_is_told_how_to_name_one(words: str, sentence: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        message = await remove(chats, words)
        refused = await remove(chats, reply_to_message=message)
    assert message["text"].startswith(sentence)
    assert refused["text"].startswith("Write an article's id")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"user": 5}, "Sorry, only the bot's admins"),
        ({"chat": GROUP}, "Please do that in a private chat with me."),
        (
            {
                "forward_origin": {
                    "type": "hidden_user",
                    "date": 1_741_100_000,
                    "sender_user_name": "Somebody",
                }
            },
            "Sorry, only the bot's admins",
        ),
    ],
)
async def test_only_an_admin_in_private_and_in_person_is_asked(fields: Json, sentence: str) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        message = await remove(chats, HARBOUR.id, **fields)
    assert message["text"].startswith(sentence)
    assert names(api, message) == []


async def test_anybody_elses_press_is_refused() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await remove(chats, HARBOUR.id)
        toast = await decide(chats, message, "Remove", user=1)
        data = api.button(message, "Remove")["callback_data"]
        (own,) = await chats.say("340 million", user=1)
        elsewhere = await decide(chats, own, "", user=1, data=data)
    assert toast["text"] == "Only the bot's admins can do that."
    assert "no longer works" in elsewhere["text"]
    assert HARBOUR in library.articles()


async def test_an_article_that_has_changed_meanwhile_is_shown_again_and_not_removed() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await remove(chats, HARBOUR.id)
        library.add(replace(HARBOUR, text="It closes.", title="Ferry terminal closes", digest="new"))
        toast = await decide(chats, message, "Remove")
        assert "Ferry terminal closes" in api.sent(ADMIN)[0]["text"]
        assert library.article(HARBOUR.id).text == "It closes."
        await decide(chats, message, "Remove")
    assert toast["text"].startswith("The article has changed meanwhile.")
    assert set(library.articles()) == {TEA, UNDATED}


async def test_an_article_that_is_gone_already_is_told_of() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        message = await remove(chats, HARBOUR.id)
        library.remove(HARBOUR.id)
        toast = await decide(chats, message, "Remove")
    assert toast["text"] == "That article is not in the library any more."


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (LibraryLocked("process 7 is writing"), "The articles are just being brought up to date."),
        (
            LibraryDamaged("the disk is full"),
            "It could not be removed, so answers may still come",
        ),
        (ArticleNotFound("no article"), "That article is not in the library any more."),
        (RuntimeError("a bug"), "Something went wrong, and it was not removed."),
    ],
)
async def test_what_goes_wrong_is_told_and_can_be_tried_again(
    trouble: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, library = BotApi(), FakeLibrary()

    def fail(_: str, *, compact: bool) -> None:
        assert not compact
        raise trouble

    async with running(api, library) as chats:
        message = await remove(chats, HARBOUR.id)
        with monkeypatch.context() as patch:
            patch.setattr(library, "remove", fail)
            await decide(chats, message, "Remove")
        assert api.sent(ADMIN)[-1]["text"].startswith(sentence)
        await decide(chats, message, "Remove")
        deeds = chats.application.desk.state.audit.latest(9)
    assert [deed.outcome for deed in deeds] == ["done", "failed"]
    assert HARBOUR not in library.articles()
