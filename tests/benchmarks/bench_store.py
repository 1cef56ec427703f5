"""What the live store carries: transactions (2 gets, 2 puts) a second, against the database's own, one commit each."""

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg

from sandbox.core.ports import Table
from sandbox.worlds.live.parts import PostgresServer
from sandbox.worlds.live.store import open_store
from tests.sandbox.worlds.ports.store_arms import server_folder

_AT_ONCE = 64
_SECONDS = 2.0
_KEYS = 300
_CONNECTIONS = 16
_SAGAS = Table("sagas", indexes=("open",))
_SEQUENCES = Table("sequences")
_ROW = {
    "version": 7,
    "open": 1,
    "progress": {"sales_order": "SO-000001", "lines": [{"item": f"SKU-{n}", "quantity": 3} for n in range(5)]},
}
_TEXT = json.dumps(_ROW)
_PLAIN_TABLE = "CREATE TABLE {} (key TEXT PRIMARY KEY, row TEXT NOT NULL)"
_PLAIN_PUT = "INSERT INTO {} VALUES ({}) ON CONFLICT (key) DO UPDATE SET row = excluded.row"

Work = Callable[[str], Awaitable[None]]


def rows() -> list[dict[str, Any]]:
    """One row for each database; `ratio` is ours / baseline."""
    with tempfile.TemporaryDirectory() as folder:
        sqlite = asyncio.run(_ours(f"sqlite:///{folder}/ours.sqlite"))
        measured = [("SQLite", sqlite, asyncio.run(_plain_sqlite(Path(folder) / "plain.sqlite")))]
    with server_folder() as folder:
        measured.append(("PostgreSQL", *asyncio.run(_on_postgres(folder))))
    return [
        {
            "name": f"{_AT_ONCE} tasks' transactions (2 gets, 2 puts) on {name}, against its own serializable ones",
            "unit": "1/s",
            "ours": round(ours),
            "baseline": round(plain),
            "ratio": round(ours / plain, 2),
        }
        for name, ours, plain in measured
    ]


async def _a_second(work: Work) -> float:
    """How many a second, with this many at once, each task on keys of its own."""
    done = 0
    began = time.perf_counter()

    async def keep_on(task: int) -> None:
        nonlocal done
        turn = 0
        while time.perf_counter() - began < _SECONDS:
            turn += 1
            await work(f"O-{task}-{turn % _KEYS}")
            done += 1

    await asyncio.gather(*(keep_on(task) for task in range(_AT_ONCE)))
    return done / (time.perf_counter() - began)


async def _ours(url: str) -> float:
    store = await open_store(url, (_SAGAS, _SEQUENCES))

    async def work(key: str) -> None:
        async with store.transaction() as tx:
            await tx.get(_SAGAS, key)
            last = await tx.get(_SEQUENCES, key)
            await tx.put(_SAGAS, key, _ROW)
            await tx.put(_SEQUENCES, key, {"sequence": 1 if last is None else last["sequence"] + 1})

    try:
        return await _a_second(work)
    finally:
        await store.close()


async def _plain_sqlite(path: Path) -> float:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for name in ("sagas", "sequences"):
        connection.execute(_PLAIN_TABLE.format(name))
    lock = asyncio.Lock()

    def transact(key: str) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT row FROM sagas WHERE key = ?", (key,)).fetchone()
        last = connection.execute("SELECT row FROM sequences WHERE key = ?", (key,)).fetchone()
        connection.execute(_PLAIN_PUT.format("sagas", "?, ?"), (key, _TEXT))
        connection.execute(
            _PLAIN_PUT.format("sequences", "?, ?"), (key, "1" if last is None else str(int(last[0]) + 1))
        )
        connection.execute("COMMIT")

    async def work(key: str) -> None:
        async with lock:
            await asyncio.to_thread(transact, key)

    try:
        return await _a_second(work)
    finally:
        connection.close()


async def _on_postgres(folder: Path) -> tuple[float, float]:
    async with PostgresServer(folder / "postgres") as server:
        ours = await _ours(server.url)
        connection = await asyncpg.connect(server.url)
        await connection.execute("CREATE SCHEMA plain")
        for name in ("plain.sagas", "plain.sequences"):
            await connection.execute(_PLAIN_TABLE.format(name))
        await connection.close()
        return ours, await _plain_postgres(server.url)


async def _plain_postgres(url: str) -> float:
    pool = await asyncpg.create_pool(url, min_size=_CONNECTIONS, max_size=_CONNECTIONS)

    async def transact(connection: Any, key: str) -> None:
        async with connection.transaction(isolation="serializable"):
            await connection.fetchval("SELECT row FROM plain.sagas WHERE key = $1", key)
            last = await connection.fetchval("SELECT row FROM plain.sequences WHERE key = $1", key)
            await connection.execute(_PLAIN_PUT.format("plain.sagas", "$1, $2"), key, _TEXT)
            following = "1" if last is None else str(int(last) + 1)
            await connection.execute(_PLAIN_PUT.format("plain.sequences", "$1, $2"), key, following)

    async def work(key: str) -> None:
        async with pool.acquire() as connection:
            while True:
                try:
                    await transact(connection, key)
                except asyncpg.SerializationError:
                    continue
                return

    try:
        return await _a_second(work)
    finally:
        await pool.close()
