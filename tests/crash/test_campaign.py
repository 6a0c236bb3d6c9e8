"""kill -9 before an effect chosen at random. The long form: `python -m tests.crash --points 200`."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from tests.crash import effects
from tests.crash.campaign import Campaign, processes
from tests.crash.operations import OPERATIONS

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 3  # for each operation
SEED = 1 if os.environ.get("CI") else random.SystemRandom().randrange(10**6)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_library_survives_a_kill_before_any_effect(tmp_path: Path, name: str) -> None:
    """Old or new and whole, found at once, and what is done again ends where it would have."""
    tally = Campaign(processes(), tmp_path, SEED).run(name, KILLS)
    assert tally.failures == [], f"seed {SEED}"
    assert tally.effects or effects.missing()
