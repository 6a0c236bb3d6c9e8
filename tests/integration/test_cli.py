"""The `articlebot` command over a real library of the bundled samples."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from unittest import mock

import pytest

from index import Library, Progress, samples
from tests.command import articlebot

ROOT = Path(__file__).parents[2]
MISSION = "how much does Xiaomi plan to spend on R&D"
IN_THE_ARTICLES = ("小米有多少研發人員？", "How much is TSMC going to invest in Arizona in total?")
NOT_IN_THEM = "Who painted the Mona Lisa?"
TOKEN = "1234567890:AAExampleExampleExampleExampleExamp"


def start(*arguments: object, **environment: str) -> subprocess.Popen[str]:
    """Run the command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def ran(program: str) -> subprocess.CompletedProcess[str]:
    """What came of a program in a Python of its own."""
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but the ones a test gives."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("ARTICLEBOT_", "TELEGRAM_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the bundled samples, for reading only."""
    folder = tmp_path_factory.mktemp("cli") / "library"
    done = articlebot("--library", folder, "index", samples())
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def own_library(library: Path, tmp_path: Path) -> Path:
    """A library to change."""
    return Path(shutil.copytree(library, tmp_path / "own"))


def test_help_does_not_wait_for_the_index() -> None:
    program = (
        "import sys, bot.cli; print(sorted({'index', 'telegram', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    done = ran(program)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_the_end_does_what_was_registered_for_it_and_does_not_wait_for_the_rest() -> None:
    program = """
import atexit, sys
from bot import __main__ as command
class Large:
    def __del__(self): print("taken apart")
large = Large()
atexit.register(print, "registered")
command.cli.main = lambda: sys.exit(3)
command.main()
"""
    done = ran(program)
    assert (done.returncode, done.stdout, done.stderr) == (3, "registered\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_full_disk_under_the_output_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    assert (done.returncode, done.stderr) == (1, "articlebot: No space left on device\n")


def test_the_demo_answers_the_missions_question_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = start("demo", TMPDIR=str(temporary))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert MISSION in out
    assert any("2000億元" in line for line in out.splitlines() if "▎" in line)
    assert "雷軍：技術是小米的根" in out
    assert "晨港日報, 2 December 2025" in out
    assert out.count('articlebot demo "') >= 3, "further questions to try"
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_stopped_leaves_nothing_behind(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = start("demo", TMPDIR=str(tmp_path))
    assert process.stderr is not None
    process.stderr.readline()  # the first line of progress
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_the_demo_can_keep_its_library(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    demo = articlebot("demo", "--keep", kept)
    assert demo.code == 0, demo.err
    assert f'articlebot ask --library {kept} "' in demo.out
    assert articlebot("ask", "--library", kept, IN_THE_ARTICLES[0]).code == 0


def test_indexing_again_embeds_nothing(own_library: Path) -> None:
    again = articlebot("index", "--library", own_library, samples())
    assert again.code == 0
    assert re.match(r"0 added, 0 changed, 0 removed, \d+ unchanged, ", again.out)
    assert ", 0 embedded, " in again.out


def test_without_a_path_the_known_places_and_the_settings_folders_are_indexed(own_library: Path) -> None:
    Path("articles").mkdir()
    Path("articles/museum.txt").write_text("The museum of clocks\n\nThe museum of clocks opens at noon.")
    done = articlebot("index", "--library", own_library)
    assert done.code == 0
    assert done.out.startswith("1 added, 0 changed, 0 removed, 11 unchanged, 0 duplicates, 0 failed.")


def test_files_that_cannot_be_read_are_named_with_the_reason_and_the_rest_is_in(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text("The lighthouse\n\nThe lighthouse of Chengang is 41 metres tall.")
    (folder / "copy.txt").write_text("The lighthouse\n\nThe lighthouse of Chengang is 41 metres tall.")
    (folder / "empty.txt").touch()
    (folder / "corrupt.pdf").write_bytes(b"%PDF-1.7 and then nothing of the kind")
    done = articlebot("index", folder)
    assert done.code == 1
    assert done.out.startswith("1 added, 0 changed, 0 removed, 0 unchanged, 1 duplicate, 2 failed.")
    for name in ("empty.txt", "corrupt.pdf"):
        (line,) = (line for line in done.out.splitlines() if name in line)
        assert len(line.split(name)[1]) > len(": no text")
    assert articlebot("ask", "How tall is the lighthouse of Chengang?").code == 0


def test_an_answer_shows_the_quote_title_source_and_date(library: Path) -> None:
    done = articlebot("--library", library, "ask", MISSION)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    at = next(number for number, line in enumerate(lines) if "2000億元" in line)
    assert lines[at].startswith("  ▎ 「")
    assert lines[at].endswith("」")
    assert "超過2000億元 = more than 200 billion yuan" in lines[at + 1]
    assert lines[at + 2] == "    雷軍：技術是小米的根 研發再加碼 — 晨港日報, 2 December 2025"


def test_words_of_a_question_need_no_quotation_marks(library: Path) -> None:
    assert "2000億元" in articlebot("ask", *MISSION.split(), "--library", library).out


def test_what_the_articles_do_not_say_exits_3(library: Path) -> None:
    done = articlebot("ask", "--library", library, NOT_IN_THEM)
    assert (done.code, done.err) == (3, "")
    assert done.out.startswith("The articles do not say it.\n")
    assert "▎" not in done.out


def test_an_answer_as_json_field_for_field(library: Path) -> None:
    done = articlebot("ask", MISSION, "--json", "--library", library)
    assert done.code == 0
    assert done.out.count("\n") == 1
    answer = done.json()
    told = {"id", "question", "understood", "within", "none_within", "language", "answered"}
    told |= {"disagree", "quotes", "prose"}
    assert set(answer) == {*told, "milliseconds"}
    assert (answer["understood"], answer["disagree"]) == (None, False)
    assert (answer["within"], answer["none_within"]) == (None, False)
    assert (answer["id"], answer["question"], answer["language"]) == (None, MISSION, "en")
    assert (answer["answered"], answer["prose"]) == (True, None)
    assert answer["milliseconds"] > 0
    for quote in answer["quotes"]:
        assert set(quote) == {"text", "start", "end", "highlight", "score", "aids", "also", "article"}
        assert set(quote["article"]) == {"id", "title", "url", "published", "source"}
        shown = articlebot("show", quote["article"]["id"], "--json", "--library", library).json()
        assert quote["text"] == shown["text"][quote["start"] : quote["end"]]
        assert {key: shown[key] for key in quote["article"]} == quote["article"]
        assert 0 <= quote["score"] <= 1
        if quote["highlight"] is not None:
            assert quote["start"] <= quote["highlight"][0] < quote["highlight"][1] <= quote["end"]
    assert answer["quotes"][0]["article"]["published"] == "2025-12-02"
    assert "2000億元" in done.out, "readable as it stands"


def test_no_answer_as_json(library: Path) -> None:
    done = articlebot("ask", NOT_IN_THEM, "--json", "--library", library)
    assert done.code == 3
    answer = done.json()
    assert (answer["answered"], answer["quotes"], answer["prose"]) == (False, [], None)


def test_a_batch_answers_in_order_and_exits_0_whatever_the_answers_are(library: Path, tmp_path: Path) -> None:
    questions = [*IN_THE_ARTICLES, NOT_IN_THEM, MISSION]
    lines = [json.dumps({"id": f"q{at}", "question": words}) for at, words in enumerate(questions)]
    file = tmp_path / "questions.jsonl"
    file.write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")
    done = articlebot("ask", "--batch", file, "--library", library)
    assert done.code == 0
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["id"] for answer in answers] == ["q0", "q1", "q2", "q3"]
    assert [answer["question"] for answer in answers] == questions
    assert [answer["answered"] for answer in answers] == [True, True, False, True]
    assert [answer["language"] for answer in answers] == ["zh-Hant", "en", "en", "en"]


def test_a_bad_line_of_a_batch_gives_an_error_at_its_place_and_exits_1_in_the_end(library: Path) -> None:
    lines = [
        b'{"id": 1, "question": "' + MISSION.encode() + b'"}',
        b"not json",
        b"",
        b'["a", "list"]',
        b'{"id": 2}',
        b'{"id": 3, "question": 4}',
        b'{"id": 5, "question": "   "}',
        b'{"id": NaN, "question": "a number?"}',
        b'{"id": 6, "question": "\xff"}',
        b'{"id": 7, "question": "' + b"?" * 40 + b'"}',
        b'{"id": {"any": ["json"]}, "question": "' + NOT_IN_THEM.encode() + b'"}',
    ]
    done = articlebot("ask", "--batch", "-", "--library", library, stdin=b"\n".join(lines) + b"\n")
    assert done.code == 1
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["id"] for answer in answers] == [
        1, None, None, None, 2, 3, 5, None, None, 7, {"any": ["json"]},
    ]  # fmt: skip
    assert ["error" in answer for answer in answers] == [False, *[True] * 9, False]
    for answer in answers[1:10]:
        assert set(answer) == {"id", "question", "error"}
        assert answer["error"]
    assert [answers[5]["question"], answers[6]["question"]] == [4, "   "]


def test_a_question_with_half_a_character_is_an_error_line_and_not_the_end(library: Path) -> None:
    lines = b'{"id": 1, "question": "\\ud83d what?"}\n{"id": 2, "question": "' + MISSION.encode() + b'"}\n'
    done = articlebot("ask", "--batch", "-", "--library", library, stdin=lines)
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert first["id"] == 1
    assert second["answered"]


def test_articles_are_listed_shown_and_removed(own_library: Path) -> None:
    listed = articlebot("articles", "--json", "--library", own_library).json()
    assert len(listed) == 11
    assert "text" not in listed[0]
    days = [article["published"] for article in listed if article["published"]]
    assert days == sorted(days, reverse=True)
    article_id = next(article["id"] for article in listed if article["source"] == "晨港日報")
    assert article_id in articlebot("articles", "--library", own_library).out
    shown = articlebot("show", article_id, "--library", own_library)
    assert "晨港日報, 2 December 2025" in shown.out
    assert articlebot("show", article_id, "--json", "--library", own_library).json()["text"] in shown.out
    removed = articlebot("remove", article_id, "--library", own_library)
    assert (removed.code, removed.out[:9]) == (0, "Removed: ")
    assert "written again without it" in removed.out
    whole = articlebot("compact", "--library", own_library)
    assert (whole.code, whole.out[:22]) == (0, "The index is one whole")
    assert len(list((own_library / "segments").iterdir())) == 1
    assert len(articlebot("articles", "--json", "--library", own_library).json()) == 10
    assert "2000億元" not in articlebot("ask", MISSION, "--library", own_library).out


def test_status_says_what_is_in_the_library(library: Path) -> None:
    status = articlebot("status", "--json", "--library", library).json()
    assert status["library"] == str(library)
    assert status["articles"] == sum(status["languages"].values()) == 11
    assert status["passages"] >= 11
    assert status["built"].endswith("+00:00")
    assert "articles  11 (" in articlebot("status", "--library", library).out


def test_the_doctor_finds_nothing_wrong_with_a_good_library(library: Path) -> None:
    done = articlebot("doctor", "--library", library)
    assert done.code == 0, done.out
    assert "wrong" not in done.out


def test_the_doctor_tells_what_is_wrong_and_mends_it(own_library: Path, tmp_path: Path) -> None:
    missing = articlebot("doctor", "--library", tmp_path / "none")
    assert missing.code == 1
    assert "articlebot index" in missing.out
    for generation in (own_library / "generations").iterdir():
        shutil.rmtree(generation)
    for _ in range(2):  # looking changes nothing
        damaged = articlebot("doctor", "--library", own_library)
        assert damaged.code == 1
        assert "is gone" in damaged.out
        assert "--repair: CURRENT is made to name" in damaged.out
    mended = articlebot("doctor", "--repair", "--library", own_library)
    assert mended.code == 0, mended.out
    assert "mended the index was made again from the 11 articles" in mended.out
    assert articlebot("doctor", "--deep", "--library", own_library).code == 0
    assert articlebot("ask", "--library", own_library, MISSION).code == 0


def test_the_doctor_saves_what_it_can_of_a_damaged_archive(own_library: Path) -> None:
    archive = own_library / "archive.sqlite"
    whole = archive.read_bytes()
    archive.write_bytes(whole.replace("小米".encode(), "小來".encode(), 1))
    assert articlebot("doctor", "--library", own_library).code == 1
    mended = articlebot("doctor", "--repair", "--library", own_library)
    assert mended.code == 1, "something was lost"
    assert "mended 10 articles were saved" in mended.out
    assert "lost   " in mended.out
    assert "articlebot index" in mended.out
    (aside,) = own_library.glob("damaged-*/archive.sqlite")
    assert aside.stat().st_size == len(whole)
    assert articlebot("index", "--library", own_library).code == 0
    assert articlebot("doctor", "--library", own_library).code == 0
    assert len(articlebot("articles", "--json", "--library", own_library).json()) == 11


def test_the_doctor_moves_a_damaged_state_of_the_bot_aside(own_library: Path) -> None:
    (own_library / "bot.sqlite").write_bytes(b"no database at all, and longer than its head " * 99)
    assert "what the bot remembers" in articlebot("doctor", "--library", own_library).out
    mended = articlebot("doctor", "--repair", "--library", own_library)
    assert mended.code == 0, mended.out
    assert not (own_library / "bot.sqlite").exists()
    assert len([*own_library.glob("damaged-*/bot.sqlite")]) == 1


@pytest.mark.parametrize(
    "question",
    ["", "   ", "?!…。，", "😀😀", "\u200b", "how " * 2500],
    ids=["empty", "blank", "punctuation", "emoji", "invisible", "10,000 characters"],
)
def test_what_is_no_question_is_told_in_a_sentence(library: Path, question: str) -> None:
    done = articlebot("ask", "--library", library, "--", question)
    assert done.code == 1
    assert done.out == ""
    assert re.fullmatch(r"articlebot: [^\n]{20,300}\n", done.err)


def test_a_library_that_does_not_exist_is_told_in_a_sentence(tmp_path: Path) -> None:
    for command in (["ask", "why?"], ["articles"], ["status"], ["show", "x"], ["remove", "x"]):
        done = articlebot(*command)
        assert (done.code, done.out) == (1, "")
        assert re.fullmatch(r"articlebot: [^\n]+articlebot index[^\n]*\n", done.err), done.err
        assert str(tmp_path / "library") in done.err
    assert not (tmp_path / "library").exists(), "asking creates nothing"


def test_places_without_articles_are_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in ([], ["none"], ["empty"]):
        done = articlebot("index", *arguments)
        assert done.code == 1
        assert done.err.splitlines()[-1].startswith("articlebot: ")
        assert "Traceback" not in done.err


def test_an_article_that_does_not_exist_is_told_in_a_sentence(library: Path) -> None:
    done = articlebot("show", "no-such-id", "--library", library)
    assert done.code == 1
    assert "no-such-id" in done.err


def test_a_library_that_is_being_built_is_locked_and_still_answers(own_library: Path) -> None:
    building, done = threading.Event(), threading.Event()

    def wait(_: Progress) -> None:
        building.set()
        done.wait(60)

    with Library.open(own_library) as library:
        builder = threading.Thread(target=library.build, args=[[samples()]], kwargs={"progress": wait})
        builder.start()
        assert building.wait(60)
        second = articlebot("index", "--library", own_library, samples())
        asked = articlebot("ask", "--library", own_library, MISSION)
        done.set()
        builder.join()
    assert second.code == 1
    assert re.search(r"^articlebot: [^\n]+\n\Z", second.err, re.MULTILINE)
    assert asked.code == 0


def test_a_model_that_cannot_be_loaded_is_told_in_a_sentence(own_library: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with mock.patch.dict(os.environ, ARTICLEBOT_ENCODER__MODEL="model"):
        done = articlebot("ask", MISSION, "--library", own_library)
    assert done.code == 1
    assert re.fullmatch(r"articlebot: [^\n]+\n", done.err), done.err
    assert articlebot("ask", MISSION, "--library", own_library).code == 0, "nothing was lost"


def test_a_filter_in_words_is_shown_as_it_was_understood(library: Path) -> None:
    question = "據晨港日報報導，小米有多少研發人員？"
    answer = articlebot("ask", question, "--library", library)
    assert answer.out.startswith("Only articles in 晨港日報.\n\n")
    told = articlebot("ask", question, "--json", "--library", library).json()["within"]
    assert told == {"articles": None, "since": None, "until": None, "outlets": ["晨港日報"]}
    none = articlebot("ask", "news of March 1999 about bridges", "--library", library)
    assert (none.code, none.out) == (
        3,
        "Only articles from 1 to 31 March 1999.\nThere are no such articles in the library.\n",
    )


def test_articles_are_listed_by_words_of_their_titles(library: Path) -> None:
    assert articlebot("articles", "tsmc", "arizona", "--library", library).out.count("\n") == 1
    assert len(articlebot("articles", "雷军", "--json", "--library", library).json()) == 1
    none = articlebot("articles", "zeppelin", "--library", library)
    assert (none.code, none.out) == (0, "No title holds these words.\n")


def test_sources_are_listed_with_their_counts(library: Path) -> None:
    assert articlebot("sources", "--library", library).out.startswith("3  2025-09-29  Harbour Gazette\n")
    first = articlebot("sources", "--json", "--library", library).json()[0]
    assert first == {"name": "Harbour Gazette", "articles": 3, "newest": "2025-09-29"}


def test_the_settings_name_the_library_and_an_option_after_the_command_wins(
    library: Path, tmp_path: Path
) -> None:
    file = tmp_path / "my.toml"
    file.write_text(f'[library]\npath = "{library}"\n[answers]\nquotes = 1\n')
    for arguments in (["--config", file, "status"], ["status", "--config", file]):
        assert articlebot(*arguments).code == 0
    answer = articlebot("ask", MISSION, "--json", "--config", file).json()
    assert len(answer["quotes"]) == 1
    other = articlebot("--library", library, "status", "--library", tmp_path / "other")
    assert other.code == 1
    assert "other" in other.err


def test_faults_in_the_settings_are_listed_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "articlebot.toml").write_text("[answers]\nquotes = 99\nqoutes = 1\n")
    done = articlebot("status")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("articlebot: the settings have 2 faults:\n  articlebot.toml:2: ")


def test_wrong_usage_exits_2() -> None:
    for arguments in (["ask"], ["ask", "why?", "--batch", "-"], ["show"], ["aks"], ["ask", "--jsn", "x"]):
        done = articlebot(*arguments)
        assert done.code == 2
        assert "Traceback" not in done.err


def test_the_version_is_told() -> None:
    done = articlebot("--version")
    assert done.code == 0
    assert re.fullmatch(r"articlebot \d+\.\d+\.\d+\S*\n", done.out)


def test_the_bot_needs_a_token_and_tells_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    done = articlebot("run")
    assert done.code == 2
    assert "TELEGRAM_BOT_TOKEN" in done.err
    assert "@BotFather" in done.err
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "not a token")
    refused = articlebot("run")
    assert refused.code == 2
    assert "not a token" not in refused.err


def test_a_reader_that_goes_away_is_no_error(library: Path) -> None:
    process = start("articles", "--library", library, PYTHONUNBUFFERED="")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 1
