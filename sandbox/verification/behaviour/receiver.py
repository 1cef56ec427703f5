"""A receiver of webhooks on this machine: keeps each delivery, and answers as it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final, Self

from starlette.requests import ClientDisconnect, Request

from mock_systems.kit.live.wall_clock import WallClock
from sandbox.worlds.live.core.web_server import WebServer, bind

Message = MutableMapping[str, Any]
_LOOPBACK: Final = "127.0.0.1"
_DRAINS_S: Final = 1.0
_LOOKS_EVERY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt as it came: `at_s` is UTC, `status` what it was answered with."""

    headers: Mapping[str, str]
    raw: bytes
    at_s: int
    status: int


class Receiver:
    """Listens for the length of an `async with` block. `url` is what providers are told; `status` answers the next."""

    def __init__(self, clock: WallClock, port: int = 0, url: str | None = None, host: str = _LOOPBACK) -> None:
        self._clock = clock
        self._socket = bind(host, port)
        self.url = url or f"http://{host}:{self._socket.getsockname()[1]}/webhooks"
        self.deliveries: list[Delivery] = []
        self.status = 204
        self._server = WebServer(self._app, _DRAINS_S)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="receives webhooks")
        while not self._server.started:
            await asyncio.sleep(_LOOKS_EVERY_S)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        assert self._task is not None
        await self._task

    async def until(self, holds: Callable[[], bool], within_s: float) -> bool:
        """Wait until that holds; False where it does not within the time."""
        deadline_us = self._clock.wall_us() + int(within_s * 1_000_000)
        while not holds():
            if self._clock.wall_us() > deadline_us:
                return False
            await asyncio.sleep(_LOOKS_EVERY_S)
        return True

    async def _app(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        try:
            raw = await Request(scope, receive).body()
        except ClientDisconnect:
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        status = self.status
        self.deliveries.append(Delivery(headers, raw, self._clock.wall_us() // 1_000_000, status))
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
