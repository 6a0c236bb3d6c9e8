"""How many messages a person and a group may send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import MOST, Buckets, Limits, Wait


def test_a_full_bucket_lets_a_burst_pass_and_then_one_message_after_the_other() -> None:
    limits = Limits(person=20, group=60)
    assert [limits.check(1, None, 0.0) for _ in range(20)] == [None] * 20
    assert limits.check(1, None, 0.0) == Wait(pytest.approx(3.0), group=False, say=True)
    assert limits.check(1, None, 3.0) is None
    assert limits.check(1, None, 3.0) is not None


def test_a_wait_is_said_once_while_it_lasts_and_a_new_one_again() -> None:
    limits = Limits(person=1, group=0)
    limits.check(1, None, 0.0)
    assert [getattr(limits.check(1, None, second), "say", None) for second in (1.0, 2.0, 59.0)] == [
        True,
        False,
        False,
    ]
    assert limits.check(1, None, 60.0) is None
    again = limits.check(1, None, 61.0)
    assert again is not None
    assert again.say


def test_one_person_does_not_use_up_what_another_may_send() -> None:
    limits = Limits(person=1, group=0)
    assert limits.check(1, -5, 0.0) is None
    assert limits.check(1, -5, 0.0) is not None
    assert limits.check(2, -5, 0.0) is None
    assert limits.check(3, None, 0.0) is None


def test_a_group_has_a_limit_of_its_own_and_a_message_that_waits_for_it_costs_its_sender_nothing() -> None:
    limits = Limits(person=10, group=2)
    assert [limits.check(person, -5, 0.0) for person in (1, 2)] == [None, None]
    assert limits.check(3, -5, 0.0) == Wait(pytest.approx(30.0), group=True, say=True)
    silent = limits.check(4, -5, 0.0)
    assert silent is not None
    assert not silent.say, "a group is told once, whoever asks"
    assert [limits.check(3, None, 0.0) for _ in range(10)] == [None] * 10


def test_no_limit_is_no_limit() -> None:
    limits = Limits(person=0, group=0)
    assert all(limits.check(1, -5, 0.0) is None for _ in range(10_000))


@given(st.lists(st.floats(0, 30), max_size=200), st.integers(1, 30))
def test_nobody_ever_passes_more_than_twice_the_limit_in_any_minute(pauses: list[float], limit: int) -> None:
    limits, now, passed = Limits(person=limit, group=0), 0.0, []
    for pause in pauses:
        now += pause
        if limits.check(1, None, now) is None:
            passed.append(now)
    for start in passed:
        assert sum(start <= moment < start + 60 for moment in passed) <= 2 * limit


def test_many_people_do_not_fill_the_memory() -> None:
    buckets = Buckets(5)
    for person in range(MOST + 100):
        buckets.take(person, 0.0)
    assert len(buckets._levels) == MOST
