"""Watches the breakers: a system that stays away becomes one exception, not one an order."""

from __future__ import annotations

import asyncio

from sandbox.core.ports import Transaction
from sandbox.core.processes.parts import Parts

_EVERY_US = 60_000_000
_AWAY_AFTER_US = 300_000_000
_CAUSE = "system-unavailable"


class SystemWatch:
    """Opens an exception for a system whose breaker has not closed for five minutes, closes it when it has."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._clock = parts.ports.clock
        self._exceptions = parts.records.exceptions
        self._away_since_us: dict[str, int] = {}
        self._may_be_open = dict.fromkeys(parts.systems.callers, True)
        self._trouble = asyncio.Event()

    async def run(self) -> None:
        """Watch, until cancelled: every minute while a breaker is not closed, and then until one opens."""
        breakers = {name: c.breaker for name, c in self._parts.systems.callers.items() if c.breaker is not None}
        for breaker in breakers.values():
            breaker.on_open.append(self._trouble.set)
        while True:
            self._trouble.clear()
            for system, breaker in breakers.items():
                await self._look(system, away=breaker.state != "closed")
            if self._away_since_us:
                await asyncio.sleep(_EVERY_US / 1_000_000)
            else:
                await self._trouble.wait()

    async def _look(self, system: str, *, away: bool) -> None:
        now_us = self._clock.now_us()
        if not away:
            self._away_since_us.pop(system, None)
            if self._may_be_open[system]:
                await self._parts.records.journal.run(lambda tx: self._close(tx, system))
                self._may_be_open[system] = False
        elif now_us - self._away_since_us.setdefault(system, now_us) >= _AWAY_AFTER_US:
            self._may_be_open[system] = True
            await self._parts.records.journal.run(lambda tx: self._open(tx, system))

    async def _open(self, tx: Transaction, system: str) -> None:
        await self._exceptions.open(tx, f"system:{system}", _CAUSE, f"{system} does not answer", None, None)

    async def _close(self, tx: Transaction, system: str) -> None:
        exception = await self._exceptions.find_open(tx, f"system:{system}", _CAUSE)
        if exception is not None:
            await self._exceptions.close(tx, exception, f"{system} answers again")
