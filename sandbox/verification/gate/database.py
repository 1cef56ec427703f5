"""The database behind the gate: a file of SQLite, or PostgreSQL by URL; one transaction a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol, TypeVar

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from sandbox.errors import InputError, SandboxError
from sandbox.verification.gate.tables import create

T = TypeVar("T")
URLS: Final = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
_WAIT_S: Final = 10.0
# Two that open an empty database at once both make its tables, and one of them is refused.
_LOCK: Final = sa.text("SELECT pg_advisory_xact_lock(7303014)")


class Database(Protocol):
    """Where the gate keeps its book."""

    def transact(self, work: Callable[[sa.Connection], T], *, keep: bool = True) -> T:
        """Do `work` in one transaction: all of it or nothing; nothing, too, where it is not to be kept.

        Raises InputError when the database does not answer.
        """


def open_database(url: str, *, existing: bool = False) -> Database:
    """The database at `url`, its tables made where they are missing; `existing`: a file has to be there already.

    Raises InputError for a URL that is none, a database that does not answer, and one of another layout.
    """
    try:
        made = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise InputError("the database's URL is none", field="--database", remedy=f"use {URLS}") from None
    kind = made.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise InputError(f"no gate in {kind!r}", field="--database", remedy=f"use {URLS}")
    if kind == "sqlite" and existing and made.database and not Path(made.database).exists():
        raise InputError(
            "nothing is recorded there yet", file=made.database, field="--database",
            remedy="begin with: sandbox contracts record --help",
        )  # fmt: skip
    database: Database = _Sqlite(made) if kind == "sqlite" else _Postgres(made.set(drivername="postgresql+asyncpg"))
    database.transact(create)
    return database


class _Sqlite:
    def __init__(self, url: sa.URL) -> None:
        memory = not url.database or url.database == ":memory:"
        pool = sa.StaticPool if memory else sa.NullPool
        self._shown = url.render_as_string(hide_password=True)
        self._engine = sa.create_engine(url, poolclass=pool, connect_args={"timeout": _WAIT_S})

        @sa.event.listens_for(self._engine, "connect")
        def _no_implicit_begin(connection: object, _: object) -> None:
            connection.isolation_level = None  # type: ignore[attr-defined]

        @sa.event.listens_for(self._engine, "begin")
        def _lock_first(connection: sa.Connection) -> None:  # a reader that turns writer late would be refused
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    def transact(self, work: Callable[[sa.Connection], T], *, keep: bool = True) -> T:
        try:
            with self._engine.connect() as connection, connection.begin() as transaction:
                done = work(connection)
                if not keep:
                    transaction.rollback()
                return done
        except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
            raise InputError(f"{self._shown}: {error.orig}", field="--database") from None


class _Postgres:
    def __init__(self, url: sa.URL) -> None:
        self._url = url

    def transact(self, work: Callable[[sa.Connection], T], *, keep: bool = True) -> T:
        try:
            return asyncio.run(self._transact(work, keep))
        except SandboxError:
            raise
        except (sa.exc.DBAPIError, asyncpg.PostgresError, OSError, TimeoutError) as error:
            shown = self._url.set(drivername="postgresql").render_as_string(hide_password=True)
            raise InputError(f"{shown}: {error}", field="--database") from None

    async def _transact(self, work: Callable[[sa.Connection], T], keep: bool) -> T:
        engine = create_async_engine(self._url, poolclass=sa.NullPool, connect_args={"timeout": _WAIT_S})
        try:
            async with engine.connect() as connection, connection.begin() as transaction:
                await connection.execute(_LOCK)
                done = await connection.run_sync(work)
                if not keep:
                    await transaction.rollback()
                return done
        finally:
            await engine.dispose()
