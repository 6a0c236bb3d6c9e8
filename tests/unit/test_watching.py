"""What is new in a feed comes in once, whatever fails meanwhile, and its server is left in peace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from bot.state import State
from bot.watching import Pace, Watcher
from index import BuildReport, Failure, FetchError, LibraryLocked, Page, Stamp
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
        self.kept_public: list[str] = []
        self.stamp = Stamp('"1"', None)
        self.public = True

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

    def fetched(self, name: str) -> int:
        """How often an article's page was asked for."""
        return [url for url, _ in self.asked].count(f"https://news.example/{name}")

    def fetch(self, url: str, stamp: Stamp | None = None, *, public: bool = False) -> Page | None:
        """As a `Fetcher` does."""
        self.asked.append((url, stamp))
        self.kept_public += [url] if public else []
        page = self.pages.get(url, FetchError(f"{url} answers 404"))
        if isinstance(page, Exception):
            raise page
        if url == FEED and stamp == self.stamp:
            return None
        kind = "application/xml" if url == FEED else "text/plain"
        return Page(url, page.encode(), kind, self.stamp, public=self.public)


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


WORDS = " ".join(f"On day {day} the harbour authority said that gauge {day} is replaced." for day in range(9))


def test_an_entry_without_a_page_is_an_article_if_the_feed_holds_enough_of_it(desk: Desk) -> None:
    desk.site.tell("gauge", text=f"<p>{WORDS}</p>")
    desk.site.pages["https://news.example/gauge"] = FetchError("it answers 403")
    assert desk.check() == 1
    (article,) = desk.library.articles()
    assert (article.title, article.url, article.source) == (
        "gauge",
        "https://news.example/gauge",
        "news.example",
    )
    assert WORDS in article.text
    assert "<p>" not in article.text


def test_what_is_little_but_markup_is_no_article(desk: Desk) -> None:
    desk.site.tell("gauge", text=f"<p>{'<b></b>' * 99}The gauge of the harbour is replaced. Read on.</p>")
    desk.site.pages["https://news.example/gauge"] = FetchError("it answers 403")
    assert desk.check() == 0
    assert desk.titles == []


def test_a_page_that_says_next_to_nothing_is_passed_over_for_what_the_feed_holds(desk: Desk) -> None:
    desk.site.tell("gauge", text=f"<p>{WORDS}</p>")
    desk.site.pages["https://news.example/gauge"] = "gauge\n\nSubscribe to read on."
    assert desk.check() == 1
    assert WORDS in desk.library.articles()[0].text


def test_a_page_whose_server_is_busy_is_waited_for_and_not_for_ever(desk: Desk) -> None:
    desk.site.tell("gauge", text=f"<p>{WORDS}</p>")
    desk.site.pages["https://news.example/gauge"] = FetchError("it answers 503", passing=True)
    assert [desk.check() for _ in range(4)] == [0, 0, 0, 1]
    assert WORDS in desk.library.articles()[0].text


def test_entries_that_have_no_address_are_articles_of_their_own(desk: Desk) -> None:
    items = [
        f"<item><guid isPermaLink='false'>{n}</guid><description>{WORDS} This is {n}.</description></item>"
        for n in "abc"
    ]
    desk.site.pages[FEED] = f'<rss version="2.0"><channel><title>News</title>{"".join(items)}</channel></rss>'
    assert desk.check() == 3
    assert {article.url for article in desk.library.articles()} == {None}
    assert {article.source for article in desk.library.articles()} == {"news.example"}


def test_a_busy_site_loses_nothing_however_long_it_is_and_is_asked_once_a_check(desk: Desk) -> None:
    desk.site.tell("bridge", "ferry", "market")
    pages = dict(desk.site.pages)
    for name in ("bridge", "ferry", "market"):
        desk.site.pages[f"https://news.example/{name}"] = FetchError("it answers 503", passing=True)
    for _ in range(40):
        assert desk.check() == 0
    assert sum(desk.site.fetched(name) for name in ("bridge", "ferry", "market")) == 40
    assert (desk.now.reason, desk.now.failures) == ("it answers 503", 0)
    desk.site.pages = pages
    assert desk.check() == 3


def test_a_page_that_never_comes_keeps_no_other_waiting(desk: Desk) -> None:
    desk.site.tell(*(f"story{number}" for number in range(30)))
    for number in range(20):
        error = FetchError("it took longer than 20 s", passing=not number % 2)
        desk.site.pages[f"https://news.example/story{number}"] = error
    for _ in range(25):
        desk.check()
    assert desk.titles == sorted(f"story{number}" for number in range(20, 30))


def test_a_site_that_asks_for_time_on_a_page_gets_it(desk: Desk) -> None:
    desk.site.pages["https://news.example/bridge"] = FetchError("it answers 429", wait=5000, passing=True)
    desk.check()
    assert desk.now.due - NOW == 5000


def test_what_could_not_be_read_is_told_though_the_check_went_well(desk: Desk) -> None:
    desk.site.pages["https://news.example/ferry"] = FetchError("it answers 404")
    assert desk.check() == 1
    assert (desk.now.reason, desk.now.failures, desk.now.news) == ("it answers 404", 0, NOW)


def test_pages_of_a_feed_on_the_internet_are_fetched_from_the_internet_only(desk: Desk) -> None:
    desk.check()
    assert desk.site.kept_public == ["https://news.example/bridge", "https://news.example/ferry"]
    desk.site.kept_public.clear()
    desk.site.public = False
    desk.site.tell("market")
    desk.site.stamp = Stamp('"2"')
    assert desk.check() == 1
    assert desk.site.kept_public == []


class Waits(Event):
    """An event that notes how long it is waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it is set."""
        self.seconds.append(timeout or 0.0)
        return self.is_set()


def test_between_two_pages_of_one_site_there_is_a_pause_and_none_between_sites(desk: Desk) -> None:
    waits = Waits()
    desk.watcher = Watcher(
        desk.library, desk.state.feeds, desk.site.fetch, at_once, (), Pace(100, between=50), waits
    )
    desk.check()
    assert [round(each) for each in waits.seconds] == [0, 50, 50]
    desk.state.feeds.add("https://other.example/rss", "Other", 99, folder=False)
    desk.watcher.check(desk.state.feeds.all()[1])
    desk.watcher.check(desk.state.feeds.all()[0])
    assert [round(each) for each in waits.seconds] == [0, 50, 50, 0, 50]


def test_a_check_ends_when_the_bot_does_and_goes_on_after_the_next_start(desk: Desk) -> None:
    fetch = desk.site.fetch

    def fetch_and_stop(url: str, stamp: Stamp | None = None, *, public: bool = False) -> Page | None:
        if url != FEED:
            desk.watcher.stopping.set()
        return fetch(url, stamp, public=public)

    desk.watcher.fetch = fetch_and_stop
    assert desk.check() == 0
    assert (desk.now.failures, desk.now.checked, len(desk.site.asked)) == (0, None, 2)
    assert len(desk.state.feeds.due()) == 1
    desk.watcher = desk.made()
    assert desk.check() == 2


def test_whatever_goes_wrong_with_one_feed_is_noted_and_the_others_are_checked(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.site.pages[FEED] = ZeroDivisionError("division by zero")
    assert desk.check() == 0
    assert (desk.now.failures, desk.now.reason) == (1, "ZeroDivisionError; the log has more")
    assert "division by zero" in caplog.text
    assert desk.state.feeds.due() == ()


def test_a_clock_that_was_wrong_stops_nothing(desk: Desk) -> None:
    desk.state.feeds._database.clock = lambda: NOW + 10 * 365 * 86_400
    desk.state.feeds.postpone(desk.now.number, due=NOW + 10 * 365 * 86_400)
    desk.state.feeds._database.clock = lambda: NOW
    assert len(desk.state.feeds.due()) == 1


def test_a_long_feed_comes_in_parts(desk: Desk) -> None:
    desk.site.tell(*(f"story{number}" for number in range(30)))
    assert desk.check() == 20
    assert desk.now.due - NOW == 60
    assert [desk.check(), desk.check()] == [10, 0]
    assert len(desk.titles) == 30
    assert desk.now.due - NOW >= 90


def test_while_the_library_is_being_written_nothing_is_lost_fetched_again_or_counted_as_failed(
    desk: Desk,
) -> None:
    for _ in range(5):
        desk.library.trouble = LibraryLocked("process 7 is writing")
        assert desk.check() == 0
    assert (desk.now.failures, desk.now.reason) == (0, None)
    assert desk.now.due - NOW == 60
    assert desk.check() == 2
    assert (desk.site.fetched("bridge"), desk.site.fetched("ferry")) == (1, 1)


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
    assert desk.state.feeds.all()[1].reason is None


def test_a_file_of_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    state, failed = State(), (Failure("a.pdf", "The file is empty"),)
    library = FakeLibrary((), report=BuildReport((), (), (), 0, (), failed, 0, 9, 0.5))
    folder = state.feeds.add(str(tmp_path), str(tmp_path), 99, folder=True)
    Watcher(library, state.feeds, Site().fetch, at_once).check(folder)
    (now,) = state.feeds.all()
    assert (now.failures, now.reason) == (0, "a.pdf: The file is empty")


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
    desk.state.feeds.done(1, "https://news.example/bridge")  # by a check that was still going on
    assert desk.state.feeds.is_new(1, "https://news.example/bridge")
