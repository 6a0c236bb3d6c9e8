"""Processes that share a state: who is there, whose updates are whose, who watches."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bot.state import State
from bot.state.presence import Presence

if TYPE_CHECKING:
    from pathlib import Path

_THERE = (
    "import pathlib, sys, time; from bot.state.presence import Presence\n"
    "made = Presence(pathlib.Path(sys.argv[1])); print(made.name, flush=True); time.sleep(600)"
)


def test_a_process_is_there_until_it_ends_however_it_does(tmp_path: Path) -> None:
    here = Presence(tmp_path)
    other = subprocess.Popen([sys.executable, "-c", _THERE, tmp_path], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    name = other.stdout.readline().strip()
    assert here.is_there(name)
    assert here.is_there(here.name)
    other.kill()
    other.communicate()
    assert not here.is_there(name)
    here.close()
    assert [*tmp_path.iterdir()] == []


def test_an_update_without_an_owner_is_anybodys(tmp_path: Path) -> None:
    here = Presence(tmp_path)
    assert not here.is_there(None)
    here.close()


def test_an_update_is_taken_up_once_its_process_has_gone_and_by_one_alone(tmp_path: Path) -> None:
    first, second = State(tmp_path / "bot.sqlite"), State(tmp_path / "bot.sqlite")
    first.updates.arrive("1", 7, "{}")
    second.updates.arrive("1", 8, "{}")
    assert [each.number for each in second.updates.unfinished("1")] == [8]
    assert not second.updates.arrive("1", 7, "{}")
    first.close()
    third = State(tmp_path / "bot.sqlite")
    assert [each.number for each in third.updates.unfinished("1")] == [7]
    assert [each.number for each in second.updates.unfinished("1")] == [8]
    second.close()
    third.close()


def test_one_process_at_a_time_does_a_task(tmp_path: Path) -> None:
    first, second = State(tmp_path / "bot.sqlite"), State(tmp_path / "bot.sqlite")
    with first.presence.alone("watching") as mine:
        assert mine
        with second.presence.alone("watching") as theirs:
            assert not theirs
    with second.presence.alone("watching") as theirs:
        assert theirs
    with State().presence.alone("watching") as own:
        assert own
    first.close()
    second.close()
