"""An outage before a foreign system: while every connection is refused, nobody listens at the proxy's port."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from mock_systems.kit.faults import REFUSE, CallFault
from mock_systems.kit.live.wall_clock import WallClock
from sandbox.worlds.live.proxy.front import Front

_LOG: Final = logging.getLogger(__name__)


class Outages:
    """Closes and opens `front` as the faults say; `run` goes on until it is cancelled."""

    def __init__(self, front: Front, clock: WallClock) -> None:
        self._front = front
        self._clock = clock
        self._faults: tuple[CallFault, ...] = ()
        self._turned = asyncio.Event()

    def arm(self, faults: tuple[CallFault, ...]) -> None:
        """Heed these from now on."""
        self._faults = tuple(fault for fault in faults if is_whole_outage(fault))
        self._turned.set()

    def turned(self) -> None:
        """The clock goes by another anchor."""
        self._turned.set()

    async def run(self) -> None:
        """Wait for the next outage, or for its end."""
        while True:
            self._turned.clear()
            now_us = self._clock.now_us()
            on = [fault for fault in self._faults if fault.from_us <= now_us < fault.until_us]
            await self._turn(on)
            ahead = [at_us for fault in self._faults for at_us in (fault.from_us, fault.until_us) if at_us > now_us]
            wait_s = self._clock.seconds(min(ahead) - now_us) if ahead else None
            try:
                async with asyncio.timeout(wait_s):
                    await self._turned.wait()
            except TimeoutError:
                continue

    async def _turn(self, on: list[CallFault]) -> None:
        if on and self._front.is_open:
            for fault in on:
                fault.applied += 1
            _LOG.info("closed", extra={"faults": [fault.id for fault in on]})
            await self._front.close()
        elif not on and not self._front.is_open:
            await self._front.open()
            _LOG.info("opened")


def is_whole_outage(fault: CallFault) -> bool:
    """Whether it refuses every connection for a time."""
    narrowed = (fault.operation, fault.order, fault.occurrence) != (None, None, None)
    return fault.kind == REFUSE and not narrowed and fault.share in (None, 1.0)
