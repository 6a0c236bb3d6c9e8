"""Saved news pages give their article, and no menu, teaser, comment or banner with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from index.errors import EmptyArticle
from index.records import Article
from tests.reading import TRADITIONAL, article

PAGES = Path(__file__).parent / "pages"


def page(name: str, encoding: str = "utf-8") -> Article:
    return article((PAGES / f"{name}.html").read_text("utf-8").encode(encoding), ".html", name)


def test_a_traditional_news_page() -> None:
    read = page("traditional")
    assert (read.title, read.source, read.author) == (
        "港都輕軌三期通車 首日湧入九萬人次",
        "港灣日報",
        "林曉彤",
    )
    assert (read.published, read.language) == (date(2025, 12, 3), "zh-Hant")
    assert read.url == "https://daily.example.tw/city/story/20251203-harbour-tram"
    assert read.text.startswith("港都輕軌三期昨（2）日上午六點正式通車")
    assert read.text.endswith("第四期路線的環評預計明年六月送審。")
    for furniture in (
        "Cookie",
        "請繼續往下閱讀",
        "延伸閱讀",
        "會員登入",
        "等了四年",
        "颱風動態",
        "版權所有",
        "APP",
    ):
        assert furniture not in read.text


def test_a_simplified_page_that_declares_gb2312_and_no_metadata() -> None:
    read = page("simplified", "gb18030")
    assert (read.title, read.source, read.author) == (
        "青岭县建成首座压缩空气储能电站",
        "江岸新闻网",
        "周立平",
    )
    assert (read.published, read.language) == (date(2025, 11, 28), "zh-Hans")
    assert read.text.startswith("本报讯 青岭县压缩空气储能电站27日并网发电")
    for furniture in ("相关报道", "分享到", "网友评论", "江边老王", "点击排行", "ICP备", "论坛"):
        assert furniture not in read.text


def test_an_english_page_with_banner_newsletter_comments_and_table() -> None:
    read = page("english")
    assert (read.title, read.author) == (
        "Tidal farm off Skerry Point starts sending power ashore",
        "Moira Keane",
    )
    assert (read.source, read.published, read.language) == ("The Northern Ledger", date(2025, 11, 19), "en")
    assert read.text.startswith("Four turbines anchored")
    assert "Turbine | Output\nNorth | 2.1 MW\nSouth | 1.9 MW\n" in read.text
    for furniture in (
        "cookies",
        "Sign up",
        "Share on",
        "More on this story",
        "harbourmaster",
        "Most read",
        "©",
    ):
        assert furniture not in read.text


def test_a_page_with_everything_in_one_block() -> None:
    read = page("crowded")
    assert (read.title, read.source) == ("老戲院變身社區書店 夜間開放到十點", "城南週報")
    assert (read.author, read.published) == ("何佩珊", date(2025, 10, 7))
    assert read.text.startswith("城南唯一的老戲院")
    for furniture in ("Cookie", "廣告", "看更多", "相關新聞", "留言", "阿芬", "要聞"):
        assert furniture not in read.text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_page_whose_declaration_is_wrong_is_read_by_its_bytes(encoding: str) -> None:
    assert page("traditional", encoding).title == "港都輕軌三期通車 首日湧入九萬人次"


def test_xhtml_with_an_xml_declaration() -> None:
    text = (PAGES / "simplified.html").read_text("utf-8")
    data = ('<?xml version="1.0" encoding="gb2312"?>\n' + text).encode("gb18030")
    assert article(data, ".xhtml").title == "青岭县建成首座压缩空气储能电站"


def test_the_address_a_browser_saved_the_page_from_is_its_url() -> None:
    html = (PAGES / "crowded.html").read_text("utf-8")
    saved = "<!-- saved from url=(0036)https://weekly.example/culture/1.html -->\n" + html
    assert article(saved, ".html").url == "https://weekly.example/culture/1.html"


@pytest.mark.parametrize(
    "html", ["<html><body></body></html>", "no markup", "<nav><a href='/'>首頁</a></nav>", "<" * 500]
)
def test_a_page_without_main_text_says_so(html: str) -> None:
    with pytest.raises(EmptyArticle, match="main text"):
        article(html, ".html")


def test_a_page_nested_beyond_reason_does_not_break_the_reader() -> None:
    html = "<html><body>" + "<div>" * 20_000 + "<p>" + TRADITIONAL + "</p></body></html>"
    with pytest.raises(EmptyArticle, match="main text"):
        article(html, ".html")
