"""The limiter under tasks that come, go, and are cancelled at any moment."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.core.policies.limiter import FIRST_PAUSE_US, LONGEST_PAUSE_US, MINUTE_US, Limiter, QueueExpired
from sandbox.worlds.virtual.ties import DrawnTies
from tests.sandbox.core.small_world import SECOND_US, SmallWorld

# When a caller comes, how long it holds its slot, and when (if ever) it is cancelled: seconds.
CALLER = st.tuples(st.integers(0, 90), st.integers(0, 20), st.none() | st.integers(0, 120))


class Watched:
    """A limiter and what it let happen."""

    def __init__(self, world: SmallWorld, concurrency: int, per_minute: int | None) -> None:
        self.world = world
        self.limiter = Limiter(concurrency, per_minute, world)
        self.inside = self.peak = 0
        self.came: list[int] = []
        self.began_us: dict[int, int] = {}

    async def caller(self, number: int, after_s: int, hold_s: int) -> None:
        await asyncio.sleep(after_s)
        self.came.append(number)
        async with self.limiter:
            self.inside += 1
            self.peak = max(self.peak, self.inside)
            self.began_us[number] = self.world.now_us()
            try:
                await asyncio.sleep(hold_s)
            finally:
                self.inside -= 1

    async def all_of(self, callers: Sequence[tuple[int, int, int | None]]) -> None:
        loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self.caller(n, after, hold)) for n, (after, hold, _) in enumerate(callers)]
        for task, (_, _, cancel_s) in zip(tasks, callers, strict=True):
            if cancel_s is not None:
                loop.call_later(cancel_s, task.cancel)
        await asyncio.gather(*tasks, return_exceptions=True)


@settings(max_examples=150, deadline=None)
@given(st.lists(CALLER, max_size=25), st.integers(1, 4), st.none() | st.integers(1, 6), st.integers(0, 9))
def test_it_never_lets_in_too_many_and_never_loses_a_slot(
    callers: list[tuple[int, int, int | None]], concurrency: int, per_minute: int | None, seed: int
) -> None:
    world = SmallWorld(ties=DrawnTies(Streams(seed)))
    watched = Watched(world, concurrency, per_minute)
    world.run(watched.all_of(callers))
    world.close()
    limiter = watched.limiter
    assert watched.peak <= concurrency
    assert (limiter.in_use, limiter.waiting) == (0, 0)
    starts = [watched.began_us[number] for number in watched.came if number in watched.began_us]
    assert starts == sorted(starts)
    assert all(n in watched.began_us for n, (_, _, cancel_s) in enumerate(callers) if cancel_s is None)
    if per_minute is not None:
        assert all(b - a >= MINUTE_US for a, b in zip(starts, starts[per_minute:], strict=False))


def test_a_waiter_that_is_cancelled_as_its_turn_comes_hands_it_on() -> None:
    world = SmallWorld()

    async def scene() -> None:
        limiter = Limiter(1, None, world)
        await limiter.acquire()
        first, second = asyncio.create_task(limiter.acquire()), asyncio.create_task(limiter.acquire())
        await asyncio.sleep(0)
        limiter.release()
        first.cancel()
        await second
        assert first.cancelled()
        assert (limiter.in_use, limiter.waiting) == (1, 0)

    world.run(scene())
    world.close()


def test_a_turn_that_comes_too_late_is_refused_and_passed_on() -> None:
    world = SmallWorld()

    async def scene() -> None:
        limiter = Limiter(1, None, world)
        await limiter.acquire()
        impatient = asyncio.create_task(limiter.acquire(world.now_us() + SECOND_US))
        patient = asyncio.create_task(limiter.acquire())
        await asyncio.sleep(2)
        limiter.release()
        with pytest.raises(QueueExpired):
            await impatient
        await patient
        assert limiter.in_use == 1

    world.run(scene())
    world.close()


def test_patience_ends_in_time_while_the_system_makes_everybody_wait() -> None:
    world = SmallWorld()

    async def wait(limiter: Limiter, patience_s: int) -> int:
        start_us = world.now_us()
        with pytest.raises(QueueExpired):
            await limiter.acquire(start_us + patience_s * SECOND_US)
        return (world.now_us() - start_us) // SECOND_US

    async def scene() -> list[int]:
        limiter = Limiter(5, None, world)
        limiter.hold_until(world.now_us() + 3600 * SECOND_US)
        return await asyncio.gather(*(wait(limiter, patience_s) for patience_s in (60, 120, 30)))

    assert world.run(scene()) == [60, 120, 30]
    world.close()


def test_nobody_enters_before_the_time_that_the_system_named() -> None:
    world = SmallWorld()

    async def scene() -> int:
        limiter = Limiter(5, None, world)
        limiter.hold_until(world.now_us() + 30 * SECOND_US)
        before_us = world.now_us()
        await asyncio.gather(*(limiter.acquire() for _ in range(3)))
        return world.now_us() - before_us

    assert world.run(scene()) == 30 * SECOND_US
    world.close()


def full_limiter(world: SmallWorld, concurrency: int) -> Limiter:
    limiter = Limiter(concurrency, None, world)
    while limiter.try_acquire():
        pass
    return limiter


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 40), st.lists(st.booleans(), max_size=12))
def test_until_the_first_answer_few_go_at_once_and_then_as_many_as_may(
    concurrency: int, untried: int, comers: int, ends: list[bool]
) -> None:
    """Calls end one by one, answered or not, and each lets the next in."""
    world = SmallWorld()

    async def scene() -> None:
        limiter = Limiter(concurrency, None, world, untried)
        waiters = [asyncio.create_task(limiter.acquire()) for _ in range(comers)]
        await asyncio.sleep(0)
        for n, answered in enumerate(ends):
            width = concurrency if any(ends[:n]) else min(untried, concurrency)
            assert limiter.in_use == min(width, comers - n if comers > n else 0)
            if not limiter.in_use:
                break
            if answered and limiter.strained:
                limiter.answered()
            limiter.release()
            await asyncio.sleep(0)
        for waiter in waiters:
            waiter.cancel()
        await asyncio.gather(*waiters, return_exceptions=True)

    world.run(scene())
    world.close()


def test_a_refusal_before_the_first_answer_widens_by_steps_as_any_other() -> None:
    world = SmallWorld()
    limiter = Limiter(16, None, world, 4)
    while limiter.try_acquire():
        pass
    limiter.refused(0)
    limiter.answered()
    assert (limiter.allowed, limiter.strained) == (2, True)
    world.close()


def test_calls_that_were_refused_together_narrow_the_window_once() -> None:
    world = SmallWorld()
    limiter = full_limiter(world, 16)
    assert [limiter.refused(0) for _ in range(11)] == [True] + [False] * 10
    assert (limiter.allowed, limiter.strained, limiter.held_until_us) == (8, True, 0)
    world.close()


def test_what_was_under_way_was_too_much_not_what_might_have_been() -> None:
    world = SmallWorld()
    limiter = Limiter(500, None, world)
    for _ in range(6):
        limiter.try_acquire()
    limiter.refused(0)
    assert limiter.allowed == 3
    world.close()


def test_a_window_full_of_answers_makes_room_for_one_more() -> None:
    world = SmallWorld()
    limiter = full_limiter(world, 8)
    limiter.refused(0)
    widths = []
    for _ in range(4 + 5 + 6 + 7):
        limiter.answered()
        widths.append(limiter.allowed)
    assert widths == [4] * 3 + [5] * 5 + [6] * 6 + [7] * 7 + [8]
    assert not limiter.strained
    world.close()


def test_pauses_double_while_refusals_go_on_and_an_answer_ends_them() -> None:
    world = SmallWorld()

    async def scene() -> None:
        limiter = Limiter(4, None, world)
        pauses = []
        for window in range(9):
            await limiter.acquire()
            limiter.refused(window)
            limiter.release()
            pauses.append(max(0, limiter.held_until_us - world.now_us()))
        doubled = [min(LONGEST_PAUSE_US, FIRST_PAUSE_US * 2**n) for n in range(8)]
        assert pauses == [0, *doubled]
        assert pauses[-1] == LONGEST_PAUSE_US
        await limiter.acquire()
        limiter.answered()
        limiter.refused(9)
        limiter.release()
        assert limiter.try_acquire(), "after an answer the first refusal makes no pause"

    world.run(scene())
    world.close()


def test_a_limiter_of_one_is_at_ease_again_after_one_answer() -> None:
    world = SmallWorld()
    limiter = full_limiter(world, 1)
    limiter.refused(0)
    limiter.answered()
    assert (limiter.allowed, limiter.strained) == (1, False)
    world.close()


def test_who_waits_comes_in_when_the_window_widens() -> None:
    world = SmallWorld()

    async def scene() -> int:
        limiter = full_limiter(world, 4)
        limiter.refused(0)
        waiters = [asyncio.create_task(limiter.acquire()) for _ in range(3)]
        await asyncio.sleep(0)
        limiter.release()
        limiter.release()
        assert limiter.waiting == 3
        for _ in range(2):
            limiter.answered()
            limiter.release()
        await asyncio.wait(waiters)
        return limiter.in_use

    assert world.run(scene()) == 3
    world.close()
