"""How fast the bot sends, by a clock that only its own waiting moves."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from bot.journal import Journal
from bot.pacing import SECOND, Limiter, Rates
from bot.state import State

RATES = Rates(a_second=0, chat_seconds=1.0, group_a_minute=3)
GROUP = -100


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    async def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as the bot does
    monkeypatch.setattr("bot.pacing.monotonic", lambda: made.now)
    monkeypatch.setattr("bot.pacing.asyncio.sleep", made.sleep)
    return made


class Server:
    """Notes when it was called, and refuses the first calls if told to."""

    def __init__(self, clock: Clock, *refusals: int) -> None:
        self.clock, self.refusals, self.times = clock, list(refusals), list[float]()

    async def __call__(self) -> bool:
        """Be called."""
        self.times.append(self.clock.now - 1000)
        if self.refusals:
            raise RetryAfter(self.refusals.pop(0))
        return True


def sent(
    limiter: Limiter, server: Server, chat: int, endpoint: str = "sendMessage"
) -> Coroutine[Any, Any, Any]:
    return limiter.process_request(server, (), {}, endpoint, {"chat_id": chat}, None)


async def test_two_messages_to_one_chat_keep_their_distance(clock: Clock) -> None:
    limiter, server = Limiter(RATES), Server(clock)
    for _ in range(3):
        await sent(limiter, server, 1)
    assert server.times == [0, 1, 2]


async def test_other_chats_edits_and_typing_do_not_wait_for_a_chat(clock: Clock) -> None:
    limiter, server = Limiter(RATES), Server(clock)
    await sent(limiter, server, 1)
    await sent(limiter, server, 2)
    await sent(limiter, server, 1, "editMessageText")
    await sent(limiter, server, 1, "sendChatAction")
    assert server.times == [0, 0, 0, 0]


async def test_no_minute_of_a_group_has_more_than_its_messages(clock: Clock) -> None:
    limiter, server = Limiter(RATES), Server(clock)
    for _ in range(8):
        await sent(limiter, server, GROUP)
    assert all(later - earlier > 60 for earlier, later in zip(server.times, server.times[3:], strict=False))


async def test_no_second_has_more_than_its_messages_and_a_delay_is_made_up_for(clock: Clock) -> None:
    limiter, server = Limiter(Rates(a_second=10, chat_seconds=0, group_a_minute=0)), Server(clock)
    for chat in range(20):
        await sent(limiter, server, chat)
    await clock.sleep(0.5)
    for chat in range(30):
        await sent(limiter, server, chat)
    assert all(later - earlier > 1 for earlier, later in zip(server.times, server.times[10:], strict=False))
    assert server.times[-1] == pytest.approx(4 * SECOND)  # as without the delay


async def test_unless_told_otherwise_it_keeps_to_what_telegram_allows(clock: Clock) -> None:
    limiter, chats, own, group = Limiter(Rates()), Server(clock), Server(clock), Server(clock)
    for chat in range(1, 70):
        await sent(limiter, chats, chat)
    for _ in range(3):
        await sent(limiter, own, 100)
    for _ in range(45):
        await sent(limiter, group, GROUP)
    for times, most, seconds in ((chats.times, 30, 1), (own.times, 1, 1), (group.times, 20, 60)):
        assert all(later - earlier > seconds for earlier, later in zip(times, times[most:], strict=False))


async def test_a_private_chat_has_no_limit_a_minute(clock: Clock) -> None:
    limiter, server = Limiter(RATES), Server(clock)
    for _ in range(8):
        await sent(limiter, server, 1)
    assert server.times[-1] == 7


async def test_who_is_told_to_wait_waits_as_long_and_nobody_else_does(clock: Clock) -> None:
    limiter, refused, other = Limiter(RATES), Server(clock, 30, 5), Server(clock)
    waiting = asyncio.create_task(sent(limiter, refused, 1))
    await sent(limiter, other, 2)
    assert other.times == [0]
    assert await waiting
    assert refused.times == pytest.approx([0, 30.1, 35.2])


async def test_a_chat_that_is_told_to_wait_again_and_again_is_given_up(clock: Clock) -> None:
    server = Server(clock, *[1] * 99)
    with pytest.raises(RetryAfter):
        await sent(Limiter(RATES), server, 1)
    assert len(server.times) == 6


async def test_the_distance_is_kept_from_when_a_slow_message_arrived(clock: Clock) -> None:
    limiter, server = Limiter(RATES), Server(clock)

    async def slow() -> bool:
        await clock.sleep(5)
        return True

    await limiter.process_request(slow, (), {}, "sendMessage", {"chat_id": 1}, None)
    await sent(limiter, server, 1)
    assert server.times == [6]


async def test_no_more_than_some_messages_are_on_their_way_at_once(
    clock: Clock,  # noqa: ARG001  nothing is to wait for time
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pacing.ON_THEIR_WAY", 2)
    limiter, answered, under_way = Limiter(RATES), asyncio.Event(), list[int]()

    async def held() -> bool:
        under_way.append(1)
        await answered.wait()
        return True

    tasks = [
        asyncio.create_task(
            limiter.process_request(held, (), {}, "sendMessage", {"chat_id": chat}, None)  # type: ignore[arg-type]
        )
        for chat in range(1, 6)
    ]
    await asyncio.wait(tasks, timeout=0.05)
    assert len(under_way) == 2
    answered.set()
    await asyncio.gather(*tasks)
    assert len(under_way) == 5


async def test_what_was_asked_first_is_answered_first(clock: Clock) -> None:
    limiter, state, sent_for = Limiter(Rates(1, 0, 0)), State(), list[int]()
    journal = Journal(state.updates, "1")

    async def answer(number: int) -> None:
        async def noted() -> bool:
            sent_for.append(number)
            return True

        with journal.working(number):
            await limiter.process_request(noted, (), {}, "sendMessage", {"chat_id": number}, None)

    await asyncio.gather(*map(answer, [9, 8, 3, 5, 4]))
    assert sorted(sent_for[1:]) == sent_for[1:]
    assert clock.now == pytest.approx(1000 + 4 * SECOND)
    state.close()


async def test_who_no_longer_waits_keeps_nobody_from_going(
    clock: Clock,  # noqa: ARG001  nothing is to wait for time
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.pacing.ON_THEIR_WAY", 1)
    limiter, answered = Limiter(RATES), asyncio.Event()

    async def held() -> bool:
        await answered.wait()
        return True

    tasks = [
        asyncio.create_task(
            limiter.process_request(held, (), {}, "sendMessage", {"chat_id": chat}, None)  # type: ignore[arg-type]
        )
        for chat in range(3)
    ]
    await asyncio.wait(tasks, timeout=0.02)
    tasks[0].cancel()  # on its way
    tasks[1].cancel()  # waiting
    answered.set()
    assert await tasks[2]


async def test_only_so_many_chats_are_remembered(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.pacing.CHATS_AT_HAND", 5)
    limiter = Limiter(RATES)
    for chat in range(20):
        await sent(limiter, Server(clock), chat)
    assert list(limiter._chats) == [15, 16, 17, 18, 19]


@pytest.mark.parametrize(
    ("failure", "free"),
    [(NetworkError("502"), True), (TimedOut(), False), (BadRequest("no such chat"), False)],
)
async def test_what_failed_on_its_way_uses_nothing_up_unless_it_may_have_arrived(
    clock: Clock, failure: NetworkError, free: bool
) -> None:
    limiter, server = Limiter(Rates(a_second=2, chat_seconds=0, group_a_minute=0)), Server(clock)

    async def fails() -> bool:
        raise failure

    for chat in (1, 2):
        with pytest.raises(type(failure)):
            await limiter.process_request(fails, (), {}, "sendMessage", {"chat_id": chat}, None)
    for chat in (3, 4, 5):
        await sent(limiter, server, chat)
    later = pytest.approx(SECOND)
    assert server.times == ([0, 0, later] if free else [later, later, pytest.approx(2 * SECOND)])
