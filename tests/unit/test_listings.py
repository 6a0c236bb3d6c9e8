"""Lists of articles and outlets, and the page of one article, as messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.links import article_in, article_link, bot_link, share_link
from bot.listings import PAGE_SIZE, Shelf, latest_view, shelf_view, sources_view
from bot.outgoing import Action, Outgoing
from bot.pages import article_page, page_action, way_back
from bot.texts import LANGUAGES, texts_in
from index import Article, Listing, Quote, Source, Span
from tests.fakes import HARBOUR, TEA, UNDATED, article
from tests.rendering import ARTICLES, WORDS, blockquotes, quotes, telegram_accepts, texts_of

EN, HANT, HANS = map(texts_in, LANGUAGES)
MANY = tuple(article(f"Text {n}.", title=f"Title {n}", published=date(2025, 1, n + 1)) for n in range(20))
BOT = "articles_test_bot"


def faces(message: Outgoing) -> list[list[str]]:
    return [[button.text for button in row] for row in message.buttons]


def actions(message: Outgoing) -> dict[str, Action]:
    return {button.text: button.action for row in message.buttons for button in row if button.action}


def page_of(start: int, shelf: Shelf | None = None) -> Outgoing:
    return shelf_view(Listing(20, start, MANY[start : start + PAGE_SIZE]), shelf or Shelf(start), EN)


def test_a_list_names_title_outlet_and_date_and_has_a_button_for_each_by_its_number() -> None:
    message = page_of(8)
    lines = message.text.splitlines()
    assert lines[0] == "20 articles, newest first:"
    assert lines[2:4] == ["9. Title 8", "    The Paper · 9 January 2025"]
    assert lines[-1] == "Page 2 of 3"
    assert faces(message) == [["9", "10", "11", "12"], ["13", "14", "15", "16"], ["‹", "›"]]
    assert actions(message)["9"] == page_action(MANY[8].id, Shelf(8).action)
    assert actions(message)["‹"] == Shelf(0).action
    assert actions(message)["›"] == Shelf(16).action


def test_the_first_page_has_no_way_back_and_the_last_no_way_on() -> None:
    assert faces(page_of(0))[-1] == ["›"]
    assert faces(page_of(16))[-1] == ["‹"]
    short = shelf_view(Listing(3, 0, MANY[:3]), Shelf(), EN)
    assert [len(row) for row in faces(shelf_view(Listing(5, 0, MANY[:5]), Shelf(), EN))] == [5]
    assert [len(row) for row in faces(shelf_view(Listing(7, 0, MANY[:7]), Shelf(), EN))] == [4, 3]
    assert faces(short) == [["1", "2", "3"]]
    assert "Page" not in short.text


def test_where_the_list_has_become_shorter_its_buttons_go_on_from_what_is_shown() -> None:
    message = shelf_view(Listing(20, 16, MANY[16:]), Shelf(400), EN)
    assert actions(message)["‹"] == Shelf(8).action


def test_what_a_list_holds_stands_above_it() -> None:
    one = Listing(1, 0, (TEA,))
    assert shelf_view(one, Shelf(words="茶"), HANT).text.startswith("標題含「茶」的文章共 1 篇，由新到舊：")
    assert shelf_view(one, Shelf(words="tea"), EN).text.startswith("1 article with “tea” in its title:")
    of_outlet = Shelf(outlet="山城日報", of_outlet=True, came_from=8)
    message = shelf_view(one, of_outlet, HANS)
    assert message.text.startswith("山城日報的文章共 1 篇，由新到旧：")
    assert actions(message)["‹ 返回"] == Action("sources", 8)
    assert shelf_view(one, Shelf(of_outlet=True), EN).text.startswith("1 article that names no outlet:")


def test_an_empty_list_says_why_and_what_to_do() -> None:
    nothing = Listing(0, 0, ())
    assert "/reindex" in shelf_view(nothing, Shelf(), EN).text
    assert shelf_view(nothing, Shelf(words="xyz"), EN).text.startswith(
        "No title holds “xyz”. /articles lists"
    )
    assert "no longer there" in shelf_view(nothing, Shelf(outlet="gone", of_outlet=True), EN).text
    assert "/reindex" in sources_view((), 0, EN).text
    assert "/reindex" in latest_view((), EN).text


def test_where_no_title_holds_the_words_what_comes_nearest_is_listed() -> None:
    shelf = Shelf(words="tea")
    message = shelf_view(Listing(0, 0, ()), shelf, EN, (TEA,))
    assert message.text.splitlines()[::2] == [
        "No title holds “tea”. Nearest by what they say:",
        "1. 高山茶提早採收",
    ]
    assert faces(message) == [["1"]]
    assert actions(message)["1"] == page_action(TEA.id, shelf.action)


def test_outlets_are_listed_with_how_many_and_how_new_and_each_opens_its_articles() -> None:
    named = [Source(f"Outlet {n}", 9, date(2025, 3, 4)) for n in range(9)]
    message = sources_view([*named, Source(None, 1, None)], 8, EN)
    assert message.text.splitlines() == [
        "10 outlets, those with the most articles first:",
        "",
        "9. Outlet 8",
        "    9 articles · newest 4 March 2025",
        "10. No outlet named",
        "    1 article",
        "",
        "Page 2 of 2",
    ]
    assert faces(message) == [["9", "10"], ["‹"]]
    assert actions(message)["9"] == Shelf(outlet="Outlet 8", of_outlet=True, came_from=8).action
    assert actions(message)["10"] == Shelf(outlet=None, of_outlet=True, came_from=8).action


def test_the_newest_are_shown_each_with_a_sentence_of_its_own() -> None:
    message = latest_view([(TEA, Quote(TEA, Span(0, 13))), (UNDATED, None)], HANT)
    assert message.text.startswith("最新的文章：\n\n1. 高山茶提早採收\n    山城日報 · 2025年12月1日\n山上")
    assert message.text.endswith(f"{TEA.text[:13]}\n2. Undated page")
    assert blockquotes(message) == [TEA.text[:13]]
    assert faces(message) == [["1", "2"], ["全部文章"]]


@given(st.lists(ARTICLES, min_size=1, max_size=PAGE_SIZE), st.sampled_from(LANGUAGES), st.text())
def test_telegram_accepts_every_list(articles: list[Article], language: str, words: str) -> None:
    texts = texts_in(language)
    telegram_accepts(shelf_view(Listing(10**6, 8, tuple(articles)), Shelf(8, words=words), texts))
    sources = [Source(one.source, 3, one.published) for one in articles]
    telegram_accepts(sources_view(sources, 0, texts))


@given(st.lists(quotes(), min_size=1, max_size=5), st.sampled_from(LANGUAGES))
def test_telegram_accepts_the_newest_whatever_they_are(newest: list[Quote], language: str) -> None:
    telegram_accepts(latest_view([(quote.article, quote) for quote in newest], texts_in(language)))


# The page of an article


def test_a_page_tells_what_is_known_and_quotes_the_articles_own_sentences() -> None:
    summary = (Quote(TEA, Span(0, 13)), Quote(TEA, Span(13, 26)))
    message = article_page(replace(TEA, url="https://news.example/tea"), summary, EN, bot=BOT)
    assert message.text == (
        "高山茶提早採收\n山城日報 · 1 December 2025 · Traditional Chinese\n\n"
        f"In its own words:\n{TEA.text[:13]}\n{TEA.text[13:26]}"
    )
    assert blockquotes(message) == [TEA.text[:13], TEA.text[13:26]]
    assert texts_of(message, "bold") == ["高山茶提早採收"]
    assert faces(message) == [["Read at the source", "Share"], ["Ask about this one only"]]
    assert message.buttons[0][0].url == "https://news.example/tea"


def test_a_long_sentence_on_a_page_opens_at_a_touch() -> None:
    long = article("茶園今年提早採收，" * 50)
    message = article_page(long, (Quote(long, Span(0, len(long.text))),), EN, bot=BOT)
    assert [entity.type for entity in message.entities] == ["bold", "expandable_blockquote"]


def test_a_page_in_a_group_also_leads_into_a_private_chat() -> None:
    message = article_page(HARBOUR, (), HANS, bot=BOT, private=False)
    assert faces(message) == [["看原文", "分享"], ["只问这一篇", "私聊提问"]]
    assert message.buttons[1][1].url == f"https://t.me/{BOT}?start=a-{HARBOUR.id}"


def test_a_page_whose_article_is_being_asked_says_so_and_how_to_leave() -> None:
    message = article_page(TEA, (), HANT, bot=BOT, kept=True)
    assert message.text.startswith("接下來我只根據〈高山茶提早採收〉回答您，傳送 /new 可回到全部文章。")
    assert faces(message) == [["分享"]]


def test_a_page_leads_back_to_where_one_came_from() -> None:
    back = Shelf(8, words="tea").action
    assert way_back(page_action("id", back).payload) == back
    assert way_back(page_action("id").payload) is None
    assert actions(article_page(TEA, (), EN, bot=BOT, back=back))["‹ Back"] == back


@given(quotes(), st.sampled_from(LANGUAGES), st.booleans(), st.booleans())
def test_telegram_accepts_every_page(quote: Quote, language: str, kept: bool, private: bool) -> None:
    page = article_page(
        quote.article, (quote,) * 3, texts_in(language), bot=BOT, kept=kept, private=private, back=Action("x")
    )
    telegram_accepts(page)


# Links to the bot


def test_a_link_that_asks_about_an_article_is_read_back() -> None:
    assert article_link(BOT, "0123456789ab") == f"https://t.me/{BOT}?start=a-0123456789ab"
    assert article_in("a-0123456789ab") == "0123456789ab"
    assert article_in("inline") is None


@pytest.mark.parametrize("identifier", ["", "with space", "a/b", "茶", "x" * 63])
def test_what_no_link_may_carry_makes_none(identifier: str) -> None:
    assert (article_link(BOT, identifier) is None) is bool(identifier)
    assert bot_link(BOT, "") is None


@given(WORDS)
def test_words_to_share_stay_one_parameter(words: str) -> None:
    link = share_link("https://t.me/x?start=y", words)
    assert link.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fx%3Fstart%3Dy&text=")
    assert link.count("&") == 1
    assert "#" not in link
