"""What every store does, in memory, on SQLite and on PostgreSQL: one body, three arms."""

import asyncio
from typing import Any

import pytest

from sandbox.core.ports import DuplicateRow, Store, StoreError, Table
from tests.sandbox.worlds.ports.store_arms import ORDERS, Arm


async def put(store: Store, key: str, row: dict[str, Any]) -> None:
    async with store.transaction() as tx:
        await tx.put(ORDERS, key, row)


async def read(store: Store, key: str) -> Any:
    async with store.transaction() as tx:
        return await tx.get(ORDERS, key)


async def keys(store: Store) -> list[str]:
    async with store.transaction() as tx:
        return [key for key, _ in await tx.scan(ORDERS)]


def test_rows_come_back_as_they_were_written(arm: Arm, store: Store) -> None:
    row = {"z": 1, "a": [None, True, -1.5, 10**30], "naïve": {"\x00": "\ud800 \u20ac \U0001f69a", "": {}}}

    async def body() -> None:
        await put(store, "a", row)
        back = await read(store, "a")
        assert back == row
        assert list(back) == list(row), "the first member names what a body is about"
        assert await read(store, "b") is None

    arm.run(body())


def test_any_text_is_a_key_and_keys_sort_by_code_points(arm: Arm, store: Store) -> None:
    odd = ["", "\x00", "\x01", "\x02", " ", "B", "a", "aB", "é", "\ud7ff", "\ud800", "\udfff", "\ue000", "\uffff", "😀"]

    async def body() -> None:
        async with store.transaction() as tx:
            for key in reversed(odd):
                await tx.put(ORDERS, key, {"key": key, "state": "new"})
        assert await keys(store) == odd[1:], "a scan begins after the empty key"
        async with store.transaction() as tx:
            assert [(key, row["key"]) for key, row in await tx.find(ORDERS, "state", "new")] == [(k, k) for k in odd][
                1:
            ]
            assert [key for key, _ in await tx.scan(ORDERS, "\ud800", 2)] == ["\udfff", "\ue000"]
        assert await read(store, "") == {"key": "", "state": "new"}

    arm.run(body())


def test_find_tells_numbers_from_text_and_leaves_out_rows_without_the_field(arm: Arm, store: Store) -> None:
    async def body() -> None:
        for key, state in [("a", 7), ("b", "7"), ("c", None), ("d", "o'r\"d\x00er")]:
            await put(store, key, {"state": state})
        await put(store, "e", {})
        async with store.transaction() as tx:
            found = [[key for key, _ in await tx.find(ORDERS, "state", s)] for s in (7, "7", "o'r\"d\x00er", "x")]
        assert found == [["a"], ["b"], ["d"], []]

    arm.run(body())


def test_a_transaction_sees_its_own_writes_in_their_place(arm: Arm, store: Store) -> None:
    async def body() -> None:
        for key in ("a", "b", "c", "d"):
            await put(store, key, {"state": "new"})
        async with store.transaction() as tx:
            await tx.delete(ORDERS, "a")
            await tx.put(ORDERS, "b", {"state": "done"})
            await tx.insert(ORDERS, "bb", {"state": "new"})
            assert await tx.get(ORDERS, "a") is None
            assert [key for key, _ in await tx.scan(ORDERS)] == ["b", "bb", "c", "d"]
            assert [key for key, _ in await tx.scan(ORDERS, "b", 2)] == ["bb", "c"]
            assert [key for key, _ in await tx.find(ORDERS, "state", "new", 2)] == ["bb", "c"]
            assert await tx.find(ORDERS, "state", "done") == [("b", {"state": "done"})]
            await tx.insert(ORDERS, "a", {"state": "again"})
        assert await keys(store) == ["a", "b", "bb", "c", "d"]
        assert await read(store, "a") == {"state": "again"}

    arm.run(body())


def test_a_rows_fields_are_its_readers_own(arm: Arm, store: Store) -> None:
    async def body() -> None:
        row = {"state": "new", "lines": ["A"]}
        async with store.transaction() as tx:
            await tx.put(ORDERS, "a", row)
            row["state"] = "late"
            (await tx.get(ORDERS, "a") or {})["lines"] = []
        async with store.transaction() as tx:
            (await tx.find(ORDERS, "state", "new"))[0][1].update(state="read")
            (await tx.scan(ORDERS))[0][1].clear()
            assert await tx.get(ORDERS, "a") == {"state": "new", "lines": ["A"]}

    arm.run(body())


async def _put_and_raise(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.get(ORDERS, "a")
        await tx.put(ORDERS, "a", {})
        raise LookupError


def test_a_block_that_raises_writes_nothing(arm: Arm, store: Store) -> None:
    async def body() -> None:
        with pytest.raises(LookupError):
            await _put_and_raise(store)
        assert await keys(store) == []

    arm.run(body())


def test_an_insert_meets_a_row_here_or_at_the_commit(arm: Arm, store: Store) -> None:
    async def add(key: str, pause_s: float = 0.0) -> None:
        async with store.transaction() as tx:
            await tx.insert(ORDERS, key, {"n": 1})
            await asyncio.sleep(pause_s)

    async def body() -> None:
        await add("a")
        with pytest.raises(DuplicateRow, match="orders has a row 'a' already"):
            await add("a")
        async with store.transaction() as tx:
            await tx.insert(ORDERS, "b", {})
            with pytest.raises(DuplicateRow):
                await tx.insert(ORDERS, "b", {})
            await tx.delete(ORDERS, "b")
        async with store.transaction() as tx:
            await tx.delete(ORDERS, "a")
            await tx.insert(ORDERS, "a", {"n": 2})
        results = await asyncio.gather(add("c", 0.01), add("c", 0.01), add("c", 0.01), return_exceptions=True)
        assert sorted(str(result) for result in results) == ["None"] + ["orders has a row 'c' already"] * 2
        assert await keys(store) == ["a", "c"]

    arm.run(body())


def test_who_gives_up_waiting_takes_nobody_along(arm: Arm, store: Store) -> None:
    async def body() -> None:
        tasks = [asyncio.ensure_future(put(store, key, {})) for key in "abcd"]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(tasks[0], tasks[2], tasks[3])
        assert {"a", "c", "d"} <= set(await keys(store))
        reads = [asyncio.ensure_future(read(store, "a")) for _ in range(3)]
        await asyncio.sleep(0)
        reads[0].cancel()
        assert await asyncio.gather(*reads[1:]) == [{}, {}]

    arm.run(body())


def test_misuse_says_what_to_do(arm: Arm, store: Store) -> None:
    async def body() -> None:
        async with store.transaction() as tx:
            await tx.get(ORDERS, "a")
            with pytest.raises(ValueError, match="no index 'colour'; it has state, site"):
                await tx.find(ORDERS, "colour", "red")
            with pytest.raises(ValueError, match="declared twice"):
                await tx.get(Table("orders"), "a")
        with pytest.raises(StoreError, match="has ended"):
            await tx.put(ORDERS, "a", {})

    arm.run(body())
