"""The core's database in the live world: SQLite in a file, or PostgreSQL by its URL."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from types import TracebackType

from sandbox.core.ports import SerializationFailure, StoreError, StoreUnavailable, Table
from sandbox.worlds.live.store.committer import Committer
from sandbox.worlds.live.store.database import Database
from sandbox.worlds.live.store.transaction import SqlTransaction


class SqlStore:
    """The Store port over a database whose tables are made; `open_store` opens one.

    Transactions are serializable by checking at the commit that what they read still holds, so of two that get into
    each other's way the later is refused, as in the virtual world; and the commits of one moment share one sync of the
    disk. All who write to this database have to do so by a store. Belongs to the loop in which it is used first.
    """

    def __init__(self, database: Database, tables: Sequence[Table]) -> None:
        self._database = database
        self._tables = {table.name: table for table in tables}
        self.committer = Committer(database, self._tables, secrets.token_hex(8))

    def transaction(self) -> OpenTransaction:
        """Open a transaction. The first read or the commit raises StoreUnavailable while the database is away."""
        return OpenTransaction(self._database, self._tables, self.committer)

    async def committed(self, transaction: str) -> bool:
        """What became of a commit in doubt. Raises StoreUnavailable."""
        return await self.committer.outcome(transaction)

    async def close(self) -> None:
        """Let the commits under way end, and let go of the database."""
        await self.committer.drain()
        await self._database.close()


class OpenTransaction(SqlTransaction):
    """A transaction and its block."""

    __slots__ = ("_committer",)

    def __init__(self, database: Database, tables: dict[str, Table], committer: Committer) -> None:
        super().__init__(database, tables)
        self._committer = committer

    async def __aenter__(self) -> SqlTransaction:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.ended = True
        if kind is not None:
            if isinstance(error, Exception) and not isinstance(error, StoreError):
                await self._doubt(error)
            return
        # A single look saw one state, and needs no check.
        if self.writes or self.looks > 1:
            failure = await self._committer.decide(self)
            if failure is not None:
                raise failure

    async def _doubt(self, error: Exception) -> None:
        """Of reads that belong to no one state of the database nothing follows, and no error either."""
        self.writes.clear()
        if self.looks > 1:
            failure = await self._committer.decide(self)
            if isinstance(failure, SerializationFailure | StoreUnavailable):
                raise failure from error
