"""Opening a store by its URL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from sandbox.core.journal.tables import ALL
from sandbox.core.ports import Table
from sandbox.worlds.live.store.postgres import PostgresDatabase
from sandbox.worlds.live.store.schema import schema_of
from sandbox.worlds.live.store.sqlite import SqliteDatabase
from sandbox.worlds.live.store.store import SqlStore

URLS: Final = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"


async def open_store(url: str, tables: Sequence[Table] = ALL, *, durable: bool = True) -> SqlStore:
    """The store at `url`, its tables made where they are missing; `close` it in the end.

    `durable` is for SQLite: without it a commit survives `kill -9`, but perhaps not a power cut, and costs no sync of
    the disk. Raises StoreUnavailable when the database does not answer, and ValueError for a URL that is none or a
    database that is another version's.
    """
    made = _parsed(url)
    schema = schema_of(tables)
    database: SqliteDatabase | PostgresDatabase
    if made.get_backend_name() == "sqlite":
        if not made.database or made.database == ":memory:":
            raise ValueError("the store needs a file, for it outlives the core: sqlite:///core.sqlite")
        database = SqliteDatabase(Path(made.database), schema, durable=durable)
    else:
        database = PostgresDatabase(made.set(drivername="postgresql+asyncpg"), schema)
    try:
        await database.create()
    except BaseException:
        await database.close()
        raise
    return SqlStore(database, tables)


def _parsed(url: str) -> sa.URL:
    try:
        made = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ValueError(f"the store's URL is none; use {URLS}") from None
    if made.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError(f"no store for {made.get_backend_name()!r}; use {URLS}")
    return made
