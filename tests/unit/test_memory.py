"""What a chat remembers, without a chat."""

from bot.handlers.memory import FORGOTTEN_AFTER, Memory


def test_conversations_that_fell_silent_take_no_room() -> None:
    memory = Memory()
    for person in range(100):
        memory.remember(person, "how much?", now=0.0)
    memory.remember("the last", "how much?", now=FORGOTTEN_AFTER + 1)
    assert len(memory._conversations) == 1


def test_what_one_person_forgets_others_remember() -> None:
    memory = Memory()
    memory.remember("one", "how much?", now=0.0)
    memory.remember("other", "how many?", now=0.0)
    memory.forget("one")
    assert memory.turns("one", 1.0) == ()
    assert memory.turns("other", 1.0) == ("how many?",)
