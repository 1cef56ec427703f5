"""The environment that a wall clock paces: on time, without drift, asleep in between."""

from __future__ import annotations

import asyncio

import pytest
import simpy

from mock_systems.kit.live.paced_environment import PacedEnvironment
from mock_systems.kit.live.wall_clock import Anchor, ClockError, WallClock
from mock_systems.kit.physics import MINUTE, SECOND, Process, call_after

START_US = 1_321_228_800_000_000


def clock_at(speed: float) -> WallClock:
    """A clock that shows the start just now."""
    return WallClock(Anchor(WallClock(Anchor(0, 0)).wall_us(), START_US, speed))


def test_a_process_is_woken_on_time_without_drift_and_not_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    wake = PacedEnvironment._wake
    monkeypatch.setattr(PacedEnvironment, "_wake", lambda env: (woken.append(1), wake(env))[1])

    async def run() -> tuple[list[int], list[int]]:
        clock, env = clock_at(60), PacedEnvironment(START_US)
        due, met = [], []

        def waves() -> Process:
            for _ in range(20):
                yield env.timeout(SECOND)
                due.append(int(env.now))
                met.append(clock.now_us())

        env.process(waves())
        env.pace(clock)
        async with asyncio.timeout(30):
            while len(due) < 20:
                await asyncio.sleep(0.02)
        env.stop()
        return due, met

    due, met = asyncio.run(run())
    assert due == [START_US + n * SECOND for n in range(1, 21)]
    late = [seen - planned for seen, planned in zip(met, due, strict=True)]
    assert min(late) >= 0
    assert sorted(late)[10] < 6 * SECOND  # half of them within 100 ms of the wall
    assert len(woken) <= 60


def test_what_is_scheduled_from_outside_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> list[str]:
        clock, env, done = clock_at(10), PacedEnvironment(START_US), []
        call_after(env, 60 * MINUTE, lambda: done.append("late"))
        env.pace(clock)
        call_after(env, SECOND, lambda: done.append("soon"))
        await asyncio.sleep(0.25)
        env.stop()
        return done

    assert asyncio.run(run()) == ["soon"]


def test_what_is_due_at_the_time_of_an_input_comes_after_it() -> None:
    env, done = PacedEnvironment(START_US), []
    call_after(env, SECOND, lambda: done.append(int(env.now)))
    env.advance(START_US + SECOND)
    assert (done, env.now) == ([], START_US + SECOND)
    env.advance(START_US)
    assert env.now == START_US + SECOND
    env.advance(START_US + SECOND + 1)
    assert done == [START_US + SECOND]


def test_an_exception_of_the_physics_is_told_as_it_is() -> None:
    async def run() -> tuple[list[BaseException], BaseException]:
        env, told, fault = PacedEnvironment(START_US), [], KeyError("a", "b")
        env.failed = told.append

        def breaks() -> Process:
            yield env.timeout(SECOND)
            raise fault

        env.process(breaks())
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        env.pace(clock_at(100))
        await asyncio.sleep(0.1)
        return told, fault

    told, fault = asyncio.run(run())
    assert told == [fault]
    assert told[0] is fault


def test_clocks_of_one_anchor_agree_and_a_clock_does_not_go_back() -> None:
    first, second = clock_at(3600), WallClock(clock_at(3600).anchor)
    assert abs(first.now_us() - second.now_us()) < 3600 * 100_000
    shown = first.now_us()
    with pytest.raises(ClockError, match="turn the clock back"):
        first.set(Anchor(first.wall_us(), shown - SECOND, 1))
    first.set(Anchor(first.wall_us(), first.now_us() + MINUTE, 1))
    assert first.now_us() >= shown + MINUTE
    with pytest.raises(ClockError, match="speed lies above 0"):
        Anchor(0, 0, 0)


def test_it_is_a_simpy_environment() -> None:
    env = PacedEnvironment(START_US)
    people = simpy.Resource(env, 1)
    times: list[int] = []

    def works() -> Process:
        with people.request() as turn:
            yield turn
            yield env.timeout(MINUTE)
            times.append(int(env.now) - START_US)

    for _ in range(2):
        env.process(works())
    env.advance(START_US + 3 * MINUTE)
    assert times == [MINUTE, 2 * MINUTE]
