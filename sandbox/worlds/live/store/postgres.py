"""The store's database on a PostgreSQL server, by asyncpg.

Rows that are wanted at one moment are read in one question, and what a batch writes goes table by table, so a busy core
makes few round trips; the server's sync of its disk is shared by the batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from sandbox.core.ports import StoreUnavailable, Table
from sandbox.worlds.live.store.connections import Connection, answering
from sandbox.worlds.live.store.database import Place, Search, StoredRow, Write
from sandbox.worlds.live.store.postgres_sql import PostgresSql
from sandbox.worlds.live.store.row_reader import RowReader
from sandbox.worlds.live.store.schema import Schema, create
from sandbox.worlds.live.store.statements import arguments

# Of two cores that start at once, one makes the tables. Any number does, as long as it is always the same.
_CREATING: int = 0x5AFE_0001


class PostgresDatabase:
    """A server, by its URL. Two connections read rows, one searches, one commits; a lost one is opened anew."""

    def __init__(self, url: sa.URL, schema: Schema) -> None:
        self._url = url
        self._schema = schema
        self._sql = PostgresSql(schema)
        self._committing = Connection(url, for_transactions=True)
        self._searching = Connection(url)
        self._reader = RowReader((Connection(url), Connection(url)), self._sql)

    async def create(self) -> None:
        """Make the tables that are missing, alone of all processes."""
        engine = create_async_engine(self._url, poolclass=sa.NullPool)
        try:
            with answering(self._url):
                async with engine.begin() as connection:
                    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CREATING)))
                    await connection.run_sync(lambda sync: create(self._schema, sync))
        finally:
            await engine.dispose()

    async def row(self, table: str, key: str) -> tuple[int, str] | None:
        """Version and JSON of a committed row."""
        return await self._reader.row(Place(table, key))

    async def rows(self, search: Search) -> list[StoredRow]:
        """Committed rows of one moment, by key."""
        statement = self._sql.search(search, with_rows=True)
        return [StoredRow(*row) for row in await self._searching.fetch(statement.sql, arguments(statement, search))]

    async def begin(self) -> int:
        """Wait for the lock on the clock's row, and set it on."""
        await self._committing.open()
        await self._committing.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        version: int = (await self._committing.fetch(self._sql.tick, ()))[0][0]
        return version

    async def versions(self, places: Mapping[str, Sequence[str]]) -> dict[Place, int]:
        """The versions of those rows that there are."""
        if not places:
            return {}
        tables = tuple(sorted(places))
        sql = self._sql.versions(tables)
        names = [places[table] for table in tables]
        return {Place(tables[n], key): version for n, key, version in await self._committing.fetch(sql, names)}

    async def found(self, search: Search) -> list[tuple[str, int]]:
        """Keys and versions of what a search finds now."""
        statement = self._sql.search(search, with_rows=False)
        return [(key, n) for key, n in await self._committing.fetch(statement.sql, arguments(statement, search))]

    async def write(self, version: int, table: Table, writes: Mapping[str, Write]) -> None:
        """Put and delete rows of a table."""
        puts = [(key, write) for key, write in writes.items() if write.row is not None]
        if puts:
            indexed = [[write.indexed[n] for _, write in puts] for n in range(len(table.indexes))]
            columns = [[key for key, _ in puts], version, [write.text for _, write in puts], *indexed]
            await self._committing.fetch(self._sql.put[table.name], columns)
        deletes = [key for key, write in writes.items() if write.row is None]
        if deletes:
            await self._committing.fetch(self._sql.delete[table.name], (deletes,))

    async def last_commit(self, store: str) -> int:
        """The number of a store's last commit; 0 before the first."""
        rows = await self._committing.fetch(self._sql.last, (store,))
        return rows[0][0] if rows else 0

    async def commit(self, store: str, number: int, version: int) -> None:
        """End with the writes done."""
        await self._committing.fetch(self._sql.keep, (store, number, version))
        await self._committing.execute("COMMIT")

    async def roll_back(self) -> None:
        """End with nothing done; a connection that can't is given up."""
        try:
            if self._committing.in_transaction:
                await self._committing.execute("ROLLBACK")
        except StoreUnavailable:
            self._committing.drop()

    async def close(self) -> None:
        """Close all connections."""
        await self._reader.close()
        for connection in (self._committing, self._searching):
            await connection.close()
