"""Feeds and pages with the whole process over HTTP: a Bot API server, and a news site of the test's own."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.bot_api_server import BotApiServer
from tests.integration.processes import ADMIN, process
from tests.integration.test_adding_chat import decide, send
from tests.integration.test_chatting import ask, now
from tests.web import Web, response, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bot_api import BotApi

QUICK = {"ARTICLEBOT_FETCHING__ALLOWED": '["127.0.0.1"]', "ARTICLEBOT_FETCHING__WATCH_MINUTES": "0.02"}
QUESTION = "How many goats does the keeper of Cape Morrow keep?"
STORY = (
    "<html><head><title>The keeper of Cape Morrow</title></head><body><article>"
    "<h1>The keeper of Cape Morrow</h1>"
    "<p>The lighthouse at Cape Morrow has a keeper again. She moved in last week with her family.</p>"
    "<p>The keeper of Cape Morrow keeps fourteen goats behind the tower, she told our reporter.</p>"
    "</article></body></html>"
)


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """A library of the samples of one's own."""
    return shutil.copytree(sample_library, tmp_path / "library")


@pytest.fixture
def site() -> Iterator[Web]:
    """A news site with a feed that lists nothing yet."""
    with serving() as web:
        publish(web)
        yield web


def answered(api: BotApi) -> bool:
    """Whether the bot answers from the story within a while: what was fetched is being indexed."""
    for _ in range(40):
        if "fourteen goats" in ask(api, QUESTION, user=ADMIN)["text"]:  # whose questions have no limit
            return True
        time.sleep(0.5)
    return False


def publish(web: Web, *paths: str) -> None:
    items = "".join(f"<item><title>A story</title><link>{web.url(path)}</link></item>" for path in paths)
    feed = f'<rss version="2.0"><channel><title>Cape News</title>{items}</channel></rss>'
    web.pages["/rss"] = response(feed.encode(), headers=["Content-Type: application/rss+xml"])
    for path in paths:
        web.pages[path] = response(STORY.encode(), headers=["Content-Type: text/html; charset=utf-8"])


@pytest.mark.parametrize(
    ("language", "watched", "none"),
    [
        ("en", "I watch Cape News from now on", "Nothing is watched."),
        ("zh-hant", "從現在起追蹤「Cape News」", "目前沒有追蹤任何來源。"),
        ("zh-cn", "从现在起关注“Cape News”", "目前没有关注任何订阅源。"),
    ],
)
def test_what_a_feed_brings_is_answered_from_and_comes_once_though_the_bot_restarts(
    library: Path, site: Web, language: str, watched: str, none: str
) -> None:
    with BotApiServer() as server:
        api = server.api
        with process(server, library, QUICK):
            assert "fourteen" not in ask(api, QUESTION)["text"]
            assert send(api, f"/watch {site.url('/rss')}", language=language)["text"].startswith(watched)
            publish(site, "/story")
            assert answered(api)
        asked = len(site.requests)
        with process(server, library, QUICK):
            assert answered(api)
            assert len(site.requests) > asked
            assert site.url("/rss") in send(api, "/watching", language=language)["text"]
            send(api, f"/unwatch {site.url('/rss')}", language=language)
            assert send(api, "/watching", language=language)["text"].startswith(none)
    assert sum(head.startswith("GET /story ") for head in site.requests) == 1


def test_a_page_is_fetched_shown_and_added_by_its_address(library: Path, site: Web) -> None:
    publish(site, "/story")
    with BotApiServer() as server:
        api = server.api
        with process(server, library, QUICK):
            message = send(api, site.url("/story"))
            assert message["text"].splitlines()[0] == "The keeper of Cape Morrow"
            decide(api, message, "Add")
            answer = ask(api, QUESTION)
    assert "fourteen goats" in answer["text"]
    assert site.url("/story") in [entity.get("url") for entity in answer["entities"]]


def test_an_address_of_this_machine_is_refused_unless_the_settings_allow_it(library: Path, site: Web) -> None:
    publish(site, "/story")
    with BotApiServer() as server, process(server, library):
        message = send(server.api, site.url("/story"))
        assert "127.0.0.1, which is not on the public internet" in now(server.api, message)["text"]
    assert site.requests == []
