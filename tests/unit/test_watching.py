"""What is new in a feed comes in once, whatever fails meanwhile, and its server is left in peace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from bot.state import State
from bot.watching import Pace, Watcher
from index import BuildReport, FetchError, LibraryLocked, Page, Stamp
from tests.fakes import FakeLibrary

if TYPE_CHECKING:
    from pathlib import Path

    from bot.state import Watched

FEED = "https://news.example/rss"
NOW = 1_764_600_000.0


class Site:
    """A site: its pages by address, and what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, str | Exception] = {}
        self.asked: list[tuple[str, Stamp | None]] = []
        self.stamp = Stamp('"1"', None)

    def tell(self, *names: str, text: str = "") -> None:
        """Have the feed list some articles, the newest first."""
        items = [
            f"<item><title>{name}</title><link>https://news.example/{name}</link>"
            f"<description><![CDATA[{text}]]></description></item>"
            for name in names
        ]
        self.pages[FEED] = f'<rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'
        for name in names:
            page = f"{name}\n\nThe {name} is told of here, in its own words."
            self.pages.setdefault(f"https://news.example/{name}", page)

    def fetch(self, url: str, stamp: Stamp | None) -> Page | None:
        """As a `Fetcher` does."""
        self.asked.append((url, stamp))
        page = self.pages.get(url, FetchError(f"{url} answers 404"))
        if isinstance(page, Exception):
            raise page
        if url == FEED and stamp == self.stamp:
            return None
        return Page(url, page.encode(), "application/xml" if url == FEED else "text/plain", self.stamp)


class Desk:
    """A library, its memory and a site, and the watcher between them."""

    def __init__(self) -> None:
        self.state, self.site, self.library = State(), Site(), FakeLibrary(())
        self.watcher = self.made()

    def made(self) -> Watcher:
        """A watcher without pauses."""
        return Watcher(
            self.library, self.state.feeds, self.site.fetch, at_once, pace=Pace(every=100, between=0)
        )

    def watch(self) -> Watched:
        """Watch the site's feed."""
        return self.state.feeds.add(FEED, "News", 99, folder=False)

    def check(self) -> int:
        """Check the one feed that is watched."""
        (watched,) = self.state.feeds.all()
        return self.watcher.check(watched)

    @property
    def now(self) -> Watched:
        """The one feed that is watched, as it now is."""
        (watched,) = self.state.feeds.all()
        return watched

    @property
    def titles(self) -> list[str]:
        """Of the articles that came in."""
        return sorted(article.title for article in self.library.articles())


def at_once(task: Callable[[Sequence[Any]], BuildReport], what: Sequence[Any]) -> BuildReport:
    return task(what)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("bot.watching.time.time", lambda: NOW)
    made = Desk()
    made.state.feeds._database.clock = lambda: NOW
    made.site.tell("bridge", "ferry")
    made.watch()
    return made


def test_new_articles_come_in_and_old_ones_are_not_fetched_again(desk: Desk) -> None:
    assert desk.check() == 2
    assert desk.titles == ["bridge", "ferry"]
    desk.site.tell("market", "bridge")
    desk.site.stamp = Stamp('"2"', None)
    desk.site.asked.clear()
    assert desk.check() == 1
    assert desk.titles == ["bridge", "ferry", "market"]
    assert [url for url, _ in desk.site.asked] == [FEED, "https://news.example/market"]
    assert (desk.now.added, desk.now.failures, desk.now.reason) == (3, 0, None)


def test_a_feed_that_has_not_changed_is_asked_for_by_its_stamp_and_no_more(desk: Desk) -> None:
    desk.check()
    desk.site.asked.clear()
    assert desk.check() == 0
    assert desk.site.asked == [(FEED, Stamp('"1"', None))]
    assert desk.now.etag == '"1"'


def test_the_next_check_is_due_after_the_pace(desk: Desk) -> None:
    desk.check()
    assert 90 <= desk.now.due - NOW <= 110
    assert desk.state.feeds.due() == ()


def test_a_feed_that_fails_is_asked_more_and_more_rarely_and_no_more_than_a_day_apart(desk: Desk) -> None:
    desk.site.pages[FEED] = FetchError(f"{FEED} answers 500")
    waits = []
    for _ in range(15):
        desk.check()
        waits.append(desk.now.due - NOW)
    assert all(later > earlier for earlier, later in pairwise(waits[:9]))
    assert waits[-1] == 86_400
    assert (desk.now.failures, desk.now.reason, desk.now.failing) == (15, f"{FEED} answers 500", NOW)
    desk.site.tell("bridge")
    assert desk.check() == 1
    assert (desk.now.failures, desk.now.reason, desk.now.failing) == (0, None, None)


def test_a_server_that_asks_for_time_gets_it(desk: Desk) -> None:
    desk.site.pages[FEED] = FetchError(f"{FEED} answers 429", wait=5000)
    desk.check()
    assert desk.now.due - NOW == 5000


def test_an_entry_whose_page_cannot_be_read_is_tried_three_times_and_holds_up_no_other(desk: Desk) -> None:
    desk.site.pages["https://news.example/ferry"] = FetchError("it answers 404")
    assert desk.check() == 1
    assert desk.titles == ["bridge"]
    assert desk.now.etag is None  # the feed is to come whole again, though it has not changed
    for _ in range(4):
        desk.check()
    assert [url for url, _ in desk.site.asked].count("https://news.example/ferry") == 3
    assert [url for url, _ in desk.site.asked].count("https://news.example/bridge") == 1
    assert desk.now.etag == '"1"'


def test_an_entry_without_a_page_is_an_article_if_the_feed_holds_enough_of_it(desk: Desk) -> None:
    words = " ".join(
        f"On day {day} the harbour authority said that gauge {day} is replaced." for day in range(9)
    )
    desk.site.tell("gauge", text=f"<p>{words}</p>")
    desk.site.pages["https://news.example/gauge"] = FetchError("it answers 403")
    assert desk.check() == 1
    (article,) = desk.library.articles()
    assert (article.title, article.url) == ("gauge", "https://news.example/gauge")
    assert words in article.text
    assert "<p>" not in article.text


def test_a_long_feed_comes_in_parts(desk: Desk) -> None:
    desk.site.tell(*(f"story{number}" for number in range(30)))
    assert [desk.check(), desk.check(), desk.check()] == [20, 10, 0]
    assert len(desk.titles) == 30


def test_while_the_library_is_being_written_nothing_is_lost_and_nothing_counts_as_failed(desk: Desk) -> None:
    desk.library.trouble = LibraryLocked("process 7 is writing")
    assert desk.check() == 0
    assert (desk.now.failures, desk.now.reason) == (0, None)
    assert len(desk.state.feeds.due()) == 1
    assert desk.check() == 2


def test_a_restart_fetches_no_article_twice(tmp_path: Path) -> None:
    site, library = Site(), FakeLibrary(())
    site.tell("bridge", "ferry")
    for expected in (2, 0):
        state = State(tmp_path / "bot.sqlite")
        watcher = Watcher(library, state.feeds, site.fetch, at_once, pace=Pace(between=0))
        watched = state.feeds.add(FEED, "News", 99, folder=False)
        assert watcher.check(watched) == expected
        state.close()
    assert [url for url, _ in site.asked].count("https://news.example/bridge") == 1


def test_a_folder_is_read_anew(desk: Desk, tmp_path: Path) -> None:
    folder = desk.state.feeds.add(str(tmp_path), str(tmp_path), 99, folder=True)
    assert desk.watcher.check(folder) == 0
    assert desk.library.built_from == [(tmp_path,)]


def test_only_folders_within_those_of_the_settings_may_be_watched(tmp_path: Path) -> None:
    allowed, other = tmp_path / "articles", tmp_path / "secrets"
    for folder in (allowed / "news", other):
        folder.mkdir(parents=True)
    (allowed / "link").symlink_to(other)
    watcher = Watcher(FakeLibrary(()), State().feeds, Site().fetch, at_once, (allowed,))
    assert watcher.folder(str(allowed / "news")) == allowed / "news"
    for refused in (other, allowed / "missing", allowed / "link", allowed / ".." / "secrets"):
        assert watcher.folder(str(refused)) is None


def test_what_is_no_longer_watched_is_forgotten(desk: Desk) -> None:
    desk.check()
    desk.state.feeds.remove(desk.now.number)
    assert desk.state.feeds.all() == ()
    assert desk.state.feeds.is_new(1, "https://news.example/bridge")
