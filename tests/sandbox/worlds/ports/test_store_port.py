"""What every store does, in memory, on SQLite and on PostgreSQL: one body, three arms."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.core.journal.journal import Journal
from sandbox.core.ports import DuplicateRow, SerializationFailure, Store, StoreError, Table, Transaction
from tests.sandbox.worlds.ports.serial_model import Model, do, transactions
from tests.sandbox.worlds.ports.store_arms import ARMS, LOG, ORDERS, Arm


@pytest.fixture(params=list(ARMS))
def arm(request: pytest.FixtureRequest) -> Iterator[Arm]:
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    with ARMS[request.param](postgres) as arm:
        yield arm


@pytest.fixture
def store(arm: Arm) -> Store:
    return arm.store


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
        assert await read(store, "counter") == {"n": 12}

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
