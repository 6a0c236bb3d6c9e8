import asyncio
import gc
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from telegram.error import TimedOut

from bot.outgoing import LIMIT
from bot.state import State
from index import Answer, LibraryOutdated, NotFound
from tests.bot_api import BOT, TOKEN, BotApi, FakeTransport, Json
from tests.fakes import FakeLibrary
from tests.running import ADMIN, running

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}
FORUM = GROUP | {"is_forum": True}
MENTION = {"type": "mention", "offset": 0, "length": 18}


def kinds(message: Json) -> list[str]:
    return [entity["type"] for entity in message["entities"]]


async def test_a_question_is_answered_with_a_cited_quote_as_a_reply() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        (answer,) = await chats.say("340 million")
    assert answer["text"] == (
        "It cost 340 million dollars, the port said.\nFerry terminal opens\nHarbour Daily · 4 March 2025"
    )
    assert kinds(answer) == ["bold", "blockquote", "text_link"]
    assert answer["reply_to_message"]["text"] == "340 million"
    (call,) = api.called("sendMessage")
    assert call.parameters["link_preview_options"] == {"is_disabled": True}
    assert call.parameters["reply_parameters"]["allow_sending_without_reply"] is True


@pytest.fixture
def typing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However soon the answer is there."""
    monkeypatch.setattr("bot.handlers.sending.TYPING_AFTER", 0.0)


async def test_typing_is_shown_before_an_answer_that_takes_a_moment() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        await chats.hand_over(api.say("slowly 340 million"))
        await asyncio.to_thread(api.wait, lambda: bool(api.called("sendChatAction")))
        library.gate.set()
        await chats.application.update_queue.join()
    methods = [call.method for call in api.calls if call.method.startswith("send")]
    assert methods == ["sendChatAction", "sendMessage"]


async def test_an_answer_that_is_there_at_once_needs_no_typing() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        await chats.say("340 million")
    assert not api.called("sendChatAction")


@pytest.mark.usefixtures("typing_at_once")
async def test_a_server_without_niceties_still_gets_the_answer_across_and_that_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    api = BotApi(lacks={"sendChatAction", "setMyCommands"})
    async with running(api, FakeLibrary()) as chats:
        (answer,) = await chats.say("340 million")
    gc.collect()  # which is when asyncio complains of a task whose error nobody looked at
    assert "340 million" in answer["text"]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The articles do not say that."),
        ("zh-hant", "收錄的文章沒有提到這件事。"),
        ("zh-cn", "收录的文章没有提到这件事。"),
    ],
)
async def test_what_the_articles_do_not_say_is_said_in_the_persons_language(
    language: str, sentence: str
) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        (answer,) = await chats.say("the moon landing", language=language)
    assert answer["text"].startswith(sentence)
    assert answer["entities"] == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("？！…", "could not find any words"),
        ("🙂", "could not find any words"),
        ("why " * 1024, "too long"),
        ("/ask", "What would you like to know"),
        ("/ask   340 million", "It cost 340 million"),
        ("/nonsense", "do not know that command"),
        ("/new", "I have forgotten what was asked before"),
        ("/start", "answer questions about a collection of articles"),
        ("/start payload", "answer questions about a collection of articles"),
        ("/help", "word for word"),
        ("/articles", "3 articles, newest first:"),
    ],
)
async def test_every_text_gets_an_answer(question: str, answer: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        (message,) = await chats.say(question)
    assert answer in message["text"]


PHOTO: Json = {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}


async def test_an_album_is_answered_once() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        first = await chats.say(None, media_group_id="7", **PHOTO)
        second = await chats.say(None, media_group_id="7", **PHOTO)
        other = await chats.say(None, media_group_id="8", caption="340 million", **PHOTO)
        after = await chats.say(None, media_group_id="8", **PHOTO)
    assert [len(first), len(second), len(other), len(after)] == [1, 0, 1, 0]


async def test_an_edited_message_is_no_new_question() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        update = api.say("340 million")
        update["edited_message"] = update.pop("message") | {"edit_date": 5}
        command = api.say("/articles")
        command["edited_message"] = command.pop("message") | {"edit_date": 5}
        await chats.hand_over(update)
        await chats.hand_over(command)
        await chats.application.update_queue.join()
    assert api.sent(1) == []


@pytest.mark.parametrize(
    ("text", "fields", "answers"),
    [
        ("340 million", {}, 0),
        ("@articles_test_bot 340 million", {"entities": [MENTION]}, 1),
        ("@articles_test_bot", {"entities": [MENTION]}, 1),
        ("@articles_test_bot 340 million", {}, 0),
        ("/articles", {}, 1),
        ("/articles@articles_test_bot", {}, 1),
        ("/articles@another_bot", {}, 0),
        ("/ask@articles_test_bot 340 million", {}, 1),
        ("/nonsense", {}, 0),
        ("/nonsense@articles_test_bot", {}, 1),
    ],
)
async def test_in_a_group_only_what_is_addressed_to_the_bot_is_answered(
    text: str, fields: Json, answers: int
) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        assert len(await chats.say(text, chat=GROUP, **fields)) == answers


async def test_in_a_group_a_reply_to_the_bot_is_a_question() -> None:
    earlier = {"message_id": 5, "date": 1, "chat": GROUP, "from": BOT, "text": "…"}
    async with running(BotApi(), FakeLibrary()) as chats:
        (answer,) = await chats.say("340 million", chat=GROUP, reply_to_message=earlier)
    assert "340 million" in answer["text"]


@pytest.mark.usefixtures("typing_at_once")
async def test_an_answer_stays_in_its_topic() -> None:
    topic: Json = {"chat": FORUM, "is_topic_message": True, "message_thread_id": 77, "entities": [MENTION]}
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        (answer,) = await chats.say("@articles_test_bot 340 million", **topic)
    assert answer["message_thread_id"] == 77
    assert api.called("sendChatAction")[0].parameters["message_thread_id"] == 77


async def test_an_empty_library_says_so() -> None:
    async with running(BotApi(), FakeLibrary([])) as chats:
        (answer,) = await chats.say("how much")
        (listed,) = await chats.say("/articles")
    assert answer["text"].startswith("Nothing has been indexed yet")
    assert listed["text"].startswith("Nothing has been indexed yet")


async def test_an_outdated_library_says_what_to_do() -> None:
    library = FakeLibrary()
    library.trouble = LibraryOutdated("made by another model")
    async with running(BotApi(), library) as chats:
        (answer,) = await chats.say("how much")
    assert "has to be made again" in answer["text"]


async def test_a_failure_is_logged_and_told_under_the_same_short_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    library = FakeLibrary()
    library.trouble = ZeroDivisionError("secret details")
    async with running(BotApi(), library) as chats:
        (answer,) = await chats.say("how much")
        (second,) = await chats.say("340 million")
    assert answer["text"].startswith("Sorry, something went wrong")
    assert "secret details" not in answer["text"]
    assert "Traceback" not in answer["text"]
    identifier = answer["text"].rpartition(" ")[2]
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage() == f"error {identifier}"
    assert "340 million" in second["text"]


async def test_the_owner_gets_the_traceback_without_the_token_and_not_of_every_error() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library) as chats:
        for user in range(1, 6):
            library.trouble = ZeroDivisionError(f"😀 {'x' * 5000}" if user == 1 else f"why {TOKEN}")
            await chats.say("how much", user=user, language="zh-hant")
        await chats.say("340 million", user=7)
    alarms = api.sent(ADMIN)
    assert len(alarms) == 3
    assert "Traceback" not in alarms[0]["text"], "cut to the end, which says most"
    assert alarms[1]["text"].startswith("Error ")
    assert "Traceback" in alarms[1]["text"]
    assert alarms[1]["text"].endswith("ZeroDivisionError: why [redacted]")
    assert alarms[1]["entities"][0]["type"] == "pre"
    assert not any(TOKEN in alarm["text"] for alarm in alarms)
    assert api.sent(1)[0]["text"].rpartition("：")[2] in alarms[0]["text"]


async def test_an_owner_who_never_wrote_to_the_bot_costs_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    library = FakeLibrary()
    library.trouble = ZeroDivisionError()
    async with running(BotApi(blocked={ADMIN}), library) as chats:
        assert len(await chats.say("how much")) == 1
    assert "could not be told to the owner" in caplog.text


async def test_an_answer_refused_for_its_formatting_is_sent_plain() -> None:
    api = BotApi()
    api.fail("sendMessage", 400, "Bad Request: can't parse entities: something new")
    async with running(api, FakeLibrary()) as chats:
        (answer,) = await chats.say("340 million")
    assert answer["text"].startswith("It cost 340 million")
    assert answer["entities"] == []
    assert answer["reply_to_message"]["text"] == "340 million"


@pytest.mark.parametrize(
    ("code", "description", "wait"),
    [(429, "Too Many Requests: retry after 1", 1), (502, "Bad Gateway", None), (500, "Internal", None)],
)
async def test_an_answer_gets_through_a_busy_or_broken_server_once(
    code: int, description: str, wait: int | None
) -> None:
    api = BotApi()
    api.fail("sendMessage", code, description, retry_after=wait)
    async with running(api, FakeLibrary()) as chats:
        (answer,) = await chats.say("340 million")
    assert "340 million" in answer["text"]


async def test_an_answer_is_sent_again_after_a_silence_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    silent, request = [True], FakeTransport.do_request

    async def do_request(self: FakeTransport, url: str, *rest: Any, **more: Any) -> tuple[int, bytes]:  # noqa: ANN401  passed on
        if url.endswith("/sendMessage") and silent:
            silent.pop()
            raise TimedOut
        return await request(self, url, *rest, **more)

    monkeypatch.setattr(FakeTransport, "do_request", do_request)
    async with running(BotApi(), FakeLibrary()) as chats:
        (answer,) = await chats.say("340 million")
    assert answer["text"].startswith("It cost 340 million")
    assert not silent


async def test_a_person_who_blocked_the_bot_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with running(BotApi(blocked={1}), FakeLibrary()) as chats:
        assert await chats.say("340 million") == []
        assert len(await chats.say("340 million", user=2)) == 1
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_question_that_takes_long_does_not_hold_up_other_chats() -> None:
    api, library = BotApi(), FakeLibrary()
    library.gate.clear()
    async with running(api, library) as chats:
        await chats.hand_over(api.say("slowly 340 million"))
        await chats.hand_over(api.say("/help"))
        await chats.hand_over(api.say("340 million", user=2))
        for _ in range(200):
            await asyncio.sleep(0.01)
            if api.sent(2):
                break
        assert len(api.sent(2)) == 1
        assert api.sent(1) == []
        library.gate.set()
    assert ["340 million" in one["text"] for one in api.sent(1)] == [True, False]


async def test_a_question_whose_answer_is_at_hand_passes_by_those_that_take_long() -> None:
    api, library = BotApi(), FakeLibrary()
    async with running(api, library, workers=1) as chats:
        await chats.say("340 million")
        library.gate.clear()
        await chats.hand_over(api.say("slowly 340 million", user=2))
        await chats.hand_over(api.say("340 million", user=3))
        await asyncio.to_thread(api.wait, lambda: bool(api.sent(3)))
        assert api.sent(2) == []
        library.gate.set()


def lines(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [vars(record)["fields"] for record in caplog.records if record.name == "bot.question"]


async def test_every_question_is_one_line_in_the_log_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "bot.question")
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        await chats.say("340 million")
        await chats.say("the moon landing")
        await chats.say("！")
        library.trouble = ZeroDivisionError()
        await chats.say("how much")
    told = lines(caplog)
    assert [line["outcome"] for line in told] == ["answered", "not_found", "refused", "failed"]
    assert [line["quotes"] for line in told] == [1, 0, 0, 0]
    assert set(told[0]["milliseconds"]) == {"ask", "send"}
    assert all("question" not in line for line in told)


async def test_the_words_of_a_question_are_logged_only_if_a_setting_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "bot.question")
    async with running(BotApi(), FakeLibrary(), log_questions=True) as chats:
        await chats.say("340 million")
    assert [line["question"] for line in lines(caplog)] == ["340 million"]


async def test_the_token_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(BotApi(), FakeLibrary()) as chats:
        await chats.say("340 million")
    assert "fake-token" not in caplog.text


async def test_the_menus_are_offered_in_every_scope_and_language() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()):
        pass
    offered = {
        (call.parameters["scope"]["type"], call.parameters.get("language_code")): [
            command["command"] for command in call.parameters["commands"]
        ]
        for call in api.called("setMyCommands")
    }
    assert len(offered) == 6
    assert "reindex" in offered["chat", None]
    assert "reindex" not in offered["default", "zh"]
    assert "ask" in offered["all_group_chats", "zh"]
    assert all({"new", "articles", "latest", "sources"} <= set(menu) for menu in offered.values())


async def test_the_longest_message_telegram_lets_through_is_answered() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        assert len(await chats.say("長" * LIMIT)) == 1


async def test_a_question_is_asked_with_the_last_three_of_its_chat() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        for question in ["one", "two", "three", "four", "and five?"]:
            await chats.say(question)
        await chats.say("six", user=2)
    assert library.turns[0] == ()
    assert library.turns[4] == ("two", "three", "four")
    assert library.turns[5] == ()


async def test_a_question_is_remembered_as_it_was_understood() -> None:
    class Understanding(FakeLibrary):
        def ask(self, question: str, **options: Any) -> Answer | NotFound:  # noqa: ANN401  as the door's
            return replace(super().ask(question, **options), understood=f"{question} in full")

    library = Understanding()
    async with running(BotApi(), library) as chats:
        await chats.say("340 million")
        await chats.say("the moon landing")
        await chats.say("why?")
    assert library.turns[-1] == ("340 million in full", "the moon landing in full")


async def test_what_was_no_question_is_not_remembered() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        for message in ["340 million", "？！", "/help", "why"]:
            await chats.say(message)
    assert library.turns[-1] == ("340 million",)


async def test_half_an_hour_of_silence_is_the_end_of_a_conversation() -> None:
    clock, library, state = [1000.0], FakeLibrary(), State()
    state._database.clock = lambda: clock[0]
    async with running(BotApi(), library, state=state) as chats:
        for minutes in [0, 29, 31]:
            clock[0] += minutes * 60
            await chats.say("340 million")
    assert library.turns == [(), ("340 million",), ()]


async def test_a_follow_up_goes_on_from_the_last_question_after_a_restart(tmp_path: Path) -> None:
    library = FakeLibrary()
    for question in ("340 million", "why"):
        async with running(BotApi(), library, state=State(tmp_path / "bot.sqlite")) as chats:
            await chats.say(question)
    assert library.turns == [(), ("340 million",)]


async def test_new_makes_the_bot_forget_and_what_stands_after_it_is_asked_afresh() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        await chats.say("340 million")
        (told,) = await chats.say("/new")
        await chats.say("Ferries run")
        (answer,) = await chats.say("/new 340 million")
        await chats.say("why")
    assert "forgotten" in told["text"]
    assert answer["text"].startswith("It cost 340 million")
    assert library.turns == [(), (), (), ("340 million",)]


async def test_a_reply_to_an_answer_goes_on_from_that_answers_question_whosever_it_was() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        (first,) = await chats.say("/ask 340 million", chat=GROUP, user=1)
        await chats.say("/ask the moon landing", chat=GROUP, user=1)
        await chats.say("why", chat=GROUP, user=1, reply_to_message=first)
        await chats.say("when", chat=GROUP, user=2, reply_to_message=first)
    assert library.turns[2:] == [("340 million",), ("340 million",)]


async def test_in_a_group_each_persons_questions_are_remembered_apart() -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        await chats.say("/ask 340 million", chat=GROUP, user=1)
        await chats.say("/ask the moon landing", chat=GROUP, user=2)
        await chats.say("/ask why", chat=GROUP, user=1)
    assert library.turns == [(), (), ("340 million",)]


async def test_in_a_forum_each_topics_questions_are_remembered_apart() -> None:
    library = FakeLibrary()
    topics: list[Json] = [
        {"chat": FORUM, "is_topic_message": True, "message_thread_id": number} for number in (7, 8)
    ]
    async with running(BotApi(), library) as chats:
        await chats.say("/ask 340 million", **topics[0])
        await chats.say("/ask the moon landing", **topics[1])
        await chats.say("/ask why", **topics[0])
    assert library.turns == [(), (), ("340 million",)]


@pytest.mark.parametrize(
    ("words", "language", "told"),
    [
        ("Thanks!", "en", "You are welcome."),
        ("thank you 🙏", "en", "You are welcome."),
        ("謝謝！", "zh-hant", "不客氣。"),
        ("谢谢", "zh-cn", "不客气。"),
        ("Hello", "en", "Hello! Ask me something"),
        ("你好～", "zh-hant", "您好！請直接問我"),
        ("再见", "zh-cn", "再见！"),
    ],
)
async def test_who_is_polite_is_answered_politely_and_has_asked_nothing(
    words: str, language: str, told: str
) -> None:
    library, state = FakeLibrary(), State()
    async with running(BotApi(), library, state=state) as chats:
        (answer,) = await chats.say(words, language=language)
        assert answer["text"].startswith(told)
        assert library.asked == []
        assert state.gaps.commonest(9) == ()
        assert state.counts.days(1)[0].questions == 0


@pytest.mark.parametrize("words", ["Thanks to whom was it built?", "good harbours", "你好酒店在哪裡"])
async def test_a_question_that_begins_politely_is_asked(words: str) -> None:
    library = FakeLibrary()
    async with running(BotApi(), library) as chats:
        await chats.say(words)
    assert library.asked == [words]
