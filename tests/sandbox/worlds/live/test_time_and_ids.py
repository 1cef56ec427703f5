"""Time in the live world, at any speed, and ids that no two processes share."""

from __future__ import annotations

import asyncio
import time

import pytest

from mock_systems.kit.live.wall_clock import Anchor
from sandbox.worlds.live.core.clock import SteadyClock, WorldClock
from sandbox.worlds.live.core.ids import ProcessIds
from sandbox.worlds.live.core.paced_loop import PacedLoop, new_loop


def test_without_an_anchor_the_clock_shows_utc() -> None:
    before = time.time_ns() // 1000
    assert before <= WorldClock().now_us() <= time.time_ns() // 1000


def test_clocks_with_one_anchor_agree_and_run_at_its_speed() -> None:
    wall_us = time.time_ns() // 1000
    one, other = (WorldClock(Anchor(wall_us, 5_000_000, 1000)) for _ in range(2))
    since, wall_since = one.now_us(), time.time_ns() // 1000
    time.sleep(0.02)
    past_us, wall_past_us = other.now_us() - since, time.time_ns() // 1000 - wall_since
    assert past_us == pytest.approx(1000 * wall_past_us, rel=0.1)
    assert since >= 5_000_000


def test_the_steady_clock_measures_in_the_worlds_seconds() -> None:
    clock = SteadyClock(100)
    since = clock.now_us()
    time.sleep(0.02)
    assert 2_000_000 <= clock.now_us() - since < 20_000_000


def test_sleeps_and_deadlines_run_faster_on_a_paced_loop() -> None:
    async def main() -> list[str]:
        order: list[str] = []

        async def late(seconds: float, name: str) -> None:
            await asyncio.sleep(seconds)
            order.append(name)

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await asyncio.sleep(100)
        await asyncio.gather(late(9, "c"), late(3, "a"), late(6, "b"))
        return order

    since = time.monotonic()
    with asyncio.Runner(loop_factory=lambda: PacedLoop(100)) as runner:
        assert runner.run(main()) == ["a", "b", "c"]
    assert 0.11 <= time.monotonic() - since < 1


def test_a_paced_loop_that_waits_does_not_spin() -> None:
    async def main() -> None:
        await asyncio.sleep(20)

    with asyncio.Runner(loop_factory=lambda: PacedLoop(100)) as runner:
        since = time.process_time()
        runner.run(main())
        assert time.process_time() - since < 0.1


def test_a_loop_at_the_walls_speed_is_the_usual_one() -> None:
    loop = new_loop(1.0)
    assert not isinstance(loop, PacedLoop)
    loop.close()


def test_ids_differ_within_a_process_and_between_them() -> None:
    one, other = ProcessIds(), ProcessIds()
    made = [ids.new("D") for ids in (one, one, other, other)]
    assert len(set(made)) == 4
    assert all(one_id.startswith("D-") for one_id in made)
