"""Order lanes: one worker an order, nothing forgotten, and no stampede on a system that has just come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from sandbox.core.processes.lane import OrderLanes
from sandbox.worlds.virtual.clock import VirtualClock
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop

SECOND = 1_000_000


class Bench:
    """Lanes on a virtual loop; `advance` is what a test makes it."""

    def __init__(self, at_once: int = 4) -> None:
        self.kernel = Kernel(0)
        self.loop = VirtualLoop(self.kernel)
        self.log: list[tuple[int, str]] = []
        self.act: Callable[[str], Coroutine[Any, Any, None]] = self.nothing
        self.lanes = OrderLanes(self.advance, VirtualClock(self.kernel), at_once)

    async def nothing(self, saga: str) -> None:
        """Done at once."""

    async def advance(self, saga: str) -> None:
        self.log.append((self.kernel.now // SECOND, saga))
        await self.act(saga)

    def run(self, seconds: int, begin: Callable[[], None]) -> None:
        async def main() -> None:
            work = asyncio.ensure_future(self.lanes.run())
            begin()
            await asyncio.sleep(seconds)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

        self.loop.run_until_complete(main())


def wake_all(bench: Bench, sagas: list[str]) -> None:
    for saga in sagas:
        bench.lanes.wake(saga)


def test_an_order_has_one_worker_and_a_wake_meanwhile_leads_to_one_more_round() -> None:
    bench = Bench()
    at_work: list[str] = []

    async def act(saga: str) -> None:
        assert saga not in at_work, "two workers on one order"
        at_work.append(saga)
        if len(bench.log) == 1:
            bench.lanes.wake(saga)
        await asyncio.sleep(3)
        at_work.remove(saga)

    bench.act = act
    bench.run(20, lambda: wake_all(bench, ["W-1", "W-1"]))
    assert bench.log == [(0, "W-1"), (3, "W-1")]


def test_no_more_orders_at_once_than_there_are_workers() -> None:
    bench = Bench(at_once=2)

    async def act(saga: str) -> None:
        await asyncio.sleep(10)

    bench.act = act
    bench.run(60, lambda: wake_all(bench, [f"W-{n}" for n in range(5)]))
    assert [at for at, _ in bench.log] == [0, 0, 10, 10, 20]


def test_a_parked_order_comes_back_when_it_is_due_and_earlier_when_woken() -> None:
    bench = Bench()

    async def act(saga: str) -> None:
        if bench.kernel.now < 5 * SECOND:
            bench.lanes.park(saga, 30 * SECOND)

    bench.act = act

    def begin() -> None:
        bench.lanes.wake("W-1")
        bench.lanes.wake("W-2")
        bench.loop.call_later(10, bench.lanes.wake, "W-2")

    bench.run(100, begin)
    assert bench.log == [(0, "W-1"), (0, "W-2"), (10, "W-2"), (30, "W-1")]


def test_one_order_asks_whether_a_system_is_back_and_only_then_the_others_follow() -> None:
    bench = Bench(at_once=50)
    away_until = 100 * SECOND

    async def act(saga: str) -> None:
        if bench.kernel.now < away_until:
            bench.lanes.park(saga, bench.kernel.now + 30 * SECOND, "erp")

    bench.act = act
    bench.run(300, lambda: wake_all(bench, [f"W-{n}" for n in range(40)]))
    while_away = [saga for at, saga in bench.log if 0 < at < 100]
    assert while_away == ["W-0", "W-0", "W-0"], "the first one scouts, the others wait in the room"
    assert sorted(saga for at, saga in bench.log if at >= 100) == sorted(f"W-{n}" for n in range(40))
    assert bench.lanes.waiting_for("erp") == 0
