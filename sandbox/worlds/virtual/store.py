"""The core's database in virtual time: serializable by checking at the commit that what was read still holds.

It belongs to the world and outlives the core. A commit takes `commit_us`; it is decided half way, so that a power cut
during it may find it done or not, as with a real database.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple

from sandbox.core.ports import (
    CommitUnknown,
    DuplicateRow,
    Row,
    SerializationFailure,
    StoreError,
    StoreUnavailable,
    Table,
)
from sandbox.faults.platform import CRASH_AFTER, CRASH_BEFORE, PlatformFaults
from sandbox.worlds.virtual.kernel import Entry, Kernel
from sandbox.worlds.virtual.loop import VirtualLoop
from sandbox.worlds.virtual.power import refuse_dead
from sandbox.worlds.virtual.tables import Range, TableData
from sandbox.worlds.virtual.transaction import MemoryTransaction


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """`commit_us`: how long a commit takes. Reads take no time."""

    commit_us: int = 1_000

    def __post_init__(self) -> None:
        if self.commit_us < 0:
            raise ValueError(f"commit_us must be 0 or more (got {self.commit_us})")


class Commit(Entry):
    """A transaction on its way: decided at `decide_us`, told to its loop when it fires."""

    __slots__ = ("_cancelled", "_store", "decide_us", "failure", "fate", "loop", "transaction", "waiter")

    def __init__(self, store: MemoryStore, transaction: MemoryTransaction, loop: VirtualLoop, decide_us: int) -> None:
        self._cancelled = False
        self._store = store
        self.transaction = transaction
        self.loop = loop
        self.decide_us = decide_us
        self.failure: StoreError | None = None
        self.fate: Fate | None = None
        self.waiter: asyncio.Future[None] = loop.create_private_future()

    def fire(self) -> None:
        """The core hears of the decision."""
        self._store._decide_due()
        if not self.waiter.done():
            self.loop.settle(self.waiter, None)


class Fate(NamedTuple):
    """What a fault does to a commit: it is `done` or not, and the core hears of a `conflict` or nothing certain."""

    done: bool
    conflict: bool = False


class MemoryStore:
    """The world's database. `commits`, `conflicts` and `lost` (in a power cut) count transactions that write.

    `faults` are carried out while they are set; `outcomes` says what became of commits that nobody was sure of.
    `watch` hears of each transaction that is about to be committed.
    """

    def __init__(self, kernel: Kernel, config: StoreConfig | None = None) -> None:
        self.config = config or StoreConfig()
        self.version = 0
        self.commits = self.conflicts = self.lost = 0
        self.faults: PlatformFaults | None = None
        self.outcomes: dict[str, bool] = {}
        self.watch: Callable[[MemoryTransaction], None] | None = None
        self._kernel = kernel
        self._tables: dict[str, TableData] = {}
        self._pending: deque[Commit] = deque()

    def session(self, loop: VirtualLoop) -> StoreSession:
        """The Store port of one incarnation."""
        return StoreSession(self, loop)

    def data(self, table: Table) -> TableData:
        """The committed rows of a table, decided commits included."""
        pending = self._pending
        if pending and pending[0].decide_us <= self._kernel._now:
            self._decide_due()
        data = self._tables.get(table.name)
        if data is None:
            data = self._tables[table.name] = TableData(table)
        elif data.table is not table and data.table != table:
            raise ValueError(f"table {table.name!r} is declared twice, with {data.table.indexes} and {table.indexes}")
        return data

    def rows(self, table: Table) -> dict[str, Row]:
        """All committed rows in the order of their keys, for whoever looks on from outside: do not change them."""
        data = self.data(table)
        return {key: data.rows[key][1] for key in data.everything[None].keys.between("", None)}

    def check(self, transaction: MemoryTransaction) -> StoreError | None:
        """Why what this transaction read does not hold any more, or None."""
        for (data, key), version in transaction.reads.items():
            if data.version(key) != version:
                if version == 0 and (data, key) in transaction.inserted:
                    return DuplicateRow(f"{data.table.name} has a row {key!r} already")
                return SerializationFailure(f"{data.table.name} {key!r} was changed by another transaction")
        for seen in transaction.ranges:
            if not seen.holds():
                return _phantom(seen)
        return None

    def power_cut(self, loop: VirtualLoop) -> None:
        """The core of this loop died: its transactions that are not decided by now are lost."""
        self._decide_due()
        lost = [commit for commit in self._pending if commit.loop is loop]
        self.lost += len(lost)
        self._pending = deque(commit for commit in self._pending if commit.loop is not loop)
        for entry in self._kernel.entries():
            if isinstance(entry, Commit) and entry.loop is loop:
                entry._cancelled = True
                self._kernel.withdrawn()

    def begin_commit(self, transaction: MemoryTransaction, loop: VirtualLoop) -> Commit:
        """Start a commit; its waiter is done when the core hears of the decision."""
        now_us, commit_us = self._kernel._now, self.config.commit_us
        if self.watch is not None:
            self.watch(transaction)
        if self.faults is not None:
            return self._commit_badly(self.faults, transaction, loop)
        commit = Commit(self, transaction, loop, now_us + commit_us // 2)
        self._await_decision(commit)
        self._kernel.push(now_us + commit_us, commit)
        return commit

    def refuse_when_away(self) -> None:
        """Raise StoreUnavailable while a fault keeps the database away."""
        if self.faults is not None and self.faults.strike("store_outage", self._kernel._now):
            raise StoreUnavailable("the database does not answer")

    def _commit_badly(self, faults: PlatformFaults, transaction: MemoryTransaction, loop: VirtualLoop) -> Commit:
        """Start a commit that a fault may slow, refuse, or leave in doubt."""
        now_us, commit_us = self._kernel._now, self.config.commit_us
        subject = transaction.subject
        slow = faults.strike("store_slow", now_us, subject)
        if slow is not None:
            commit_us += slow.delay_us
        commit = Commit(self, transaction, loop, now_us + commit_us // 2)
        if faults.strike("store_conflicts", now_us, subject):
            commit.fate = Fate(done=False, conflict=True)
        elif unknown := faults.strike("store_unknown", now_us, subject):
            happened = unknown.happened
            commit.fate = Fate(done=faults.part("done", unknown) < 0.5 if happened is None else happened)
        for kind, at_us in ((CRASH_BEFORE, now_us), (CRASH_AFTER, commit.decide_us)):
            crash = faults.strike(kind, now_us, subject)
            if crash is not None and crash.act is not None:
                crash.act(at_us)
        self._await_decision(commit)
        self._kernel.push(now_us + commit_us, commit)
        return commit

    def _await_decision(self, commit: Commit) -> None:
        """Put it in line, in the order in which they are decided: only a slow one is not the last."""
        pending, decide_us = self._pending, commit.decide_us
        if pending and pending[-1].decide_us > decide_us:
            pending.insert(bisect_right(pending, decide_us, key=lambda waiting: waiting.decide_us), commit)
        else:
            pending.append(commit)

    def _decide_due(self) -> None:
        pending, now_us = self._pending, self._kernel._now
        while pending and pending[0].decide_us <= now_us:
            self._decide(pending.popleft())

    def _decide(self, commit: Commit) -> None:
        if commit.fate is None:
            self._write_down(commit)
            return
        if commit.fate.done:
            self._write_down(commit)
        if commit.fate.conflict:
            self.conflicts += 1
            commit.failure = SerializationFailure("the database chose this transaction to fail")
            return
        name = f"{commit.loop.epoch}-{len(self.outcomes) + 1}"
        self.outcomes[name] = commit.fate.done and commit.failure is None
        commit.failure = CommitUnknown(name)

    def _write_down(self, commit: Commit) -> None:
        transaction = commit.transaction
        commit.failure = self.check(transaction)
        if commit.failure is not None:
            self.conflicts += 1
            return
        self.commits += 1
        self.version = version = self.version + 1
        for (data, key), row in transaction.writes.items():
            data.write(key, row, version)


class StoreSession:
    """The Store port as one incarnation holds it."""

    def __init__(self, store: MemoryStore, loop: VirtualLoop) -> None:
        self._store = store
        self._loop = loop

    def transaction(self) -> OpenTransaction:
        """Open a transaction. Raises StoreUnavailable, and IncarnationDead after the power was cut."""
        if self._loop.dead:
            refuse_dead(self._loop)
        if self._store.faults is not None:
            self._store.refuse_when_away()
        transaction = OpenTransaction(self._store)
        transaction._loop = self._loop
        return transaction

    async def committed(self, transaction: str) -> bool:
        """What became of a commit that nobody was sure of. Raises StoreUnavailable, IncarnationDead."""
        if self._loop.dead:
            refuse_dead(self._loop)
        self._store.refuse_when_away()
        return self._store.outcomes[transaction]


class OpenTransaction(MemoryTransaction):
    """A transaction and its block in one: there are two for each remote call."""

    __slots__ = ("_loop",)
    _loop: VirtualLoop

    async def __aenter__(self) -> MemoryTransaction:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        store, loop = self._store, self._loop
        self.ended = True
        if kind is not None:
            return
        if loop.dead:
            refuse_dead(loop)
        if store.faults is not None:
            store.refuse_when_away()
        if not self.writes:
            # Nothing was decided since its first read: then it read one state, and is done.
            failure = store.check(self) if self.since != store.version else None
        else:
            commit = store.begin_commit(self, loop)
            await commit.waiter
            failure = commit.failure
            del commit
        if failure is not None:
            try:
                raise failure
            finally:
                del failure  # the traceback holds this frame: no cycles, the collector is off


def _phantom(seen: Range) -> SerializationFailure:
    what = "a scan" if seen.value is None else f"the rows with {seen.value!r}"
    return SerializationFailure(f"another transaction added rows to {what} or removed some")
