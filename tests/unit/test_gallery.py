"""The README's pictures: what the bot would send is what is drawn."""

from datetime import date

import pytest
from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships without types
from telegram import Message, MessageEntity

from bot.render import answer_message
from bot.texts import texts_in
from index import Answer, Quote, Span
from tests.fakes import FakeLibrary, article
from tests.gallery.chatting import CHEN, LING, Press, Say, Scene, Type, play
from tests.gallery.drawing import THEMES, page
from tests.gallery.entities import html_of
from tests.gallery.scenes import SCENES


def entity(kind: str, text: str, words: str, url: str | None = None) -> MessageEntity:
    """An entity over the first place where the words stand, in UTF-16 units as Telegram counts."""
    before = text[: text.index(words)]
    start, length = (len(part.encode("utf-16-le")) // 2 for part in (before, words))
    return MessageEntity(kind, start, length, url=url)


def test_a_message_without_entities_is_its_text_escaped() -> None:
    assert html_of('R&D <b>is</b> "big"', ()) == "R&amp;D &lt;b&gt;is&lt;/b&gt; &quot;big&quot;"


def test_offsets_count_utf16_units_so_that_an_emoji_before_an_entity_moves_nothing() -> None:
    text = "👩‍🔬𠮷🚗 小米 spends 😀 much"
    marked = html_of(text, [entity("bold", text, "小米"), entity("italic", text, "😀 much")])
    assert marked == "👩‍🔬𠮷🚗 <b>小米</b> spends <i>😀 much</i>"


def test_bold_lies_inside_its_blockquote_whichever_comes_first() -> None:
    text = "😀約2000億元。\nTitle"
    bold, quote = entity("bold", text, "2000億元"), entity("blockquote", text, "😀約2000億元。")
    expected = "<blockquote>😀約<b>2000億元</b>。</blockquote>\nTitle"
    assert html_of(text, [bold, quote]) == html_of(text, [quote, bold]) == expected


def test_of_two_entities_over_the_same_words_the_blockquote_is_outside() -> None:
    text = "all of it"
    both = [entity("bold", text, text), entity("expandable_blockquote", text, text)]
    assert html_of(text, both) == "<blockquote expandable><b>all of it</b></blockquote>"


def test_entities_that_touch_are_kept_apart() -> None:
    text = "onetwo"
    both = [entity("bold", text, "one"), entity("italic", text, "two")]
    assert html_of(text, both) == "<b>one</b><i>two</i>"


def test_an_address_cannot_end_its_link() -> None:
    link = entity("text_link", "here", "here", 'https://example.com/?a=1&b="><script>')
    marked = html_of("here", [link])
    assert marked == '<a href="https://example.com/?a=1&amp;b=&quot;&gt;&lt;script&gt;">here</a>'


def test_a_kind_that_cannot_be_drawn_is_named_instead_of_left_out() -> None:
    with pytest.raises(ValueError, match="'spoiler'"):
        html_of("hidden", [entity("spoiler", "hidden", "hidden")])


def test_an_answer_is_drawn_word_for_word_and_as_python_telegram_bot_reads_its_entities() -> None:
    text = "前言🎉。小米預計投入<逾>2000億元 & more 😀。尾"
    source = article(text, title="R&D 🚀", url="https://news.example/a", published=date(2025, 12, 1))
    start, end = text.index("小米"), text.index("尾")
    bold = Span(text.index("逾"), text.index("億元") + 2)
    answer = Answer("?", (Quote(source, Span(start, end), bold), Quote(source, Span(0, start), Span(2, 3))))
    message = answer_message(answer, texts_in("en"))
    marked = html_of(message.text, message.entities)
    assert lxml_html.fromstring(f"<div>{marked}</div>").text_content() == message.text
    # As it arrives, through JSON: entities that were shifted in memory compare by where they stood before.
    received = Message.de_json(
        {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 1, "type": "private"},
            "text": message.text,
            "entities": [one.to_dict() for one in message.entities],
        },
        None,
    )
    assert marked == received.text_html


@pytest.mark.parametrize("theme", THEMES)
async def test_a_page_holds_each_question_the_bots_answer_to_it_and_nothing_from_outside(theme: str) -> None:
    scene = Scene("test", "en", (Say("340 million"), Say("no such words")))
    drawn = page(await play(scene, FakeLibrary()), scene, theme)
    tree = lxml_html.fromstring(drawn)
    assert tree.get("data-theme") == theme
    assert tree.xpath("//*[contains(@class, 'outgoing')]/*[@class='words']/text()") == [
        "340 million",
        "no such words",
    ]
    assert tree.xpath("//blockquote/b/text()") == ["340 million"]
    assert tree.xpath("//*[@class='reply']/*[@class='line']/text()") == ["340 million", "no such words"]
    assert "The articles do not say that." in drawn
    assert tree.xpath("(//*[@class='keyboard'])[1]/div[1]/span/text()") == [
        "Read at the source",
        "In context",
    ]
    assert not tree.xpath("//@src | //link")


async def test_a_scene_ends_as_its_chat_reads_after_what_was_pressed() -> None:
    scene = Scene("test", "zh-Hant", (Say("340 million"), Press("answer.context")))
    shown = await play(scene, FakeLibrary())
    asked, answer = shown.messages
    assert asked.text == "340 million"
    assert answer.reply_markup is not None
    assert answer.reply_markup.inline_keyboard[0][0].text == "‹ 返回"
    assert "今天" in page(shown, scene, "light")


async def test_in_a_group_everybody_but_oneself_bears_a_name() -> None:
    scene = Scene("test", "en", (Say("hello", by=CHEN), Say("@ 340 million")), group=True)
    drawn = page(await play(scene, FakeLibrary()), scene, "light")
    tree = lxml_html.fromstring(drawn)
    assert tree.xpath("//*[contains(@class, 'sender')]/text()") == ["Chen", "Articles"]
    assert tree.xpath("//*[contains(@class, 'outgoing')]//a/text()") == ["@articles_test_bot"]


async def test_a_scene_in_which_the_bot_is_silent_is_no_picture() -> None:
    scene = Scene("test", "en", (Say("340 million", by=LING | {"id": 777000}),))
    with pytest.raises(ValueError, match="got no answer"):
        await play(scene, FakeLibrary(), patience=2)


def test_every_scene_has_a_name_of_its_own() -> None:
    assert len({scene.name for scene in SCENES}) == len(SCENES)


async def test_a_picture_a_file_and_what_is_offered_are_drawn() -> None:
    file = ("news.txt", "A title\n\nA bridge was opened on Monday.")
    sent = Scene("file", "en", (Say("", file=file),), admin=True)
    drawn = page(await play(sent, FakeLibrary()), sent, "light")
    assert "news.txt<small>0.0 KB</small>" in drawn
    told = Scene("status", "en", (Say("340 million"), Say("/status")), admin=True)
    assert 'src="data:image/png;base64,iVBOR' in page(await play(told, FakeLibrary()), told, "light")
    typed = Scene("inline", "en", (Say("340 million"), Type("340 million")))
    drawn = page(await play(typed, FakeLibrary()), typed, "light")
    assert '<span class="typed">@articles_test_bot 340 million</span>' in drawn
    assert "<b>Ferry terminal opens</b>" in drawn
