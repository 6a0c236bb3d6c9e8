"""The targets of the fuzz campaign, each tried with some inputs."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(
        "。，「」《》（）.,!?\"'-:/@#&<>[]{}%\\\n\r\t \u200b\u200d\u202e\ufe0f\u0301億年月日三成0123456789aA"
    ),
    max_size=300,
)


@st.composite
def changed(draw: st.DrawFn, target: str) -> bytes:
    """A seed with stretches of it left out, repeated, or replaced by other bytes."""
    data = draw(st.sampled_from(seeds(target)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        new = draw(st.binary(max_size=8) | TEXTS.map(str.encode) | st.just(data[start:end] * 3))
        data = data[:start] + new + data[end:]
    return data


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_bytes_come(target: str, data: st.DataObject) -> None:
    TARGETS[target](data.draw(st.binary(max_size=400) | TEXTS.map(str.encode) | changed(target)))
