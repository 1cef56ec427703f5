"""The live store when its server is killed, stopped, hangs, or a connection is lost in the middle."""

import asyncio
import os
import signal
from typing import Any

import asyncpg
import pytest

from sandbox.core.journal.journal import Journal
from sandbox.core.ports import StoreUnavailable
from sandbox.worlds.live.parts import PostgresServer
from sandbox.worlds.live.store import connections, open_store
from sandbox.worlds.live.store.database import Place
from sandbox.worlds.live.store.postgres import PostgresDatabase
from tests.sandbox.worlds.live.open_stores import Notes, count_up, counted, opened
from tests.sandbox.worlds.ports.store_arms import LOG, ORDERS, emptied


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    """An empty database."""
    asyncio.run(emptied(postgres.url))
    return postgres.url


def test_a_server_that_is_killed_and_started_again_costs_nothing_but_time(url: str, postgres: PostgresServer) -> None:
    notes = Notes()

    async def body() -> None:
        async with opened(url) as store:
            journal = Journal(store, notes, notes)
            done = dict.fromkeys("abcdef", 0)
            stop = asyncio.Event()

            async def keep_counting(key: str) -> None:
                while not stop.is_set():
                    await journal.run(lambda tx: count_up(tx, key))
                    done[key] += 1

            async with asyncio.TaskGroup() as group:
                for key in done:
                    group.create_task(keep_counting(key))
                for _ in range(2):
                    await asyncio.sleep(0.2)
                    await postgres.kill()
                    await asyncio.sleep(0.1)
                    await postgres.start()
                before = sum(done.values())
                await asyncio.sleep(0.7)
                stop.set()
            assert sum(done.values()) > before
            assert {key: await counted(store, key) for key in done} == done

    asyncio.run(body())
    assert "store.found" in notes.kinds


def test_a_connection_lost_in_the_middle_of_a_commit_takes_all_of_it_along(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def body() -> None:
        async with opened(url) as store:
            database = store._database
            assert isinstance(database, PostgresDatabase)

            async def lose(*details: Any) -> dict[Place, int]:
                database._committing.drop()
                return {}

            async def add() -> None:
                async with store.transaction() as tx:
                    await tx.put(ORDERS, "a", {})
                    await tx.put(LOG, "a", {})

            monkeypatch.setattr(database, "versions", lose)
            with pytest.raises(StoreUnavailable, match="the connection was lost"):
                await add()
            monkeypatch.undo()
            async with store.transaction() as tx:
                assert await tx.get(ORDERS, "a") is None
            await add()

    asyncio.run(body())


def test_a_server_that_is_away_is_told_so(url: str, postgres: PostgresServer) -> None:
    async def body() -> None:
        async with opened(url) as store:
            async with store.transaction() as tx:
                await count_up(tx)
            await postgres.stop()
            with pytest.raises(StoreUnavailable, match="Connect call failed"):
                await counted(store)
            with pytest.raises(StoreUnavailable):
                async with store.transaction() as tx:
                    await tx.put(ORDERS, "a", {})
            with pytest.raises(StoreUnavailable):
                await open_store(url)
            await postgres.start()
            assert await counted(store) == 1

    asyncio.run(body())


def test_a_server_that_hangs_is_not_waited_for(
    url: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "ANSWER_WAIT_S", 0.3)
    monkeypatch.setattr(connections, "CONNECT_WAIT_S", 0.3)

    async def body() -> None:
        async with opened(url) as store:

            async def add() -> None:
                async with store.transaction() as tx:
                    await count_up(tx)

            await add()
            connection = await asyncpg.connect(url)
            pids = [row["pid"] for row in await connection.fetch("SELECT pid FROM pg_stat_activity")]
            await connection.close()
            assert postgres.pid is not None
            stopped = [pid for pid in (postgres.pid, *pids) if _signalled(pid, signal.SIGSTOP)]
            try:
                for _ in range(2):
                    with pytest.raises(StoreUnavailable, match="no answer in time"):
                        await add()
            finally:
                for pid in stopped:
                    _signalled(pid, signal.SIGCONT)
            await add()
            assert await counted(store) == 2

    asyncio.run(body())


def _signalled(pid: int, number: int) -> bool:
    """Whether that process was still there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
