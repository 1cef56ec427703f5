"""The virtual database: serializable against a serial model, durable over power cuts, copies in and out."""

import asyncio
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sandbox.core.ports import DuplicateRow, SerializationFailure, Table
from sandbox.worlds.virtual.errors import IncarnationDead
from sandbox.worlds.virtual.kernel import Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.sorted_keys import SortedKeys
from sandbox.worlds.virtual.store import MemoryStore, StoreConfig
from tests.sandbox.worlds.ports.serial_model import STATES, Model, do, transactions

ORDERS = Table("orders", indexes=("state", "site"))
LOG = Table("log")


@pytest.fixture
def store(kernel: Kernel) -> MemoryStore:
    return MemoryStore(kernel)


# A row that was absent, came, was seen, and went again before the commit.
COMES_AND_GOES = [
    (0, [("get", "a"), ("delete", "b")]),
    (0, [("put", "b", "new", 0)]),
    (290, [("get", "a"), ("get", "b"), ("insert", "b", "new", 0)]),
]


@example(COMES_AND_GOES, [105])
@given(transactions, st.lists(st.integers(0, 800), min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_what_commits_is_what_some_serial_order_would_have_done(plan: Any, pauses: list[int]) -> None:
    kernel = Kernel(0)
    loop, store = VirtualLoop(kernel), MemoryStore(kernel)
    port = store.session(loop)
    done: list[tuple[float, list[tuple[Any, Any]]]] = []

    async def run(n: int, start_us: int, ops: list[Any]) -> None:
        await asyncio.sleep(start_us / 1e6)
        seen = []
        writes = any(op[0] in ("put", "insert", "delete") for op in ops)
        try:
            async with port.transaction() as tx:
                for place, op in enumerate(ops):
                    await asyncio.sleep(pauses[(n + place) % len(pauses)] / 1e6)
                    seen.append((op, await do(tx, ORDERS, op)))
                if writes:
                    await tx.put(LOG, str(n), {})
        except SerializationFailure:
            return
        except DuplicateRow:
            assert any(op[0] == "insert" for op in ops)
            return
        # What only reads is placed right after the last commit that was decided when it ended.
        done.append((store.data(LOG).rows[str(n)][0] if writes else store.version + 0.5, seen))

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for n, (start_us, ops) in enumerate(plan):
                group.create_task(run(n, start_us, ops))

    loop.run_until_complete(main())
    loop.close()
    model = Model()
    for _, seen in sorted(done, key=lambda pair: pair[0]):
        for op, result in seen:
            assert result == model.do(op)
    assert store.rows(ORDERS) == dict(sorted(model.rows.items()))
    assert store.commits == store.version
    for state in STATES:
        bucket = store.data(ORDERS).indexes["state"].get(state)
        assert (bucket.keys.between("", None) if bucket else []) == [
            k for k, r in sorted(model.rows.items()) if r["state"] == state
        ]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3000)), max_size=400), st.data())
def test_keys_stay_sorted(changes: list[tuple[bool, int]], data: st.DataObject) -> None:
    sorted_keys, keys = SortedKeys(), {str(n) for n in range(0, 5000, 2)}
    for key in keys:
        sorted_keys.add(key)
    for adds, n in changes:
        if adds and str(n) not in keys:
            keys.add(str(n))
            sorted_keys.add(str(n))
        elif not adds and str(n) in keys:
            keys.remove(str(n))
            sorted_keys.remove(str(n))
    assert sorted_keys.between("", None) == sorted(keys)
    after, last = (data.draw(st.sampled_from(["", "1", "2500", "49", "~"])) for _ in range(2))
    limit = data.draw(st.sampled_from([1, 3, 1500, 9999]))
    assert sorted_keys.after(after, limit) == [key for key in sorted(keys) if key > after][:limit]
    assert sorted_keys.between(after, last) == [key for key in sorted(keys) if after < key <= last]


def write(port: Any, key: str, row: dict[str, Any]) -> Any:
    async def main() -> None:
        async with port.transaction() as tx:
            await tx.put(ORDERS, key, row)

    return main()


def test_a_commit_takes_its_time(kernel: Kernel, loop: VirtualLoop) -> None:
    store = MemoryStore(kernel, StoreConfig(commit_us=3_000))
    start_us = kernel.now
    loop.run_until_complete(write(store.session(loop), "a", {"state": "new"}))
    assert kernel.now - start_us == 3_000


@pytest.mark.parametrize(("cut_after_us", "rows", "lost"), [(1_499, [], 1), (1_500, ["a"], 0), (2_999, ["a"], 0)])
def test_a_power_cut_during_the_commit_finds_it_decided_or_not(
    kernel: Kernel, loop: VirtualLoop, cut_after_us: int, rows: list[str], lost: int
) -> None:
    store = MemoryStore(kernel, StoreConfig(commit_us=3_000))
    loop.create_task(write(store.session(loop), "a", {"state": "new"}))
    kernel.at(kernel.now + cut_after_us, lambda: (loop.kill(), store.power_cut(loop)))
    kernel.run(kernel.now + 10_000)
    assert list(store.rows(ORDERS)) == rows
    assert store.lost == lost
    with pytest.raises(IncarnationDead):
        store.session(loop).transaction()
    loop.dispose()


def test_a_block_that_raises_writes_nothing(loop: VirtualLoop, store: MemoryStore) -> None:
    async def main() -> None:
        async with store.session(loop).transaction() as tx:
            await tx.put(ORDERS, "a", {"state": "new"})
            raise LookupError

    with pytest.raises(LookupError):
        loop.run_until_complete(main())
    assert store.rows(ORDERS) == {}


def test_a_rows_fields_are_its_readers_own(loop: VirtualLoop, store: MemoryStore) -> None:
    row = {"state": "new", "lines": ["A"]}

    async def main() -> object:
        port = store.session(loop)
        async with port.transaction() as tx:
            await tx.put(ORDERS, "a", row)
            row["state"] = "late"
            (await tx.get(ORDERS, "a"))["lines"] = []
        async with port.transaction() as tx:
            (await tx.find(ORDERS, "state", "new"))[0][1].update(state="read")
            (await tx.scan(ORDERS))[0][1].clear()
            return await tx.get(ORDERS, "a")

    assert loop.run_until_complete(main()) == {"state": "new", "lines": ["A"]}


def test_a_lost_update_and_a_phantom_are_refused(kernel: Kernel, loop: VirtualLoop, store: MemoryStore) -> None:
    port = store.session(loop)

    async def raise_counter() -> None:
        async with port.transaction() as tx:
            row = await tx.get(ORDERS, "a") or {"n": 0}
            await asyncio.sleep(0.01)
            await tx.put(ORDERS, "a", {"n": row["n"] + 1})

    async def claim_if_none(key: str) -> None:
        async with port.transaction() as tx:
            if not await tx.find(ORDERS, "state", "claimed"):
                await tx.put(ORDERS, key, {"state": "claimed"})

    async def both(first: Any, second: Any) -> list[str]:
        results = await asyncio.gather(first, second, return_exceptions=True)
        return [str(r) for r in results if isinstance(r, SerializationFailure)]

    assert loop.run_until_complete(both(raise_counter(), raise_counter())) == [
        "orders 'a' was changed by another transaction"
    ]
    assert loop.run_until_complete(both(claim_if_none("x"), claim_if_none("y"))) == [
        "another transaction added rows to the rows with 'claimed' or removed some"
    ]


def test_a_find_that_stopped_at_its_limit_does_not_mind_rows_beyond(loop: VirtualLoop, store: MemoryStore) -> None:
    port = store.session(loop)

    async def one_is_added_between(port: Any) -> None:
        async with port.transaction() as tx:
            await tx.find(ORDERS, "state", "new", limit=2)
            await write(port, "bb", {"state": "new"})
            await tx.put(ORDERS, "z", {"state": "done"})

    async def main() -> None:
        for key in "abc":
            await write(port, key, {"state": "new"})
        async with port.transaction() as tx:
            found = await tx.find(ORDERS, "state", "new", limit=2)
            await write(port, "d", {"state": "new"})
            await tx.put(ORDERS, found[0][0], {"state": "done"})
        with pytest.raises(SerializationFailure):
            await one_is_added_between(port)

    loop.run_until_complete(main())


def test_a_commit_takes_no_negative_time() -> None:
    with pytest.raises(ValueError, match="commit_us"):
        StoreConfig(commit_us=-1)
