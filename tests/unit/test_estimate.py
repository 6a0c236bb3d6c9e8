"""How long a build takes still, by its pace."""

from bot.estimate import Estimate
from index import Progress


def noted(*seen: tuple[float, str, int, int]) -> Estimate:
    estimate = Estimate()
    for now, stage, done, total in seen:
        estimate.note(Progress(stage, done, total), now)
    return estimate


def test_nothing_is_said_before_there_is_a_pace() -> None:
    assert noted().left(9.0) is None
    assert noted((0.0, "read", 0, 10)).left(9.0) is None
    assert noted((0.0, "read", 0, 10), (1.0, "read", 5, 10)).left(1.5) is None
    assert noted((0.0, "read", 5, 10), (9.0, "read", 5, 10)).left(9.5) is None


def test_the_time_left_follows_from_the_pace_and_runs_down() -> None:
    estimate = noted((0.0, "read", 0, 100), (10.0, "read", 20, 100))
    assert estimate.left(10.0) == 40.0
    assert estimate.left(15.0) == 35.0
    assert estimate.left(99.0) == 0.0


def test_of_a_stage_that_is_done_nothing_is_left_to_say() -> None:
    assert noted((0.0, "read", 0, 100), (10.0, "read", 100, 100)).left(10.0) is None


def test_a_new_stage_has_a_pace_of_its_own() -> None:
    estimate = noted((0.0, "read", 0, 100), (10.0, "read", 100, 100), (11.0, "encode", 0, 50))
    assert estimate.left(20.0) is None
    estimate.note(Progress("encode", 10, 50), 21.0)
    assert estimate.left(21.0) == 40.0


def test_what_was_quick_long_ago_does_not_count() -> None:
    """The passages whose vectors are kept come at once; those that are encoded do not."""
    estimate = noted((0.0, "encode", 0, 10_000), (1.0, "encode", 9_000, 10_000))
    for second in range(2, 200):
        estimate.note(Progress("encode", 9_000 + second, 10_000), float(second))
    left = estimate.left(199.0)
    assert left is not None
    assert 750 < left < 850
