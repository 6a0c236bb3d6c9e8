import inspect

import pytest

from index import Library
from tests.fakes import FakeLibrary

DOOR = [
    *("open", "places", "build", "read", "twin", "add", "remove", "ask", "find"),
    *("articles", "article", "status", "close"),
    *("browse", "search", "latest", "sources", "summary"),
]


def parameters(kind: type, name: str) -> list[tuple[str, object]]:
    return [(one.name, one.kind) for one in inspect.signature(getattr(kind, name)).parameters.values()]


@pytest.mark.parametrize("name", DOOR)
def test_the_fake_library_is_called_as_the_real_one_is(name: str) -> None:
    assert parameters(FakeLibrary, name) == parameters(Library, name)
