"""`articlebot eval` over a real library of the bundled samples."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from index import Library
from index.training import devset
from index.training.cases import Case
from tests.command import articlebot

ROOT = Path(__file__).parents[2]
SPENDING = {
    "question": "how much does Xiaomi plan to spend on R&D",
    "answers": ["超過2000亿元"],
}
UNANSWERED = {"question": "Who painted the Mona Lisa?", "answers": []}


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the defaults."""
    monkeypatch.chdir(tmp_path)


def questions(folder: Path, *rows: object) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return file


def figures(out: str) -> dict[str, Any]:
    measures: dict[str, Any] = json.loads(out)["groups"][0]["measures"]
    return measures


def title_of(library: Path, words: str) -> str:
    with Library.open(library) as opened:
        return next(each.title for each in opened.articles() if words in each.text)


@pytest.fixture
def spending(sample_library: Path) -> dict[str, object]:
    """The mission's question, with the article that answers it."""
    return {**SPENDING, "article": title_of(sample_library, "2000億元")}


def test_a_newcomers_questions_are_measured(
    sample_library: Path, tmp_path: Path, spending: dict[str, object]
) -> None:
    file = questions(tmp_path, spending, UNANSWERED)
    code, out, _ = articlebot("eval", file, "--library", sample_library)
    assert code == 0
    assert "2 questions, 11 articles" in out
    assert "first quote holds the answer" in out
    assert "100.0%" in out


def test_json_holds_the_same_figures(
    sample_library: Path, tmp_path: Path, spending: dict[str, object]
) -> None:
    file = questions(tmp_path, spending, UNANSWERED)
    code, out, _ = articlebot("eval", file, "--json", "--library", sample_library)
    assert code == 0
    measured = figures(out)
    assert measured["first_quote"]["value"] == 1
    assert measured["passage_recall_5"]["questions"] == 1
    assert measured["unanswerable_refused"]["questions"] == 1
    assert measured["hidden_refused"]["value"] is None
    assert [group["languages"] for group in json.loads(out)["groups"]] == ["all", "en→?", "en→zh"]


def test_json_holds_the_curves_and_the_worst_answers_where_they_are_wanted(
    sample_library: Path, tmp_path: Path, spending: dict[str, object]
) -> None:
    file = questions(tmp_path, spending, {**UNANSWERED, "answers": ["Leonardo"]})
    _, out, _ = articlebot("eval", file, "--json", "--worst", 1, "--library", sample_library)
    record = json.loads(out)
    curves = record["curves"]
    assert sum(each["questions"] for each in curves["reliability"]) == 2
    assert curves["risk_coverage"] == {"coverage": [0.5, 1.0], "risk": [0.0, 0.5]}
    assert {len(each) for each in curves["refusals"].values()} == {101}
    assert [each["question"] for each in record["worst"]] == [UNANSWERED["question"]]


def test_the_worst_answers_are_listed_below_the_figures(sample_library: Path, tmp_path: Path) -> None:
    file = questions(tmp_path, {**UNANSWERED, "answers": ["Leonardo"]})
    _, out, _ = articlebot("eval", file, "--worst", 5, "--library", sample_library)
    listing = out.partition("\n1. ")[2].splitlines()
    assert listing[0].endswith("line 1 · en→?")
    assert listing[1:3] == ["   Q    Who painted the Mona Lisa?", "   A    Leonardo"]
    assert listing[-1] == "   gold in none of the twenty passages found"


def test_with_hide_the_article_that_answers_is_left_out(
    sample_library: Path, tmp_path: Path, spending: dict[str, object]
) -> None:
    file, page = questions(tmp_path, spending), tmp_path / "report.html"
    _, out, _ = articlebot("eval", file, "--hide", "--json", "--report", page, "--library", sample_library)
    measured = figures(out)
    assert measured["first_quote"] == {**measured["first_quote"], "value": 1, "questions": 1}
    assert measured["hidden_refused"]["questions"] == 1
    for card in page.read_text(encoding="utf-8").split("<article>")[1:]:
        assert "2000億元" not in card.split("<dt>Wanted</dt>")[0]


def test_the_report_is_a_page(sample_library: Path, tmp_path: Path) -> None:
    rows = [
        {**UNANSWERED, "answers": ["Leonardo"]},
        {"question": "小米有多少研發人員？", "answers": ["2.4萬"]},
    ]
    page = tmp_path / "report.html"
    code, _, err = articlebot(
        "eval", questions(tmp_path, *rows), "--report", page, "--library", sample_library
    )
    assert code == 0
    assert str(page) in err
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "Who painted the Mona Lisa?" in text
    assert "searching failed" in text


def test_questions_can_come_from_stdin_with_blank_lines_and_a_byte_order_mark(sample_library: Path) -> None:
    line = b'\xef\xbb\xbf{"question": "Who?", "answerable": false}\n\n'
    code, out, _ = articlebot("eval", "-", "--json", "--library", sample_library, stdin=line)
    assert code == 0
    assert json.loads(out)["groups"][0]["questions"] == 1


BAD = {
    "not JSON": ("{", "line 2: the line is not JSON"),
    "no object": ("[1]", "line 2: the line is not a JSON object"),
    "no question": ('{"answers": []}', 'line 2: no text under "question" but null'),
    "no words": ('{"question": "?!", "answers": []}', "line 2: the question '?!' holds no words"),
    "no answers": ('{"question": "Who?"}', 'line 2: "answers" is null; give a list'),
    "answer, not answers": (
        '{"question": "Who?", "answers": "me"}',
        'line 2: "answers" is "me"; give a list',
    ),
    "answerable by nothing": (
        '{"question": "Who?", "answers": [], "answerable": true}',
        'line 2: "answers" is empty, and "answerable" true',
    ),
    "empty answer": ('{"question": "Who?", "answers": [" "]}', "line 2: an answer of 'Who?' is empty"),
    "article no text": ('{"question": "Who?", "answers": [], "article": 7}', 'line 2: "article" is 7'),
    "unknown article": (
        '{"question": "Who?", "answers": [], "article": "Nowhere"}',
        "line 2: no article is called 'Nowhere'",
    ),
}


@pytest.mark.parametrize(("line", "told"), BAD.values(), ids=BAD)
def test_a_bad_line_is_told_with_its_number_and_nothing_is_asked(
    sample_library: Path, tmp_path: Path, line: str, told: str
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f'{{"question": "Who?", "answers": []}}\n{line}\n', encoding="utf-8")
    with mock.patch.object(Library, "best", side_effect=AssertionError("asked")):
        code, out, err = articlebot("eval", file, "--library", sample_library)
    assert (code, out) == (1, "")
    assert told in err
    assert str(file) in err


def test_all_bad_lines_are_told_at_once_but_not_a_hundred(sample_library: Path, tmp_path: Path) -> None:
    file = questions(tmp_path, *[{"question": "Who?"}] * 100)
    _, _, err = articlebot("eval", file, "--library", sample_library)
    assert "line 10:" in err
    assert "line 11:" not in err
    assert "and 90 more" in err


def test_an_empty_file_and_a_missing_one_are_told(sample_library: Path, tmp_path: Path) -> None:
    code, _, err = articlebot("eval", questions(tmp_path), "--library", sample_library)
    assert (code, "holds no questions; write one object" in err) == (1, True)
    code, _, err = articlebot("eval", tmp_path / "none.jsonl", "--library", sample_library)
    assert (code, "none.jsonl: No such file" in err) == (1, True)


def test_a_folder_for_the_report_that_is_not_there_is_told_before_anything_is_asked(
    sample_library: Path, tmp_path: Path
) -> None:
    file = questions(tmp_path, UNANSWERED)
    with mock.patch.object(Library, "best", side_effect=AssertionError("asked")):
        code, _, err = articlebot(
            "eval", file, "--report", tmp_path / "none" / "report.html", "--library", sample_library
        )
    assert code == 1
    assert "no such folder for the report" in err


def test_an_answer_that_its_article_does_not_hold_is_warned_of(
    sample_library: Path, tmp_path: Path, spending: dict[str, object]
) -> None:
    file = questions(tmp_path, spending, {**spending, "answers": ["200 billion yuan"]})
    code, _, err = articlebot("eval", file, "--library", sample_library)
    assert code == 0
    assert "1 of 2 questions name an article that holds none of their answers" in err
    assert "(line 2)" in err


def test_only_a_report_pays_for_drawing(sample_library: Path, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom bot.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print(sorted({'matplotlib', 'jinja2', 'torch'} & set(sys.modules)), file=sys.stderr)"
    )
    file = questions(tmp_path, UNANSWERED)
    done = subprocess.run(
        [sys.executable, "-c", program, "eval", str(file), "--library", str(sample_library)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_dev_set_is_written_as_articles_and_questions_that_the_command_reads(tmp_path: Path) -> None:
    cases = [
        Case(
            "What did the bridge cost?",
            "The bridge opened in May. It cost 120 million.",
            "120 million",
            "Bridge",
        ),
        Case("Who paid?", "The bridge opened in May. It cost 120 million.", "", "Bridge"),
        Case("誰寫了這本書？", "這本書的作者是林安。全書三百頁。", "林安", ""),
        Case("何時出版？", "這本書的作者是林安。全書三百頁。", "2020年", ""),
    ]
    devset.write({"made": cases}, tmp_path)
    with Library.open(tmp_path / "library", create=True) as library:
        built = library.build([tmp_path / "articles"])
        assert sorted(each.title for each in library.articles()) == ["Bridge", "這本書的作者是林安"]
        assert {each.text for each in library.articles()} == {case.context for case in cases}
    assert (len(built.added), built.failed) == (2, ())
    code, out, err = articlebot("eval", tmp_path / "made.jsonl", "--json", "--library", tmp_path / "library")
    assert code == 0, err
    measured = figures(out)
    assert measured["passage_recall_5"]["questions"] == 2
    assert measured["unanswerable_refused"]["questions"] == 1
    devset.write({"made": cases}, tmp_path, most=1, answerable=True)
    lines = (tmp_path / "made.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["question"] for line in lines] == ["What did the bridge cost?"]


def test_a_dev_sets_questions_about_somebody_else_are_written_beside_it(tmp_path: Path) -> None:
    cases = [
        Case("When did Harbour Wheels open?", "Harbour Wheels opened in March.", "in March", "Bicycles"),
        Case("What does the Museum sell?", "The Museum sells clocks.", "clocks", "Museum"),
    ]
    devset.write({"own": cases}, tmp_path, others=True)
    asked = [
        json.loads(line) for line in (tmp_path / "own-others.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [each["question"] for each in asked] == [
        "When did Museum open?",
        "What does the Harbour Wheels sell?",
    ]
    assert [each["answers"] for each in asked] == [[], []]
    assert [each["article"] for each in asked] == [devset.address(each) for each in cases]


def test_who_the_people_are_whom_a_dev_sets_titles_name_is_asked_in_english(tmp_path: Path) -> None:
    pytest.importorskip("jieba", reason="comes with the extra `train`")
    cases = [
        Case("何時？", "他生於五月。", "五月", "朱世傑 (數學家)"),
        Case("何時？", "朱世傑生於五月。", "五月", "朱世傑 (數學家)"),
        Case("何時？", "朱世傑卒於九月。", "九月", "朱世傑 (數學家)"),
        Case("多長？", "这座大桥长三里。", "三里", "大桥"),
    ]
    devset.write({"own": cases}, tmp_path, names=True)
    (asked,) = map(json.loads, (tmp_path / "names.jsonl").read_text(encoding="utf-8").splitlines())
    assert asked == {
        "question": "Who is Zhu Shijie?",
        "answers": ["朱世杰"],
        "article": devset.address(cases[1]),
    }


def test_a_dev_sets_passages_under_one_title_can_be_one_article(tmp_path: Path) -> None:
    """So that leaving it out leaves nothing in the library that was written about its subject."""
    cases = [
        Case("When did it open?", "The bridge opened in May.", "in May", "Bridge"),
        Case("Who paid for it?", "The harbour paid for it.", "The harbour", "Bridge"),
        Case("誰寫了這本書？", "這本書的作者是林安。全書三百頁。", "林安", ""),
    ]
    devset.write({"one": cases[:1], "two": cases[1:]}, tmp_path, whole=True)
    with Library.open(tmp_path / "library", create=True) as library:
        library.build([tmp_path / "articles"])
        texts = {each.title: each.text for each in library.articles()}
    assert texts == {
        "Bridge": "The bridge opened in May.\n\nThe harbour paid for it.",
        "這本書的作者是林安": "這本書的作者是林安。全書三百頁。",
    }
    code, out, err = articlebot(
        "eval", tmp_path / "two.jsonl", "--json", "--hide", "--library", tmp_path / "library"
    )
    assert code == 0, err
    assert figures(out)["passage_recall_5"] == figures(out)["passage_recall_5"] | {
        "questions": 2,
        "value": 1.0,
    }


def test_a_sample_of_a_dev_set_is_spread_over_all_of_it() -> None:
    cases = [Case(str(number), "", "", "") for number in range(10)]
    assert [case.question for case in devset.spread(cases, 4)] == ["0", "2", "5", "7"]
    assert devset.spread(cases, 40) == cases
