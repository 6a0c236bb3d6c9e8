"""The bench's own arithmetic: what it prints is what was measured, and an answer counts only if it is one."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from index import Span
from index.articles import parse
from index.inference import Vectors
from index.passages import Window
from index.text import fold
from index.training.cases import Case
from tests.bench.__main__ import _parsed as bench_options
from tests.bench.bench import chosen_questions
from tests.bench.comparison import compared
from tests.bench.corpus import GOLDEN, generated_load, make_corpus, sample_questions, write_clippings
from tests.bench.figures import Row, as_json, percentile, table
from tests.bench.gold import Draft, Found, Question, first_clause, holds, plain, read_gold, read_lines, spread
from tests.bench.models import by_source, holding, matched, nearest, script_of
from tests.bench.scripts import converted, difference, in_other_script

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.encoder import WindowVectors

MEASURED = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)


def printed(*rows: Row) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(table([rows], title="A title", caption="A caption"))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


# --- percentiles ---------------------------------------------------------------------------


def test_percentiles_are_those_of_the_nearest_rank() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.95, 1.0)] == [50, 95, 100]
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([7], 0.95) == 7


@given(MEASURED, st.floats(0.01, 1))
def test_a_percentile_was_measured_and_enough_values_do_not_exceed_it(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values) + 1e-9


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


# --- rows and the table --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "more_is_better", "met"),
    [(99, False, True), (100, False, True), (101, False, False), (99, True, False), (100, True, True)],
)
def test_a_target_is_met_at_the_bound_and_on_its_better_side(
    ours: float, more_is_better: bool, met: bool
) -> None:
    assert Row("speed", ours, "ms", 100, more_is_better=more_is_better).met is met


def test_a_row_without_target_or_rival_is_neither_met_nor_compared() -> None:
    row = Row("speed", 5, "ms")
    assert (row.met, row.ratio) == (None, None)
    assert Row("share", 40, "%", theirs=0).ratio is None


def test_the_table_shows_the_figure_its_target_and_the_other_bots() -> None:
    shown = printed(
        Row("a question", 123.4, "ms", 100, theirs=61.7, note="from 200"),
        Row("indexing", 75.26, "/s", 60, more_is_better=True),
    )
    slow = next(line for line in shown.splitlines() if "a question" in line)
    assert [cell.strip() for cell in slow.strip("│ ").split("│")] == [
        "a question",
        "123 ms ✗",
        "≤ 100",
        "61.7",
        "2",
        "from 200",
    ]
    fast = next(line for line in shown.splitlines() if "indexing" in line)
    assert "75.3 /s ✓" in fast
    assert "≥ 60" in fast
    assert "A caption" in shown


def test_json_holds_what_the_table_holds() -> None:
    (made,) = as_json([Row("a question", 123.4, "ms", 100, theirs=61.7)])
    assert (made["ours"], made["target"], made["met"], made["ratio"]) == (123.4, 100, False, 2)
    assert json.loads(json.dumps(made)) == made


# --- gold ----------------------------------------------------------------------------------

ASKED = Question("小米投入多少？", "samples", "xiaomi.txt", ("五年", "2000億元"))


def test_an_answer_may_differ_in_script_width_and_spaces() -> None:
    assert holds(ASKED, [Found("xiaomi.txt", "小米接下来五年投入２０００ 亿元。")])


def test_an_answer_holds_every_part_within_one_text_or_several() -> None:
    first, second = Found("xiaomi.txt", "接下來五年。"), Found("xiaomi.txt", "投入2000億元。")
    assert not holds(ASKED, [first])
    assert holds(ASKED, [first, second])


def test_the_words_of_another_article_are_no_answer() -> None:
    assert not holds(ASKED, [Found("other.txt", "五年投入2000億元")])
    assert not holds(ASKED, [Found("xiaomi.txt", "五年"), Found("other.txt", "2000億元")])


def test_nothing_answers_what_the_articles_do_not_say() -> None:
    assert not holds(Question("誰？", "samples", None, ()), [Found("xiaomi.txt", "小米")])
    assert not holds(ASKED, [])


def test_gold_files_give_questions_and_one_article_for_each_context(tmp_path: Path) -> None:
    context = "晨港的圖書館在星期一休息。其他日子從九點開到九點。"
    records = [
        {"question": "哪天休息？", "context": context, "answer": "星期一"},
        {"question": "幾點開？", "context": context, "answer": "九點"},
        {"question": "誰蓋的？", "context": "另一座圖書館很舊。", "answer": ""},
        {"question": "多大？", "context": "另一座圖書館很舊。", "answer": "一萬坪"},
    ]
    file = tmp_path / "shelf.jsonl"
    file.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    articles, questions = read_gold(file, 10)
    assert [article.body for article in articles.values()] == [context, "另一座圖書館很舊。"]
    assert [(each.text, each.answers) for each in questions] == [
        ("哪天休息？", ("星期一",)),
        ("幾點開？", ("九點",)),
        ("誰蓋的？", ()),  # and the one whose answer its context does not hold is left out
    ]
    assert [each.file for each in questions] == ["shelf-00000.txt", "shelf-00000.txt", None]
    assert {each.group for each in questions} == {"shelf"}


def test_a_crossing_record_puts_the_english_question_to_the_chinese_article(tmp_path: Path) -> None:
    record = {
        "q_en": "When?",
        "q_zh": "何时？",
        "ctx_en": "In May.",
        "ctx_zh": "那是在五月。",
        "a_zh": "五月",
    }
    file = tmp_path / "crossing.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        lines.write(json.dumps(record | {"a_en": "May", "title": "Months"}) + "\n")
    articles, (question,) = read_gold(file, 10)
    (article,) = articles.values()
    assert (question.text, question.answers, article.body) == ("When?", ("五月",), "那是在五月。")
    assert "Months" not in article.text


def test_a_limit_takes_questions_from_all_over_a_file() -> None:
    assert spread(range(10), 3) == [0, 3, 6]
    assert spread(range(2), 5) == [0, 1]
    assert spread([], 5) == []


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("晨港下雨了，街上沒人。", "晨港下雨了"),
        ("It rained in the harbour. Nobody came.", "It rained in the harbour"),
        ("。" * 3 + "字" * 50, "。" * 3 + "字" * 27),
    ],
)
def test_an_article_without_a_title_is_called_by_its_first_clause(text: str, clause: str) -> None:
    assert first_clause(text) == clause


def test_two_bots_are_compared_by_where_the_questions_are_from() -> None:
    known = [ASKED, Question("雷軍幾歲？", "samples", None, ()), replace(ASKED, group="other")]
    right, half = Found("xiaomi.txt", "五年投入2000億元"), Found("xiaomi.txt", "五年")
    rows = compared(known, ours=[[half, right], [], [right]], theirs=[[right], [half], [half]])
    assert [(row.measure, row.ours, row.theirs) for row in rows] == [
        ("samples: the first holds the answer", 0, 100),
        ("samples: one of three does, or they do together", 100, 100),
        ("samples: refused, not in the articles", 100, 0),
        ("other: the first holds the answer", 100, 0),
        ("other: one of three does, or they do together", 100, 0),
        ("characters of the first quote or chunk", 6, 14 / 3),
    ]


# --- the questions that are timed ----------------------------------------------------------


def test_questions_of_files_are_distinct_and_the_languages_take_turns(tmp_path: Path) -> None:
    asked = ["Who?", "誰寫了這本書？", "谁写了这本书？", "Where?", "Who?"]
    file = tmp_path / "asked.jsonl"
    file.write_text("\n".join(json.dumps({"question": each}) for each in asked), encoding="utf-8")
    found = chosen_questions([file], made=["What else?"])
    assert found == ["Who?", "誰寫了這本書？", "谁写了这本书？", "Where?", "What else?"]


def test_no_question_is_made_up_where_the_files_hold_enough(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    lines = [json.dumps({"q_en": f"Who is {n}?", "q_zh": f"谁是{n}呢？"}) for n in range(150)] + [
        json.dumps({"question": f"誰說了{n}？"}) for n in range(150)
    ]
    file.write_text("\n".join([*lines, *lines]), encoding="utf-8")
    found = chosen_questions([file], made=["What else?"])
    assert len(found) == len(set(found)) == 240
    assert "What else?" not in found


# --- the articles --------------------------------------------------------------------------


def test_a_file_of_the_corpus_is_read_as_the_article_it_was_made_of() -> None:
    draft = Draft("晨港下雨", "晨港昨天下了一整天的雨，街上沒有人。", "2025-03-04")
    article = parse(draft.text.encode(), ".txt", "rain.txt", id="1")
    assert (article.title, str(article.published), article.text) == (draft.title, draft.date, draft.body)


def test_the_corpus_holds_the_samples_and_load_up_to_what_was_wanted(tmp_path: Path) -> None:
    corpus, known = make_corpus(tmp_path / "articles", passages=60, news=None, gold=[], limit=0)
    files = sorted(path.name for path in corpus.folder.iterdir())
    assert len(files) == corpus.articles
    assert 60 <= corpus.passages < 90
    assert {question.file for question in known if question.file} <= set(files)
    assert len(known) == len(list(read_lines(GOLDEN)))


def test_each_known_answer_stands_in_the_article_that_it_is_looked_for_in(tmp_path: Path) -> None:
    corpus, known = make_corpus(tmp_path / "articles", passages=0, news=None, gold=[], limit=0)
    for question in known:
        if question.file:
            text = (corpus.folder / question.file).read_text(encoding="utf-8")
            assert holds(question, [Found(question.file, text)]), question


def test_there_are_questions_in_each_language_and_no_two_are_the_same(tmp_path: Path) -> None:
    corpus, _ = make_corpus(tmp_path / "articles", passages=60, news=None, gold=[], limit=0)
    asked = corpus.questions(70)
    assert len(asked) == len(set(asked)) == 210


def test_generated_articles_are_the_same_each_time_and_contradict_no_known_answer() -> None:
    known = list(sample_questions())
    first, again = (list(islice(generated_load(known), 30)) for _ in range(2))
    assert first == again
    assert len({draft.text for draft in first}) == 30
    words = plain("\n".join(draft.body for draft in first))
    for question in known:
        assert not question.answers or not all(plain(answer) in words for answer in question.answers)


def test_small_files_all_differ_and_look_untouched(tmp_path: Path) -> None:
    write_clippings(tmp_path / "small", ["晨港下雨", "晨港放晴"], 5)
    files = list((tmp_path / "small").iterdir())
    assert len({file.read_text(encoding="utf-8") for file in files}) == 5
    assert all(file.stat().st_mtime < (tmp_path / "small").stat().st_mtime - 3600 for file in files)


# --- the models by themselves --------------------------------------------------------------


def test_sentences_are_kept_apart_by_their_source_which_tells_the_script(tmp_path: Path) -> None:
    file = tmp_path / "pairs.jsonl"
    rows = [("Hello", "你们好", "set-CN"), ("Hello", "你們好", "set-TW"), ("Bye", "再见", "set-CN")]
    lines = [json.dumps({"en": en, "zh": zh, "src": src}) for en, zh, src in rows]
    file.write_text("\n".join(lines), encoding="utf-8")
    assert by_source([file]) == {
        "set-CN": [("Hello", "你们好"), ("Bye", "再见")],
        "set-TW": [("Hello", "你們好")],
    }
    assert [script_of(each) for each in ("ntrex-TW", "flores200-devtest-Hans", "other")] == [
        "Traditional",
        "Simplified",
        "script unknown",
    ]


def test_a_sentence_is_matched_if_its_own_translation_is_nearest_or_one_of_the_same_words() -> None:
    given = np.eye(4, dtype=np.float32)
    asked = given[[0, 2, 2, 1]]  # the second is nearest to the third, the fourth to the second
    assert matched(asked, given, ["a", "b", "c", "d"]) == 0.5
    assert matched(asked, given, ["a", "b", "c", "b"]) == 0.75
    assert matched(asked, given, ["a", "c", "c", "d"]) == 0.75


class _Letters:
    """An encoder that counts letters, so that what shares words is near."""

    name = digest = "letters"
    dimension = 26

    def encode(self, texts: Sequence[str]) -> Vectors:
        counted = [[text.lower().count(chr(97 + at)) for at in range(26)] for text in texts]
        vectors = np.array(counted, dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def encode_windows(self, windows: Sequence[Window]) -> list[WindowVectors]:
        raise NotImplementedError


def test_an_encoder_alone_is_judged_by_the_nearest_passage_and_by_the_nearest_of_all_sentences() -> None:
    passages = ["A zoo buzzes. Fees fell.", "Quick quizzes quit. Jazz jumps."]
    asked = [
        Case("Zoo buzzes?", passages[0], "zoo", ""),
        Case("Fees fell?", passages[0], "zoo", ""),  # the nearest sentence is another
        Case("Jazz jumps?", passages[0], "zoo", ""),  # the nearest passage is another
        Case("Jazz jumps?", passages[1], "jumps", ""),
    ]
    assert nearest(_Letters(), asked, passages) == {
        "R@1": 0.75, "R@5": 1.0, "the nearest sentence answers": 0.5,
    }  # fmt: skip


def test_passages_are_read_together_until_they_hold_as_many_sentences_as_wanted() -> None:
    windows = [Window("text", (Span(0, 1),) * count) for count in (2, 3, 4)]
    assert holding(windows, 5) == windows[:2]
    assert holding(windows, 6) == windows
    assert holding(windows, 60) == windows


# --- scripts -------------------------------------------------------------------------------


def test_scripts_are_as_far_apart_as_the_worse_of_both_conversions_says() -> None:
    row = difference("a set: first quote", [0.80, 0.81, 0.775], 200)
    assert (row.ours, row.met) == (pytest.approx(2.5), False)
    assert row.note == "80.0; questions converted 81.0; passages too 77.5; 200 questions"
    assert difference("a set", [0.80, 0.81, 0.795], 200).met
    assert difference("a set", [0.80, 0.77, 0.80], 200).ours == pytest.approx(3)
    assert difference("a set", [0.57, 0.58, 0.57], 100).met


def test_a_converted_case_is_in_the_other_script_and_the_same_when_folded() -> None:
    pytest.importorskip("opencc", reason="the extra `bench` has it")
    case = Case("谁的头发长？", "理发师说头发长了，发展很好。", "理发师", "头发")
    other = in_other_script(case, "s2t")
    assert other.question == "誰的頭髮長？"
    assert other.context == "理髮師說頭髮長了，發展很好。"
    assert other.answer == case.answer
    assert fold(other.context).text == fold(case.context).text
    assert converted(other.context, "t2s") == case.context


@pytest.mark.parametrize(("name", "option"), [("sentences", "--parallel"), ("scripts", "--dev")])
def test_a_measure_that_needs_data_asks_for_it_before_anything_is_made(
    name: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        bench_options(["--only", name])
    assert f"{name} measures what {option} names" in capsys.readouterr().err
