"""A core of a virtual world behind the gate and the web face of a live one, as an ASGI app in this process."""

from __future__ import annotations

import os
import weakref
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from starlette.requests import Request

from mock_systems.kit import signing
from mock_systems.kit.live.audit import AuditTrail
from mock_systems.kit.live.metrics_page import page
from sandbox.core.hub import Hub
from sandbox.core.ports import HttpReply, HttpRequest
from sandbox.system_names import SYSTEM_NAMES
from sandbox.worlds.live.bus.config import BusCounts
from sandbox.worlds.live.core.gate import Gate
from sandbox.worlds.live.core.hub_app import HubApp, Message, Receive, Send
from sandbox.worlds.live.core.log import JsonLog
from sandbox.worlds.live.core.watching.core_counts import CoreCounts
from sandbox.worlds.live.core.watching.core_gauges import CoreGauges
from sandbox.worlds.live.core.watching.correlations import Correlations
from sandbox.worlds.live.core.watching.watched_hub import WatchedHub
from sandbox.worlds.virtual.clock import VirtualClock
from sandbox.worlds.virtual.world import VirtualWorld

SIGN_THIS: Final = "v1,c2lnbmVkLW9uLXRoZS13YXk="
"""The `webhook-signature` of whoever would sign and cannot, because it draws the body: the app puts the right one."""

_SECRET: Final = "whsec_c2VjcmV0LW9mLWFsbC1zeXN0ZW1z"
_SIGNED: Final = (b"webhook-id", b"webhook-timestamp", b"webhook-signature")
_SECOND_US: Final = 1_000_000


class _Paused:
    """Lets the virtual world's time pass only while the core answers."""

    def __init__(self, world: VirtualWorld, hub: Hub) -> None:
        assert world.core is not None
        self._loop = world.core.loop
        self._hub = hub
        self._gauges = CoreGauges(hub, _Uncounted(), VirtualClock(world.env), speed=1.0)

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer one, with all that the core does and waits for until then."""
        return self._loop.run_until_complete(self._hub.receive(request))

    async def metrics(self) -> str:
        """What Prometheus gets."""
        kept = self._loop.run_until_complete(self._gauges.journal())
        return page(list(self._gauges.metrics(kept))).decode()


class _Uncounted:
    """The virtual world's bus, which counts nothing: a live core tells what its broker has carried."""

    counts: Final = BusCounts()


class ServedCore:
    """Serves the core that lives in `world`, for who shows `token`. What it wrote goes with it, and the world ends."""

    def __init__(self, world: VirtualWorld, hub: Hub, token: str) -> None:
        self._clock = clock = VirtualClock(world.env)
        paused = _Paused(world, hub)
        folder = TemporaryDirectory(prefix="fuzzed-core-")
        log = JsonLog(Path(os.devnull).open("w"), clock, "core")  # noqa: SIM115  as long as the app itself
        gate = Gate(dict.fromkeys(SYSTEM_NAMES, _SECRET), token, clock, log)
        watched = WatchedHub(paused, paused.metrics, clock, CoreCounts(), None, Correlations(), None)
        self._app = HubApp(watched, gate, log, lambda: None, AuditTrail(Path(folder.name) / "audit.ndjson"))
        weakref.finalize(self, world.close)
        self._folder = folder

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request; a webhook that asks for it is signed."""
        headers = dict(scope.get("headers", ()))
        if headers.get(b"webhook-signature") == SIGN_THIS.encode() and all(name in headers for name in _SIGNED):
            raw = await Request(scope, receive).body()
            await self._app(self._signed(scope, headers, raw), _again(raw), send)
        else:
            await self._app(scope, receive, send)

    def _signed(self, scope: Message, headers: dict[bytes, bytes], raw: bytes) -> Message:
        now_s = self._clock.now_us() // _SECOND_US
        signature = signing.sign(_SECRET, headers[b"webhook-id"].decode("latin-1"), now_s, raw)
        told = {**headers, b"webhook-timestamp": str(now_s).encode(), b"webhook-signature": signature.encode()}
        return {**scope, "headers": list(told.items())}


def _again(raw: bytes) -> Callable[[], Awaitable[Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    return receive
