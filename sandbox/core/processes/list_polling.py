"""Following a list of changes: from a cursor at its end, and once more at a distance, because cursors lie.

Lists index late and drift while they are paged: what was not there when the cursor passed is found by a second reading
that follows `overlap_us` behind the first. Every row may come again, so whoever takes them is idempotent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.journal.aside import UNREADABLE, name_of
from sandbox.core.policies.cadence import Cadence, rest
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.ports import Transaction
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

Page = tuple[list[Mapping[str, Any]], str, bool]
Fetch = Callable[[str, int], Awaitable[Page]]
Take = Callable[[Mapping[str, Any]], Awaitable[None]]


class ListPolling:
    """One list of one system. `fetch(cursor, limit)` is a page of it, `take` takes in a row.

    `name` is the cursor's in the journal, `system` the list's owner. A row that `take` can't read is put aside.
    """

    def __init__(self, parts: Parts, name: str, system: str, fetch: Fetch, take: Take) -> None:
        self._parts = parts
        self._name = name
        self._system = system
        self._fetch = fetch
        self._take = take
        self._limit = parts.design.intake.page_limit
        self._overlap_us = parts.design.intake.poll_overlap_us
        self._again_at_us: int | None = None

    async def run(self, when: Cadence) -> None:
        """Ask now and `when` it is time again, until cancelled."""
        while True:
            await self.poll()
            await rest(when, self._parts.ports.clock)

    async def poll(self) -> None:
        """Ask once; a system that can't answer is asked again the next time."""
        try:
            await self._follow()
            if self._overlap_us:
                await self._follow_behind()
        except (SystemUnavailable, SystemRefused, *UNREADABLE) as error:
            self._parts.ports.observer.note("poll.failed", self._system, cause=str(error))

    async def _follow(self) -> None:
        cursor = await self._position(self._name)
        async for position in self._pages(cursor):
            await self._keep({self._name: position})

    async def _follow_behind(self) -> None:
        """Read once more what the first reading has passed; `/behind` is where the next of these begins.

        It begins where the first reading stood two of these ago, so that each row is read when it is an overlap old.
        """
        now_us = self._parts.ports.clock.now_us()
        if self._again_at_us is None:
            self._again_at_us = now_us + self._overlap_us
        if now_us < self._again_at_us:
            return
        self._again_at_us = now_us + self._overlap_us
        front, middle = await self._position(self._name), await self._position(f"{self._name}/middle")
        async for _ in self._pages(await self._position(f"{self._name}/behind")):
            pass
        await self._keep({f"{self._name}/behind": middle, f"{self._name}/middle": front})

    async def _pages(self, cursor: str) -> Any:
        """Take page after page; the position after each that brought something."""
        more = True
        while more:
            page, cursor, more = await self._fetch(cursor, self._limit)
            for row in page:
                await self._take_row(row)
            if page:
                yield cursor

    async def _take_row(self, row: Mapping[str, Any]) -> None:
        aside, name = self._parts.records.aside, name_of(row)
        try:
            await self._take(row)
        except UNREADABLE as error:
            source, message = f"{self._system}/{self._name}", {"list": self._name, "row": dict(row)}
            await aside.park(source, str(name), message, str(name), error, row.get("order"))
        else:
            if aside.may_hold(name):
                await aside.readable(name)

    async def _position(self, name: str) -> str:
        records = self._parts.records
        return await records.journal.run(lambda tx: records.cursors.get(tx, name)) or ""

    async def _keep(self, positions: Mapping[str, str]) -> None:
        cursors = self._parts.records.cursors

        async def write(tx: Transaction) -> None:
            for name, position in positions.items():
                await cursors.put(tx, name, position)

        await self._parts.records.journal.run(write)
