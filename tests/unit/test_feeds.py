"""RSS and Atom are read as they come, and only what is a feed."""

from __future__ import annotations

from datetime import date

import pytest

from index.errors import FeedError
from index.feeds import Entry, Feed, feed_in
from index.fetching import Page, Stamp

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
    return feed_in(Page("https://news.example/rss", content.encode(), kind, Stamp()))


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
