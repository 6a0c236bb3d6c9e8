"""Articles that come and go leave nothing behind. The long form: `python -m tests.crash --churn 10000`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.crash.churn import churn, trends

if TYPE_CHECKING:
    from pathlib import Path


def test_articles_that_come_and_go_leave_nothing_on_disk_and_no_file_open(tmp_path: Path) -> None:
    # Segments are put together every twelfth cycle, so that is when one is like another.
    disk, _, open_files = trends(churn(tmp_path, 60, every=12))
    assert disk.share < 0.1, disk
    assert open_files.rise < 3, open_files
