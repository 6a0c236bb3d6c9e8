"""Who was let in, by which codes, and what admins did: the state without a bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.state import Deed, Member, State
from bot.state.audit import KEPT, Audit
from bot.state.database import Database
from bot.state.members import CODE_LASTS, CODES_A_DAY, DAY, Members

ANNA = Member(7, "Anna (@anna)", "zh-Hant")


class Clock:
    """A clock that a test moves on."""

    now = 1_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def members(clock: Clock) -> Members:
    return Members(Database(None, clock))


def test_a_code_leads_to_who_was_given_it_however_it_is_typed(members: Members) -> None:
    code = members.code_for(ANNA)
    assert code is not None
    assert len(code) == 8
    assert members.who_has(code) == ANNA
    assert members.who_has(f" {code[:4].lower()}-{code[4:]} ") == ANNA
    assert members.who_has("") is None
    assert members.who_has("ABCDEFGH") is None


def test_asking_again_gives_the_same_code_while_it_is_good(members: Members, clock: Clock) -> None:
    first = members.code_for(ANNA)
    clock.now += CODE_LASTS - 1
    assert members.code_for(ANNA) == first
    clock.now += 2
    assert members.who_has(first or "") is None
    assert members.code_for(ANNA) not in {first, None}


def test_codes_are_few_a_day(members: Members, clock: Clock) -> None:
    for _ in range(CODES_A_DAY):
        assert members.code_for(ANNA) is not None
        clock.now += CODE_LASTS + 1
    assert members.code_for(ANNA) is None
    assert members.code_for(Member(8, "Ben")) is not None
    clock.now += DAY
    assert members.code_for(ANNA) is not None


def test_a_code_works_once(members: Members) -> None:
    code = members.code_for(ANNA) or ""
    members.add(ANNA)
    assert members.knows(7)
    assert members.who_has(code) is None


def test_whoever_was_let_in_can_be_put_out_again(members: Members, clock: Clock) -> None:
    members.add(ANNA)
    clock.now += 1
    members.add(Member(-500, "Group"))
    assert members.all() == (Member(-500, "Group"), Member(7, "Anna (@anna)"))
    assert members.remove(7) == Member(7, "Anna (@anna)")
    assert members.remove(7) is None
    assert not members.knows(7)


def test_who_was_let_in_and_what_was_done_outlast_a_restart(tmp_path: Path) -> None:
    state = State(tmp_path / "bot.sqlite")
    state.members.add(ANNA)
    state.audit.note(99, "/approve 7", "done")
    state.close()
    state = State(tmp_path / "bot.sqlite")
    assert state.members.knows(7)
    assert [deed.what for deed in state.audit.latest(5)] == ["/approve 7"]
    state.close()


def test_deeds_are_told_newest_first_all_of_them_or_one_admins(clock: Clock) -> None:
    audit = Audit(Database(None, clock))
    audit.note(99, "/reindex", "failed")
    audit.note(98, "/approve", "refused")
    assert audit.latest(20) == (
        Deed(clock.now, 98, "/approve", "refused"),
        Deed(clock.now, 99, "/reindex", "failed"),
    )
    assert [deed.admin for deed in audit.latest(20, admin=99)] == [99]
    assert len(audit.latest(1)) == 1
    assert (audit.refused(98, "/approve", within=60), audit.refused(99, "/approve", within=60)) == (1, 0)
    clock.now += 61
    assert audit.refused(98, "/approve", within=60) == 0


def test_very_old_deeds_are_forgotten(clock: Clock) -> None:
    audit = Audit(Database(None, clock))
    for number in range(KEPT + 5):
        audit.note(99, f"/revoke {number}", "done")
    deeds = audit.latest(KEPT * 2)
    assert len(deeds) == KEPT
    assert deeds[-1].what == "/revoke 5"
