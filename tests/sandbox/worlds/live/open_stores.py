"""Live stores, and the work that tests do in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sandbox.core.journal.tables import CURSORS
from sandbox.core.ports import Transaction
from sandbox.worlds.live.store import SqlStore, open_store
from tests.sandbox.worlds.ports.store_arms import LOG, ORDERS


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStore]:
    store = await open_store(url, (ORDERS, LOG, CURSORS))
    try:
        yield store
    finally:
        await store.close()


class Notes:
    def __init__(self) -> None:
        self.kinds: list[str] = []

    def now_us(self) -> int:
        return 0

    def note(self, kind: str, entity: str, /, **detail: Any) -> None:
        self.kinds.append(kind)


async def count_up(tx: Transaction, key: str = "counter") -> None:
    row = await tx.get(ORDERS, key) or {"n": 0}
    await tx.put(ORDERS, key, {"n": row["n"] + 1})


async def counted(store: SqlStore, key: str = "counter") -> int:
    async with store.transaction() as tx:
        return int((await tx.get(ORDERS, key) or {"n": 0})["n"])
