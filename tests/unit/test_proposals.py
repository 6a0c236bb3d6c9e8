"""What admins have not decided about, without a bot."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from bot.proposals import noted, recalled
from bot.state import State
from bot.state.database import Database
from bot.state.proposals import LIFETIME, Proposal, Proposals
from index import Article

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

words = st.text(st.characters(exclude_categories=["Cs"]))
ARTICLES = st.lists(
    st.builds(
        Article,
        id=words,
        title=words,
        text=words,
        url=st.none() | words,
        published=st.none() | st.dates(),
        language=words,
        source=st.none() | words,
        digest=words,
        author=st.none() | words,
    ),
    max_size=3,
)


@given(ARTICLES)
def test_articles_come_back_from_the_state_as_they_were_shown(articles: list[Article]) -> None:
    state = State()
    key = state.proposals.keep(7, noted(articles))
    proposal = state.proposals.get(key)
    state.close()
    assert proposal is not None
    assert recalled(proposal.articles) == tuple(articles)


def test_a_proposal_outlives_a_restart_until_it_is_decided(tmp_path: Path) -> None:
    note = noted([Article("a", "Title", "Text.", None, date(2025, 3, 4), "en", None, "d")])
    state = State(tmp_path / "bot.sqlite")
    key = state.proposals.keep(7, note)
    state.close()
    state = State(tmp_path / "bot.sqlite")
    assert state.proposals.get(key) == Proposal(7, note)
    assert state.proposals.get("forged") is None
    state.proposals.forget(key)
    assert state.proposals.get(key) is None
    state.close()


def test_the_words_of_what_was_dismissed_leave_the_disk(tmp_path: Path) -> None:
    state = State(tmp_path / "bot.sqlite")
    secret = "nothing for anybody's eyes"
    key = state.proposals.keep(7, [secret])
    state.proposals.forget(key)
    state.close()
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert all(secret.encode() not in each for each in kept)


def test_what_nobody_decides_is_forgotten_by_age_and_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    database = Database(None, clock=lambda: now[0])
    proposals = Proposals(database)
    old = proposals.keep(7, [])
    now[0] = LIFETIME - 1
    young = proposals.keep(7, [])
    now[0] = LIFETIME + 1
    proposals.keep(7, [])
    assert (proposals.get(old), proposals.get(young)) == (None, Proposal(7, []))
    monkeypatch.setattr("bot.state.proposals.MOST", 2)
    keys = [proposals.keep(7, []) for _ in range(3)]
    assert [proposals.get(key) is not None for key in (young, *keys)] == [False, False, True, True]
    database.close()
