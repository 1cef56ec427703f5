"""A relay that publishes in runs: what the outbox has collected goes out together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from sandbox.core.journal.journal import Journal
from sandbox.core.journal.outbox import Kept, Outbox
from sandbox.core.journal.relay import OutboxRelay
from sandbox.core.policies.cadence import Cadence, rest
from sandbox.core.ports import Bus, Clock, Observer

_AGAIN_S: Final = 30


class OutboxRuns(OutboxRelay):
    """Publishes at each run of `when`; a run that cannot publish all of it goes on until it has."""

    def __init__(
        self, journal: Journal, bus: Bus, clock: Clock, observer: Observer, outbox: Outbox, when: Cadence
    ) -> None:
        super().__init__(journal, bus, clock, observer, outbox)
        self._when = when

    def wake(self, rows: Sequence[Kept] = ()) -> None:
        """What is new waits for the next run."""

    async def run(self) -> None:
        """Publish, run by run, until cancelled. Raises StoreError when the store stays away."""
        while True:
            await rest(self._when, self._clock)
            while not await self.sweep() or self._held:
                await asyncio.sleep(_AGAIN_S)
