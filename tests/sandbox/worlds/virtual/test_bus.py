"""The virtual bus: at least once, over failures and power cuts; doubled and late as configured."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.core.ports import BusMessage
from sandbox.worlds.virtual.bus import BusConfig, VirtualBus
from sandbox.worlds.virtual.errors import IncarnationDead
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop


def test_publish_returns_when_durable_and_the_message_comes_later(
    kernel: Kernel, loop: VirtualLoop, streams: Streams
) -> None:
    bus = VirtualBus(kernel, streams, BusConfig(publish_us=1_000, deliver_us=2_000))
    start_us, got = kernel.now, []

    async def handle(message: BusMessage) -> None:
        got.append((kernel.now - start_us, message))

    async def main() -> int:
        port = bus.session(loop)
        port.subscribe("billing", ["order.shipped"], handle)
        await port.publish("order.shipped", {"id": 1})
        await port.publish("order.other", {"id": 2})
        return kernel.now - start_us

    assert loop.run_until_complete(main()) == 2_000
    kernel.run()
    assert got == [(3_000, BusMessage({"id": 1}, 1))]


def test_a_handler_that_raises_sees_the_message_again_with_back_off(
    kernel: Kernel, loop: VirtualLoop, streams: Streams
) -> None:
    noted: list[Any] = []
    config = BusConfig(0, 0, retry_us_first=100, retry_us_max=300)
    bus = VirtualBus(kernel, streams, config, lambda *note: noted.append(note))
    start_us, tries = kernel.now, []

    async def handle(message: BusMessage) -> None:
        tries.append((kernel.now - start_us, message.attempt))
        if message.attempt < 5:
            raise RuntimeError("not yet")

    bus.session(loop).subscribe("billing", ["t"], handle)
    loop.run_until_complete(bus.session(loop).publish("t", {}))
    kernel.run()
    assert tries == [(0, 1), (100, 2), (300, 3), (600, 4), (900, 5)]
    assert [n[:3] for n in noted] == [("bus", "delivery.failed", "billing")] * 4
    assert bus.backlog() == 0


def test_no_more_than_max_in_flight_are_handled_at_once(kernel: Kernel, loop: VirtualLoop, streams: Streams) -> None:
    bus = VirtualBus(kernel, streams, BusConfig(max_in_flight=3))
    busy, most = 0, 0

    async def handle(message: BusMessage) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(1)
        busy -= 1

    async def main() -> None:
        port = bus.session(loop)
        port.subscribe("billing", ["t"], handle)
        await asyncio.gather(*(port.publish("t", {"n": n}) for n in range(10)))

    loop.run_until_complete(main())
    kernel.run()
    assert (most, bus.delivered, bus.backlog()) == (3, 10, 0)


def test_events_without_a_subscriber_wait_for_the_first(kernel: Kernel, loop: VirtualLoop, streams: Streams) -> None:
    bus = VirtualBus(kernel, streams)
    got: list[int] = []

    async def handle(message: BusMessage) -> None:
        got.append(message.event["n"])

    async def main() -> None:
        await bus.session(loop).publish("t", {"n": 1})
        bus.session(loop).subscribe("late", ["t"], handle)
        await bus.session(loop).publish("t", {"n": 2})

    loop.run_until_complete(main())
    kernel.run()
    assert got == [1, 2]
    with pytest.raises(ValueError, match="attached already"):
        bus.session(loop).subscribe("late", ["t"], handle)


@given(
    crashes=st.lists(st.integers(1, 12_000), max_size=4),
    failing=st.frozensets(st.tuples(st.integers(0, 11), st.integers(1, 3)), max_size=8),
    doubled=st.sampled_from((0.0, 0.5)),
    reordered=st.sampled_from((0.0, 0.5)),
    seed=st.integers(0, 99),
)
@settings(max_examples=120, deadline=None)
def test_every_durable_event_is_handled_at_least_once(
    crashes: list[int], failing: frozenset[tuple[int, int]], doubled: float, reordered: float, seed: int
) -> None:
    kernel = Kernel(0)
    config = BusConfig(
        retry_us_first=500,
        max_in_flight=2,
        duplicate_share=doubled,
        reorder_share=reordered,
        reorder_us_max=4_000,
    )
    bus = VirtualBus(kernel, Streams(seed), config)
    handled: Counter[int] = Counter()
    durable: set[int] = set()
    loops: list[VirtualLoop] = []

    async def handle(message: BusMessage) -> None:
        await asyncio.sleep(0.0007)
        if (message.event["n"], message.attempt) in failing:
            raise RuntimeError
        handled[message.event["n"]] += 1

    async def publishes(loop: VirtualLoop) -> None:
        for n in range(12):
            if n not in durable:
                await bus.session(loop).publish("t", {"n": n})
                durable.add(n)

    def start() -> None:
        loop = VirtualLoop(kernel, epoch=len(loops) + 1)
        loops.append(loop)
        bus.session(loop).subscribe("billing", ["t"], handle)
        loop.create_task(publishes(loop))

    def crash() -> None:
        loops[-1].kill()
        bus.power_cut(loops[-1])
        start()

    start()
    for at_us in sorted(crashes):
        kernel.at(at_us, crash)
    kernel.run()
    assert durable == set(range(12)) == set(handled)
    assert bus.backlog() == 0
    if not doubled and not crashes:
        assert set(handled.values()) == {1}
    for loop in loops:
        loop.close()


def test_a_message_comes_again_and_dead_cores_are_refused(kernel: Kernel, loop: VirtualLoop, streams: Streams) -> None:
    bus = VirtualBus(kernel, streams)
    got: list[Any] = []

    async def handle(message: BusMessage) -> None:
        got.append(message.event["lines"])
        if message.attempt == 1:
            raise RuntimeError

    async def main() -> None:
        bus.session(loop).subscribe("c", ["t"], handle)
        await bus.session(loop).publish("t", {"lines": 2})

    loop.run_until_complete(main())
    kernel.run()
    assert got == [2, 2]
    port = bus.session(loop)
    loop.kill()
    with pytest.raises(IncarnationDead):
        port.subscribe("d", ["t"], handle)


@pytest.mark.parametrize("wrong", [{"publish_us": -1}, {"duplicate_share": 1.5}, {"max_in_flight": 0}])
def test_a_bus_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        BusConfig(**wrong)  # type: ignore[arg-type]
