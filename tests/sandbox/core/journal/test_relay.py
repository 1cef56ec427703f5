"""The outbox and its relay: every event of a committed transaction, none of another, each key's in order."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.core.journal.events import rfc3339
from sandbox.core.journal.journal import Journal
from sandbox.core.journal.outbox import Outbox
from sandbox.core.journal.relay import PAGE, OutboxRelay
from sandbox.core.journal.tables import OUTBOX
from sandbox.core.journal.volatile_outbox import VolatileOutbox
from sandbox.core.ports import Table, Transaction
from sandbox.worlds.virtual.ties import DrawnTies
from tests.sandbox.core.small_world import SECOND_US, ScriptedBus, SmallWorld

STATES = Table("states")


def told(event: Mapping[str, Any]) -> tuple[str, int]:
    return event["subject"], event["data"]["number"]


class Producer:
    """Changes the state of keys and tells of it, as the order driver does."""

    def __init__(self, world: SmallWorld, bus: ScriptedBus, outbox: Outbox | None = None) -> None:
        self.world = world
        self.bus = bus
        self.outbox = Outbox(world) if outbox is None else outbox
        self.start()

    def start(self) -> None:
        self.journal = Journal(self.world.store, self.world, self.world)
        self.relay = OutboxRelay(self.journal, self.bus, self.world, self.world, self.outbox)

    async def change(self, key: str) -> None:
        async def work(tx: Transaction) -> None:
            row = await tx.get(STATES, key) or {"number": 0}
            number = row["number"] + 1
            await tx.put(STATES, key, {"number": number})
            await self.outbox.append(tx, "order.changed", key, {"number": number})

        await self.journal.run(work)
        self.relay.wake()

    async def produce(self, keys: list[str], every_ms: int) -> None:
        relay = asyncio.create_task(self.relay.run())
        for key in keys:
            await self.change(key)
            await asyncio.sleep(every_ms / 1000)
        while self.world.memory.rows(OUTBOX):
            await asyncio.sleep(1)
        relay.cancel()

    def committed(self) -> dict[str, int]:
        return {key: row["number"] for key, row in self.world.memory.rows(STATES).items()}


def first_tellings(bus: ScriptedBus) -> dict[str, list[int]]:
    """Each key's numbers, in the order in which each was first published."""
    tellings: dict[str, list[int]] = {}
    for event in bus.published:
        key, number = told(event)
        if number not in tellings.setdefault(key, []):
            tellings[key].append(number)
    return tellings


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["W-1", "W-1/a", "W-10", "W-2"]), max_size=25),
    st.integers(0, 200),
    st.integers(0, 80),
    st.lists(st.integers(1, 60), max_size=3),
    st.sampled_from([500, 90_000, 400_000]),
    st.integers(0, 1000),
)
def test_publish_failures_and_crashes_lose_nothing_and_reorder_no_key(
    keys: list[str], every_ms: int, failing_percent: int, crash_after_steps: list[int], latency_us: int, seed: int
) -> None:
    world = SmallWorld(ties=DrawnTies(Streams(seed)))
    attempts: dict[str, int] = {}

    def fails(event: Mapping[str, Any]) -> bool:
        attempt = attempts[event["id"]] = attempts.get(event["id"], 0) + 1
        return world.draws.fraction("fails", event["id"], attempt) * 100 < failing_percent

    producer = Producer(world, ScriptedBus(fails, latency_us))
    for steps in crash_after_steps:
        world.loop.create_task(producer.produce(keys, every_ms))
        for _ in range(steps):
            if world.kernel.peek() != float("inf"):
                world.kernel.step()
        world.crash()
        producer.start()
    world.run(producer.produce(keys, every_ms))
    world.close()
    expected = {key: list(range(1, last + 1)) for key, last in producer.committed().items()}
    assert first_tellings(producer.bus) == expected
    assert all(producer.committed()[key] >= keys.count(key) for key in keys)
    ids = {told(event): event["id"] for event in producer.bus.published}
    assert len(set(ids.values())) == len(ids)
    assert all(event["id"] == ids[told(event)] for event in producer.bus.published)


def test_one_bad_message_holds_back_its_key_and_nothing_else() -> None:
    world = SmallWorld()
    bad_until_us = world.now_us() + 60 * SECOND_US
    bus = ScriptedBus(lambda event: told(event) == ("W-1", 1) and world.now_us() < bad_until_us)
    producer = Producer(world, bus)

    async def scene() -> None:
        relay = asyncio.create_task(producer.relay.run())
        for number in range(20):
            await producer.change("W-1")
            await producer.change(f"W-{number + 100}")
        await asyncio.sleep(5)
        assert len(bus.published) == 20
        await asyncio.sleep(75)
        relay.cancel()

    world.run(scene())
    assert first_tellings(bus)["W-1"] == list(range(1, 21))
    assert len(bus.published) == 40
    world.close()


def test_what_another_core_has_told_is_held_no_longer() -> None:
    world = SmallWorld()
    failing = Producer(world, ScriptedBus(lambda event: True))
    other = Producer(world, ScriptedBus())

    async def scene() -> None:
        await failing.change("W-1")
        relay = asyncio.create_task(failing.relay.run())
        await asyncio.sleep(0.1)
        await other.relay.sweep()
        await asyncio.sleep(60)
        relay.cancel()

    world.run(scene())
    assert first_tellings(other.bus) == {"W-1": [1]}
    assert failing.bus.attempts == 1
    world.close()


class SlowOutbox(Outbox):
    """A database that takes its time to read a page."""

    async def page(self, tx: Transaction, after: str, limit: int) -> Any:
        await asyncio.sleep(1)
        return await super().page(tx, after, limit)


def test_what_failed_on_one_page_holds_back_its_key_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.core.journal.relay.PAGE", 1)
    world = SmallWorld()
    bus = ScriptedBus(lambda event: told(event) == ("W-1", 1) and bus.attempts == 1)
    producer = Producer(world, bus, SlowOutbox(world))

    async def scene() -> None:
        await producer.change("W-1")
        await producer.change("W-1")
        await producer.relay.sweep()
        assert bus.published == []
        await producer.relay.sweep()

    world.run(scene())
    assert first_tellings(bus) == {"W-1": [1, 2]}
    world.close()


def away_for_ten_minutes(world: SmallWorld) -> ScriptedBus:
    """A bus that takes nothing until then."""
    back_us = world.now_us() + 600 * SECOND_US
    return ScriptedBus(lambda event: world.now_us() < back_us)


def test_a_bus_that_is_away_is_not_hammered_and_all_is_told_when_it_is_back() -> None:
    world = SmallWorld()
    bus = away_for_ten_minutes(world)
    producer = Producer(world, bus)
    keys = [f"W-{number:04d}" for number in range(2 * PAGE + 10)]

    async def scene() -> None:
        relay = asyncio.create_task(producer.relay.run())
        await asyncio.gather(*(producer.change(key) for key in keys))
        await asyncio.sleep(600)
        assert bus.attempts < 700
        await asyncio.sleep(20)
        relay.cancel()

    world.run(scene())
    assert sorted(told(event)[0] for event in bus.published) == keys
    world.close()


class CountedOutbox(Outbox):
    """Counts the pages that are read of it."""

    pages = 0

    async def page(self, tx: Transaction, after: str, limit: int) -> Any:
        self.pages += 1
        return await super().page(tx, after, limit)


def test_while_the_bus_is_away_the_outbox_is_not_gone_through_for_each_key_that_is_due() -> None:
    world = SmallWorld()
    outbox = CountedOutbox(world)
    bus = away_for_ten_minutes(world)
    producer = Producer(world, bus, outbox)
    keys = [f"W-{number:04d}" for number in range(40)]

    async def scene() -> None:
        relay = asyncio.create_task(producer.relay.run())
        for key in keys:  # each fails at a time of its own, and comes due again at its own
            await producer.change(key)
            await asyncio.sleep(0.7)
        await asyncio.sleep(560)
        assert outbox.pages < 200
        await asyncio.sleep(30)
        relay.cancel()

    world.run(scene())
    assert sorted(told(event)[0] for event in bus.published) == keys
    world.close()


def test_an_event_is_told_at_once_after_the_commit() -> None:
    world = SmallWorld()
    bus = ScriptedBus()
    producer = Producer(world, bus)

    async def scene() -> None:
        relay = asyncio.create_task(producer.relay.run())
        await asyncio.sleep(1)
        await producer.change("W-1")
        await asyncio.sleep(0.001)
        assert len(bus.published) == 1
        relay.cancel()

    world.run(scene())
    world.close()


def test_a_crash_before_the_telling_is_what_the_outbox_is_for() -> None:
    for kind, survives in ((Outbox, True), (VolatileOutbox, False)):
        world = SmallWorld()
        bus = ScriptedBus()
        producer = Producer(world, bus, kind(world))
        world.run(producer.change("W-1"))
        world.crash()
        producer.outbox = kind(world)
        producer.start()
        world.run(producer.relay.sweep())
        assert [told(event) for event in bus.published] == ([("W-1", 1)] if survives else [])
        world.close()


def test_a_rollback_takes_its_events_back() -> None:
    world = SmallWorld()
    producer = Producer(world, ScriptedBus())

    async def work(tx: Transaction) -> None:
        await producer.outbox.append(tx, "order.changed", "W-1", {})
        raise LookupError

    with pytest.raises(LookupError):
        world.run(producer.journal.run(work))
    assert world.memory.rows(OUTBOX) == {}
    world.close()


def test_events_are_cloud_events() -> None:
    world = SmallWorld()
    producer = Producer(world, ScriptedBus())
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    async def work(tx: Transaction) -> None:
        await producer.outbox.append(tx, "order.changed", "W-1", {"number": 1, "traceparent": trace})

    world.run(producer.journal.run(work))
    world.run(producer.relay.sweep())
    (event,) = producer.bus.published
    assert event == {
        "specversion": "1.0",
        "id": "W-1#0000000001",
        "source": "/sandbox/core",
        "type": "order.changed",
        "subject": "W-1",
        "time": "2011-11-14T00:00:00.000000Z",
        "datacontenttype": "application/json",
        "sequence": "0000000001",
        "traceparent": trace,
        "data": {"number": 1},
    }
    world.close()


@given(st.integers(0, 4 * 10**15))
def test_times_are_rfc_3339(at_us: int) -> None:
    from datetime import datetime

    read = datetime.fromisoformat(rfc3339(at_us))
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    delta = read - epoch
    assert (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds == at_us
