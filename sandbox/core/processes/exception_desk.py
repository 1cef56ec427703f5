"""Tells the operations desk what the exceptions queue holds, until the desk has confirmed it."""

from __future__ import annotations

import asyncio

from sandbox.core.model.errand import Errand
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

_EVERY_US = 60_000_000


class ExceptionDesk:
    """Sweeps the queue every minute. Telling may be repeated: the exceptions' ids are ours."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = parts.systems.desk
        self._journal = parts.records.journal
        self._exceptions = parts.records.exceptions

    async def run(self) -> None:
        """Tell, until cancelled."""
        while True:
            try:
                for row in await self._journal.run(self._exceptions.to_tell):
                    await self._tell(row)
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("exception.untold", "desk", cause=str(error))
            await asyncio.sleep(_EVERY_US / 1_000_000)

    async def _tell(self, row: Row) -> None:
        exception = row["exception"]
        errand = Errand.for_order(row["subject"], row["traceparent"], None)
        if not row["told"]:
            order = row["order"] or None
            said = (row["subject"], row["cause"], row["message"])
            await self._desk.open_exception(exception, order, *said, errand, asks=row["asks"])
            await self._confirm(exception, "open")
        if row["state"] == "closed":
            await self._desk.close_exception(exception, row["resolution"], errand)
            await self._confirm(exception, "closed")

    async def _confirm(self, exception: str, told: str) -> None:
        async def write(tx: Transaction) -> None:
            await self._exceptions.confirm(tx, exception, told)

        await self._journal.run(write)
