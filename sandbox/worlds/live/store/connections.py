"""One connection to a PostgreSQL server, opened when it is needed and again when it was lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import asyncpg
import sqlalchemy as sa

from sandbox.core.ports import StoreUnavailable
from sandbox.worlds.live.core.paced_loop import wall_s

# Of the wall, at whatever speed the core's time runs.
CONNECT_WAIT_S: Final = 5.0
# What a statement may take, waiting for another core's commit included.
ANSWER_WAIT_S: Final = 10.0
# The last is what asyncpg says of a connection that broke at an unlucky moment.
_LOST: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    sa.exc.DBAPIError,
    OSError,
    TimeoutError,
    asyncpg.InternalClientError,
)


class Connection:
    """Statements one at a time; who wants it meanwhile waits.

    One that is `for_transactions` is opened by `open` alone: were it opened again between two statements, the second
    would be done outside of the transaction, for good.
    """

    def __init__(self, url: sa.URL, *, for_transactions: bool = False) -> None:
        self._url = url
        self._for_transactions = for_transactions
        self._connection: asyncpg.Connection | None = None
        self._lock = asyncio.Lock()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on it."""
        return (
            self._connection is not None and not self._connection.is_closed() and self._connection.is_in_transaction()
        )

    async def open(self) -> None:
        """Open it, where it is not open. Raises StoreUnavailable."""
        async with self._lock:
            with self._whole():
                if self._connection is None or self._connection.is_closed():
                    url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
                    self._connection = await asyncpg.connect(
                        url, timeout=wall_s(CONNECT_WAIT_S), command_timeout=wall_s(ANSWER_WAIT_S)
                    )

    async def fetch(self, sql: str, parameters: Sequence[Any]) -> list[asyncpg.Record]:
        """Do a prepared statement; its rows. Raises StoreUnavailable."""
        if not self._for_transactions:
            await self.open()
        async with self._lock:
            with self._whole():
                rows: list[asyncpg.Record] = await self._opened().fetch(sql, *parameters)
                return rows

    async def execute(self, sql: str) -> None:
        """Do a statement that has neither parameters nor rows. Raises StoreUnavailable."""
        async with self._lock:
            with self._whole():
                await self._opened().execute(sql)

    def drop(self) -> None:
        """Give the connection up as it is: the server rolls back what was open."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """Say goodbye to the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with answering(self._url):
                await connection.close(timeout=wall_s(CONNECT_WAIT_S))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """A connection that was left in the middle of something is of no use to the next one."""
        try:
            with answering(self._url):
                yield
        except BaseException:
            self.drop()
            raise

    def _opened(self) -> asyncpg.Connection:
        connection = self._connection
        if connection is None or connection.is_closed():
            raise ConnectionResetError("the connection was lost")
        return connection


@contextmanager
def answering(url: sa.URL) -> Iterator[None]:
    """Whatever goes wrong with the server is StoreUnavailable, without the password; our own mistakes are not."""
    try:
        yield
    except (asyncpg.SyntaxOrAccessError, asyncpg.DataError):
        raise
    except _LOST as error:
        where = url.set(drivername="postgresql").render_as_string(hide_password=True)
        told = "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
        raise StoreUnavailable(f"{where}: {told}") from error
