"""/status and /asked, and what of people's questions is kept for them."""

import struct
from datetime import date, datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

import pytest

from bot.handlers import statistics
from bot.state import State, StateError
from index import LibraryEmpty, NotFound, QuestionError, Within
from tests.bot_api import BotApi, Json
from tests.fakes import FakeLibrary
from tests.running import ADMIN, running

GROUP = {"id": -500, "type": "supergroup", "title": "Group"}


def today() -> date:
    return datetime.fromtimestamp(time()).astimezone().date()


def size(picture: bytes) -> tuple[int, int]:
    """The width and height of a PNG, as its first chunk has them."""
    assert picture.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


async def asked(
    *questions: str,
    language: str = "en",
    state: State | None = None,
    **options: Any,  # noqa: ANN401  passed on as they come
) -> Json:
    """What /asked tells an admin after people have asked these."""
    async with running(BotApi(), FakeLibrary(), state=state, **options) as chats:
        for question in questions:
            await chats.say(question, user=2)
        (answer,) = await chats.say("/asked", user=ADMIN, language=language)
    return answer


# --- /status ---


async def test_status_tells_the_library_and_todays_questions_under_a_picture() -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        for question in ("340 million", "ferry terminal", "nothing of the kind", "???"):
            await chats.say(question, user=2)
        await chats.say("/status", user=ADMIN)
    (answer,) = api.sent(ADMIN)
    lines = answer["caption"].splitlines()
    assert lines[0] == "3 articles: 2 English, 1 Traditional Chinese"
    assert lines[1] == "9 passages"
    assert lines[2].startswith("Index made ")
    assert lines[2].endswith(" days ago, by the model grep")
    assert lines[3].startswith("Memory: ")
    assert lines[5] == "Today: 4 questions, 2 answered, 1 not in the articles"
    assert lines[6].startswith("Half of them took up to ")
    assert lines[7] == "Last 30 days: 4 questions, 33% not in the articles"
    assert "👍" not in answer["caption"]
    width, height = size(api.content(answer["photo"][0]))
    assert 600 <= width <= 1280
    assert 400 <= height <= 1280


async def test_status_tells_what_people_thought_of_the_answers() -> None:
    api, state = BotApi(), State()
    for person, good in [(2, True), (3, True), (4, False)]:
        state.answers.rate("an answer", person, good=good)
    async with running(api, FakeLibrary(), state=state) as chats:
        await chats.say("/status", user=ADMIN)
    (answer,) = api.sent(ADMIN)
    assert "Opinions of answers in these days: 👍 2, 👎 1" in answer["text"]


@pytest.mark.parametrize(
    ("language", "first", "questions", "colours"),
    [
        (
            "zh-tw",
            "文章 3 篇：英文 2 篇、繁體中文 1 篇",
            "今天：1 個問題，答出 1 個，文章沒有提到的 0 個",
            "上圖為每天的",
        ),
        (
            "zh-cn",
            "文章 3 篇：英文 2 篇、繁体中文 1 篇",
            "今天：1 个问题，答出 1 个，文章没有提到的 0 个",
            "上图为每天的",
        ),
    ],
)
async def test_status_speaks_the_admins_language(
    language: str, first: str, questions: str, colours: str
) -> None:
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        await chats.say("340 million", user=2)
        await chats.say("/status", user=ADMIN, language=language)
    (answer,) = api.sent(ADMIN)
    assert answer["caption"].startswith(first)
    assert questions in answer["caption"]
    assert colours in answer["caption"]


async def test_without_a_question_yet_status_is_words_alone() -> None:
    api = BotApi()
    async with running(api, FakeLibrary([])) as chats:
        await chats.say("/status", user=ADMIN)
    (answer,) = api.sent(ADMIN)
    assert "Today: 0 questions, 0 answered, 0 not in the articles" in answer["text"]
    assert "Last 30 days: 0 questions, – not in the articles" in answer["text"]
    assert "p50" not in answer["text"]


@pytest.mark.parametrize(
    ("code", "description"), [(404, "Not Found"), (400, "Bad Request: IMAGE_PROCESS_FAILED")]
)
async def test_a_picture_that_cannot_be_sent_costs_the_picture_only(code: int, description: str) -> None:
    api = BotApi()
    api.fail("sendPhoto", code, description, times=9)
    async with running(api, FakeLibrary()) as chats:
        await chats.say("340 million", user=2)
        await chats.say("/status", user=ADMIN)
    (answer,) = api.sent(ADMIN)
    assert "Today: 1 question, 1 answered, 0 not in the articles" in answer["text"]
    assert "🟦" not in answer["text"]


async def test_a_picture_that_cannot_be_drawn_costs_the_picture_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        await chats.say("340 million", user=2)
        await chats.say("/status", user=ADMIN)
    (answer,) = api.sent(ADMIN)
    assert "Today: 1 question" in answer["text"]


async def test_the_picture_is_drawn_by_our_program_wherever_the_bot_was_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit('another bot')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    api = BotApi()
    async with running(api, FakeLibrary()) as chats:
        await chats.say("340 million", user=2)
        await chats.say("/status", user=ADMIN)
    assert "photo" in api.sent(ADMIN)[0]


@pytest.mark.parametrize("command", ["/status", "/asked"])
async def test_both_are_for_admins_only(command: str) -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        (answer,) = await chats.say(command, user=5)
    assert answer["text"].startswith("Sorry, only the bot's admins can do that.")


# --- what is counted ---


async def test_every_question_is_counted_by_its_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    library, state = FakeLibrary(), State()
    counted: list[str] = []
    monkeypatch.setattr(state.counts, "count", lambda outcome, seconds: counted.append(outcome) or seconds)
    async with running(BotApi(), library, state=state) as chats:
        await chats.say("340 million")
        await chats.say("nothing of the kind")
        for trouble in (QuestionError("?"), LibraryEmpty("nothing"), ZeroDivisionError()):
            library.trouble = trouble
            await chats.say("what now")
    assert counted == ["answered", "not_found", "refused", "empty", "failed"]


async def test_counts_that_cannot_be_written_cost_the_count_only(monkeypatch: pytest.MonkeyPatch) -> None:
    state = State()

    def fail(*_: object) -> None:
        raise StateError("no room")

    monkeypatch.setattr(state.counts, "count", fail)
    monkeypatch.setattr(state.gaps, "note", fail)
    async with running(BotApi(), FakeLibrary(), state=state) as chats:
        (answer,) = await chats.say("340 million")
        (other,) = await chats.say("nothing of the kind")
    assert "340 million" in answer["text"]
    assert other["text"].startswith("The articles do not say that.")


# --- /asked ---


async def test_asked_lists_the_commonest_first_and_both_scripts_count_as_one() -> None:
    answer = await asked(
        "Who painted the Mona Lisa?",
        "臺灣的發電廠在哪裡？",
        "who painted  the MONA LISA",
        "台湾的发电厂在哪里",
        "臺灣的發電廠在哪裡",
        "340 million",
    )
    day = today()
    when = f"({day.day} {day:%B} {day.year})"
    assert answer["text"].splitlines() == [
        "Asked in the last 30 days, and not in the articles:",
        "",
        f"3 × 臺灣的發電廠在哪裡 {when}",
        f"2 × who painted  the MONA LISA {when}",
    ]


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "1 × no such thing ("), ("zh-hk", "1 次：no such thing（"), ("zh-sg", "1 次：no such thing（")],
)
async def test_asked_speaks_the_admins_language(language: str, line: str) -> None:
    assert line in (await asked("no such thing", language=language))["text"]


async def test_a_question_that_is_answered_by_now_is_missed_no_more() -> None:
    library = FakeLibrary([])
    library._articles = (FakeLibrary()._articles[0],)
    async with running(BotApi(), library) as chats:
        await chats.say("340 million", user=2)
        (before,) = await chats.say("/asked", user=ADMIN)
        library._articles = FakeLibrary()._articles
        await chats.say("340 MILLION", user=3)
        (after,) = await chats.say("/asked", user=ADMIN)
    assert "1 × 340 million" in before["text"]
    assert after["text"] == "In the last 30 days the articles had an answer to every question."


async def test_what_is_not_in_chosen_articles_may_be_in_others() -> None:
    state = State()
    desk: Any = type("Desk", (), {"state": state})
    chosen = NotFound("q", (), within=Within(articles=frozenset({"a"})))
    statistics.note_gap(desk, "who painted it", chosen)
    assert state.gaps.commonest(9) == ()
    statistics.note_gap(desk, "who painted it", NotFound("q", (), within=Within(since=today())))
    assert [gap.question for gap in state.gaps.commonest(9)] == ["who painted it"]


async def test_other_peoples_words_are_told_in_private_only() -> None:
    async with running(BotApi(), FakeLibrary()) as chats:
        await chats.say("nothing of the kind", user=2)
        (answer,) = await chats.say("/asked", user=ADMIN, chat=GROUP)
    assert answer["text"].startswith("Please send that in a private chat")


async def test_it_can_be_switched_off_and_what_there_was_is_forgotten() -> None:
    state = State()
    state.gaps.note("who", "who")
    answer = await asked("nothing of the kind", state=state, keep_unanswered=False)
    assert "not remembered" in answer["text"]


async def test_nothing_that_is_kept_leads_to_a_person() -> None:
    state = State()
    async with running(BotApi(), FakeLibrary(), state=state) as chats:
        await chats.say("nothing of the kind", user=31337)
        dumped = {
            table: state._database.run(f"SELECT * FROM {table}") for table in ("counts", "durations", "gaps")
        }
    assert all(dumped.values())
    assert "31337" not in repr(dumped)


def test_the_pictures_days_end_today() -> None:
    days = State().counts.days(30)
    assert [day.day for day in days] == [today() - timedelta(days=back) for back in range(29, -1, -1)]
