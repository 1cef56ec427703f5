"""Watches a live system: counts its calls, facts and webhooks, logs those of an order, and makes their spans.

It changes nothing. While books are made again from the inputs it counts what is in them, and tells nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from prometheus_client.core import Metric

from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.live_system import LiveSystem
from mock_systems.kit.live.metrics_page import gauge
from mock_systems.kit.live.structured_log import StructuredLog
from mock_systems.kit.live.system_counts import SystemCounts
from mock_systems.kit.routes import Route
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Answer, Request

if TYPE_CHECKING:
    from mock_systems.kit.live.call_spans import SystemSpans

_LOGGED_FROM: Final = 400


class SystemWatch:
    """Watches `live` from its first books on. With `spans` there are traces, with `log` lines for an order's calls."""

    def __init__(self, live: LiveSystem, spans: SystemSpans | None, log: StructuredLog | None) -> None:
        self._live = live
        self._spans = spans
        self._log = log
        self._counts = SystemCounts()
        self._fresh: list[Fact] | None = None
        live.watch = live.deliveries.watch = self
        live.on_renewed.append(self._renewed)

    def _renewed(self, system: MockSystem) -> None:
        counts = self._counts
        counts.facts.clear()
        counts.webhooks.clear()
        counts.facts.update(fact.kind for fact in system.ledger.facts)
        system.ledger.listeners.append(self._fact)
        system.door.alarms.append(counts.befell)
        system.webhooks.observers.append(counts.sent)

    def call(self, system: MockSystem, request: Request, now_us: int) -> Answer:
        """Have a call carried out, and take note of it."""
        began_ns = time.time_ns()
        fresh = self._fresh = []
        try:
            answer = system.receive(request, now_us)
        finally:
            self._fresh = None
        found = system.routes.find(request)
        operation = "unknown" if found is None else found[0].operation
        reply = answer.reply
        status = None if reply is None else reply.status
        self._counts.calls[operation, status] += 1
        if self._log is not None or self._spans is not None:
            order = next((fact.order for fact in fresh if fact.order), None) or _order_of(found, request)
            end_ns = began_ns + int(self._live.seconds(answer.after_us) * 1e9)
            if self._spans is not None:
                self._spans.served(operation, request, status, fresh, order, began_ns, end_ns)
            if self._log is not None:
                self._log_call(self._log, operation, request, status, fresh, order, end_ns - began_ns)
        return answer

    def sending(self, request: Request, headers: dict[str, str]) -> Callable[[int | None], None]:
        """A webhook goes out with these headers, which may be given a span's; what comes back hears how it ended."""
        began_ns = time.time_ns()
        span_ended = None if self._spans is None else self._spans.sending(request, headers)

        def ended(status: int | None) -> None:
            if span_ended is not None:
                span_ended(status)
            if self._log is not None:
                self._log_webhook(self._log, request, headers, status, began_ns)

        return ended

    def metrics(self) -> Iterator[Metric]:
        """What was counted, and how the system is now."""
        live, name = self._live, self._live.name
        yield from self._counts.metrics(name)
        now_us = live.clock.now_us()
        slots = live.system.door.slots
        for what, text, value in (
            ("ready", "1 when the system takes calls, 0 while its books are being made again.", live.is_ready),
            ("generation", "Grows with each reset and restoration, where books begin anew.", live.beginning.generation),
            ("clock_seconds", "What its clock shows, in seconds since 1970 (UTC).", now_us / 1e6),
            ("clock_speed", "How many of its seconds pass in one of the wall.", live.clock.anchor.speed),
            ("calls_under_way", "Calls that are being served.", slots.in_flight(now_us)),
            ("webhooks_under_way", "Attempts to deliver a webhook that have not ended.", len(live.deliveries)),
            ("loads_under_way", "Loads on their way to another system.", len(live.hand_overs)),
        ):
            yield gauge(f"sandbox_system_{what}", text, ("system",), [(name, value)])

    def _fact(self, fact: Fact) -> None:
        self._counts.facts[fact.kind] += 1
        if self._fresh is not None:
            self._fresh.append(fact)
        elif self._spans is not None and self._live.is_ready:
            self._spans.happened(fact)

    def _log_call(
        self,
        log: StructuredLog,
        operation: str,
        request: Request,
        status: int | None,
        fresh: list[Fact],
        order: str | None,
        took_ns: int,
    ) -> None:
        traceparent = request.headers.get("traceparent", "")
        trace = next((fact.trace for fact in fresh if fact.trace), None) or traceparent[3:35] or None
        if trace is None and status is not None and status < _LOGGED_FROM:
            return  # a poll, say: it belongs to nobody's order
        log.write(
            "call served",
            operation=operation,
            status=status,
            order=order,
            trace=trace,
            took_ms=round(took_ns / 1e6, 3),
            facts=[f"{fact.kind} {fact.entity}" for fact in fresh] or None,
        )

    def _log_webhook(
        self, log: StructuredLog, request: Request, headers: dict[str, str], status: int | None, began_ns: int
    ) -> None:
        body, data = request.body, request.body.get("data")
        log.write(
            "webhook sent",
            topic=body.get("type"),
            webhook=headers.get("webhook-id"),
            status=status,
            order=data.get("order") if isinstance(data, dict) else None,
            trace=headers.get("traceparent", "")[3:35] or None,
            took_ms=round((time.time_ns() - began_ns) / 1e6, 3),
        )


def _order_of(found: tuple[Route, dict[str, str]] | None, request: Request) -> str | None:
    """The business order that the call is about; None also for a body that no validator has seen."""
    if found is None:
        return None
    try:
        order = found[0].order_of(request, found[1])
    except (AttributeError, KeyError, TypeError):
        return None
    return order if isinstance(order, str) else None
