"""Whole runs: a core that is crashed between any two awaits, faults, both fidelities, the same fingerprint."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.ports import Table
from sandbox.worlds.virtual.determinism import repeat
from sandbox.worlds.virtual.errors import UncontrolledEntropy, UnhandledError, VirtualWorldError
from sandbox.worlds.virtual.fingerprint import Fingerprint
from sandbox.worlds.virtual.notes import Note
from sandbox.worlds.virtual.world import VirtualWorld

SECOND = 1_000_000
LOST_REPLY = {"id": "f1", "kind": "lost_reply", "operation": "postInvoice", "occurrence": 1}
OUTAGE = {"id": "f2", "kind": "refuse", "from_us": 1_321_228_803_000_000, "until_us": 1_321_228_813_000_000}


def invoiced(world: VirtualWorld) -> list[str]:
    facts = world.systems["shop"].ledger.facts
    return sorted(fact.order for fact in facts if fact.kind == "invoice.posted")


def all_orders(orders: int) -> list[str]:
    return sorted(f"W-{n}" for n in range(1, orders + 1))


def tables(world: VirtualWorld, sample: SimpleNamespace) -> dict[str, dict[str, Any]]:
    return {name: {k: row for k, (_, row) in data.rows.items()} for name, data in world.store._tables.items()}


def check_books(world: VirtualWorld, sample: SimpleNamespace, orders: int = 5) -> None:
    assert invoiced(world) == all_orders(orders), "each order is invoiced exactly once"
    rows = tables(world, sample)["orders"]
    assert sorted(rows) == all_orders(orders)
    assert {row["state"] for row in rows.values()} == {"invoiced"}
    assert len({row["id"] for row in rows.values()}) == orders, "ids are unique over restarts"


@pytest.mark.parametrize("fidelity", ["direct", "wire"])
@pytest.mark.parametrize("faults", [[], [LOST_REPLY], [OUTAGE, LOST_REPLY]], ids=["none", "lost reply", "outage"])
def test_both_fidelities_reach_the_same_books_at_the_same_times(
    sample: SimpleNamespace, fidelity: str, faults: list[dict[str, Any]]
) -> None:
    world = sample.play({"fidelity": fidelity, "faults": faults})
    check_books(world, sample)
    direct = sample.play({"fidelity": "direct", "faults": faults})
    assert world.systems["shop"].ledger.facts == direct.systems["shop"].ledger.facts
    assert world.fingerprint.digest() == direct.fingerprint.digest()


def crashed_at_step(sample: SimpleNamespace, step: int) -> VirtualWorld:
    """A run whose first core loses its power after so many callbacks; its tables are looked at each second."""
    with sample.make_world({"orders": 2}) as world:
        world.start_core(sample.Core)
        world.crash_core_at_step(step, down_for_us=SECOND)
        while world.now_us < sample.START_US + 40 * SECOND:
            world.run(world.now_us + SECOND)
            rows = tables(world, sample)
            assert len(rows.get("inbox", ())) == len(rows.get("orders", ())), "both rows or neither"
    return world


def test_a_crash_between_any_two_awaits_loses_and_doubles_nothing(sample: SimpleNamespace) -> None:
    for step in range(1, 200):
        world = crashed_at_step(sample, step)
        check_books(world, sample, orders=2)
        if "core.crashed" not in world.counters:
            break
    assert 30 < step < 199, "the core takes that many steps by itself"


@given(
    seed=st.integers(0, 50),
    ties=st.sampled_from((0.0, 1.0)),
    crashes=st.lists(st.floats(0, 8), max_size=3),
    faults=st.sets(st.sampled_from((0, 1))),
)
@settings(max_examples=40, deadline=None)
def test_no_seed_order_or_crash_makes_the_sample_core_wrong(
    sample: SimpleNamespace, seed: int, ties: float, crashes: list[float], faults: set[int]
) -> None:
    chosen = [(LOST_REPLY, OUTAGE)[n] for n in sorted(faults)]
    world = sample.play({"seed": seed, "ties": ties, "crashes": crashes, "faults": chosen})
    check_books(world, sample)


@pytest.mark.parametrize("fidelity", ["direct", "wire"])
def test_the_same_seed_gives_the_same_fingerprint_in_any_interpreter(sample: SimpleNamespace, fidelity: str) -> None:
    specification = {"fidelity": fidelity, "ties": 0.5, "crashes": [2.1, 5], "faults": [OUTAGE], "orders": 12}
    found = repeat(f"{sample.path}:play", specification)
    assert found.difference is None
    here = Fingerprint()
    sample.play(specification, here)
    assert (here.digest(), here.events) == (found.digest, found.events)
    other = Fingerprint()
    sample.play({**specification, "seed": 2}, other)
    assert other.digest() != found.digest


def test_notes_reach_the_listeners_with_time_and_order(sample: SimpleNamespace) -> None:
    heard: list[Note] = []
    with sample.make_world({"faults": [OUTAGE]}) as world:
        world.listeners.append(heard.append)
        world.start_core(sample.Core)
        world.at(sample.START_US + 6 * SECOND, lambda: world.crash_core(2 * SECOND))
        world.run(sample.START_US + 30 * SECOND)
    kinds = {note.kind for note in heard}
    assert kinds == {"core.started", "core.crashed", "call.refused"}
    crashed = next(note for note in heard if note.kind == "core.crashed")
    assert (crashed.at_us, crashed.source, crashed.entity) == (sample.START_US + 6 * SECOND, "world", "core-1")
    assert world.counters["core.started"] == 2
    assert world.network.hosts["shop"].traffic.refused == world.counters["call.refused"] > 0


@pytest.mark.parametrize(("after_us", "rows"), [(499, 0), (501, 1)])
def test_a_commit_under_way_is_lost_or_kept_by_the_instant_of_the_crash(
    sample: SimpleNamespace, after_us: int, rows: int
) -> None:
    class Writes(sample.Core):
        async def run(self) -> None:
            async with self.ports.store.transaction() as tx:
                await tx.put(Table("marks"), "a", {})

    world = sample.make_world({})
    world.start_core(Writes)
    world.at(sample.START_US + after_us, world.crash_core)
    world.run(sample.START_US + SECOND)
    assert len(world.store.rows(Table("marks"))) == rows
    world.close()


def test_entropy_inside_a_run_is_an_error_of_the_run(sample: SimpleNamespace) -> None:
    with sample.make_world({}) as world:
        world.at(sample.START_US + 6, lambda: time.time())
        with pytest.raises(UncontrolledEntropy, match=r"time\.time was called inside a run, at virtual/test_world.py"):
            world.run(sample.START_US + SECOND)
    world = sample.make_world({})
    world.at(sample.START_US + 6, lambda: time.time())
    with pytest.raises(UncontrolledEntropy):
        world.run(sample.START_US + SECOND)
    assert time.time() > 0
    world.close()


def test_a_core_that_fails_ends_the_run(sample: SimpleNamespace) -> None:
    class Fails(sample.Core):
        async def run(self) -> None:
            raise LookupError("no design")

    with sample.make_world({}) as world:
        world.start_core(Fails)
        with pytest.raises(UnhandledError, match="no design"):
            world.run(sample.START_US + SECOND)


def test_a_task_that_failed_unheard_is_told_at_the_end(sample: SimpleNamespace) -> None:
    class Forgets(sample.Core):
        async def run(self) -> None:
            self.forgotten = asyncio.create_task(self.fails())
            await asyncio.sleep(1000)

        async def fails(self) -> None:
            raise LookupError("unheard")

    world = sample.make_world({})
    world.start_core(Forgets)
    world.run(sample.START_US + SECOND // 2)
    with pytest.raises(UnhandledError, match=r"fails.*unheard"):
        world.close()


def test_a_world_is_used_as_it_is_meant(sample: SimpleNamespace) -> None:
    world = sample.make_world({})
    world.crash_core()
    with pytest.raises(VirtualWorldError, match="no core lives"):
        world.crash_core_at_step(1)
    world.start_core(sample.Core)
    with pytest.raises(VirtualWorldError, match="lives already"):
        world.start_core(sample.Core)
    world.run(sample.START_US + 10)
    world.crash_core()
    assert world.core is None
    world.close()
    world.close()
    with pytest.raises(VirtualWorldError, match="closed"):
        world.run(sample.START_US + 20)
