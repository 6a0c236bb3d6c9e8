"""Questions by day and how long they took, and questions without an answer, without a bot."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.state import Gap, State
from bot.state import gaps as gaps_module
from bot.state.counts import KEPT, Counts, Day
from bot.state.database import SCHEMA, Database
from bot.state.gaps import Gaps
from index import wording_key

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 3, 10, 12).astimezone().timestamp()
DAY = 86_400.0


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(clock: Clock) -> Iterator[Database]:
    made = Database(None, clock)
    yield made
    made.close()


def test_questions_are_counted_by_day_and_outcome(database: Database, clock: Clock) -> None:
    counts = Counts(database)
    for outcome in ("answered", "answered", "not_found", "refused"):
        counts.count(outcome, 0.1)
    clock.now += 2 * DAY
    counts.count("not_found", 0.1)
    assert counts.days(3) == (
        Day(date(2026, 3, 10), answered=2, not_found=1, others=1),
        Day(date(2026, 3, 11)),
        Day(date(2026, 3, 12), not_found=1),
    )
    assert counts.days(3)[0].questions == 4


def test_counts_survive_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        state = State(tmp_path / "bot.sqlite")
        state.counts.count("answered", 0.1)
        state.gaps.note("who", "Who?")
        state.close()
    state = State(tmp_path / "bot.sqlite")
    assert state.counts.days(1)[0].answered == 2
    assert state.gaps.commonest(1)[0].times == 2
    state.close()


def test_percentiles_are_right_to_a_twentieth(database: Database) -> None:
    counts = Counts(database)
    assert counts.percentiles(1) is None
    seconds = np.random.default_rng(7).lognormal(-2.4, 0.5, 2000)
    for each in seconds:
        counts.count("answered", float(each))
    found = counts.percentiles(1)
    assert found is not None
    assert found.half == pytest.approx(np.percentile(seconds, 50), rel=0.05)
    assert found.most == pytest.approx(np.percentile(seconds, 95), rel=0.05)


def test_percentiles_are_of_the_days_asked_for(database: Database, clock: Clock) -> None:
    counts = Counts(database)
    counts.count("answered", 8.0)
    clock.now += DAY
    counts.count("answered", 0.0)
    today, both = counts.percentiles(1), counts.percentiles(2)
    assert today is not None
    assert both is not None
    assert today.most == pytest.approx(0.001)
    assert both.most == pytest.approx(8.0, rel=0.05)


def test_days_are_forgotten_in_time_and_take_little_room(database: Database, clock: Clock) -> None:
    counts = Counts(database)
    for _ in range(KEPT + 5):
        counts.count("answered", 0.1)
        clock.now += DAY
    assert database.run("SELECT count(*) FROM counts") == [(KEPT + 1,)]
    assert database.run("SELECT count(*) FROM durations") == [(KEPT + 1,)]


def test_gaps_are_forgotten_after_thirty_days(database: Database, clock: Clock) -> None:
    gaps = Gaps(database)
    gaps.note("a", "A?")
    clock.now += 29 * DAY
    gaps.note("b", "B?")
    assert [gap.question for gap in gaps.commonest(9)] == ["B?", "A?"]
    clock.now += DAY
    assert [gap.question for gap in gaps.commonest(9)] == ["B?"]
    gaps.note("c", "C?")
    assert "A?" not in repr(database.run("SELECT * FROM gaps"))


def test_the_commonest_gap_comes_first_in_its_last_wording(database: Database, clock: Clock) -> None:
    gaps = Gaps(database)
    gaps.note("once", "Once?")
    gaps.note("often", "Often")
    clock.now += 3 * DAY
    gaps.note("often", "often?")
    assert gaps.commonest(9) == (
        Gap("often?", 2, date(2026, 3, 13)),
        Gap("Once?", 1, date(2026, 3, 10)),
    )
    assert len(gaps.commonest(1)) == 1


def test_a_gap_that_is_closed_is_gone(database: Database, clock: Clock) -> None:
    gaps = Gaps(database)
    gaps.note("a", "A?")
    clock.now += DAY
    gaps.note("a", "A?")
    gaps.close("a")
    gaps.close("never there")
    assert gaps.commonest(9) == ()


def test_gaps_can_be_switched_off_which_forgets_those_there_are(database: Database) -> None:
    gaps = Gaps(database)
    gaps.note("a", "A?")
    gaps.switch_off()
    gaps.note("b", "B?")
    assert database.run("SELECT * FROM gaps") == []


def test_gaps_are_bounded_by_number_and_length(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaps_module, "MOST", 10)
    gaps = Gaps(database)
    for number in range(30):
        gaps.note(str(number), f"{number} " + "very " * 200)
    assert len(gaps.commonest(99)) == 10
    assert max(len(gap.question) for gap in gaps.commonest(99)) == 300


def test_a_database_of_the_version_before_is_upgraded_with_what_it_holds(tmp_path: Path) -> None:
    version = next(at for at, step in enumerate(SCHEMA) if "TABLE counts" in step[0])
    with closing(sqlite3.connect(tmp_path / "bot.sqlite")) as before, before:
        for statement in (each for step in SCHEMA[:version] for each in step):
            before.execute(statement)
        before.execute("INSERT INTO people VALUES (7, 'zh-Hant')")
        before.execute(f"PRAGMA user_version = {version}")
    state = State(tmp_path / "bot.sqlite")
    assert state.people.language(7) == "zh-Hant"
    state.counts.count("answered", 0.1)
    state.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("小米 2024年投入多少？", "小米2024年投入多少"),
        ("臺灣的發電廠", "台湾的发电厂"),
        ("What's “R&D”?", "what s ｒ&ｄ"),
        ("  Café\tnoir!! ", "cafe noir"),
    ],
)
def test_spellings_of_one_question_have_one_key(one: str, other: str) -> None:
    assert wording_key(one) == wording_key(other)
    assert wording_key(one) != wording_key(f"{one} 9")
