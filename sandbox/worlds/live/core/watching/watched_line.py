"""The Http port, watched: each call is counted, logged when it is about an order, and has a span."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.core.ports import Http, HttpReply, HttpRequest
from sandbox.worlds.live.core.log import JsonLog, trace_of
from sandbox.worlds.live.core.watching.core_counts import CoreCounts
from sandbox.worlds.live.core.watching.correlations import Correlations

if TYPE_CHECKING:
    from sandbox.worlds.live.core.watching.core_spans import CoreSpans


class WatchedLine:
    """Calls `http`, and takes note. With `spans` the traceparent that goes out names the call's span."""

    def __init__(
        self,
        system: str,
        http: Http,
        counts: CoreCounts,
        log: JsonLog | None,
        correlations: Correlations,
        spans: CoreSpans | None,
    ) -> None:
        self._system = system
        self._http = http
        self._counts = counts
        self._log = log
        self._correlations = correlations
        self._spans = spans

    async def send(self, request: HttpRequest) -> HttpReply:
        """As the port has it."""
        trace = trace_of(request.headers.get("traceparent"))
        span = None
        if trace is not None:
            key = request.headers.get("idempotency-key", "")
            self._correlations.learn(key.partition("/")[0], trace)
            if self._spans is not None:
                span = self._spans.calling(self._system, request, trace)
                request = replace(request, headers={**request.headers, "traceparent": span.traceparent})
        began_s = time.perf_counter()
        status: int | None = None
        try:
            reply = await self._http.send(request)
            status = reply.status
        finally:
            took_s = time.perf_counter() - began_s
            self._counts.called(self._system, request.method, status, took_s)
            if span is not None:
                span.ended(status)
        if self._log is not None and trace is not None:
            self._tell(self._log, request, trace, reply.status, took_s)
        return reply

    def _tell(self, log: JsonLog, request: HttpRequest, trace: str, status: int, took_s: float) -> None:
        log.note(
            "request.answered",
            f"{self._system} {request.method} {request.path}",
            order=self._correlations.order_of(trace),
            status=status,
            took_ms=round(took_s * 1000, 3),
            trace=trace,
        )
