"""A plan at work on real doors and webhooks: it strikes whom it means, and says how often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import simpy

from mock_systems.kit.door import Door, DoorConfig
from mock_systems.kit.physics import call_after
from mock_systems.kit.routes import Route, RouteTable
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.turn import Turn
from mock_systems.kit.webhooks import Webhooks
from mock_systems.kit.wire import Reply, Request
from sandbox.faults.carrying_out import FaultsAtWork, spikes_of
from sandbox.faults.landscape import Surface
from sandbox.faults.moments import DAY_US
from sandbox.faults.plan import plan_of
from sandbox.faults.platform import PlatformFault
from sandbox.faults.written import FaultEntry

START_US = 1_321_228_800_000_000
MINUTE_US = 60_000_000


def _post(books: Any, turn: Turn) -> Reply:
    turn.fact("thing.posted", "T-1", None, {})
    turn.notify("thing.posted", "T-1", None, {})
    return Reply(201, {})


class World:
    """One system with one operation, its clock, and a core whose crashes are counted."""

    def __init__(self) -> None:
        self.env = simpy.Environment(initial_time=START_US)
        streams = Streams(1)
        door, webhooks = Door(DoorConfig(service_ms=10), streams), Webhooks("erp", streams)
        table = RouteTable([Route("post", "POST", "/things", _post, "Post a thing", {201: None})])
        self.system = MockSystem("erp", table, None, streams=streams, door=door, webhooks=webhooks)
        self.systems = {"erp": self.system}
        self.crashes: list[tuple[int, int]] = []
        self.pauses: list[tuple[int, int, int]] = []
        self.clock: list[tuple[int, int, int]] = []
        self.armed: dict[str, tuple[PlatformFault, ...]] = {}
        self.delivered: list[int] = []
        self.notes: list[tuple[Any, ...]] = []
        webhooks.transport = self._deliver
        webhooks.subscribe("/webhooks/erp", ["thing.posted"])
        self.system.start(self.env)

    def _deliver(self, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        self.delivered.append(self.env.now - START_US)
        done(200)

    def at(self, at_us: int, act: Callable[[], None]) -> None:
        call_after(self.env, at_us - self.env.now, act)

    def crash_core(self, down_for_us: int) -> None:
        self.crashes.append((self.env.now - START_US, down_for_us))

    def pause_core(self, for_us: int, standby_after_us: int) -> bool:
        self.pauses.append((self.env.now - START_US, for_us, standby_after_us))
        return True

    def set_core_clock(self, offset_us: int, drift_us: int) -> None:
        self.clock.append((self.env.now - START_US, offset_us, drift_us))

    def arm_store(self, faults: Sequence[PlatformFault]) -> None:
        self.armed["store"] = tuple(faults)

    def arm_bus(self, faults: Sequence[PlatformFault]) -> None:
        self.armed["bus"] = tuple(faults)

    def call(self, minute: int) -> str:
        """Post at that minute; what the caller hears."""
        self.env.run(until=START_US + minute * MINUTE_US)
        request = Request("POST", "/things", headers={"authorization": "Bearer core-erp"})
        answer = self.system.receive(request, self.env.now)
        if answer.reply is None:
            return "refused" if answer.refused else "silence"
        return str(answer.reply.status)


def at_work(*written: dict[str, Any]) -> tuple[World, FaultsAtWork]:
    entries = [FaultEntry.model_validate(entry) for entry in written]
    plan = plan_of(entries, DAY_US, {"erp": Surface(("post",), ("thing.posted",))}, Streams(1))
    world, faults = World(), FaultsAtWork(plan, START_US)
    faults.begin(world, world.systems, lambda *note: world.notes.append(note))
    return world, faults


def test_calls_are_struck_in_their_window_and_counted() -> None:
    world, faults = at_work(
        {"outage": {"system": "erp", "at": "10m", "for": "10m"}},
        {"lost_reply": {"system": "erp", "operation": "post", "from": "30m", "to": "40m", "occurrence": 2}},
        {"error": {"system": "erp", "at": "50m", "for": "5m", "status": 502}},
    )
    heard = [world.call(minute) for minute in (9, 10, 19, 20, 31, 32, 33, 50, 55)]
    assert heard == ["201", "refused", "refused", "201", "201", "silence", "201", "502", "201"]
    assert faults.fired() == {"F1": 2, "F2": 1, "F3": 1}
    struck = [(note[1], note[4]["what"]) for note in world.notes]
    assert struck == [("call.struck", what) for what in ("refuse", "refuse", "lost_reply", "error")]
    assert len(world.system.ledger.facts) == 6, "a lost reply has its effect, an error has none"


def test_webhooks_are_doubled_and_delayed() -> None:
    world, faults = at_work(
        {"webhook_doubled": {"system": "erp", "at": "0m", "for": "5m", "after": "1m"}},
        {"webhook_delayed": {"system": "erp", "at": "5m", "for": "5m", "by": "1h"}},
    )
    world.call(1)
    world.call(6)
    world.env.run(until=START_US + 3 * 60 * MINUTE_US)
    assert [round(us / MINUTE_US) for us in world.delivered] == [1, 2, 66]
    assert faults.fired() == {"F1": 1, "F2": 1}
    assert world.notes == [
        ("faults", "webhook.struck", "erp thing.posted", None, {"fault": "F1", "what": "doubled"}),
        ("faults", "webhook.struck", "erp thing.posted", None, {"fault": "F2", "what": "delayed"}),
    ]


def test_the_core_crashes_at_a_time_and_right_after_a_call() -> None:
    world, faults = at_work(
        {"core_crash": {"at": "5m", "down_for": "60s"}},
        {"core_crash": {"system": "erp", "operation": "post", "occurrence": 2, "down_for": "10s"}},
        {"demand_spike": {"at": "1m", "for": "1h", "factor": 3}},
    )
    assert [world.call(minute) for minute in (1, 7, 8)] == ["201", "201", "201"]
    world.env.run(until=START_US + 20 * MINUTE_US)
    assert world.crashes == [(5 * MINUTE_US, 60_000_000), (7 * MINUTE_US, 10_000_000)]
    assert faults.fired() == {"F1": 1, "F2": 1, "F3": 1}
    assert [(s.id, s.from_us - START_US, s.factor) for s in spikes_of(faults.plan, START_US)] == [
        ("F3", MINUTE_US, 3.0)
    ]


def test_healing_takes_all_faults_off_and_keeps_the_count() -> None:
    world, faults = at_work({"outage": {"system": "erp", "at": "0m", "for": "1h"}})
    assert world.call(1) == "refused"
    faults.heal(world, world.systems)
    assert world.call(2) == "201"
    assert faults.fired() == {"F1": 1}


def test_store_and_bus_are_armed_and_healed() -> None:
    world, faults = at_work(
        {"store_unknown": {"at": "10m", "for": "10m", "share": "5%"}},
        {"bus_doubled": {"at": "20m", "for": "10m", "after": "30s"}},
    )
    (store,), (bus,) = world.armed["store"], world.armed["bus"]
    assert (store.kind, store.from_us, store.share) == ("store_unknown", START_US + 10 * MINUTE_US, 0.05)
    assert (bus.kind, bus.until_us, bus.delay_us) == ("bus_doubled", START_US + 30 * MINUTE_US, 30_000_000)
    bus.applied = 3
    faults.heal(world, world.systems)
    assert world.armed == {"store": (), "bus": ()}
    assert faults.fired() == {"F1": 0, "F2": 3}


def test_the_core_is_frozen_and_its_clock_set() -> None:
    world, faults = at_work(
        {"core_pause": {"at": "5m", "for": "10m", "standby_after": "20s"}},
        {"core_clock": {"at": "10m", "for": "10m", "behind": "3m", "gains": "1m"}},
    )
    world.env.run(until=START_US + 30 * MINUTE_US)
    assert world.pauses == [(5 * MINUTE_US, 10 * MINUTE_US, 20_000_000)]
    assert world.clock == [(10 * MINUTE_US, -3 * MINUTE_US, MINUTE_US), (20 * MINUTE_US, 0, 0)]
    assert faults.fired() == {"F1": 1, "F2": 1}
