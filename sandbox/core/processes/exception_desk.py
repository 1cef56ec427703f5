"""Tells the operations desk what the exceptions queue holds, until the desk has confirmed it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from sandbox.core.model.errand import Errand
from sandbox.core.policies.cadence import rest
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Row, Transaction
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

_TRY_AGAIN_S: Final = 60
_COMMIT_S: Final = 1


class ExceptionDesk:
    """Goes through the queue, run by run. Telling may be repeated: the exceptions' ids are ours."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = parts.systems.desk
        self._journal = parts.records.journal
        self._exceptions = parts.records.exceptions

    async def run(self) -> None:
        """Tell, until cancelled."""
        when = self._parts.design.flows.exceptions.when
        while True:
            try:
                for row in await self._journal.run(self._exceptions.to_tell):
                    await self._tell(row)
            except (SystemUnavailable, SystemRefused) as error:
                self._parts.ports.observer.note("exception.untold", "desk", cause=str(error))
            await (self._until_changed() if when.is_at_once else rest(when, self._parts.ports.clock))

    async def _until_changed(self) -> None:
        """Until an exception was opened or closed, and its commit is through; or until what failed may be tried."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TRY_AGAIN_S):
                await self._exceptions.changed.wait()
        self._exceptions.changed.clear()
        await asyncio.sleep(_COMMIT_S)

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
