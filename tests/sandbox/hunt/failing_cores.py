"""Cores that end, fail, or fail without a word, at eleven o'clock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sandbox.core.design import Design
from sandbox.core.hub import Hub
from sandbox.core.ports import HttpReply, HttpRequest, Ports
from sandbox.core.systems.credentials import Credential

_UNTIL_ELEVEN_S = 11 * 3_600.0


class _Core:
    """The reference core until then."""

    def __init__(self, hub: Hub, how: str) -> None:
        self._hub = hub
        self._how = how
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_ready(self) -> bool:
        """As the reference core."""
        return self._hub.is_ready

    async def run(self) -> None:
        """Work, and come to one's end."""
        loop = asyncio.get_running_loop()
        if self._how == "unheard":
            self._tasks = [loop.create_task(self._fail())]
            await self._hub.run()
        self._tasks = [loop.create_task(self._hub.run())]
        await self._fail()

    async def receive(self, request: HttpRequest) -> HttpReply:
        """As the reference core."""
        return await self._hub.receive(request)

    async def _fail(self) -> None:
        await asyncio.sleep(_UNTIL_ELEVEN_S)
        raise SystemExit(3) if self._how == "exits" else LookupError("a shelf is empty")


def fails(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> _Core:
    """Raises out of its work."""
    return _Core(Hub(ports, design, credentials), "fails")


def exits(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> _Core:
    """Ends the process."""
    return _Core(Hub(ports, design, credentials), "exits")


def unheard(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> _Core:
    """One of its tasks raises, and the others go on."""
    return _Core(Hub(ports, design, credentials), "unheard")


def unmade(ports: Ports, design: Design, credentials: Mapping[str, Credential]) -> _Core:
    """It can't be made."""
    raise ValueError("no such design")
