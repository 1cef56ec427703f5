"""Watches a loaded landscape: samples of its processes and doors every second, until told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from sandbox.load.process_sampling import ProcessSampler, Sample
from sandbox.load.saturation import DoorSample
from sandbox.worlds.live.ledgers import AdminAway, AdminClient

_EVERY_S: Final = 1.0


class Watching:
    """`samples` and `doors` grow in the block of `going_on`."""

    def __init__(self, pids: Callable[[], Mapping[str, int | None]], admin: Mapping[str, AdminClient]) -> None:
        self.samples: list[Sample] = []
        self.doors: list[DoorSample] = []
        self._sampler = ProcessSampler(pids)
        self._admin = admin

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Look every second for the length of a block. Raises what went wrong in looking, at its end."""
        looking = asyncio.create_task(self._look(), name="watching")
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        if not looking.cancelled():
            looking.result()

    async def _look(self) -> None:
        while True:
            at_s = time.time()
            self.samples += self._sampler.sample(at_s)
            for name, admin in self._admin.items():
                try:
                    status = await admin.status()
                except AdminAway:
                    continue
                self.doors.append(DoorSample(at_s, name, status.calls, status.refused))
            await asyncio.sleep(max(at_s + _EVERY_S - time.time(), 0.1))
