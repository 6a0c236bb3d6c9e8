"""RSS and Atom are read as they come, and only what is a feed."""

from __future__ import annotations

from datetime import date

import pytest

from index.errors import FeedError
from index.feeds import Entry, Feed, parse_feed

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title> Harbour   Daily </title>
<item><title>Ferry &amp; tide</title><link>/ferry</link><guid>f-1</guid>
<pubDate>Mon, 01 Dec 2025 08:00:00 +0800</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The whole of it, at length.</p>]]></content:encoded></item>
<item><title>No address, no id</title></item>
<item><title>By its address</title><link>https://news.example/b</link></item>
<item><title>The same again</title><link>https://news.example/b</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>山城日報</title>
<entry><id>tag:1</id><title>茶園</title><link href="https://news.example/tea"/>
<updated>2025-12-01T02:00:00Z</updated><summary>今年提早採收。</summary></entry></feed>"""


def feed(content: str, kind: str = "application/xml") -> Feed:
    return parse_feed(content.encode(), kind, "https://news.example/rss")


def test_rss_is_read() -> None:
    assert feed(RSS) == Feed(
        "Harbour Daily",
        (
            Entry(
                "f-1",
                "https://news.example/ferry",
                "Ferry & tide",
                date(2025, 12, 1),
                "<p>The whole of it, at length.</p>",
            ),
            Entry("https://news.example/b", "https://news.example/b", "The same again", None, ""),
        ),
    )


def test_atom_is_read_whatever_its_server_calls_it() -> None:
    (entry,) = feed(ATOM, "text/html").entries
    assert entry == Entry("tag:1", "https://news.example/tea", "茶園", date(2025, 12, 1), "今年提早採收。")


@pytest.mark.parametrize(
    "content", ["<html><body>news</body></html>", "", "http://news.example/", "\0\1\2", "{}", "<rss"]
)
def test_what_is_no_feed_is_refused_with_what_to_look_for(content: str) -> None:
    with pytest.raises(FeedError, match=r"https://news\.example/rss is no RSS or Atom feed; look for"):
        feed(content)


def item(inner: str) -> Entry | None:
    """The one entry of a feed that holds it, if it is one."""
    entries = feed(
        f'<rss version="2.0"><channel><title>x</title><item>{inner}</item></channel></rss>'
    ).entries
    return entries[0] if entries else None


@pytest.mark.parametrize(
    "link",
    [
        "http://[::1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://bank.example@evil.example/",
        "https://news.example:port/",
        "https://news.example/\u202egpj.exe",
    ],
)
def test_an_address_that_nobody_should_follow_is_none(link: str) -> None:
    assert item(f"<guid isPermaLink='false'>1</guid><link>{link}</link>") == Entry("1", None, "", None, "")
    assert item(f"<link>{link}</link>") is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Mon, 01 Dec 2025 07:00:00 +0800", date(2025, 12, 1)),  # in Greenwich it is still November
        ("2025-12-01T07:00:00+08:00", date(2025, 12, 1)),
        ("Mon, 01 Dec 25 07:00:00 GMT", date(2025, 12, 1)),
        ("9" * 5000, None),
        ("0001-01-01T00:00:00+23:00", None),
        ("0000-00-00", None),
        ("yesterday", None),
    ],
)
def test_a_day_is_as_it_is_written_and_none_where_no_calendar_has_it(written: str, day: date | None) -> None:
    entry = item(f"<guid>1</guid><pubDate>{written}</pubDate>")
    assert entry is not None
    assert entry.published == day


def test_the_longest_name_takes_no_more_room_than_another() -> None:
    long, other = item(f"<guid>{'1' * 100_000}</guid>"), item(f"<guid>{'1' * 99_999}2</guid>")
    assert long is not None
    assert other is not None
    assert len(long.key) == 64
    assert long.key != other.key


@pytest.mark.parametrize("encoding", ["utf-7", "zlib", "idna", "unicode_escape", "no-such"])
def test_an_encoding_that_is_none_of_a_feed_does_no_harm(encoding: str) -> None:
    assert feed(RSS.replace("utf-8", encoding)).title in {"Harbour Daily", "https://news.example/rss"}


def test_an_entity_that_names_a_file_brings_nothing_of_it() -> None:
    evil = RSS.replace(
        '<rss version="2.0"', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0"'
    ).replace("Ferry &amp; tide", "Ferry &x;")
    try:
        titles = " ".join(entry.title for entry in feed(evil).entries)
    except FeedError:
        titles = ""
    assert "root" not in titles


def test_a_billion_laughs_are_not_laughed() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "haha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    evil = RSS.replace('<rss version="2.0"', f'{bomb}]><rss version="2.0"').replace("Short.", "&i;")
    try:
        longest = max(len(entry.text) for entry in feed(evil).entries)
    except FeedError:
        longest = 0
    assert longest < 10_000
