"""Finding articles, keeping to one, and quoting elsewhere, with the whole process over HTTP and restarts."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from index import Library
from tests.integration.bot_api_server import BotApiServer
from tests.integration.chatting import ask, link_under, names, now, offered, press
from tests.integration.processes import ADMIN, articlebot, process
from tests.unit.test_handlers_unsupported import KINDS, SENTENCES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot_api import BotApi, Json

QUESTION = "how much does Xiaomi plan to spend on R&D"
NOWHERE = "Who painted the Mona Lisa?"
ELSEWHERE = "how many bikes were stolen?"
FORUM = {"id": -500, "type": "supergroup", "title": "Group", "is_forum": True}
OLD = {"id": -5, "type": "group", "title": "Readers"}
NEW = {"id": -1005, "type": "supergroup", "title": "Readers"}
MENTION = {"entities": [{"type": "mention", "offset": 0, "length": 18}]}


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """A library of the samples of one's own, without anything remembered."""
    return shutil.copytree(sample_library, tmp_path / "library")


def topic(number: int) -> Json:
    return {"chat": FORUM, "is_topic_message": True, "message_thread_id": number}


def text(api: BotApi, message: Json) -> str:
    return str(now(api, message)["text"])


# What is said to each of three people, by the language of their Telegram.
LISTS = {
    "en": (
        *("11 articles, newest first:", "1 article with “雷军” in its title:", "Page 2 of 2"),
        *("In its own words:", "‹ Back", "3 articles from Harbour Gazette", "The newest articles:"),
    ),
    "zh-hant": (
        *("共 11 篇文章，由新到舊：", "標題含「雷军」的文章共 1 篇", "第 2／2 頁"),
        *("原文摘句：", "‹ 返回", "Harbour Gazette的文章共 3 篇", "最新的文章："),
    ),
    "zh-cn": (
        *("共 11 篇文章，由新到旧：", "标题含“雷军”的文章共 1 篇", "第 2/2 页"),
        *("原文摘句：", "‹ 返回", "Harbour Gazette的文章共 3 篇", "最新的文章："),
    ),
}


def test_lists_are_turned_searched_and_opened_before_and_after_a_restart(library: Path) -> None:
    shown: dict[str, tuple[Json, Json, Json]] = {}
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            for user, (language, (head, found, page, *_, newest)) in enumerate(LISTS.items(), start=1):
                person = {"user": user, "language": language}
                listed = ask(api, "/articles", **person)
                assert listed["text"].startswith(head)
                press(api, listed, "›", **person)
                assert text(api, listed).endswith(page)
                assert ask(api, "/articles 雷军", **person)["text"].startswith(found)
                assert "雷軍：技術是小米的根" in ask(api, "/articles xiaomi", **person)["text"]
                latest = ask(api, "/latest", **person)
                assert latest["text"].startswith(newest)
                shown[language] = listed, ask(api, "/sources", **person), latest
        with process(server, library):
            for user, (language, (*_, page, own, back, outlet, _)) in enumerate(LISTS.items(), start=1):
                person, (listed, sources, latest) = {"user": user, "language": language}, shown[language]
                press(api, listed, "9", **person)
                assert own in text(api, listed)
                press(api, listed, back, **person)
                assert text(api, listed).endswith(page)
                press(api, sources, "1", **person)
                assert text(api, sources).startswith(outlet)
                press(api, latest, "1", **person)
                assert text(api, latest).startswith("雷軍：技術是小米的根 研發再加碼\n晨港日報 · ")
    with Library.open(library) as opened:
        summary = opened.summary(opened.find("雷軍")[0].id)
    assert len(summary) == 3
    assert all(quote.text in text(api, latest) for quote in summary)


KEPT = {
    "en": (
        *("Ask about this one only", "From now on I answer you from “雷軍", "Only in “雷軍"),
        *("This article does not say that.", "and answer you from all articles again."),
    ),
    "zh-hant": (
        *("只問這一篇", "接下來我只根據〈雷軍", "只看〈雷軍"),
        *("這篇文章沒有提到這件事。", "之後會根據全部文章回答。"),
    ),
    "zh-cn": (
        *("只问这一篇", "接下来我只根据《雷軍", "只看《雷軍"),
        *("这篇文章没有提到这件事。", "之后会根据全部文章回答。"),
    ),
}


def test_questions_stay_within_an_article_over_a_restart_until_new(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            for user, (language, (ask_about, kept, *_)) in enumerate(KEPT.items(), start=1):
                person = {"user": user, "language": language}
                listed = ask(api, "/articles 雷軍", **person)
                press(api, listed, "1", **person)
                press(api, listed, ask_about, **person)
                assert api.sent(user)[-1]["text"].startswith(kept)
            link = link_under(now(api, listed), "t.me/share").partition("%3Fstart%3D")[2].partition("&")[0]
        with process(server, library):
            for user, (language, (_, kept, line, not_said, left)) in enumerate(KEPT.items(), start=1):
                person = {"user": user, "language": language}
                answer = ask(api, QUESTION, **person)
                assert answer["text"].startswith(line)
                assert "2000億元" in answer["text"]
                missing = ask(api, ELSEWHERE, **person)
                assert missing["text"].startswith(line)
                assert missing["text"].endswith(not_said)
                assert ask(api, "/new", **person)["text"].endswith(left)
                assert "Harbour Gazette" in ask(api, ELSEWHERE, **person)["text"]
                other = {"user": user + 10, "language": language}
                assert ask(api, f"/start {link}", **other)["text"].startswith(kept)
                assert ask(api, QUESTION, **other)["text"].startswith(line)


def test_in_a_forum_all_of_it_stays_in_its_topic_and_with_its_person(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            listed = ask(api, "/articles 雷軍", user=1, **topic(7))
            assert listed["message_thread_id"] == 7
            press(api, listed, "1", user=1)
            press(api, listed, "Ask about this one only", user=2)
            kept = api.sent(-500)[-1]
            assert kept["message_thread_id"] == 7
            link = link_under(now(api, listed), "t.me/articles_test_bot")
        with process(server, library):
            mine = ask(api, QUESTION, user=2, reply_to_message=kept, **topic(7))
            assert mine["text"].startswith("Only in “雷軍")
            assert mine["message_thread_id"] == 7
            asked = ask(api, f"/ask {QUESTION}", user=1, **topic(7))
            (more,) = [name for name in names(api, asked) if "more" in name]
            press(api, asked, more, user=1)
            assert "\n2. " in text(api, asked)
            press(api, asked, "2 · In context", user=1)
            assert now(api, asked)["message_thread_id"] == 7
            mentioned = f"@articles_test_bot {ELSEWHERE}"
            assert "Harbour Gazette" in ask(api, mentioned, user=2, **topic(8), **MENTION)["text"]
            assert "Harbour Gazette" in ask(api, mentioned, user=1, **topic(7), **MENTION)["text"]
            private = ask(api, f"/start {link.partition('start=')[2]}", user=3)
            assert private["text"].startswith("From now on I answer you from “雷軍")
            api.say("/latest@another_bot", user=1, **topic(7))
            ask(api, "/latest@articles_test_bot", user=1, **topic(7))
            assert len([one for one in api.sent(-500) if one["text"].startswith("The newest")]) == 1


MISSING = {
    "en": ("The articles do not say that.", "‹ Back"),
    "zh-hant": ("收錄的文章沒有提到這件事。", "‹ 返回"),
    "zh-cn": ("收录的文章没有提到这件事。", "‹ 返回"),
}


def test_what_is_not_in_the_articles_offers_the_nearest_three_and_their_pages(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            asked = [
                dict(ask(api, NOWHERE, user=user, language=language))
                for user, language in enumerate(MISSING, start=1)
            ]
        with process(server, library):
            for missing, (language, (sentence, back)) in zip(asked, MISSING.items(), strict=True):
                person = {"user": missing["chat"]["id"], "language": language}
                titles = names(api, missing)
                for title in titles:
                    press(api, missing, title, **person)
                    assert text(api, missing).startswith(title.removesuffix("…"))
                    press(api, missing, back, **person)
                    assert text(api, missing) == missing["text"]
                assert missing["text"].splitlines()[0] == sentence
                assert missing["text"].count("• ") == len(titles) == 3
                assert missing["entities"] == []


INLINE = {
    "en": ("Type a question", "Continue in private", "Not in the articles."),
    "zh-hant": ("輸入問題", "私訊繼續問", "文章沒有提到"),
    "zh-cn": ("输入问题", "私聊继续问", "文章没有提到"),
}


def test_quotes_are_offered_in_any_chat_and_the_question_goes_on_in_private_after_a_restart(
    library: Path,
) -> None:
    taken = {}
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            for user, (language, (hint, more, nothing)) in enumerate(INLINE.items(), start=1):
                person = {"user": user, "language": language}
                assert offered(api, "", **person)["button"]["text"].startswith(hint)
                none = offered(api, NOWHERE, **person)
                assert none["results"] == []
                assert none["button"]["text"].startswith(nothing)
                cards = offered(api, QUESTION, **person)
                assert cards["button"]["text"] == more
                first = cards["results"][0]
                assert first["title"] == "雷軍：技術是小米的根 研發再加碼"
                content = first["input_message_content"]["message_text"]
                assert "2000億元" in content.splitlines()[0]
                taken[language] = content, cards["button"]["start_parameter"]
        with process(server, library):
            for user, (language, (content, link)) in enumerate(taken.items(), start=1):
                answer = ask(api, f"/start {link}", user=user, language=language)
                assert answer["text"].startswith(content)


def test_inline_mode_can_be_switched_off(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with BotApiServer() as server:
        setting = server.environment | {"ARTICLEBOT_TELEGRAM__INLINE": "false"}
        monkeypatch.setattr(BotApiServer, "environment", setting)
        with process(server, library):
            assert offered(server.api, QUESTION)["results"] == []


def test_a_group_that_becomes_a_supergroup_is_known_under_its_new_id_after_a_restart(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with BotApiServer() as server:
        api, setting = server.api, server.environment | {"ARTICLEBOT_TELEGRAM__ACCESS": "pairing"}
        monkeypatch.setattr(BotApiServer, "environment", setting)
        with process(server, library):
            assert "may ask now" in ask(api, "/approve", user=ADMIN, chat=OLD)["text"]
            listed = ask(api, "/articles 雷軍", user=5, chat=OLD)
            press(api, listed, "1", user=5)
            press(api, listed, "Ask about this one only", user=5)
            api.say(None, chat=OLD, migrate_to_chat_id=-1005)
            api.say(None, chat=NEW, migrate_from_chat_id=-5)
            ask(api, "/help", user=ADMIN)
        with process(server, library):
            assert ask(api, f"/ask {QUESTION}", user=5, chat=NEW)["text"].startswith("Only in “雷軍")
            refused = ask(api, f"/ask {QUESTION}", user=5, chat=OLD)["text"]
    assert refused.startswith("Sorry, I answer only people and groups")


def test_an_article_taken_out_of_the_library_is_told_of_and_left(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            listed = ask(api, "/articles 雷軍")
            press(api, listed, "1")
            press(api, listed, "Ask about this one only")
            with Library.open(library) as opened:
                (one,) = opened.find("雷軍")
            subprocess.run(articlebot("remove", one.id, "--library", str(library)), check=True, timeout=120)
            assert ask(api, QUESTION)["text"].startswith("The article that your questions were kept within")
            assert not ask(api, ELSEWHERE)["text"].startswith("Only in")
            assert "text" not in press(api, listed, "‹ Back")
            assert text(api, listed).startswith("No title holds “雷軍”.")


def test_whatever_is_sent_gets_an_answer_in_the_persons_language(library: Path) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library):
            for number, content in enumerate(KINDS.values()):
                language = list(SENTENCES)[number % 3]
                told = ask(api, None, user=100 + number, language=language, **content)
                assert told["text"] == SENTENCES[language]
