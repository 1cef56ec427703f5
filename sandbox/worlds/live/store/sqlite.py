"""The store's database in a file: SQLite with a write-ahead log.

Reads and writes run on the loop's own thread: a row takes some microseconds, a hand-over to a thread fifty, and more
where both want the interpreter. What waits for the disk, the commit, has a thread. Several processes may use one file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite as dialect

from sandbox.core.ports import StoreUnavailable, Table
from sandbox.worlds.live.store.database import Place, Search, StoredRow, Write
from sandbox.worlds.live.store.schema import Schema, create
from sandbox.worlds.live.store.statements import Statement, arguments, bound, compiled, replaced, search_statement

# What a commit of another process may take, before this one gives up.
LOCK_WAIT_S: Final = 10.0
_LOCK_LOOK_S: Final = 0.001


class SqliteDatabase:
    """One file. With `durable`, a commit survives the machine's power cut; without, the death of the process alone."""

    def __init__(self, path: Path, schema: Schema, *, durable: bool = True) -> None:
        self._path = path
        self._schema = schema
        self._durable = durable
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-commit")
        self._row = {name: _compiled(_row_statement(table)) for name, table in schema.tables.items()}
        self._puts = {name: _compiled(_put_statement(table)) for name, table in schema.tables.items()}
        self._deletes = {name: _compiled(_delete_statement(table)) for name, table in schema.tables.items()}
        self._searches: dict[tuple[str, str | None, bool], Statement] = {}
        self._clock = _compiled(
            sa.update(schema.clock).values(version=schema.clock.c.version + sa.literal_column("1"))
        ).sql
        self._version = _compiled(sa.select(schema.clock.c.version)).sql
        self._last = _compiled(
            sa.select(schema.commits.c.last).where(schema.commits.c.store == sa.bindparam("store"))
        ).sql
        self._keep = _compiled(_keep_statement(schema.commits)).sql

    async def create(self) -> None:
        """Make the tables that are missing, alone of all processes."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._create)

    async def row(self, table: str, key: str) -> tuple[int, str] | None:
        """Version and JSON of a committed row."""
        with self._answering():
            found: tuple[int, str] | None = self._reading().execute(self._row[table].sql, (key,)).fetchone()
        return found

    async def rows(self, search: Search) -> list[StoredRow]:
        """Committed rows, by key.

        Fetched at one go: while a question is half answered, all others on its connection see what was then.
        """
        statement = self._search(search, with_rows=True)
        with self._answering():
            found = self._reading().execute(statement.sql, arguments(statement, search)).fetchall()
        return list(map(StoredRow._make, found))

    async def begin(self) -> int:
        """Wait for the lock, for up to ten seconds while another process has it."""
        end = asyncio.get_running_loop().time() + LOCK_WAIT_S
        with self._answering():
            connection = self._writing()
            while not _begun(connection):
                if asyncio.get_running_loop().time() >= end:
                    raise StoreUnavailable(f"{self._path} has been locked by another process for {LOCK_WAIT_S:g} s")
                await asyncio.sleep(_LOCK_LOOK_S)
            connection.execute(self._clock)
            version: int = connection.execute(self._version).fetchone()[0]
        return version

    async def versions(self, places: Mapping[str, Sequence[str]]) -> dict[Place, int]:
        """The versions of those rows that there are."""
        found: dict[Place, int] = {}
        with self._answering():
            execute = self._writing().execute
            for table, keys in places.items():
                sql = self._row[table].sql
                for key in keys:
                    row = execute(sql, (key,)).fetchone()
                    if row is not None:
                        found[Place(table, key)] = row[0]
        return found

    async def found(self, search: Search) -> list[tuple[str, int]]:
        """Keys and versions of what a search finds now."""
        statement = self._search(search, with_rows=False)
        with self._answering():
            return self._writing().execute(statement.sql, arguments(statement, search)).fetchall()

    async def write(self, version: int, table: Table, writes: Mapping[str, Write]) -> None:
        """Put and delete rows of a table."""
        puts = [(key, version, write.text, *write.indexed) for key, write in writes.items() if write.row is not None]
        deletes = [(key,) for key, write in writes.items() if write.row is None]
        with self._answering():
            if puts:
                self._writing().executemany(self._puts[table.name].sql, puts)
            if deletes:
                self._writing().executemany(self._deletes[table.name].sql, deletes)

    async def last_commit(self, store: str) -> int:
        """The number of a store's last commit; 0 before the first."""
        with self._answering():
            row = self._writing().execute(self._last, (store,)).fetchone()
        return 0 if row is None else row[0]

    async def commit(self, store: str, number: int, version: int) -> None:
        """End with the writes done; a thread waits for the disk."""
        with self._answering():
            connection = self._writing()
            connection.execute(self._keep, (store, number, version))
            await asyncio.get_running_loop().run_in_executor(self._thread, connection.execute, "COMMIT")

    async def roll_back(self) -> None:
        """End with nothing done; a connection that can't is given up."""
        connection = self._writer
        if connection is None:
            return
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._writer = None
            connection.close()

    async def close(self) -> None:
        """Close both connections."""
        self._thread.shutdown()
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None

    def _create(self) -> None:
        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(self._path)),
            poolclass=sa.NullPool,
            connect_args={"isolation_level": None, "timeout": LOCK_WAIT_S},
        )
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        try:
            with self._answering():
                self._open_file().close()  # it sets the write-ahead log, which no transaction may
                with engine.begin() as connection:
                    create(self._schema, connection)
        finally:
            engine.dispose()

    def _reading(self) -> sqlite3.Connection:
        if self._reader is None:
            self._reader = self._open_file()
        return self._reader

    def _writing(self) -> sqlite3.Connection:
        if self._writer is None:
            self._writer = self._open_file()
            self._writer.execute("PRAGMA busy_timeout = 0")
        return self._writer

    def _open_file(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=1.0, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable else 'NORMAL'}")
        return connection

    def _search(self, search: Search, *, with_rows: bool) -> Statement:
        known = (search.table.name, search.index, with_rows)
        statement = self._searches.get(known)
        if statement is None:
            table = self._schema.tables[search.table.name]
            statement = self._searches[known] = _compiled(search_statement(table, search.index, with_rows=with_rows))
        return statement

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Whatever goes wrong with the file is StoreUnavailable; our own mistakes are not."""
        try:
            yield
        except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
            raise
        except (sqlite3.Error, sa.exc.DBAPIError) as error:
            raise StoreUnavailable(f"{self._path}: {error}") from error


def _begun(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True


def _compiled(clause: Any) -> Statement:
    return compiled(clause, _DIALECT)


def _row_statement(table: sa.Table) -> Any:
    return sa.select(table.c.version, table.c.row).where(table.c.key == bound(table.c.key))


def _put_statement(table: sa.Table) -> Any:
    insert = dialect.insert(table)
    return insert.on_conflict_do_update(index_elements=["key"], set_=replaced(insert.excluded, table))


def _delete_statement(table: sa.Table) -> Any:
    return sa.delete(table).where(table.c.key == bound(table.c.key))


def _keep_statement(commits: sa.Table) -> Any:
    insert = dialect.insert(commits)
    return insert.on_conflict_do_update(
        index_elements=["store"], set_={"last": insert.excluded.last, "version": insert.excluded.version}
    )


_DIALECT: Final = dialect.dialect(paramstyle="qmark")
