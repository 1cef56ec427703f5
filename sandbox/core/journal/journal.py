"""Transactions that are done again when another one got in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from sandbox.core.ports import Clock, DuplicateRow, Observer, SerializationFailure, Store, StoreUnavailable, Transaction

T = TypeVar("T")

CONFLICTS_MOST: Final = 25
CONFLICT_BASE_US: Final = 2_000
CONFLICT_CAP_US: Final = 500_000
OUTAGE_MOST_US: Final = 600_000_000
OUTAGE_BASE_US: Final = 100_000
OUTAGE_CAP_US: Final = 5_000_000
# Multiples of the golden ratio, modulo 1, lie further apart than draws do: contenders part at once.
_GOLDEN: Final = 0.6180339887498949


class Journal:
    """Runs units of work in transactions of the store."""

    def __init__(self, store: Store, clock: Clock, observer: Observer) -> None:
        self._store = store
        self._clock = clock
        self._observer = observer
        self._step = 0.0

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do `work` in one transaction, and again from its beginning when the commit met a conflict.

        So `work` touches nothing but the transaction and its own variables, and calls no other system. A conflict is
        met with up to 25 repeats, a store that is away with ten minutes of them. Raises what `work`
        raises, and the last StoreError.
        """
        conflicts = 0
        away_since_us: int | None = None
        outages = 0
        while True:
            try:
                async with self._store.transaction() as tx:
                    return await work(tx)
            except (SerializationFailure, DuplicateRow) as error:
                conflicts += 1
                self._observer.note("transaction.repeated", error.__class__.__name__, conflicts=conflicts)
                if conflicts >= CONFLICTS_MOST:
                    raise
                wait_us = min(CONFLICT_CAP_US, CONFLICT_BASE_US << min(conflicts, 16))
            except StoreUnavailable:
                now_us = self._clock.now_us()
                if away_since_us is None:
                    away_since_us = now_us
                    self._observer.note("store.missed", "store")
                outages += 1
                if now_us - away_since_us >= OUTAGE_MOST_US:
                    raise
                wait_us = min(OUTAGE_CAP_US, OUTAGE_BASE_US << min(outages, 16))
            await asyncio.sleep(self._jittered_us(wait_us) / 1_000_000)

    def _jittered_us(self, ceiling_us: int) -> int:
        self._step = (self._step + _GOLDEN) % 1.0
        return 1 + int(ceiling_us * self._step)
