"""What only the live store has to stand: other processes, its own death, a database that goes away or is not ours."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.core.journal.journal import Journal
from sandbox.core.journal.tables import ALL
from sandbox.core.ports import CommitUnknown, SerializationFailure, StoreUnavailable, Table
from sandbox.worlds.live.parts import PostgresServer
from sandbox.worlds.live.store import open_store, sqlite
from sandbox.worlds.live.store.database import Database
from tests.sandbox.worlds.live.open_stores import Notes, count_up, counted, opened
from tests.sandbox.worlds.ports.store_arms import LOG, ORDERS, emptied

BOTH = pytest.mark.parametrize("name", ["sqlite", "postgresql"])


@pytest.fixture
def url(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    if name == "sqlite":
        return f"sqlite:///{tmp_path}/core.sqlite"
    postgres: PostgresServer = request.getfixturevalue("postgres")
    asyncio.run(emptied(postgres.url))
    return postgres.url


@BOTH
def test_rows_are_there_when_it_is_opened_again(url: str) -> None:
    async def body() -> None:
        for n in range(1, 4):
            async with opened(url) as store:
                async with store.transaction() as tx:
                    await count_up(tx)
                assert await counted(store) == n

    asyncio.run(body())


@BOTH
def test_two_stores_on_one_database_lose_no_update(url: str) -> None:
    async def body() -> None:
        async with opened(url) as first, opened(url) as second:
            notes = Notes()
            journals = [Journal(store, notes, notes) for store in (first, second)]
            for _ in range(5):
                await asyncio.gather(*(journals[n % 2].run(count_up) for n in range(4)))
            assert await counted(first) == await counted(second) == 20
            assert "store.missed" not in notes.kinds, "they wait for each other"

    asyncio.run(body())


@BOTH
def test_commits_of_one_moment_share_one_sync(url: str) -> None:
    async def body() -> None:
        async with opened(url) as store:

            async def add(key: str) -> None:
                async with store.transaction() as tx:
                    await count_up(tx, key)

            await asyncio.gather(*(add(str(n)) for n in range(100)))
            assert store.committer.commits == 100
            assert store.committer.batches <= 5

    asyncio.run(body())


@BOTH
def test_an_error_that_came_of_no_one_state_is_a_conflict(url: str) -> None:
    async def body() -> None:
        async with opened(url) as store:

            async def look(meanwhile: Callable[[], Awaitable[None]]) -> None:
                async with store.transaction() as tx:
                    first = await tx.get(ORDERS, "a")
                    await meanwhile()
                    assert (await tx.get(ORDERS, "b") is None) == (first is None), "a and b come together"

            async def both_come() -> None:
                async with store.transaction() as tx:
                    await tx.put(ORDERS, "a", {})
                    await tx.put(ORDERS, "b", {})

            async def b_goes() -> None:
                async with store.transaction() as tx:
                    await tx.delete(ORDERS, "b")

            with pytest.raises(SerializationFailure):
                await look(both_come)
            await b_goes()
            with pytest.raises(AssertionError, match="come together"):
                await look(lambda: asyncio.sleep(0))

    asyncio.run(body())


@BOTH
@pytest.mark.parametrize("happened", [True, False])
def test_of_a_commit_in_doubt_it_finds_out(url: str, happened: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def body() -> None:
        async with opened(url) as store:
            database: Database = store._database
            commit = database.commit

            happened_now = happened

            async def lost(*details: Any) -> None:
                if happened_now:
                    await commit(*details)
                raise StoreUnavailable("the connection broke")

            async def add(key: str) -> None:
                async with store.transaction() as tx:
                    await count_up(tx, key)

            await add("a")
            monkeypatch.setattr(database, "commit", lost)
            doubts = await asyncio.gather(*(add(key) for key in ("a", "b", "b")), return_exceptions=True)
            assert [type(doubt) for doubt in doubts] == [CommitUnknown, CommitUnknown, SerializationFailure]
            monkeypatch.undo()
            await add("c")  # later commits don't blur it
            assert isinstance(doubts[0], CommitUnknown)
            assert await store.committed(doubts[0].transaction) is happened
            # One after the other, each is told apart.
            names = []
            for this_one in (happened, not happened):
                happened_now = this_one
                monkeypatch.setattr(database, "commit", lost)
                with pytest.raises(CommitUnknown) as raised:
                    await add("d")
                names.append(raised.value.transaction)
                monkeypatch.undo()
            assert [await store.committed(name) for name in names] == [happened, not happened]
            assert await counted(store, "d") == 1
            assert [await counted(store, key) for key in "abc"] == ([2, 1, 1] if happened else [1, 0, 1])
            with pytest.raises(ValueError, match="no commit of this store in doubt"):
                await store.committed("another")

    asyncio.run(body())


WRITER = """
import asyncio, sys
from sandbox.worlds.live.store import open_store
from tests.sandbox.worlds.live.open_stores import Notes, count_up, counted, opened
from tests.sandbox.worlds.ports.store_arms import LOG, ORDERS

async def write(store, name):
    n = 0
    while True:
        n += 1
        async with store.transaction() as tx:
            await tx.put(ORDERS, name, {"n": n})
            await tx.put(LOG, name, {"n": n})
        print(name, n, flush=True)

async def main():
    store = await open_store(sys.argv[1], (ORDERS, LOG))
    await asyncio.gather(*(write(store, f"w{n}") for n in range(8)))

asyncio.run(main())
"""


@BOTH
def test_what_was_committed_outlives_a_killed_process(url: str) -> None:
    root = Path(__file__).parents[4]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    with writer:
        assert writer.stdout is not None
        told = [next(writer.stdout).split() for _ in range(200)]
        writer.send_signal(signal.SIGKILL)
        told += [words for line in writer.stdout if len(words := line.split()) == 2 and line.endswith("\n")]

    async def body() -> dict[str, int]:
        async with opened(url) as store, store.transaction() as tx:
            kept = {key: row["n"] for key, row in await tx.scan(ORDERS)}
            assert kept == {key: row["n"] for key, row in await tx.scan(LOG)}, "a transaction by halves"
            return kept

    kept = asyncio.run(body())
    for name, n in told:
        assert kept[name] >= int(n)


@pytest.mark.parametrize("name", ["sqlite"])
def test_a_file_that_stays_locked_is_away(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LOCK_WAIT_S", 0.2)

    async def body() -> None:
        async with opened(url) as store:
            other = sqlite3.connect(tmp_path / "core.sqlite", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreUnavailable, match=r"locked by another process for 0\.2 s"):
                async with store.transaction() as tx:
                    await tx.put(ORDERS, "a", {})
            assert await counted(store) == 0, "reads wait for nobody"
            other.close()
            async with store.transaction() as tx:
                await count_up(tx)

    asyncio.run(body())


@BOTH
def test_another_versions_database_is_refused(url: str) -> None:
    async def body() -> None:
        await (await open_store(url, (Table("orders"),))).close()
        with pytest.raises(ValueError, match="table 'orders' has no column by_state, by_site"):
            await open_store(url, (ORDERS,))

    asyncio.run(body())


@BOTH
def test_cores_that_start_at_once_make_the_tables_once(url: str) -> None:
    async def body() -> None:
        stores = await asyncio.gather(*(open_store(url, ALL) for _ in range(4)))
        for store in stores:
            await store.close()

    asyncio.run(body())


@BOTH
def test_what_no_index_takes_is_refused_where_it_is_written(url: str) -> None:
    async def body() -> None:
        async with opened(url) as store, store.transaction() as tx:
            await tx.put(ORDERS, "é" * 600, {"state": "x" * 1198})
            with pytest.raises(ValueError, match="at most 1,200 bytes: 'éé"):
                await tx.put(ORDERS, "é" * 601, {})
            with pytest.raises(ValueError, match="at most 1,200 bytes"):
                await tx.put(ORDERS, "a", {"state": "x" * 1199})
            with pytest.raises(TypeError):
                await tx.put(ORDERS, "a", {"state": object()})

    asyncio.run(body())


@pytest.mark.parametrize(
    ("url", "error", "told"),
    [
        ("core.sqlite", ValueError, "the store's URL is none; use sqlite:///FILE or postgresql://"),
        ("mysql://h/d", ValueError, "no store for 'mysql'"),
        ("sqlite://", ValueError, "needs a file"),
        ("sqlite:////nowhere/core.sqlite", StoreUnavailable, "/nowhere/core.sqlite: unable to open"),
        (
            "postgresql://u:secret@127.0.0.1:1/d",
            StoreUnavailable,
            r"postgresql://u:\*\*\*@127.0.0.1:1/d: .*Connect call failed",
        ),
    ],
)
def test_a_bad_url_or_a_missing_database_is_told_at_the_start(url: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told) as raised:
        asyncio.run(open_store(url))
    assert "secret" not in str(raised.value)
