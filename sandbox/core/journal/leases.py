"""Leases with fencing tokens: at any time one core works on a partition of the orders."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final
from zlib import crc32

from sandbox.core.journal.journal import Journal
from sandbox.core.journal.tables import LEASES
from sandbox.core.ports import Clock, Observer, Row, Transaction

LEASE_US: Final = 300_000_000
FREE: Final = ""


class LeaseLost(Exception):
    """The partition is somebody else's now, or may be: stop the work, keep nothing of it."""


class PartitionLeases:
    """The leases that one core holds.

    A partition changes hands when its lease has run out, or at once when `owner` takes back what it held before a
    restart, or when it was given back; with each change its fence grows, and transactions and calls under the old one
    are refused. A lease has run out for others when they have seen it unchanged for its whole length, and for its owner
    that long after it asked for it: so no two clocks have to agree, and the owner stops first. `clock` measures time
    alone.
    `lost` is set when a partition was taken from us. Not `enforced`, an experiment, nothing of this holds anybody back.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        observer: Observer,
        owner: str,
        partitions: int = 8,
        lease_us: int = LEASE_US,
        *,
        enforced: bool = True,
    ) -> None:
        self.owner = owner
        self.partitions = partitions
        self.lease_us = lease_us
        self._enforced = enforced
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._fences: dict[int, int] = {}
        self._until_us: dict[int, int] = {}
        self._valid_until_us = 0
        self._seen: dict[int, tuple[int, int, int]] = {}
        self.lost = asyncio.Event()

    def is_valid(self) -> bool:
        """Whether all that we hold is ours for certain: to be asked directly before whatever has an effect."""
        return self._clock.now_us() < self._valid_until_us or not self._enforced

    def token(self, order: str) -> int | None:
        """The fencing token of an order's partition, for the calls made for it; None where we don't hold it."""
        return self._fences.get(self.partition_of(order))

    def partition_of(self, order: str) -> int:
        """The partition of an order, the same in every core."""
        return crc32(order.encode()) % self.partitions

    @property
    def held(self) -> tuple[int, ...]:
        """The partitions that are ours, as far as we know."""
        return tuple(sorted(self._fences))

    def fence(self, partition: int) -> int:
        """The token to send with calls. Raises LeaseLost when the lease is not ours, or has run out by our clock."""
        fence = self._fences.get(partition)
        if fence is None or self._clock.now_us() >= self._until_us[partition]:
            raise LeaseLost(f"partition {partition} is not held by {self.owner}")
        return fence

    async def check(self, tx: Transaction, partition: int) -> None:
        """Bind `tx` to the lease: it commits only while the fence in the store is ours. Raises LeaseLost."""
        if not self._enforced:
            return
        row = await tx.get(LEASES, str(partition))
        fence = self._fences.get(partition)
        if fence is None or row is None or row["fence"] != fence:
            self._lose(partition)
            raise LeaseLost(f"partition {partition} is not held by {self.owner}")

    async def acquire(self, partition: int) -> bool:
        """Take the partition, when it is free, run out, or ours from before; False when it is another's."""

        async def take(tx: Transaction) -> tuple[int, int] | None:
            now_us = self._clock.now_us()
            row = await tx.get(LEASES, str(partition))
            if row is not None and not self._may_have(partition, row, now_us):
                return None
            fence = 1 if row is None else row["fence"] + 1
            await tx.put(LEASES, str(partition), {"owner": self.owner, "beat": 0, "fence": fence})
            return fence, now_us + self.lease_us

        taken = await self._journal.run(take, leased=False)
        if taken is None:
            return False
        self._fences[partition], self._until_us[partition] = taken
        self._valid_until_us = min(self._until_us.values())
        self._observer.note("lease.acquired", str(partition), owner=self.owner, fence=taken[0])
        return True

    def may_have(self, partition: int, row: Row) -> bool:
        """Whether a partition whose lease stands so may be taken; to be asked now and then, so that time counts."""
        return self._may_have(partition, row, self._clock.now_us())

    def _may_have(self, partition: int, row: Row, now_us: int) -> bool:
        return row["owner"] in (FREE, self.owner) or self._has_run_out(partition, row, now_us)

    async def release(self, partitions: Sequence[int]) -> None:
        """Give partitions back that are ours, so that another worker may have them at once."""
        ours = {partition: self._fences[partition] for partition in partitions if partition in self._fences}

        async def free(tx: Transaction) -> None:
            for partition, fence in ours.items():
                row = await tx.get(LEASES, str(partition))
                if row is not None and row["fence"] == fence:
                    await tx.put(LEASES, str(partition), {**row, "owner": FREE})

        await self._journal.run(free, leased=False)
        for partition in ours:
            self._fences.pop(partition, None)
            self._until_us.pop(partition, None)
            self._observer.note("lease.released", str(partition), owner=self.owner)
        self._valid_until_us = min(self._until_us.values(), default=0)

    async def rows(self) -> Mapping[int, Row]:
        """Every partition's lease as it stands, by partition."""
        found = await self._journal.run(lambda tx: tx.scan(LEASES), leased=False)
        return {int(key): row for key, row in found}

    def _has_run_out(self, partition: int, row: Row, now_us: int) -> bool:
        """Whether we have seen this lease unchanged for its whole length; else note when we saw it first."""
        fence, beat, since_us = self._seen.get(partition, (0, 0, 0))
        if (fence, beat) == (row["fence"], row["beat"]):
            return now_us - since_us >= self.lease_us
        self._seen[partition] = (row["fence"], row["beat"], now_us)
        return False

    async def acquire_free(self) -> tuple[int, ...]:
        """Take every partition that we do not hold and may have; which they are."""
        missing = [partition for partition in range(self.partitions) if partition not in self._fences]
        return tuple([partition for partition in missing if await self.acquire(partition)])

    async def renew(self) -> None:
        """Prolong what we hold, in one transaction; forget what was taken from us."""

        async def prolong(tx: Transaction) -> tuple[dict[int, int], list[int]]:
            until_us = self._clock.now_us() + self.lease_us
            ours: dict[int, int] = {}
            lost: list[int] = []
            for partition, fence in sorted(self._fences.items()):
                row = await tx.get(LEASES, str(partition))
                if row is None or row["fence"] != fence:
                    if not self._enforced:
                        continue
                    lost.append(partition)
                    continue
                await tx.put(LEASES, str(partition), {**row, "beat": row["beat"] + 1})
                ours[partition] = until_us
            return ours, lost

        ours, lost = await self._journal.run(prolong, leased=False)
        self._until_us.update(ours)
        self._valid_until_us = min(self._until_us.values(), default=0)
        for partition in lost:
            self._lose(partition)

    async def run(self) -> None:
        """Renew, and take what becomes free, three times a lease, until cancelled."""
        while True:
            await asyncio.sleep(self.lease_us / 3_000_000)
            await self.renew()
            await self.acquire_free()

    async def keep(self) -> None:
        """Renew three times a lease, until cancelled; whoever shares the partitions says which to take."""
        while True:
            await asyncio.sleep(self.lease_us / 3_000_000)
            await self.renew()

    def _lose(self, partition: int) -> None:
        if self._fences.pop(partition, None) is not None:
            del self._until_us[partition]
            self._valid_until_us = 0
            self.lost.set()
            self._observer.note("lease.lost", str(partition), owner=self.owner)
