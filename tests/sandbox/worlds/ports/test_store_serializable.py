"""Every store is serializable, in memory, on SQLite and on PostgreSQL: conflicts by hand, and by plans drawn."""

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.journal.journal import Journal
from sandbox.core.ports import DuplicateRow, SerializationFailure, Store, Transaction
from tests.sandbox.worlds.ports.serial_model import Model, do, transactions
from tests.sandbox.worlds.ports.store_arms import ARMS, LOG, ORDERS, Arm


async def put(store: Store, key: str, row: dict[str, Any]) -> None:
    async with store.transaction() as tx:
        await tx.put(ORDERS, key, row)


async def _pass_by(store: Store, first: str, second: str) -> None:
    """Write one row when the other is not there: of two that pass by each other, one has to see."""
    async with store.transaction() as tx:
        other = await tx.get(ORDERS, second)
        await asyncio.sleep(0.01)
        if other is None:
            await tx.put(ORDERS, first, {"state": "claimed"})


async def _claim(store: Store, key: str) -> None:
    async with store.transaction() as tx:
        found = await tx.find(ORDERS, "state", "claimed")
        await asyncio.sleep(0.01)
        if not found:
            await tx.put(ORDERS, key, {"state": "claimed"})


async def _append(store: Store, key: str) -> None:
    async with store.transaction() as tx:
        rows = await tx.scan(LOG)
        await asyncio.sleep(0.01)
        await tx.put(LOG, key, {"after": len(rows)})


async def _raise_counter(store: Store, name: str) -> None:
    async with store.transaction() as tx:
        row = await tx.get(ORDERS, "counter") or {"n": 0}
        await asyncio.sleep(0.01)
        await tx.put(ORDERS, "counter", {"n": row["n"] + 1})


@pytest.mark.parametrize(
    "pair",
    [
        lambda store: (_raise_counter(store, "a"), _raise_counter(store, "b")),
        lambda store: (_pass_by(store, "a", "b"), _pass_by(store, "b", "a")),
        lambda store: (_claim(store, "a"), _claim(store, "b")),
        lambda store: (_append(store, "a"), _append(store, "b")),
    ],
    ids=["lost update", "write skew", "phantom of a find", "phantom of a scan"],
)
def test_of_two_that_get_in_each_others_way_one_is_refused(arm: Arm, store: Store, pair: Any) -> None:
    async def body() -> list[Any]:
        return await asyncio.gather(*pair(store), return_exceptions=True)

    results = arm.run(body())
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "SerializationFailure"]


def test_a_row_that_went_and_came_again_is_another(arm: Arm, store: Store) -> None:
    async def look_while_it_goes_and_comes() -> None:
        async with store.transaction() as tx:
            await tx.get(ORDERS, "a")
            async with store.transaction() as other:
                await other.delete(ORDERS, "a")
            await put(store, "a", {"n": 1})
            await tx.put(ORDERS, "b", {})

    async def body() -> None:
        await put(store, "a", {"n": 1})
        with pytest.raises(SerializationFailure):
            await look_while_it_goes_and_comes()

    arm.run(body())


def test_what_only_reads_has_read_one_state(arm: Arm, store: Store) -> None:
    async def read_before_and_after() -> None:
        async with store.transaction() as tx:
            await tx.get(ORDERS, "a")
            async with store.transaction() as other:
                await other.put(ORDERS, "a", {"n": 2})
                await other.put(ORDERS, "b", {"n": 2})
            await tx.get(ORDERS, "b")

    async def body() -> None:
        await put(store, "a", {"n": 1})
        with pytest.raises(SerializationFailure):
            await read_before_and_after()

    arm.run(body())


def test_a_find_that_stopped_at_its_limit_does_not_mind_rows_beyond(arm: Arm, store: Store) -> None:
    async def find_two_while_one_comes(key: str) -> None:
        async with store.transaction() as tx:
            await tx.find(ORDERS, "state", "new", limit=2)
            await put(store, key, {"state": "new"})
            await tx.put(LOG, "z", {})

    async def body() -> None:
        for key in "abc":
            await put(store, key, {"state": "new"})
        await find_two_while_one_comes("d")
        with pytest.raises(SerializationFailure):
            await find_two_while_one_comes("aa")

    arm.run(body())


def test_no_update_is_lost_by_those_that_repeat(arm: Arm, store: Store) -> None:
    class Quiet:
        def now_us(self) -> int:
            return 0

        def note(self, kind: str, entity: str, /, **detail: Any) -> None:
            pass

    async def add(tx: Transaction) -> None:
        row = await tx.get(ORDERS, "counter") or {"n": 0}
        await asyncio.sleep(0)
        await tx.put(ORDERS, "counter", {"n": row["n"] + 1})

    async def body() -> None:
        journal = Journal(store, Quiet(), Quiet())
        await asyncio.gather(*(journal.run(add) for _ in range(12)))
        async with store.transaction() as tx:
            assert await tx.get(ORDERS, "counter") == {"n": 12}

    arm.run(body())


@given(plan=transactions, pauses=st.lists(st.integers(0, 800), min_size=1, max_size=5))
@settings(max_examples=40)
@pytest.mark.parametrize("name", list(ARMS))
def test_what_commits_is_what_some_serial_order_would_have_done(
    name: str, plan: Any, pauses: list[int], request: pytest.FixtureRequest
) -> None:
    postgres = request.getfixturevalue("postgres") if name == "postgresql" else None
    done: list[list[tuple[Any, Any]]] = []

    async def run(store: Store, n: int, start_us: int, ops: list[Any]) -> None:
        await asyncio.sleep(start_us / 1e6)
        seen = []
        try:
            async with store.transaction() as tx:
                for place, op in enumerate(ops):
                    await asyncio.sleep(pauses[(n + place) % len(pauses)] / 1e6)
                    seen.append((op, await do(tx, ORDERS, op)))
                await tx.put(LOG, str(n), {})
        except SerializationFailure:
            return
        except DuplicateRow:
            assert any(op[0] == "insert" for op in ops)
            return
        done.append(seen)  # those that write hear of it in the order in which they are decided

    async def body(store: Store) -> list[Any]:
        async with asyncio.TaskGroup() as group:
            for n, (start_us, ops) in enumerate(plan):
                group.create_task(run(store, n, start_us, ops))
        async with store.transaction() as tx:
            return list(await tx.scan(ORDERS))

    with ARMS[name](postgres) as arm:
        rows = arm.run(body(arm.store))
    model = Model()
    for seen in done:
        for op, result in seen:
            assert result == model.do(op)
    assert rows == sorted(model.rows.items())
