"""Transactions that are done again when another one got in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from sandbox.core.journal.tables import CURSORS
from sandbox.core.ports import (
    Clock,
    CommitUnknown,
    DuplicateRow,
    Observer,
    SerializationFailure,
    Store,
    StoreError,
    StoreUnavailable,
    Transaction,
)

T = TypeVar("T")

CONFLICTS_MOST: Final = 25
CONFLICT_BASE_US: Final = 2_000
CONFLICT_CAP_US: Final = 500_000
OUTAGE_BASE_US: Final = 100_000
OUTAGE_CAP_US: Final = 5_000_000
# Multiples of the golden ratio, modulo 1, lie further apart than draws do: contenders part at once.
_GOLDEN: Final = 0.6180339887498949


_LEASE_LOOK_US: Final = 1_000_000


class _NoLease(Exception):
    """The leases have run out before the commit: nothing is written until they are renewed."""


def _always() -> bool:
    return True


class Journal:
    """Runs units of work in transactions of the store."""

    def __init__(self, store: Store, clock: Clock, observer: Observer) -> None:
        self._store = store
        self._clock = clock
        self._observer = observer
        self._step = 0.0
        self._back: asyncio.Event | None = None
        # Whether this core may still write; set by whoever holds its leases.
        self.may_write: Callable[[], bool] = _always

    @property
    def is_away(self) -> bool:
        """Whether the store does not answer, as far as is known."""
        return self._back is not None

    async def run(self, work: Callable[[Transaction], Awaitable[T]], *, leased: bool = True) -> T:
        """Do `work` in one transaction, and again from its beginning when the commit met a conflict.

        So `work` touches nothing but the transaction and its own variables, and calls no other system. A conflict is
        met with up to 25 repeats, a store that is away by waiting for it; of a commit in doubt the store is asked what
        became of it, before it is repeated. What needs a lease (`leased`)
        waits while there is none. Raises what `work` raises, and the last conflict.
        """
        conflicts = 0
        while True:
            try:
                async with self._store.transaction() as tx:
                    result = await work(tx)
                    if leased and not self.may_write():
                        raise _NoLease
                return result
            except (SerializationFailure, DuplicateRow) as error:
                conflicts += 1
                self._observer.note("transaction.repeated", error.__class__.__name__, conflicts=conflicts)
                if conflicts >= CONFLICTS_MOST:
                    raise
                wait_us = min(CONFLICT_CAP_US, CONFLICT_BASE_US << min(conflicts, 16))
                await asyncio.sleep(self._jittered_us(wait_us) / 1_000_000)
            except StoreUnavailable:
                await self._until_back()
            except _NoLease:
                await asyncio.sleep(_LEASE_LOOK_US / 1_000_000)
            except CommitUnknown as doubt:
                if await self._was_committed(doubt.transaction):
                    return result

    async def _was_committed(self, transaction: str) -> bool:
        while True:
            try:
                done = await self._store.committed(transaction)
            except StoreUnavailable:
                await self._until_back()
            else:
                self._observer.note("commit.looked_up", transaction, done=done)
                return done

    async def _until_back(self) -> None:
        """Wait until the store answers again: one asks, and the others wait for what it hears."""
        if self._back is not None:
            await self._back.wait()
            return
        back = self._back = asyncio.Event()
        self._observer.note("store.missed", "store")
        try:
            outages = 0
            answers = False
            while not answers:
                outages += 1
                wait_us = min(OUTAGE_CAP_US, OUTAGE_BASE_US << min(outages, 16))
                await asyncio.sleep(self._jittered_us(wait_us) / 1_000_000)
                answers = await self._answers()
            self._observer.note("store.found", "store")
        finally:
            self._back = None
            back.set()

    async def _answers(self) -> bool:
        try:
            async with self._store.transaction() as tx:
                await tx.get(CURSORS, "")
        except StoreUnavailable:
            return False
        except StoreError:
            return True
        return True

    def _jittered_us(self, ceiling_us: int) -> int:
        self._step = (self._step + _GOLDEN) % 1.0
        return 1 + int(ceiling_us * self._step)
