"""The sign of life, what `articlebot health` says of it, and what a service manager is told."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.heartbeat import Heartbeat, read_heartbeat, remove_heartbeat, write_heartbeat
from bot.service import READY, tell_service_manager
from tests.command import articlebot

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_750_000_000.0
WELL = Heartbeat(process=7, written=NOW - 5, reached=NOW - 30, waiting=2, stuck=1.0)


def test_a_bot_that_beats_and_hears_from_telegram_is_well() -> None:
    assert WELL.complaint(NOW) is None


@pytest.mark.parametrize(
    ("heartbeat", "complaint"),
    [
        (
            replace(WELL, written=NOW - 61),
            r"process 7\) has shown no sign of life since 15:05:39 UTC \(61 s\)",
        ),
        (replace(WELL, reached=NOW - 600), r"Telegram has not answered since .* \(10 minutes\)"),
        (replace(WELL, stuck=301), "2 messages wait and none has been answered for 5 minutes"),
    ],
)
def test_a_bot_that_hangs_in_any_way_is_not(heartbeat: Heartbeat, complaint: str) -> None:
    assert re.search(complaint, heartbeat.complaint(NOW) or "")


def test_nothing_waiting_is_not_being_stuck() -> None:
    assert replace(WELL, waiting=0, stuck=9999).complaint(NOW) is None


def test_a_sign_of_life_is_read_as_it_was_written_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_heartbeat(tmp_path, WELL)
    write_heartbeat(tmp_path, replace(WELL, waiting=0))
    assert read_heartbeat(tmp_path) == replace(WELL, waiting=0)
    assert len(list(tmp_path.iterdir())) == 1
    remove_heartbeat(tmp_path)
    assert read_heartbeat(tmp_path) is None


def test_health_is_well_or_says_in_a_sentence_what_is_wrong(tmp_path: Path) -> None:
    missing = articlebot("health", "--library", tmp_path)
    assert (missing.code, missing.out) == (1, "")
    assert "no bot is running over" in missing.err
    write_heartbeat(tmp_path, replace(WELL, written=time.time(), reached=time.time()))
    well = articlebot("health", "--library", tmp_path)
    assert (well.code, well.err) == (0, "")
    assert well.out.startswith("ok: the bot (process 7) heard from Telegram 0 s ago")
    write_heartbeat(tmp_path, WELL)
    dead = articlebot("health", "--library", tmp_path)
    assert dead.code == 1
    assert "no sign of life" in dead.err
    for broken in ("{", "[]", '{"process": 1}', ""):
        (tmp_path / "heartbeat.json").write_text(broken)
        assert articlebot("health", "--library", tmp_path).code == 1


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """A service manager's socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "notify"))
        server.settimeout(5)
        yield str(tmp_path / "notify"), server


def test_a_service_manager_is_told(
    manager: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, server = manager
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    tell_service_manager(READY)
    assert server.recv(100) == b"READY=1"


def test_a_service_manager_that_is_gone_costs_a_line_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    tell_service_manager(READY)
    assert "could not be told READY=1" in caplog.text
