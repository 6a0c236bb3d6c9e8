"""What a terminal shows, letter for letter, and the JSON that other tools read."""

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jsonlines import json_line
from bot.progress import progress_on
from bot.terminal import (
    Style,
    article_record,
    article_text,
    articles_text,
    report_text,
    result_record,
    result_text,
    sources_text,
    status_record,
    status_text,
    within_text,
)
from index import (
    Aid,
    Answer,
    Article,
    BuildReport,
    Failure,
    NotFound,
    Progress,
    Quote,
    Source,
    Span,
    Status,
    Within,
)

PIPE = Style()
SCREEN = Style(screen=True, bold=True)


def article(text: str, **known: object) -> Article:
    fields: dict[str, object] = {
        "id": "abc123",
        "title": "河港開新橋",
        "url": "https://example.org/bridge",
        "published": date(2025, 12, 1),
        "language": "zh-Hant",
        "source": "河港日報",
        "digest": "d1",
    }
    return Article(text=text, **{**fields, **known})  # type: ignore[arg-type]  # the fields above, all of them


BRIDGE = article("市府宣布。新橋全長1200公尺，明年通車。完。")
HARBOUR = article(
    "It opens at nine.\nEntry is\nfree.",
    id="z9",
    title="The harbour\nmuseum",
    url=None,
    published=None,
    language="en",
    source=None,
)
BRIDGE_QUOTE = Quote(BRIDGE, Span(5, 21), Span(9, 15), 0.9)
HARBOUR_QUOTE = Quote(HARBOUR, Span(18, 32), None, 0.4)
ANSWER = Answer("how long is the bridge?", (BRIDGE_QUOTE, HARBOUR_QUOTE))


def test_in_a_pipe_each_quote_is_verbatim_between_its_marks_and_cited() -> None:
    assert result_text(ANSWER, PIPE) == (
        "  ▎ 「新橋全長1200公尺，明年通車。」\n"
        "    河港開新橋 — 河港日報, 1 December 2025\n"
        "    https://example.org/bridge\n"
        "\n"
        "  ▎ “Entry is\n"
        "free.”\n"
        "    The harbour museum"
    )


def test_on_a_screen_every_line_has_its_bar_and_the_answer_is_bold() -> None:
    assert result_text(ANSWER, SCREEN) == (
        "  ▎ 「新橋全長\x1b[1m1200公尺\x1b[0m，明年通車。」\n"
        "    河港開新橋 — 河港日報, 1 December 2025\n"
        "    https://example.org/bridge\n"
        "\n"
        "  ▎ “Entry is\n"
        "  ▎ free.”\n"
        "    The harbour museum"
    )


def test_prose_stands_before_its_quotes() -> None:
    answer = Answer("?", (BRIDGE_QUOTE,), prose="It is 1,200 metres long.")
    assert result_text(answer, PIPE).startswith("It is 1,200 metres long.\n\n  ▎ 「新橋")


EXPLAINED = Quote(
    BRIDGE,
    Span(5, 21),
    Span(9, 15),
    0.9,
    (Aid(Span(9, 15), "1,200 metres"), Aid(Span(16, 18), "next year")),
    (HARBOUR,),
)
FOLLOWING = Answer("and in 2024?", (EXPLAINED, HARBOUR_QUOTE), None, "how long was the bridge in 2024?", True)


def test_what_helps_stands_under_its_quote_and_what_concerns_all_at_the_top() -> None:
    """Where articles disagree every quote shows its date, or that it is unknown."""
    assert result_text(FOLLOWING, PIPE) == (
        "Understood as: how long was the bridge in 2024?\n"
        "The articles give different figures; mind their dates.\n"
        "\n"
        "  ▎ 「新橋全長1200公尺，明年通車。」\n"
        "    1200公尺 = 1,200 metres · 明年 = next year\n"
        "    河港開新橋 — 河港日報, 1 December 2025\n"
        "    https://example.org/bridge\n"
        "    Also in: The harbour museum\n"
        "\n"
        "  ▎ “Entry is\n"
        "free.”\n"
        "    The harbour museum, date unknown"
    )


def test_another_outlet_is_cited_with_its_address() -> None:
    quote = Quote(HARBOUR, Span(0, 5), also=(BRIDGE,))
    assert result_text(Answer("?", (quote,)), PIPE).endswith(
        "\n    Also in: 河港開新橋 — 河港日報, 1 December 2025 https://example.org/bridge"
    )


def test_what_the_articles_do_not_say_is_said_plainly() -> None:
    assert result_text(NotFound("?"), PIPE) == "The articles do not say it."
    assert result_text(NotFound("?", (), "and the tea?"), PIPE) == (
        "Understood as: and the tea?\nThe articles do not say it."
    )
    assert result_text(NotFound("?", (BRIDGE, HARBOUR)), PIPE) == (
        "The articles do not say it.\n"
        "\n"
        "Nearest subjects (not evidence):\n"
        "  - 河港開新橋 — 河港日報, 1 December 2025\n"
        "  - The harbour museum"
    )


@given(st.text(min_size=1).filter(lambda text: bool(text.strip())))
def test_in_a_pipe_no_letter_of_a_quote_is_changed(words: str) -> None:
    quote = Quote(article(f"a{words}b"), Span(1, 1 + len(words)), Span(1, 2))
    assert f"「{words}」" in result_text(Answer("?", (quote,)), PIPE)


@given(st.text(st.characters(codec="utf-8"), min_size=1).filter(lambda text: bool(text.strip())))
def test_no_control_character_of_an_article_reaches_a_screen(words: str) -> None:
    hostile = article(words, title=words, url=words, source=words, author=words)
    style = Style(screen=True)
    span = Span(0, len(words))
    quote = Quote(hostile, span, aids=(Aid(span, words),), also=(hostile,))
    shown = "".join(
        [
            result_text(Answer("?", (quote,), words, words), style),
            result_text(NotFound("?", (hostile,), words), style),
            articles_text([hostile], style),
            article_text(hostile, style),
        ]
    )
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_a_control_character_is_replaced_by_its_picture() -> None:
    hostile = article("safe \x1b[31mred\r\nnext\rline \u202eturned \x9b")
    quote = Quote(hostile, Span(0, len(hostile.text)))
    shown = result_text(Answer("?", (quote,)), Style(screen=True)).split("\n    ")[0]
    assert shown == "  ▎ 「safe ␛[31mred\n  ▎ next␍line �turned �」"


def test_one_answer_as_json_field_for_field() -> None:
    record = result_record(ANSWER, 7, "en", 12.34567)
    assert (
        list(record)
        == (
            "id question understood within none_within language answered disagree quotes prose milliseconds"
        ).split()
    )
    assert json.loads(json_line(record)) == {
        "id": 7,
        "question": "how long is the bridge?",
        "understood": None,
        "language": "en",
        "answered": True,
        "disagree": False,
        "within": None,
        "none_within": False,
        "quotes": [
            {
                "text": "新橋全長1200公尺，明年通車。",
                "start": 5,
                "end": 21,
                "highlight": [9, 15],
                "score": 0.9,
                "article": {
                    "id": "abc123",
                    "title": "河港開新橋",
                    "url": "https://example.org/bridge",
                    "published": "2025-12-01",
                    "source": "河港日報",
                },
                "aids": [],
                "also": [],
            },
            {
                "text": "Entry is\nfree.",
                "start": 18,
                "end": 32,
                "highlight": None,
                "score": 0.4,
                "article": {
                    "id": "z9",
                    "title": "The harbour\nmuseum",
                    "url": None,
                    "published": None,
                    "source": None,
                },
                "aids": [],
                "also": [],
            },
        ],
        "prose": None,
        "milliseconds": 12.346,
    }


def test_aids_other_outlets_and_what_was_understood_as_json() -> None:
    record = json.loads(json_line(result_record(FOLLOWING, None, "en", 1.0)))
    assert record["question"] == "and in 2024?"
    assert record["understood"] == "how long was the bridge in 2024?"
    assert record["disagree"] is True
    assert record["quotes"][0]["aids"] == [
        {"start": 9, "end": 15, "words": "1200公尺", "text": "1,200 metres"},
        {"start": 16, "end": 18, "words": "明年", "text": "next year"},
    ]
    assert record["quotes"][0]["also"] == [
        {"id": "z9", "title": "The harbour\nmuseum", "url": None, "published": None, "source": None}
    ]


def test_offsets_are_into_the_text_that_show_prints() -> None:
    shown = json.loads(json_line(article_record(HARBOUR, text=True)))
    (_, quote) = json.loads(json_line(result_record(ANSWER, None, "en", 1.0)))["quotes"]
    assert shown["text"][quote["start"] : quote["end"]] == quote["text"]


def test_no_answer_as_json_has_no_quotes() -> None:
    record = result_record(NotFound("?", (BRIDGE,)), None, "und", 1.0)
    assert record == {
        "id": None,
        "question": "?",
        "understood": None,
        "language": "und",
        "answered": False,
        "disagree": False,
        "within": None,
        "none_within": False,
        "quotes": [],
        "prose": None,
        "milliseconds": 1.0,
    }


@given(st.text())
def test_json_is_one_line_of_utf8_and_loses_nothing(text: str) -> None:
    line = json_line({"text": text})
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode("utf-8")) == {"text": text}


def test_json_is_readable_as_it_stands_but_for_half_characters() -> None:
    assert json_line({"錢": "2000億\u2028元"}) == '{"錢": "2000億\\u2028元"}'
    assert json_line("錢\ud800") == '"錢\\ud800"'


def test_an_article_is_shown_with_what_is_known_of_it() -> None:
    assert article_text(BRIDGE, PIPE) == (
        "河港開新橋 — 河港日報, 1 December 2025\n"
        "id        abc123\n"
        "language  zh-Hant\n"
        "url       https://example.org/bridge\n"
        "\n"
        "市府宣布。新橋全長1200公尺，明年通車。完。"
    )
    assert article_record(BRIDGE, text=False) == {
        "id": "abc123",
        "title": "河港開新橋",
        "url": "https://example.org/bridge",
        "published": "2025-12-01",
        "source": "河港日報",
        "author": None,
        "language": "zh-Hant",
        "digest": "d1",
    }


def test_articles_are_listed_one_on_a_line() -> None:
    assert articles_text([BRIDGE, HARBOUR], PIPE) == (
        "abc123  zh-Hant  河港開新橋 — 河港日報, 1 December 2025\nz9      en       The harbour museum"
    )


def test_a_report_counts_everything_and_gives_the_reason_for_each_file_left_out() -> None:
    report = BuildReport(
        added=(BRIDGE, HARBOUR),
        changed=(),
        removed=(BRIDGE,),
        unchanged=5,
        duplicates=(Failure("b.txt", "the same text as a.txt"),),
        failed=(Failure("c.pdf", "not a PDF file"), Failure("d.txt", "no text in it")),
        embedded=12,
        passages=40,
        seconds=1.26,
    )
    assert report_text(report, PIPE) == (
        "2 added, 0 changed, 1 removed, 5 unchanged, 1 duplicate, 2 failed.\n"
        "40 passages, 12 embedded, 1.3 s.\n"
        "\n"
        "Added:\n"
        "  河港開新橋 — 河港日報, 1 December 2025\n"
        "  The harbour museum\n"
        "\n"
        "Removed:\n"
        "  河港開新橋 — 河港日報, 1 December 2025\n"
        "\n"
        "Duplicates:\n"
        "  b.txt: the same text as a.txt\n"
        "\n"
        "Failed:\n"
        "  c.pdf: not a PDF file\n"
        "  d.txt: no text in it"
    )


def test_a_long_report_names_the_first_articles_but_every_failure() -> None:
    failures = tuple(Failure(f"{number}.pdf", "not a PDF file") for number in range(50))
    report = BuildReport((BRIDGE,) * 50, (), (), 0, (), failures, 0, 0, 0.0)
    shown = report_text(report, PIPE)
    assert shown.count("河港開新橋") == 20
    assert "  and 30 more\n" in shown
    assert shown.count("not a PDF file") == 50


def test_a_status_says_what_the_library_holds() -> None:
    status = Status(3, 40, (("zh-Hant", 2), ("en", 1)), "7", 1764583200.0, "bundled 1a2b")
    assert status_text(status, Path("library"), PIPE) == (
        "library   library\n"
        "articles  3 (2 zh-Hant, 1 en)\n"
        "passages  40\n"
        "built     2025-12-01 10:00 UTC, generation 7\n"
        "model     bundled 1a2b"
    )
    assert status_record(status, Path("library")) == {
        "library": "library",
        "articles": 3,
        "passages": 40,
        "languages": {"zh-Hant": 2, "en": 1},
        "generation": "7",
        "built": "2025-12-01T10:00:00+00:00",
        "model": "bundled 1a2b",
    }


def test_an_empty_library_has_never_been_built() -> None:
    assert status_text(Status(0, 0, (), None, None, None), Path("library"), PIPE) == (
        "library   library\narticles  0\npassages  0\nbuilt     never\nmodel     none yet"
    )


def test_without_a_terminal_progress_is_a_plain_line_now_and_then() -> None:
    seconds = iter([0.0, 1.0, 2.9, 3.1, 4.0])
    stream = io.StringIO()
    with progress_on(stream, clock=lambda: next(seconds)) as report:
        for done in range(4):
            report(Progress("read", done, 4))
        report(Progress("encode", 0, 9))
    assert stream.getvalue() == "Reading files: 0 of 4\nReading files: 3 of 4\n"


def test_in_a_terminal_progress_is_bars_that_are_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    stream = io.StringIO()
    with progress_on(stream) as report:
        report(Progress("read", 0, 4))
        report(Progress("read", 4, 4))
        report(Progress("encode", 3, 9))
    shown = stream.getvalue()
    assert "Reading files" in shown
    assert "Encoding" in shown
    assert shown.endswith("\x1b[2K")


@pytest.mark.parametrize(
    ("within", "told"),
    [
        (Within(since=date(2025, 11, 1), until=date(2025, 11, 30)), "from 1 to 30 November 2025"),
        (Within(since=date(2025, 3, 1), until=date(2025, 5, 31)), "from 1 March to 31 May 2025"),
        (Within(since=date(2024, 12, 10), until=date(2025, 1, 2)), "from 10 December 2024 to 2 January 2025"),
        (Within(since=date(2025, 3, 1), until=date(2025, 3, 1)), "of 1 March 2025"),
        (Within(since=date(2025, 3, 1)), "from 1 March 2025 on"),
        (Within(until=date(2019, 12, 31)), "up to 31 December 2019"),
        (Within(outlets=("BBC News", "新华社")), "in BBC News or 新华社"),
        (Within(outlets=()), "in no outlet"),
        (Within(articles=frozenset("a"), since=date(2025, 3, 1)), "from 1 March 2025 on, of 1 named article"),
    ],
)
def test_a_filter_is_told_in_words(within: Within, told: str) -> None:
    assert within_text(within, PIPE) == f"Only articles {told}."
    assert result_text(NotFound("?", within=within, none_within=True), PIPE) == (
        f"Only articles {told}.\nThere are no such articles in the library."
    )


def test_outlets_are_listed_with_their_counts_and_newest_dates() -> None:
    listed = (Source("河港\n日報", 12, date(2025, 12, 1)), Source(None, 3, None))
    assert sources_text(listed, PIPE) == "12  2025-12-01  河港 日報\n 3  undated     (no outlet named)"


def test_a_report_says_that_the_index_was_not_compacted_and_why() -> None:
    text = report_text(BuildReport((), (), (), 3, (), (), 0, 9, 1.0, "the disk is full"), PIPE)
    assert text.endswith("All is in, but the index was not compacted: the disk is full")
