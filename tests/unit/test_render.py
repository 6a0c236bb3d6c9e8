from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.cutting import units
from bot.outgoing import LIMIT
from bot.quotation import CUT
from bot.render import (
    answer_message,
    context_message,
    not_found_message,
    progress_line,
    report_message,
)
from bot.texts import LANGUAGES, texts_in
from index import Aid, Answer, Article, BuildReport, Failure, NotFound, Progress, Quote, Span
from tests.fakes import HARBOUR, TEA, UNDATED, article
from tests.rendering import (
    ANSWERS,
    ARTICLES,
    LONG_WORDS,
    WORDS,
    blockquotes,
    quotes,
    telegram_accepts,
    texts_of,
)

EN, HANT = texts_in("en"), texts_in("zh-Hant")


@given(ANSWERS, st.sampled_from(LANGUAGES))
def test_telegram_accepts_whatever_an_answer_is_rendered_to(answer: Answer, language: str) -> None:
    """Within 4096 units, every entity inside the text, none of them splitting a surrogate pair."""
    message = answer_message(answer, texts_in(language))
    assert units(message.text) <= LIMIT
    telegram_accepts(message)


@given(ANSWERS)
def test_every_quote_is_shown_verbatim_or_a_stretch_of_it_with_the_cut_marked_outside(answer: Answer) -> None:
    shown = blockquotes(answer_message(answer, EN))
    assert len(shown) == len(answer.quotes)  # aids and other outlets stand outside
    for quote, block in zip(answer.quotes, shown, strict=True):
        words = block
        if words != quote.text and words.endswith(f" {CUT}"):
            words = words.removesuffix(f" {CUT}")
            if not quote.text.startswith(words):
                words = words.removeprefix(f"{CUT} ")
        elif words != quote.text:
            words = words.removeprefix(f"{CUT} ")
        assert words in quote.text
        assert words.strip()
        if words != quote.text:
            # Nothing is cut that would have fitted into the quote's share of the message.
            assert units(quote.text) > LIMIT // (len(answer.quotes) + bool(answer.prose)) // 4


@given(ANSWERS)
def test_only_quoted_words_are_bold_and_only_web_addresses_are_linked(answer: Answer) -> None:
    highlights = [quote.highlight.of(quote.article.text) for quote in answer.quotes if quote.highlight]
    message = answer_message(answer, EN)
    for bold in texts_of(message, MessageEntity.BOLD):
        assert any(bold in highlight for highlight in highlights)
    for entity in message.entities:
        assert entity.type in {"blockquote", "expandable_blockquote", "bold", "text_link"}
        assert entity.url in {None, "https://a.example/1"}


def test_an_answer_is_a_blockquote_with_its_own_words_bold_and_the_citation_under_it() -> None:
    start = TEA.text.index("農會")
    words = TEA.text.index("兩成")
    quote = Quote(
        replace(TEA, url="https://news.example/tea"), Span(start, start + 15), Span(words, words + 2)
    )
    message = answer_message(Answer("?", (quote,)), HANT)
    assert message.text == "農會表示，產量將增加兩成。茶農\n高山茶提早採收\n山城日報 · 2025年12月1日"
    assert texts_of(message, MessageEntity.BLOCKQUOTE) == ["農會表示，產量將增加兩成。茶農"]
    assert texts_of(message, MessageEntity.BOLD) == ["兩成"]
    assert texts_of(message, MessageEntity.TEXT_LINK) == ["高山茶提早採收"]
    assert [e.url for e in message.entities if e.url] == ["https://news.example/tea"]


def test_what_figures_say_stands_under_the_quote_and_other_outlets_under_its_citation() -> None:
    words = TEA.text.index("兩成")
    quote = Quote(
        TEA,
        Span(0, 25),
        aids=(Aid(Span(words, words + 2), "20%"), Aid(Span(8, 10), "harvest")),
        also=(HARBOUR, UNDATED, replace(TEA, source=None, published=None)),
    )
    message = answer_message(Answer("?", (quote,)), EN)
    assert blockquotes(message) == [TEA.text[:25]]
    assert message.text == (
        f"{TEA.text[:25]}\n"
        "兩成 = 20% · 早採 = harvest\n"
        "高山茶提早採收\n"
        "山城日報 · 1 December 2025\n"
        "Also in: Harbour Daily (4 March 2025), Undated page, 高山茶提早採收"
    )
    assert texts_of(message, MessageEntity.TEXT_LINK) == ["Harbour Daily"]
    message = answer_message(Answer("?", (quote,)), HANT)
    assert message.text.endswith("\n另見於：Harbour Daily（2025年3月4日）、Undated page、高山茶提早採收")


def test_of_many_other_outlets_three_are_named_and_the_rest_counted() -> None:
    quote = Quote(TEA, Span(0, 5), also=(HARBOUR,) * 5)
    message = answer_message(Answer("?", (quote,)), EN)
    assert message.text.endswith("Harbour Daily (4 March 2025) and 2 more")


def test_a_figure_that_is_not_shown_is_not_explained() -> None:
    long = article("公司宣布加碼投資，" * 1000 + "金額是七千億元。")
    at = long.text.index("七千億元")
    aids = (Aid(Span(0, 2), "company"), Aid(Span(at, at + 4), "700 billion yuan"))
    message = answer_message(Answer("?", (Quote(long, Span(0, len(long.text)), aids=aids),)), EN)
    assert "\n公司 = company\n" in message.text
    assert "700 billion" not in message.text


def test_a_quote_leaves_room_for_all_that_stands_under_it() -> None:
    long = article("公司宣布加碼投資，" * 1000, title="Title " * 50)
    aids = tuple(Aid(Span(at, at + 2), "a company " * 20) for at in range(0, 90, 9))
    quote = Quote(long, Span(0, len(long.text)), aids=aids, also=(HARBOUR, TEA, UNDATED))
    message = answer_message(Answer("?", (quote,)), EN)
    assert message.text.count("公司 = a company a company") == 6
    assert LIMIT - 60 < units(message.text) <= LIMIT


TOPS = {
    "en": """\
Understood as: how much tea?
The articles give different figures; mind their dates.

山上的
1. 高山茶提早採收
山城日報 · 1 December 2025

A page
2. Undated page
date unknown""",
    "zh-Hant": """\
理解為：how much tea?
各篇文章的數字不一，請留意日期。

山上的
1. 高山茶提早採收
山城日報 · 2025年12月1日

A page
2. Undated page
日期不詳""",
    "zh-Hans": """\
理解为：how much tea?
各篇文章的数字不一，请留意日期。

山上的
1. 高山茶提早採收
山城日報 · 2025年12月1日

A page
2. Undated page
日期不详""",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_a_question_was_understood_and_that_articles_disagree_stand_at_the_top(language: str) -> None:
    """Where articles disagree every quote shows its date, or that it is unknown."""
    quotes = (Quote(TEA, Span(0, 3)), Quote(UNDATED, Span(0, 6)))
    answer = Answer("?", quotes, understood="how much\ntea?", disagree=True)
    message = answer_message(answer, texts_in(language))
    assert message.text == TOPS[language]


def test_the_top_stays_with_the_first_quote_however_long_that_is() -> None:
    long = article("公司宣布加碼投資，" * 1000)
    quote = Quote(long, Span(0, len(long.text)))
    message = answer_message(Answer("?", (quote,), understood="and in 2024? " * 500, disagree=True), EN)
    assert message.text.startswith("Understood as: and in 2024? and")
    assert LIMIT - 60 < units(message.text) <= LIMIT


def test_an_article_without_outlet_date_or_address_is_cited_by_its_title_alone() -> None:
    message = answer_message(Answer("?", (Quote(UNDATED, Span(0, 6)),)), EN)
    assert message.text == "A page\nUndated page"
    assert [entity.type for entity in message.entities] == [MessageEntity.BLOCKQUOTE]


def test_a_long_quote_is_folded_up_and_a_short_one_is_not() -> None:
    long = article("茶園今年提早採收。" * 40)
    message = answer_message(
        Answer("?", (Quote(long, Span(0, len(long.text))), Quote(HARBOUR, Span(0, 41)))), EN
    )
    assert [entity.type for entity in message.entities if "blockquote" in entity.type] == [
        MessageEntity.EXPANDABLE_BLOCKQUOTE,
        MessageEntity.BLOCKQUOTE,
    ]


def test_a_quote_too_long_for_a_message_ends_at_a_clause_with_the_cut_outside_the_words() -> None:
    long = article("公司宣布加碼投資，" * 1000 + "結束。")
    message = answer_message(Answer("?", (Quote(long, Span(0, len(long.text))),)), EN)
    (block,) = blockquotes(message)
    words, mark = block[: -len(CUT) - 1], block[-len(CUT) - 1 :]
    assert mark == f" {CUT}"
    assert long.text.startswith(words)
    assert words.endswith("，")
    assert LIMIT - 40 < units(message.text) <= LIMIT


def test_a_quote_is_cut_in_front_where_the_answers_words_stand_near_its_end() -> None:
    long = article("公司宣布加碼投資，" * 1000 + "金額是七千億元，結束。")
    at = long.text.index("七千億元")
    message = answer_message(Answer("?", (Quote(long, Span(0, len(long.text)), Span(at, at + 4)),)), EN)
    assert texts_of(message, MessageEntity.BOLD) == ["七千億元"]
    (block,) = blockquotes(message)
    assert block.startswith(f"{CUT} 公司宣布")
    assert block.endswith("，金額是七千億元，結束。")


def test_three_quotes_stand_in_one_message_by_number_whole_if_they_fit_and_else_by_like_shares() -> None:
    short = Answer("?", tuple(Quote(one, Span(0, 6)) for one in (HARBOUR, TEA, UNDATED)))
    assert blockquotes(answer_message(short, EN)) == ["The ne", TEA.text[:6], "A page"]
    assert "\n2. 高山茶提早採收\n" in answer_message(short, EN).text
    bodies = [article(letter * 3000, title=letter) for letter in "abc"]
    long = answer_message(Answer("?", tuple(Quote(one, Span(0, 3000)) for one in bodies)), EN)
    lengths = [len(block) for block in blockquotes(long)]
    assert [block[0] for block in blockquotes(long)] == ["a", "b", "c"]
    assert max(lengths) - min(lengths) < 20
    assert units(long.text) > LIMIT - 60


def test_of_ten_long_quotes_as_many_are_shown_as_can_be_read() -> None:
    quotes = tuple(Quote(article(f"{n}" * 3000, title=f"Title {n}"), Span(0, 3000)) for n in range(10))
    message = answer_message(Answer("?", quotes), EN)
    telegram_accepts(message)
    assert len(blockquotes(message)) == 5


def test_in_context_the_quote_is_bold_among_two_sentences_on_either_side() -> None:
    text = "".join(f"第{number}句話在這裡。" for number in "一二三四五六七八九")
    start = text.index("第四句")
    quote = Quote(replace(TEA, text=text), Span(start, start + 8))
    message = context_message(quote, HANT)
    telegram_accepts(message)
    assert texts_of(message, MessageEntity.BOLD) == ["第四句話在這裡。"]
    assert blockquotes(message) == [f"{CUT} " + text[text.index("第二句") : text.index("第七句")] + f" {CUT}"]
    assert message.text.endswith("\n高山茶提早採收\n山城日報 · 2025年12月1日")


def test_at_an_articles_beginning_and_end_no_cut_is_marked() -> None:
    message = context_message(Quote(HARBOUR, Span(43, 89)), EN)
    assert blockquotes(message) == [HARBOUR.text]


@given(quotes(), st.sampled_from(LANGUAGES))
def test_telegram_accepts_every_quote_in_context_and_the_quote_is_in_it(quote: Quote, language: str) -> None:
    message = context_message(quote, texts_in(language))
    telegram_accepts(message)
    bold = "".join(texts_of(message, MessageEntity.BOLD))
    assert bold in quote.text
    assert bold == quote.text or units(quote.article.text) > LIMIT // 2


def test_markup_in_an_article_stays_text() -> None:
    nasty = '<b>bold</b> &lt; *x* [a](https://b.example) <a href="https://evil.example">click</a>'
    one = article(nasty, title="<i>title</i> [x](y)", source="<script>")
    message = answer_message(Answer("?", (Quote(one, Span(0, len(nasty))),)), EN)
    assert message.text == f"{nasty}\n<i>title</i> [x](y)\n<script>"
    assert [entity.type for entity in message.entities] == [MessageEntity.BLOCKQUOTE]


@pytest.mark.parametrize(
    "url", [None, "", "javascript:alert(1)", "file:///etc/passwd", "https://", "http://[", "tg://user?id=1"]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    message = answer_message(Answer("?", (Quote(replace(HARBOUR, url=url), Span(0, 9)),)), EN)
    assert texts_of(message, MessageEntity.TEXT_LINK) == []


def test_not_found_says_so_and_its_titles_look_like_no_evidence() -> None:
    message = not_found_message(NotFound("?", (TEA, HARBOUR)), EN)
    assert message.text.splitlines() == [
        "The articles do not say that.",
        "",
        "Nearest by subject (they do not answer the question):",
        "• 高山茶提早採收",
        "• Ferry terminal opens",
    ]
    assert message.entities == ()
    assert not_found_message(NotFound("?"), HANT).text == "收錄的文章沒有提到這件事。"


def test_not_found_says_first_how_the_question_was_understood() -> None:
    message = not_found_message(NotFound("?", (), "那茶的產量呢？"), HANT)
    assert message.text == "理解為：那茶的產量呢？\n收錄的文章沒有提到這件事。"


@given(st.lists(ARTICLES, max_size=3), st.none() | LONG_WORDS, st.sampled_from(LANGUAGES))
def test_telegram_accepts_every_not_found(
    nearest: list[Article], understood: str | None, language: str
) -> None:
    telegram_accepts(not_found_message(NotFound("?", tuple(nearest), understood), texts_in(language)))


@given(st.lists(st.builds(Failure, WORDS, LONG_WORDS), max_size=60), st.sampled_from(LANGUAGES))
def test_telegram_accepts_every_report(failures: list[Failure], language: str) -> None:
    report = BuildReport((HARBOUR,), (), (TEA,), 10**9, (), tuple(failures), 5, 9, 12.34)
    telegram_accepts(report_message(report, texts_in(language)))


def test_a_report_counts_everything_and_gives_reasons() -> None:
    failed = (Failure("/data/news/broken.pdf", "The PDF is damaged."),)
    report = BuildReport((HARBOUR, TEA), (), (UNDATED,), 7, (failed[0],), failed, 5, 9, 12.34)
    assert report_message(report, EN).text.splitlines() == [
        "The articles are up to date (12.3 s).",
        "",
        "Added: 2",
        "Changed: 0",
        "Removed: 1",
        "Unchanged: 7",
        "Duplicates: 1",
        "Could not be read: 1",
        "• /data/news/broken.pdf: The PDF is damaged.",
    ]


def test_a_report_with_too_many_failures_says_how_many_more_there_are() -> None:
    failed = tuple(Failure(f"file{n}.pdf", "The PDF is damaged. " * 5) for n in range(500))
    text = report_message(BuildReport((), (), (), 0, (), failed, 0, 0, 1.0), EN).text
    shown = text.count("• file")
    assert text.endswith(f"… and {500 - shown} more")
    assert units(text) > LIMIT - 300


@pytest.mark.parametrize("stage", ["read", "encode", "check", "compact", "a stage of the future"])
def test_progress_is_told_for_every_stage(stage: str) -> None:
    assert "1,200 of 3,000" in progress_line(Progress(stage, 1200, 3000), EN)


def test_a_report_says_that_the_index_could_not_be_tidied_and_why() -> None:
    text = report_message(BuildReport((), (), (), 3, (), (), 0, 9, 1.0, "the disk is full"), EN).text
    assert text.endswith("Everything is in and answers, but the index could not be tidied: the disk is full")
