"""Leases: two cores never both commit under the same partition."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.core.journal.journal import Journal
from sandbox.core.journal.leases import LeaseLost, PartitionLeases
from sandbox.core.ports import Table, Transaction
from sandbox.worlds.virtual.ties import DrawnTies
from tests.sandbox.core.small_world import SECOND_US, SmallWorld

WORK = Table("work")
LEASE_US = 30 * SECOND_US


def leases_of(world: SmallWorld, owner: str, partitions: int = 1) -> PartitionLeases:
    return PartitionLeases(Journal(world.store, world, world), world, world, owner, partitions, LEASE_US)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["acquire", "renew", "work", "wait"]), st.integers(0, 1)), max_size=30),
    st.integers(0, 1000),
)
def test_work_commits_only_under_the_highest_fence(acts: list[tuple[str, int]], seed: int) -> None:
    world = SmallWorld(ties=DrawnTies(Streams(seed)))
    cores = [leases_of(world, "core-1"), leases_of(world, "core-2")]
    journal = Journal(world.store, world, world)
    works = 0

    async def work(leases: PartitionLeases) -> None:
        nonlocal works
        works += 1
        number = works

        async def write(tx: Transaction) -> None:
            await leases.check(tx, 0)
            fence = leases._fences[0]
            await asyncio.sleep(0)
            last = await tx.get(WORK, "last") or {"fence": 0}
            assert last["fence"] <= fence
            await tx.put(WORK, "last", {"fence": fence, "number": number, "owner": leases.owner})

        try:
            await journal.run(write)
        except LeaseLost:
            assert 0 not in leases.held

    async def act(what: str, core: int) -> None:
        leases = cores[core]
        if what == "wait":
            await asyncio.sleep(20)
        elif what == "acquire":
            await leases.acquire_free()
        elif what == "renew":
            await leases.renew()
        else:
            await work(leases)

    async def scene() -> None:
        for start in range(0, len(acts), 4):
            await asyncio.gather(*(act(*one) for one in acts[start : start + 4]))
            valid = []
            for leases in cores:
                try:
                    valid.append(leases.fence(0))
                except LeaseLost:
                    continue
            assert len(valid) <= 1

    world.run(scene())
    world.close()


def test_a_lease_passes_on_when_its_core_falls_silent() -> None:
    world = SmallWorld()
    first, second = leases_of(world, "core-1", 8), leases_of(world, "core-2", 8)

    async def scene() -> None:
        assert await first.acquire_free() == tuple(range(8))
        assert await second.acquire_free() == ()
        await asyncio.sleep(20)
        await first.renew()
        await asyncio.sleep(20)
        assert await second.acquire_free() == ()
        await asyncio.sleep(29)
        assert await second.acquire_free() == (), "it has not seen the lease unchanged for its whole length"
        assert not first.is_valid(), "by then its owner has stopped"
        await asyncio.sleep(1)
        assert await second.acquire_free() == tuple(range(8))
        assert second.is_valid()
        assert second.fence(0) == 2
        with pytest.raises(LeaseLost):
            first.fence(0)
        await first.renew()
        assert first.held == ()
        assert first.lost.is_set()

    world.run(scene())
    assert world.kinds().count("lease.lost") == 8
    world.close()


def test_a_restarted_core_takes_its_own_back_at_once_and_its_ghost_is_refused() -> None:
    world = SmallWorld()
    ghost = leases_of(world, "core-1")
    world.run(ghost.acquire(0))
    again = leases_of(world, "core-1")
    world.run(again.acquire(0))
    assert again.fence(0) == 2

    async def check(tx: Transaction) -> None:
        await ghost.check(tx, 0)

    with pytest.raises(LeaseLost):
        world.run(Journal(world.store, world, world).run(check))
    world.close()


def test_a_running_core_keeps_what_it_has() -> None:
    world = SmallWorld()
    first, second = leases_of(world, "core-1", 4), leases_of(world, "core-2", 4)

    async def scene() -> None:
        await first.acquire_free()
        keepers = [asyncio.create_task(leases.run()) for leases in (first, second)]
        for _ in range(20):
            await asyncio.sleep(17)
            assert [first.fence(partition) for partition in range(4)] == [1, 1, 1, 1]
        for keeper in keepers:
            keeper.cancel()

    world.run(scene())
    world.close()


@given(st.text(min_size=1, max_size=12), st.integers(1, 64))
def test_an_order_has_one_partition_in_every_core(order: str, partitions: int) -> None:
    world = SmallWorld()
    first, second = leases_of(world, "core-1", partitions), leases_of(world, "core-2", partitions)
    assert first.partition_of(order) == second.partition_of(order) < partitions
    world.close()
