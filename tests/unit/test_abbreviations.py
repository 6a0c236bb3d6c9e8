"""What the models do not know as an abbreviation, they are told in words."""

from __future__ import annotations

import pytest

from index.abbreviations import spelled_out


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "how much does Xiaomi plan to spend on R&D",
            "how much does Xiaomi plan to spend on research and development",
        ),
        ("小米的R&D預算是多少？", "小米的research and development預算是多少？"),
        ("Who is BYD's CEO?", "Who is BYD's chief executive?"),
        ("How many EVs in Q3?", "How many electric vehicles in third quarter?"),
    ],
)
def test_abbreviations_are_spelled_out(question: str, told: str) -> None:
    assert spelled_out(question) == told


@pytest.mark.parametrize(
    "question", ["Where is DEV?", "the R&DX lab", "AT&T", "model EV9", "小米SU7多少錢？", ""]
)
def test_what_only_looks_like_one_is_left_alone(question: str) -> None:
    assert spelled_out(question) == question
