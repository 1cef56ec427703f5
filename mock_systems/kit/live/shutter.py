"""An outage that is one: while a system refuses all connections, nobody listens at its port.

The port stays ours meanwhile. Connections that are idle are closed, calls under way still get their answers: whoever
comes next is refused before a byte was sent, and knows for certain that nothing happened.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from mock_systems.kit.faults import REFUSE, CallFault
from mock_systems.kit.live.wall_clock import WallClock

_LOG: Final = logging.getLogger(__name__)

Turn = Callable[[], Awaitable[None]]
Armed = Callable[[], Iterable[CallFault]]


class Shutter:
    """Opens and closes a face as the `faults` that are armed say; `run` goes on until it is cancelled."""

    def __init__(self, clock: WallClock, faults: Armed, open_: Turn, close: Turn) -> None:
        self._clock = clock
        self._faults = faults
        self._open = open_
        self._close = close
        self._changed = asyncio.Event()
        self._is_open = True

    def turned(self) -> None:
        """Faults were armed, or the clock was set."""
        self._changed.set()

    async def run(self) -> None:
        """Wait for the next outage, or for its end."""
        while True:
            self._changed.clear()
            now_us = self._clock.now_us()
            outages = whole_outages(self._faults())
            await self._turn(not any(fault.is_on(now_us) for fault in outages))
            turns_us = [at_us for fault in outages for at_us in (fault.from_us, fault.until_us) if at_us > now_us]
            wait_s = self._clock.seconds(min(turns_us) - now_us) if turns_us else None
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _turn(self, is_open: bool) -> None:
        if is_open == self._is_open:
            return
        await (self._open() if is_open else self._close())
        self._is_open = is_open
        _LOG.info("opened" if is_open else "closed")


def whole_outages(faults: Iterable[CallFault]) -> list[CallFault]:
    """The faults that refuse every connection for a time."""
    return [
        fault
        for fault in faults
        if fault.kind == REFUSE
        and (fault.operation, fault.order, fault.occurrence) == (None, None, None)
        and fault.share in (None, 1.0)
    ]
