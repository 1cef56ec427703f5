"""The journal's small books: inbox, identities, sagas, exceptions, dead letters, cursors."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_systems.kit.streams import Streams
from sandbox.core.journal.aside import Aside
from sandbox.core.journal.cursors import Cursors
from sandbox.core.journal.dead_letters import DeadLetters
from sandbox.core.journal.exceptions import Exceptions
from sandbox.core.journal.identity import IdentityConflict, IdentityMap
from sandbox.core.journal.inbox import DAY_US, Inbox
from sandbox.core.journal.journal import CONFLICTS_MOST, Journal
from sandbox.core.journal.sagas import SagaRow, Sagas
from sandbox.core.journal.tables import ALL, INBOX
from sandbox.core.ports import DuplicateRow, SerializationFailure, StoreUnavailable, Table, Transaction
from sandbox.worlds.virtual.ties import DrawnTies
from tests.sandbox.core.small_world import SECOND_US, START_US, SmallWorld

EFFECTS = Table("effects")


@pytest.fixture
def world():
    world = SmallWorld()
    yield world
    world.close()


def journal_of(world: SmallWorld) -> Journal:
    return Journal(world.store, world, world)


def test_every_table_is_declared_once_and_listed() -> None:
    from sandbox.core.journal import tables

    declared = [table for table in vars(tables).values() if isinstance(table, Table)]
    assert sorted(table.name for table in declared) == sorted(table.name for table in ALL)
    assert len({table.name for table in ALL}) == len(ALL)


# -- inbox -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.integers(0, 1000))
def test_a_message_takes_effect_once_however_many_deliveries_race(messages: list[int], seed: int) -> None:
    world = SmallWorld(ties=DrawnTies(Streams(seed)))
    inbox = Inbox(world)

    async def deliver(journal: Journal, number: int, message: int) -> bool:
        async def handle(tx: Transaction) -> bool:
            if not await inbox.admit(tx, "commerce", f"W-{message}", world.now_us()):
                return False
            await tx.insert(EFFECTS, f"{number}", {"message": message})
            return True

        return await journal.run(handle)

    async def scene() -> list[bool]:
        journals = [journal_of(world) for _ in range(2)]
        return await asyncio.gather(*(deliver(journals[n % 2], n, m) for n, m in enumerate(messages)))

    admitted = world.run(scene())
    effects = sorted(row["message"] for row in world.memory.rows(EFFECTS).values())
    assert effects == sorted(set(messages))
    assert sum(admitted) == len(effects)
    assert world.kinds().count("duplicate.absorbed") == len(messages) - len(effects)
    world.close()


def test_without_deduplication_every_delivery_counts(world: SmallWorld) -> None:
    inbox = Inbox(world, deduplicate=False)

    async def twice(tx: Transaction) -> list[bool]:
        return [await inbox.admit(tx, "commerce", "W-1", START_US) for _ in range(2)]

    assert world.run(journal_of(world).run(twice)) == [True, True]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=20), st.integers(1, 40), st.integers(1, 5))
def test_pruning_forgets_what_is_too_old_and_nothing_else(days: list[int], keep_days: int, most: int) -> None:
    world = SmallWorld()
    inbox, journal = Inbox(world, keep_days), journal_of(world)

    async def scene() -> None:
        async def fill(tx: Transaction) -> None:
            for number, day in enumerate(days):
                await inbox.admit(tx, "commerce", str(number), START_US + day * DAY_US)

        await journal.run(fill)
        for now_day in (30, 61):
            now_us = START_US + now_day * DAY_US

            async def prune(tx: Transaction) -> int:
                return await inbox.prune(tx, now_us, most)  # noqa: B023

            while await journal.run(prune):
                pass
            kept = sorted(row["at_us"] for row in world.memory.rows(INBOX).values())
            assert kept == sorted(
                START_US + day * DAY_US for day in days if START_US + day * DAY_US >= now_us - keep_days * DAY_US
            )

    world.run(scene())
    world.close()


# -- journal ---------------------------------------------------------------------------------------------------


def test_counters_that_race_lose_no_update(world: SmallWorld) -> None:
    journal = journal_of(world)

    async def count(tx: Transaction) -> None:
        row = await tx.get(EFFECTS, "counter") or {"count": 0}
        await asyncio.sleep(0)
        await tx.put(EFFECTS, "counter", {"count": row["count"] + 1})

    async def scene() -> None:
        await asyncio.gather(*(journal.run(count) for _ in range(12)))

    world.run(scene())
    assert world.memory.rows(EFFECTS)["counter"] == {"count": 12}
    assert "transaction.repeated" in world.kinds()


def test_it_waits_for_a_store_that_is_away_for_as_long_as_it_takes(world: SmallWorld) -> None:
    journal = journal_of(world)
    back_at_us = START_US + 300 * SECOND_US

    async def work(tx: Transaction) -> str:
        if world.now_us() < back_at_us:
            raise StoreUnavailable
        return "done"

    assert world.run(journal.run(work)) == "done"
    assert world.now_us() - back_at_us < 6 * SECOND_US
    back_at_us = world.now_us() + DAY_US // 4
    assert world.run(journal.run(work)) == "done"


@pytest.mark.parametrize("failure", [SerializationFailure, DuplicateRow])
def test_a_conflict_that_never_ends_is_raised(world: SmallWorld, failure: type[Exception]) -> None:
    tries = 0

    async def work(tx: Transaction) -> None:
        nonlocal tries
        tries += 1
        raise failure

    with pytest.raises(failure):
        world.run(journal_of(world).run(work))
    assert tries == CONFLICTS_MOST


def test_what_the_work_raises_is_raised_at_once_and_nothing_is_kept(world: SmallWorld) -> None:
    async def work(tx: Transaction) -> None:
        await tx.put(EFFECTS, "x", {})
        raise LookupError("business")

    with pytest.raises(LookupError):
        world.run(journal_of(world).run(work))
    assert world.memory.rows(EFFECTS) == {}


# -- identities ------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["erp", "wms"]), st.integers(0, 3), st.integers(0, 3)), max_size=25))
def test_identities_are_one_to_one_in_each_system(pairs: list[tuple[str, int, int]]) -> None:
    world = SmallWorld()
    identities, journal = IdentityMap(), journal_of(world)
    bound: dict[tuple[str, int], int] = {}

    async def scene() -> None:
        for system, external, internal in pairs:

            async def bind(tx: Transaction, pair: tuple[str, int, int] = (system, external, internal)) -> None:
                await identities.bind(tx, pair[0], f"X{pair[1]}", f"I{pair[2]}")

            taken = any(key[0] == system and value == internal for key, value in bound.items())
            fits = bound.get((system, external)) == internal or (not taken and (system, external) not in bound)
            if fits:
                await journal.run(bind)
                bound[system, external] = internal
            else:
                with pytest.raises(IdentityConflict):
                    await journal.run(bind)

        async def read(tx: Transaction) -> None:
            for (system, external), internal in bound.items():
                assert await identities.find(tx, system, f"X{external}") == f"I{internal}"
                assert await identities.external(tx, system, f"I{internal}") == f"X{external}"

        await journal.run(read)

    world.run(scene())
    world.close()


def test_two_external_records_cannot_be_bound_to_one_order_at_once(world: SmallWorld) -> None:
    identities, journal = IdentityMap(), journal_of(world)

    async def bind(external: str) -> None:
        async def work(tx: Transaction) -> None:
            await identities.bind(tx, "erp", external, "W-1")

        await journal.run(work)

    async def scene() -> list[object]:
        return list(await asyncio.gather(bind("SO-1"), bind("SO-2"), return_exceptions=True))

    assert sorted(type(result).__name__ for result in world.run(scene())) == ["IdentityConflict", "NoneType"]


# -- sagas -----------------------------------------------------------------------------------------------------


def test_a_saga_is_found_again_after_a_crash_until_it_is_done(world: SmallWorld) -> None:
    sagas = Sagas()

    async def begin(tx: Transaction) -> None:
        for number in (2, 1, 3):
            await sagas.create(tx, f"W-{number}", {"order": number}, {"step": "validate"})

    world.run(journal_of(world).run(begin))
    world.crash()
    journal = journal_of(world)

    async def go_on(tx: Transaction) -> None:
        await sagas.save(tx, "W-1", 2, {"step": "ship"})
        await sagas.save(tx, "W-2", 2, {"step": "shipped"}, done=True)

    world.run(journal.run(go_on))
    world.crash()
    journal = journal_of(world)
    assert world.run(journal.run(sagas.active)) == [
        SagaRow("W-1", 2, {"order": 1}, {"step": "ship"}, done=False),
        SagaRow("W-3", 1, {"order": 3}, {"step": "validate"}, done=False),
    ]
    done = world.run(journal.run(lambda tx: sagas.get(tx, "W-2")))
    assert done == SagaRow("W-2", 2, {"order": 2}, {"step": "shipped"}, done=True)
    assert world.run(journal.run(lambda tx: sagas.get(tx, "W-9"))) is None


def test_an_order_begins_one_saga_only(world: SmallWorld) -> None:
    sagas, journal = Sagas(), journal_of(world)
    world.run(journal.run(lambda tx: sagas.create(tx, "W-1", {}, {})))
    with pytest.raises(DuplicateRow):
        world.run(journal.run(lambda tx: sagas.create(tx, "W-1", {}, {})))


# -- exceptions, dead letters, cursors ---------------------------------------------------------------------------


def test_an_exception_is_open_once_and_comes_back_under_a_new_id(world: SmallWorld) -> None:
    exceptions, journal = Exceptions(world), journal_of(world)

    async def open_it() -> str:
        return await journal.run(lambda tx: exceptions.open(tx, "W-1", "no-stock", "too little", "W-1", None))

    async def scene() -> None:
        first, second = await asyncio.gather(open_it(), open_it())
        assert first == second
        assert first.startswith("EXC-")
        await journal.run(lambda tx: exceptions.close(tx, first, "found some"))
        await journal.run(lambda tx: exceptions.close(tx, first, "again"))
        third = await open_it()
        assert third == f"{first}-2"
        open_now = await journal.run(lambda tx: exceptions.open_of(tx, "W-1"))
        assert [row["exception"] for row in open_now] == [third]
        assert await journal.run(lambda tx: exceptions.find_open(tx, "W-1", "no-stock")) == third

    world.run(scene())


def test_the_desk_is_told_until_it_has_confirmed_what_holds(world: SmallWorld) -> None:
    exceptions, journal = Exceptions(world), journal_of(world)

    async def to_tell() -> list[tuple[str, str]]:
        return [(row["state"], row["told"]) for row in await journal.run(exceptions.to_tell)]

    async def scene() -> None:
        name = await journal.run(lambda tx: exceptions.open(tx, "erp", "away", "no answer", None, None))
        assert await to_tell() == [("open", "")]
        await journal.run(lambda tx: exceptions.confirm(tx, name, "open"))
        assert await to_tell() == []
        await journal.run(lambda tx: exceptions.close(tx, name, "is back"))
        assert await to_tell() == [("closed", "open")]
        await journal.run(lambda tx: exceptions.confirm(tx, name, "open"))
        assert await to_tell() == [("closed", "open")]
        await journal.run(lambda tx: exceptions.confirm(tx, name, "closed"))
        await journal.run(lambda tx: exceptions.confirm(tx, name, "open"))
        assert await to_tell() == []

    world.run(scene())


def test_a_dead_letter_is_kept_once_until_it_is_settled(world: SmallWorld) -> None:
    letters, journal = DeadLetters(), journal_of(world)

    async def scene() -> None:
        for at_us in (1, 2):
            name = await journal.run(lambda tx: letters.park(tx, "commerce", "M-1", {"a": 1}, "no such item", at_us))  # noqa: B023
        (row,) = await journal.run(letters.parked)
        assert (row["failures"], row["at_us"], row["last_at_us"]) == (2, 1, 2)
        assert await journal.run(lambda tx: letters.find_parked(tx, name)) == row
        await journal.run(lambda tx: letters.settle(tx, name, "replayed"))
        assert await journal.run(lambda tx: letters.find_parked(tx, name)) is None
        assert await journal.run(lambda tx: letters.find_parked(tx, "DL-0")) is None
        assert await journal.run(letters.parked) == []

    world.run(scene())


def test_a_cursor_is_where_it_was_put(world: SmallWorld) -> None:
    cursors, journal = Cursors(), journal_of(world)
    assert world.run(journal.run(lambda tx: cursors.get(tx, "orders"))) is None
    world.run(journal.run(lambda tx: cursors.put(tx, "orders", "17")))
    assert world.run(journal.run(lambda tx: cursors.get(tx, "orders"))) == "17"


# -- what was put aside ------------------------------------------------------------------------------------------


def test_two_copies_that_are_read_at_once_end_what_was_put_aside(world: SmallWorld) -> None:
    journal, letters, exceptions = journal_of(world), DeadLetters(), Exceptions(world)
    aside = Aside(journal, letters, exceptions, world)

    async def scene() -> None:
        await aside.park("wms", "msg_1", {"type": "outbound.packed"}, "OUT-1", KeyError("state"), None)
        await asyncio.gather(aside.readable("OUT-1"), aside.readable("OUT-1"))

    world.run(scene())
    assert not aside.may_hold("OUT-1")
