"""The Bus port: the same cases in virtual time, in memory, in a file and on NATS."""

import asyncio
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox.core.ports import BusMessage
from tests.sandbox.worlds.ports.bus_arenas import (
    MAX_IN_FLIGHT,
    RETRY_US_FIRST,
    Arena,
    LiveArena,
    VirtualArena,
    in_file,
    in_memory,
    on_nats,
    until,
)

QUIET_S = 0.15


@pytest.fixture(params=["virtual", "memory", "file", "nats"])
def arena(request: pytest.FixtureRequest, tmp_path: Path) -> Arena:
    if request.param == "virtual":
        return VirtualArena()
    if request.param == "memory":
        return LiveArena(in_memory)
    if request.param == "file":
        return LiveArena(in_file(tmp_path / "bus.log"))
    return LiveArena(on_nats(request.getfixturevalue("nats_url"), tmp_path.name))


@pytest.fixture(params=["virtual", "file", "nats"])
def lasting(request: pytest.FixtureRequest, tmp_path: Path) -> Arena:
    """A world whose bus outlives the core."""
    if request.param == "virtual":
        return VirtualArena()
    if request.param == "file":
        return LiveArena(in_file(tmp_path / "bus.log"))
    return LiveArena(on_nats(request.getfixturevalue("nats_url"), tmp_path.name))


def test_a_message_is_handled_once_when_its_handler_returns(arena: Arena) -> None:
    got: list[BusMessage] = []

    async def handle(message: BusMessage) -> None:
        got.append(message)

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["order.shipped"], handle)
        await arena.publish("order.shipped", {"id": "1", "data": {"order": "Ä-7", "lines": [1, None, 2.5]}})
        await until(lambda: got)
        await asyncio.sleep(QUIET_S)

    arena.play(case)
    assert got == [BusMessage({"id": "1", "data": {"order": "Ä-7", "lines": [1, None, 2.5]}}, 1)]


def test_a_handler_that_raises_sees_the_message_again_and_later_each_time(arena: Arena) -> None:
    tries: list[tuple[float, int]] = []

    async def handle(message: BusMessage) -> None:
        tries.append((asyncio.get_running_loop().time(), message.attempt))
        if message.attempt < 4:
            raise RuntimeError("not yet")

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["t"], handle)
        await arena.publish("t", {})
        await until(lambda: len(tries) == 4)
        await asyncio.sleep(QUIET_S)

    arena.play(case)
    assert [attempt for _, attempt in tries] == [1, 2, 3, 4]
    waits_us = [(after[0] - before[0]) * 1e6 for before, after in pairwise(tries)]
    for nth, wait_us in enumerate(waits_us):
        assert wait_us >= (RETRY_US_FIRST << nth) * 0.9


def test_a_message_is_never_given_up_by_itself(arena: Arena) -> None:
    attempts: list[int] = []

    async def handle(message: BusMessage) -> None:
        attempts.append(message.attempt)
        if message.attempt < 15:
            raise RuntimeError("the shop is down for hours")

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["t"], handle)
        await arena.publish("t", {})
        await until(lambda: 15 in attempts)

    arena.play(case)
    assert attempts == list(range(1, 16))


def test_a_message_that_cannot_be_handled_holds_up_no_other(arena: Arena) -> None:
    got: list[int] = []

    async def handle(message: BusMessage) -> None:
        if message.event["n"] < 2 * MAX_IN_FLIGHT:
            raise RuntimeError("poison")
        got.append(message.event["n"])

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["t"], handle)
        for n in range(2 * MAX_IN_FLIGHT + 3):
            await arena.publish("t", {"n": n})
        await until(lambda: len(got) == 3)

    arena.play(case)
    assert sorted(got) == [8, 9, 10]


def test_no_more_than_max_in_flight_are_handled_at_once(arena: Arena) -> None:
    busy = most = done = 0

    async def handle(message: BusMessage) -> None:
        nonlocal busy, most, done
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.02)
        busy -= 1
        done += 1

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["t"], handle)
        await asyncio.gather(*(arena.publish("t", {"n": n}) for n in range(5 * MAX_IN_FLIGHT)))
        await until(lambda: done == 5 * MAX_IN_FLIGHT)

    arena.play(case)
    assert (most, done) == (MAX_IN_FLIGHT, 5 * MAX_IN_FLIGHT)


def test_each_consumer_gets_each_event_of_its_topics(arena: Arena) -> None:
    got: Counter[str] = Counter()

    async def bill(message: BusMessage) -> None:
        got[f"billing {message.event['n']}"] += 1

    async def tell(message: BusMessage) -> None:
        got[f"telling {message.event['n']}"] += 1
        if message.attempt == 1:
            raise RuntimeError

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["order.shipped"], bill)
        await arena.subscribe("telling", ["order.shipped", "order.cancelled"], tell)
        await arena.publish("order.shipped", {"n": 1})
        await arena.publish("order.cancelled", {"n": 2})
        await arena.publish("order.lost", {"n": 3})
        await until(lambda: got.total() == 5)
        await asyncio.sleep(QUIET_S)

    arena.play(case)
    assert got == {"billing 1": 1, "telling 1": 2, "telling 2": 2}


def test_events_without_a_subscriber_wait_for_the_first(arena: Arena) -> None:
    got: list[int] = []

    async def handle(message: BusMessage) -> None:
        got.append(message.event["n"])

    async def case(arena: Arena) -> None:
        await arena.publish("t", {"n": 1})
        await arena.publish("t", {"n": 2})
        await arena.subscribe("late", ["t"], handle)
        await arena.publish("t", {"n": 3})
        await until(lambda: len(got) == 3)

    arena.play(case)
    assert sorted(got) == [1, 2, 3]


def test_one_handler_for_each_consumer_of_a_core(arena: Arena) -> None:
    async def handle(message: BusMessage) -> None: ...

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["t"], handle)
        with pytest.raises(ValueError, match="attached already"):
            await arena.subscribe("billing", ["t"], handle)

    arena.play(case)


def test_what_a_core_has_not_finished_comes_to_the_next(lasting: Arena) -> None:
    got: list[tuple[int, int]] = []
    hanging = 0

    async def quick_or_hanging(message: BusMessage) -> None:
        nonlocal hanging
        if message.event["n"] != 0:
            hanging += 1
            await asyncio.sleep(3600)
        got.append((0, message.attempt))

    async def handle(message: BusMessage) -> None:
        got.append((message.event["n"], message.attempt))

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["t"], quick_or_hanging)
        await arena.publish("t", {"n": 0})
        await until(lambda: got)
        for n in (1, 2):
            await arena.publish("t", {"n": n})
        await until(lambda: hanging == 2)
        await asyncio.sleep(QUIET_S)
        await arena.restart()
        await arena.publish("t", {"n": 3})
        await arena.subscribe("billing", ["t"], handle)
        await until(lambda: len(got) == 4)
        await asyncio.sleep(QUIET_S)

    lasting.play(case)
    assert sorted(got) == [(0, 1), (1, 2), (2, 2), (3, 1)]


def test_what_failed_before_a_restart_goes_on_counting(lasting: Arena) -> None:
    attempts: list[int] = []

    async def fail(message: BusMessage) -> None:
        attempts.append(message.attempt)
        raise RuntimeError

    async def handle(message: BusMessage) -> None:
        attempts.append(message.attempt)

    async def case(arena: Arena) -> None:
        await arena.subscribe("billing", ["t"], fail)
        await arena.publish("t", {})
        await until(lambda: len(attempts) == 2)
        await asyncio.sleep(0.01)
        await arena.restart()
        before = len(attempts)
        await arena.subscribe("billing", ["t"], handle)
        await until(lambda: len(attempts) > before)

    lasting.play(case)
    assert attempts == list(range(1, len(attempts) + 1))
