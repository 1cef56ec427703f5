"""A database that does one transaction after another by brute force, and plans of transactions that meet."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sandbox.core.ports import DuplicateRow, Table, Transaction

KEYS, STATES = ("a", "b", "c", "d"), ("new", "done", 7)
Op = tuple[Any, ...]


class Model:
    """The rows, and what each operation comes to."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def do(self, op: Op) -> Any:
        match op:
            case ("get", key):
                return self.rows.get(key)
            case ("put", key, state, number):
                self.rows[key] = {"state": state, "number": number}
            case ("insert", key, state, number):
                if key in self.rows:
                    return "duplicate"
                self.rows[key] = {"state": state, "number": number}
            case ("delete", key):
                self.rows.pop(key, None)
            case ("find", state, limit):
                return [(k, r) for k, r in sorted(self.rows.items()) if r["state"] == state][:limit]
            case ("scan", after, limit):
                return [(k, r) for k, r in sorted(self.rows.items()) if k > after][:limit]
        return None


async def do(tx: Transaction, table: Table, op: Op) -> Any:
    """Carry an operation out."""
    match op:
        case ("get", key):
            return await tx.get(table, key)
        case ("put", key, state, number):
            await tx.put(table, key, {"state": state, "number": number})
        case ("insert", key, state, number):
            try:
                await tx.insert(table, key, {"state": state, "number": number})
            except DuplicateRow:
                return "duplicate"
        case ("delete", key):
            await tx.delete(table, key)
        case ("find", state, limit):
            return await tx.find(table, "state", state, limit)
        case ("scan", after, limit):
            return await tx.scan(table, after, limit)
    return None


keys, states, limits = st.sampled_from(KEYS), st.sampled_from(STATES), st.integers(1, 3)
operations = st.one_of(
    st.tuples(st.just("get"), keys),
    st.tuples(st.sampled_from(("put", "insert")), keys, states, st.integers(0, 99)),
    st.tuples(st.just("delete"), keys),
    st.tuples(st.just("find"), states, limits),
    st.tuples(st.just("scan"), st.sampled_from(("", *KEYS)), limits),
)
transactions = st.lists(st.tuples(st.integers(0, 1500), st.lists(operations, min_size=1, max_size=5)), max_size=7)
