"""Second readings: what came unreadable is asked for by its name, until it can be read or somebody has seen to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core.journal.aside import UNREADABLE
from sandbox.core.policies.outcomes import SystemUnavailable
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.client import SystemRefused

_EVERY_US = 1_800_000_000

Ask = Callable[[str], Awaitable[Mapping[str, Any]]]
Take = Callable[[Mapping[str, Any]], Awaitable[None]]


class SecondReadings:
    """Goes through the dead letters twice an hour. `readers`: system -> how to ask for a thing by name, and take it."""

    def __init__(self, parts: Parts, readers: Mapping[str, tuple[Ask, Take]]) -> None:
        self._parts = parts
        self._readers = readers

    async def run(self) -> None:
        """Look again, until cancelled."""
        records = self._parts.records
        while True:
            await asyncio.sleep(_EVERY_US / 1_000_000)
            for letter in await records.journal.run(records.dead_letters.parked):
                reader = self._readers.get(letter["source"].partition("/")[0])
                if reader is not None:
                    await self._read(letter["name"], *reader)

    async def _read(self, name: str, ask: Ask, take: Take) -> None:
        try:
            await take(await ask(name))
        except (SystemUnavailable, SystemRefused, *UNREADABLE) as error:
            self._parts.ports.observer.note("second_reading.failed", name, cause=str(error))
        else:
            await self._parts.records.aside.readable(name)
