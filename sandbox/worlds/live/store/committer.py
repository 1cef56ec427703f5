"""Commits, many at a time: those that wait are decided in one transaction of the database, which syncs its disk once.

Under the lock nothing else changes, so each is checked against the versions of the rows that it read, and against what
those before it in the same batch write. The order in which they are decided is the order that they seem to run in.
"""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

from sandbox.core.ports import CommitUnknown, SerializationFailure, StoreError, StoreUnavailable, Table
from sandbox.worlds.live.store.database import Database, Place, Write
from sandbox.worlds.live.store.transaction import SqlTransaction

BATCH_MOST: Final = 200


class Waiting(NamedTuple):
    """A transaction that wants to be decided, and who waits for the failure, or None."""

    transaction: SqlTransaction
    decided: asyncio.Future[StoreError | None]


class Batch:
    """Transactions that are decided together: what they `write`, and what becomes of each."""

    def __init__(self, version: int, versions: dict[Place, int]) -> None:
        self.version = version
        self.writes: dict[str, dict[str, Write]] = {}
        self.accepted: list[Waiting] = []
        self.refused: list[tuple[Waiting, StoreError]] = []
        self.postponed: list[Waiting] = []
        self._versions = versions

    def decide(self, waiting: Waiting, stale: bool) -> None:
        """Take one in, refuse it, or leave it to the next batch; `stale` when a search of its finds something else."""
        transaction = waiting.transaction
        if any(seen.search.table.name in self.writes for seen in transaction.seen):
            self.postponed.append(waiting)  # whether its search would find a row of this batch is asked afterwards
            return
        failure = transaction.failure(self._versions)
        if failure is None and stale:
            failure = SerializationFailure("another transaction changed what a search of this one found")
        if failure is not None:
            self.refused.append((waiting, failure))
            return
        self.accepted.append(waiting)
        for table, writes in transaction.writes.items():
            self.writes.setdefault(table, {}).update(writes)
            for key, write in writes.items():
                self._versions[Place(table, key)] = 0 if write.row is None else self.version


class Committer:
    """The one place where a store commits. `store` names it, differently each time one is opened.

    `commits`, `conflicts` and `batches` count what was decided. Its commits are numbered; the database keeps the number
    of the last one, so that of a commit in doubt it can tell afterwards.
    """

    def __init__(self, database: Database, tables: dict[str, Table], store: str) -> None:
        self.commits = self.conflicts = self.batches = 0
        self._database = database
        self._tables = tables
        self._store = store
        self._number = 0
        self._doubt: int | None = None
        self._outcomes: dict[str, bool] = {}
        self._lock = asyncio.Lock()
        self._waiting: list[Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def decide(self, transaction: SqlTransaction) -> StoreError | None:
        """Commit, when what it read holds; why not, or None. What did not happen for certain is StoreUnavailable."""
        loop = asyncio.get_running_loop()
        waiting = Waiting(transaction, loop.create_future())
        self._waiting.append(waiting)
        if self._task is None:
            self._task = loop.create_task(self._run(), name="store-commits")
        return await waiting.decided

    async def outcome(self, name: str) -> bool:
        """What became of a commit in doubt. Raises StoreUnavailable."""
        if name not in self._outcomes:
            async with self._lock:
                try:
                    await self._begin()
                finally:
                    await self._database.roll_back()
        if name not in self._outcomes:
            raise ValueError(f"no commit of this store in doubt is named {name!r}")
        return self._outcomes[name]

    async def drain(self) -> None:
        """Until nothing waits any more."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH_MOST], self._waiting[BATCH_MOST:]
                async with self._lock:
                    await self._commit(batch)
        finally:
            self._task = None
            for waiting in self._waiting:
                waiting.decided.cancel()

    async def _commit(self, waiting: list[Waiting]) -> None:
        """Decide these. They hear of it whatever happens."""
        batch: Batch | None = None
        sent = False
        try:
            version = await self._begin()
            batch = await self._decided(waiting, version)
            if batch.writes:
                await self._write(batch)
                sent = True
                await self._database.commit(self._store, self._number + 1, version)
                self._number += 1
            else:
                await self._database.roll_back()
            self._tell(batch)
        except StoreUnavailable as failure:
            await self._database.roll_back()
            if batch is not None and sent:
                self._doubt = self._number + 1
                self._tell(batch, in_doubt=self._name(self._doubt))
            for one in waiting:
                _settle(one, StoreUnavailable(*failure.args))
        except Exception as error:  # noqa: BLE001 - whoever waits for this batch hears of it
            await self._database.roll_back()
            for one in waiting:
                if not one.decided.done():
                    one.decided.set_exception(error)
        finally:
            for one in waiting:
                if batch is None or one not in batch.postponed:
                    one.decided.cancel()  # does nothing where they have heard: only a store that is stopped comes here

    async def _begin(self) -> int:
        """Take the lock, and under it find out about a commit that is in doubt: nobody can decide it any more."""
        version = await self._database.begin()
        if self._doubt is not None:
            last = await self._database.last_commit(self._store)
            self._outcomes[self._name(self._doubt)] = last == self._doubt
            self._number = self._doubt
            self._doubt = None
        return version

    async def _decided(self, waiting: list[Waiting], version: int) -> Batch:
        wanted: dict[str, dict[str, None]] = {}
        for one in waiting:
            for table, key in one.transaction.reads:
                wanted.setdefault(table, {})[key] = None
        versions = await self._database.versions({table: list(keys) for table, keys in wanted.items()})
        batch = Batch(version, versions)
        for one in waiting:
            batch.decide(one, await self._is_stale(one.transaction))
        return batch

    async def _is_stale(self, transaction: SqlTransaction) -> bool:
        for seen in transaction.seen:
            if await self._database.found(seen.search) != seen.found:
                return True
        return False

    async def _write(self, batch: Batch) -> None:
        for table, writes in batch.writes.items():
            await self._database.write(batch.version, self._tables[table], writes)

    def _tell(self, batch: Batch, in_doubt: str | None = None) -> None:
        """Tell those that were decided, and keep the others; `in_doubt` names a commit that nobody is sure of."""
        self.batches += 1
        self._waiting[:0] = batch.postponed
        for waiting in batch.accepted:
            writes = bool(waiting.transaction.writes)
            self.commits += writes and in_doubt is None
            _settle(waiting, CommitUnknown(in_doubt) if writes and in_doubt is not None else None)
        for waiting, failure in batch.refused:
            self.conflicts += 1
            _settle(waiting, failure)

    def _name(self, number: int) -> str:
        return f"{self._store}-{number}"


def _settle(waiting: Waiting, failure: StoreError | None) -> None:
    if not waiting.decided.done():
        waiting.decided.set_result(failure)
