"""What a change writes, and when what was written is put together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.generations import Part
from index.planning import LEAST, SHARE, Goal, Held, Step, compaction, update
from index.segments import Segment

Version = tuple[str, str]


def held(name: str, ids: range, *, passages: int = 1, base: bool = False, gone: int = 0) -> Held:
    """A segment of articles with so many passages each, the first few of which are gone."""
    segment = Segment(name, base, len(ids), passages * len(ids), (), ())
    versions = {number: (f"{article:06d}", "1") for number, article in enumerate(ids) if number >= gone}
    return Held(segment, versions, passages * len(versions))


def versions(*ranges: range) -> tuple[Version, ...]:
    return tuple((f"{article:06d}", "1") for ids in ranges for article in ids)


def test_with_nothing_changed_there_is_nothing_to_do() -> None:
    parts = [held("1", range(5), base=True, gone=1), held("2", range(5, 7))]
    assert update(parts, versions(range(1, 7))) is None
    assert update([], ()) is None


def test_the_first_articles_become_a_base() -> None:
    assert update([], versions(range(3))) == Step((), versions(range(3)), base=True)


def test_a_new_article_is_written_by_itself() -> None:
    step = update([held("1", range(5), base=True)], versions(range(6)))
    assert step == Step((Part("1"),), versions(range(5, 6)), base=False)


def test_a_new_version_is_written_and_the_old_one_is_gone() -> None:
    wanted = (*versions(range(4)), ("000004", "2"))
    step = update([held("1", range(5), base=True)], wanted)
    assert step == Step((Part("1", (4,)),), (("000004", "2"),), base=False)


def test_what_was_gone_stays_so_and_a_segment_without_articles_is_no_part_any_more() -> None:
    parts = [held("1", range(5), base=True, gone=2), held("2", range(5, 6))]
    assert update(parts, versions(range(3, 5))) == Step((Part("1", (0, 1, 2)),), (), base=False)
    assert update(parts, ()) == Step((), (), base=False)


def test_very_many_new_articles_make_a_new_base_at_once() -> None:
    parts = [held("1", range(5), base=True)]
    wanted = versions(range(LEAST + 10))
    assert update(parts, wanted) == Step((), wanted, base=True)


def test_fresh_segments_of_a_size_are_put_together_and_a_much_larger_one_is_left() -> None:
    parts = [
        held("1", range(10_000), base=True),
        held("2", range(10_000, 10_100)),
        held("3", range(10_100, 10_110)),
    ]
    assert compaction(parts, Goal.DUE) is None
    parts.append(held("4", range(10_110, 10_120)))
    step = compaction(parts, Goal.DUE)
    assert step == Step((Part("1"), Part("2")), versions(range(10_100, 10_120)), base=False)
    assert compaction(parts, Goal.NONE) is None


def test_a_base_is_made_again_once_enough_of_it_is_gone_or_fresh() -> None:
    large = round(LEAST / SHARE) * 2
    most = round(large * SHARE)
    fresh = held("2", range(large, large + most - 100))
    assert compaction([held("1", range(large), base=True), fresh], Goal.DUE) is None
    step = compaction([held("1", range(large), base=True, gone=150), fresh], Goal.DUE)
    assert step == Step((), versions(range(150, large + most - 100)), base=True)


def test_a_small_library_is_not_written_again_all_the_time() -> None:
    assert compaction([held("1", range(2), base=True), held("2", range(2, LEAST))], Goal.DUE) is None


def test_as_one_it_is_one_base_without_anything_gone() -> None:
    assert compaction([held("1", range(5), base=True)], Goal.ONE) is None
    assert compaction([], Goal.ONE) is None
    for parts in ([held("1", range(5), base=True, gone=1)], [held("1", range(1, 5))]):
        assert compaction(parts, Goal.ONE) == Step((), versions(range(1, 5)), base=True)


def test_purging_writes_again_what_holds_something_gone_and_no_more() -> None:
    base, fresh = held("1", range(5), base=True), held("2", range(5, 9))
    stained = held("3", range(9, 12), gone=1)
    assert compaction([base, fresh], Goal.PURGED) is None
    assert compaction([base, fresh, stained], Goal.PURGED) == Step(
        (Part("1"), Part("2")), versions(range(10, 12)), base=False
    )
    whole = compaction([held("1", range(5), base=True, gone=1), fresh], Goal.PURGED)
    assert whole == Step((), versions(range(1, 9)), base=True)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.sampled_from(Goal))
def test_one_addition_after_the_other_keeps_segments_few_and_loses_nothing(
    sizes: list[int], goal: Goal
) -> None:
    parts = [held("0", range(50), base=True)]
    first, written = 50, 0
    for number, size in enumerate(sizes):
        parts.append(held(f"new {number}", range(first, first + size)))
        first += size
        while step := compaction(parts, goal):
            written += len(step.written)
            kept = {part.segment for part in step.kept}
            parts = [each for each in parts if each.segment.name in kept]
            segment = Segment(
                f"together {number} {written}", step.base, len(step.written), len(step.written), (), ()
            )
            parts.append(Held(segment, dict(enumerate(step.written)), len(step.written)))
        assert sorted(version for each in parts for version in each.versions.values()) == [
            *versions(range(first))
        ]
        if goal in (Goal.DUE, Goal.ONE):
            assert len(parts) <= 2 + (first - 50).bit_length()
    if goal is Goal.DUE and first < LEAST:
        assert written <= (first - 50) * (first - 50).bit_length()
