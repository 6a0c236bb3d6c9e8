"""Quotes as cards to send into any chat."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.inline import SHOWN, cards
from bot.texts import LANGUAGES, texts_in
from index import Answer, Quote, Span, Within
from tests.fakes import HARBOUR, TEA
from tests.rendering import ANSWERS, blockquotes, telegram_accepts

BOT = "articles_test_bot"
BOTH = Answer("?", (Quote(TEA, Span(13, 26), Span(22, 24)), Quote(HARBOUR, Span(0, 41))))
EN = texts_in("en")


def test_each_quote_is_a_card_that_names_title_outlet_and_date() -> None:
    first, second = cards(BOTH, texts_in("zh-Hant"), BOT)
    assert first.title == "高山茶提早採收"
    assert first.description == f"山城日報 · 2025年12月1日\n{TEA.text[13:26]}"
    assert first.url is None
    assert blockquotes(first.message) == [TEA.text[13:26]]
    assert first.message.text == f"{TEA.text[13:26]}\n高山茶提早採收\n山城日報 · 2025年12月1日"
    assert second.url == "https://news.example/ferry"
    assert [[button.text for button in row] for row in second.message.buttons] == [["看原文"], ["只問這一篇"]]
    assert second.message.buttons[1][0].url == f"https://t.me/{BOT}?start=a-{HARBOUR.id}"


def test_what_only_the_asker_needs_to_know_is_not_sent_into_other_chats() -> None:
    asked = replace(BOTH, understood="how much tea?", within=Within(outlets=("山城日報",)))
    assert cards(asked, EN, BOT) == cards(BOTH, EN, BOT)


def test_articles_that_disagree_are_one_card() -> None:
    (card,) = cards(replace(BOTH, disagree=True), EN, BOT)
    assert card.title.startswith("The articles give different figures")
    assert len(blockquotes(card.message)) == 2
    assert card.message.text.startswith("The articles give different figures")


@given(ANSWERS, st.sampled_from(LANGUAGES))
def test_telegram_accepts_every_card_and_no_button_of_it_needs_the_bot_there(
    answer: Answer, language: str
) -> None:
    for card in cards(answer, texts_in(language), BOT):
        telegram_accepts(card.message)
        assert card.title.strip()
        assert len(card.description) < SHOWN + 200
        assert all(button.url for row in card.message.buttons for button in row)
