"""What comes in to the core, watched: webhooks are counted, logged and have spans; `GET /metrics` is answered here."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol

from mock_systems.kit.live.metrics_page import CONTENT_TYPE
from sandbox.core.ports import Clock, HttpReply, HttpRequest
from sandbox.worlds.live.core.log import JsonLog, trace_of
from sandbox.worlds.live.core.watching.core_counts import CoreCounts
from sandbox.worlds.live.core.watching.correlations import Correlations

if TYPE_CHECKING:
    from sandbox.worlds.live.core.watching.core_spans import CoreSpans

_WEBHOOKS: Final = "/webhooks/"


class Receiver(Protocol):
    """What answers calls from outside: the hub."""

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer one."""


class WatchedHub:
    """Passes on to `hub` what came through the gate. `page` is what Prometheus gets."""

    def __init__(
        self,
        hub: Receiver,
        page: Callable[[], Awaitable[str]],
        clock: Clock,
        counts: CoreCounts,
        log: JsonLog | None,
        correlations: Correlations,
        spans: CoreSpans | None,
    ) -> None:
        self._hub = hub
        self._page = page
        self._clock = clock
        self._counts = counts
        self._log = log
        self._correlations = correlations
        self._spans = spans

    async def receive(self, request: HttpRequest) -> HttpReply:
        """Answer a request."""
        if request.path == "/metrics" and request.method == "GET":
            return HttpReply(200, await self._page(), {"content-type": CONTENT_TYPE})
        if request.path.startswith(_WEBHOOKS):
            return await self._take(request, request.path.removeprefix(_WEBHOOKS))
        return await self._hub.receive(request)

    async def _take(self, request: HttpRequest, system: str) -> HttpReply:
        body = request.body if isinstance(request.body, dict) else {}
        topic, data = str(body.get("type", "")), body.get("data")
        order = _name(data, "order")
        trace = trace_of(request.headers.get("traceparent"))
        self._correlations.learn(order, trace)
        began_s = time.perf_counter()
        spans = self._spans
        watched = nullcontext(list[int]()) if spans is None else spans.taking(request.headers, system, topic, order)
        with watched as statuses:
            reply = await self._hub.receive(request)
            statuses.append(reply.status)
        self._counts.took(system, topic, reply.status, self._lag_s(body, reply))
        if self._log is not None and trace is not None:
            self._log.note(
                "webhook.answered",
                f"{system} {topic}",
                order=order,
                status=reply.status,
                took_ms=round((time.perf_counter() - began_s) * 1000, 3),
                webhook=request.headers.get("webhook-id"),
                trace=trace,
            )
        return reply

    def _lag_s(self, body: dict[str, Any], reply: HttpReply) -> float | None:
        """How long ago that happened which the core has safe now, in the world's seconds."""
        at_us = body.get("timestamp_us")
        if reply.status >= 300 or not isinstance(at_us, int):
            return None
        return max(0, self._clock.now_us() - at_us) / 1_000_000


def _name(data: Any, key: str) -> str | None:
    value = data.get(key) if isinstance(data, dict) else None
    return value if isinstance(value, str) else None
