"""A damaged file: a right answer or a clear error, and a repair.

The long form: `python -m tests.crash --damage`.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.crash.campaign import processes
from tests.crash.damage import DAMAGES, Clinic

SEED = 1 if os.environ.get("CI") else random.SystemRandom().randrange(10**6)
# What damage is worst, and what ended the process before anything was checked (chroma-core/chroma #7238).
ALWAYS = {
    "archive.sqlite": ("turned", "half zeroed"),
    "CURRENT": ("deleted", "emptied", "overwritten"),
    "manifest.json": ("turned",),
    "segment.json": ("turned",),
    "chroma.sqlite3": ("turned", "half zeroed"),
    "data_level0.bin": ("turned", "cut short"),
    "link_lists.bin": ("turned",),
}


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return Clinic(processes(), tmp_path_factory.mktemp("clinic"))


@pytest.mark.parametrize("name", ALWAYS)
def test_what_is_damaged_is_noticed_and_mended(clinic: Clinic, name: str) -> None:
    (path, *_) = (each for each in clinic.files() if each.endswith(name))
    for kind in ALWAYS[name]:
        assert clinic.damage(path, kind) == [], kind


def test_every_file_may_be_damaged(clinic: Clinic) -> None:
    """Each in a way chosen at random."""
    chance = random.Random(SEED)
    for path in clinic.files():
        kind = chance.choice([*DAMAGES])
        assert clinic.damage(path, kind) == [], f"{path} {kind}, seed {SEED}"
