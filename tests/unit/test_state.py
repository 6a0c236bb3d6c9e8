"""What the bot remembers, without a bot."""

import sqlite3
import threading
from pathlib import Path

import pytest

from bot.state import Answers, Member, Opinions, Place, State, StateError, StoredAnswer, StoredButton
from bot.state import answers as answers_module
from bot.state import outcomes as outcomes_module
from bot.state import turns as turns_module
from bot.state.buttons import LIFETIME, Buttons
from bot.state.database import SCHEMA, Database
from bot.state.turns import Turns

BUTTON = StoredButton("language", {"to": ["en", 1, None, "繁體中文"]}, chat=-500, person=7, admins=True)


def test_what_was_remembered_is_there_after_a_restart(tmp_path: Path) -> None:
    state = State(tmp_path / "bot.sqlite")
    (key,) = state.buttons.put([BUTTON])
    state.people.choose_language(7, "zh-Hant")
    state.close()
    state = State(tmp_path / "bot.sqlite")
    assert state.buttons.get(key) == BUTTON
    assert state.people.language(7) == "zh-Hant"
    state.close()


def test_a_choice_of_language_can_be_changed_and_taken_back() -> None:
    state = State()
    assert state.people.language(7) is None
    for language in ("en", "zh-Hans", None):
        state.people.choose_language(7, language)
        assert state.people.language(7) == language
    state.close()


def test_every_button_gets_a_key_of_its_own_that_fits_into_telegrams_64_bytes() -> None:
    state = State()
    keys = state.buttons.put([BUTTON] * 50)
    assert len(set(keys)) == 50
    assert all(len(key.encode()) <= 64 for key in keys)
    assert state.buttons.get("forged") is None
    state.close()


def test_buttons_are_forgotten_by_age() -> None:
    now = [0.0]
    database = Database(None, clock=lambda: now[0])
    buttons = Buttons(database)
    (old,) = buttons.put([BUTTON])
    now[0] = LIFETIME - 1
    (young,) = buttons.put([BUTTON])
    assert buttons.get(old) == BUTTON
    now[0] = LIFETIME + 1
    buttons.put([BUTTON])
    assert (buttons.get(old), buttons.get(young)) == (None, BUTTON)
    database.close()


def test_buttons_are_forgotten_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.state.buttons.MOST", 3)
    state = State()
    keys = [state.buttons.put([BUTTON])[0] for _ in range(5)]
    assert [state.buttons.get(key) is not None for key in keys] == [False, False, True, True, True]
    state.close()


NOTE = {"quotes": [{"span": [1, 2]}]}


def test_an_answer_is_found_by_its_key_and_by_the_message_that_told_it(tmp_path: Path) -> None:
    state = State(tmp_path / "bot.sqlite")
    key = state.answers.keep(-500, "how much?", NOTE)
    other = state.answers.keep(-500, "how many?", None)
    state.answers.sent(key, 12)
    state.close()
    state = State(tmp_path / "bot.sqlite")
    assert state.answers.get(key) == StoredAnswer("how much?", NOTE)
    assert state.answers.get(other) == StoredAnswer("how many?", None)
    assert state.answers.question_of(-500, 12) == "how much?"
    assert state.answers.question_of(-501, 12) is None
    assert state.answers.get("forged") is None
    state.close()


def test_an_opinion_counts_once_for_each_person_and_answer_and_can_be_changed() -> None:
    state = State()
    for person, good in [(1, True), (2, True), (1, True), (2, False)]:
        state.answers.rate("an answer", person, good=good)
    state.answers.rate("another", 1, good=False)
    assert state.answers.opinions() == Opinions(1, 2)
    state.close()


def test_a_follow_up_finds_the_last_questions_for_half_an_hour() -> None:
    now = [0.0]
    database = Database(None, clock=lambda: now[0])
    turns, here, elsewhere = Turns(database), Place(-500, 7, 3), Place(-500, 8, 3)
    for question in ("how much?", "how many?", "who?", "when?"):
        turns.add(here, question)
    turns.add(elsewhere, "where?")
    assert turns.of(here) == ("how many?", "who?", "when?")
    turns.forget(elsewhere)
    assert turns.of(elsewhere) == ()
    now[0] = turns_module.LIFETIME + 1
    assert turns.of(here) == ()
    turns.add(elsewhere, "where?")
    assert database.run("SELECT count(*) FROM turns") == [(1,)]
    database.close()


def test_what_was_asked_moves_with_its_chat() -> None:
    state = State()
    state.turns.add(Place(-5, 7), "how much?")
    state.turns.move_chat(-5, -100)
    assert state.turns.of(Place(-100, 7)) == ("how much?",)
    assert state.turns.of(Place(-5, 7)) == ()
    state.close()


def test_answers_are_forgotten_by_age_and_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    database = Database(None, clock=lambda: now[0])
    answers = Answers(database)
    old = answers.keep(1, "old", NOTE)
    answers.rate(old, 7, good=True)
    now[0] = answers_module.LIFETIME + 1
    keys = [answers.keep(1, "how much?", NOTE)]
    assert answers.get(old) is None
    assert database.run("SELECT * FROM opinions") == []
    monkeypatch.setattr(answers_module, "MOST", 2)
    keys += [answers.keep(1, "how much?", NOTE) for _ in range(2)]
    assert [answers.get(key) is not None for key in keys] == [False, True, True]
    database.close()


def test_a_conversation_is_kept_within_an_article_until_it_is_left(tmp_path: Path) -> None:
    state = State(tmp_path / "bot.sqlite")
    here, topic, other = Place(-500, 7), Place(-500, 7, 77), Place(-500, 8)
    state.scopes.keep(here, "ferry")
    state.scopes.keep(topic, "tea")
    state.close()
    state = State(tmp_path / "bot.sqlite")
    assert [state.scopes.article(place) for place in (here, topic, other)] == ["ferry", "tea", None]
    state.scopes.keep(here, "tea")
    state.scopes.leave(topic)
    assert [state.scopes.article(place) for place in (here, topic, other)] == ["tea", None, None]
    state.close()


def test_a_group_that_gets_another_id_takes_with_it_what_is_remembered_of_it() -> None:
    state = State()
    state.members.add(Member(-5, "Readers"))
    state.scopes.keep(Place(-5, 7), "ferry")
    state.scopes.keep(Place(-5, 8), "ferry")
    state.scopes.keep(Place(-100, 8), "tea")
    for _ in range(2):  # both chats tell of it
        state.members.move_chat(-5, -100)
        state.scopes.move_chat(-5, -100)
    assert state.members.all() == (Member(-100, "Readers"),)
    places = [Place(-5, 7), Place(-100, 7), Place(-100, 8)]
    assert [state.scopes.article(place) for place in places] == [None, "ferry", "tea"]
    state.close()


def test_threads_can_use_one_state_at_the_same_time(tmp_path: Path) -> None:
    state, keys = State(tmp_path / "bot.sqlite"), []

    def work() -> None:
        for _ in range(20):
            keys.extend(state.buttons.put([BUTTON, BUTTON]))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key for key in keys if state.buttons.get(key)}) == 8 * 20 * 2
    state.close()


def test_a_write_that_fails_in_the_middle_leaves_nothing_of_itself() -> None:
    state = State()
    with pytest.raises(TypeError):
        state.buttons.put([BUTTON, StoredButton("x", object(), chat=1)])
    assert state._database.run("SELECT count(*) FROM buttons") == [(0,)]
    state.close()


def test_a_file_of_the_first_version_is_upgraded_and_keeps_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bot.sqlite"
    with monkeypatch.context() as patch:
        patch.setattr("bot.state.database.SCHEMA", SCHEMA[:1])
        state = State(path)
        state.people.choose_language(7, "zh-Hant")
        state.close()
    state = State(path)
    assert state.people.language(7) == "zh-Hant"
    assert state._database.run("PRAGMA user_version") == [(len(SCHEMA),)]
    state.close()


def test_a_file_of_a_newer_version_is_left_alone_with_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match=r"version 99.*upgrade articlebot"):
        State(path)


def test_a_file_that_is_no_state_is_named_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    path.write_bytes(b"not a database at all, but long enough to look at" * 50)
    with pytest.raises(StateError, match=r"bot\.sqlite.*cannot be used"):
        State(path)


def test_outcomes_are_kept_for_a_day_and_the_oldest_make_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes_module, "MOST", 2)
    now = [0.0]
    database = Database(None, clock=lambda: now[0])
    outcomes = outcomes_module.Outcomes(database)
    for name in ("one", "two", "one", "three"):
        outcomes.put(name, {"of": name})
    assert [outcomes.get(name) for name in ("one", "two", "three")] == [{"of": "one"}, None, {"of": "three"}]
    now[0] = outcomes_module.LIFETIME
    assert outcomes.get("three") is None
    outcomes.put("four", 4)
    assert database.run("SELECT count(*) FROM outcomes") == [(1,)]
    database.close()


def test_a_state_that_fails_costs_an_outcome_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    state = State()
    state.close()
    assert state.outcomes.get("one") is None
    state.outcomes.put("one", 1)
    assert len(caplog.records) == 2
