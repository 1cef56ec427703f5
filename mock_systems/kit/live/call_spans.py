"""The spans of a live system: calls that it serves, webhooks that it sends, and what its people and trucks do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from opentelemetry.trace import Span, SpanKind

from mock_systems.kit.births import BIRTHS
from mock_systems.kit.ledger import Fact
from mock_systems.kit.live.tracing import Traces, ended, is_trace, traceparent_in, traceparent_of
from mock_systems.kit.wire import Request


class SystemSpans:
    """Makes them for one system. Calls and facts without a trace have none: polls, stock levels."""

    def __init__(self, system: str, traces: Traces) -> None:
        self._system = system
        self._traces = traces

    def served(
        self,
        operation: str,
        request: Request,
        status: int | None,
        fresh: Sequence[Fact],
        order: str | None,
        began_ns: int,
        end_ns: int,
    ) -> None:
        """A call, with the facts that it made. One that begins a trace is that trace's first span."""
        caller = traceparent_in(request.headers)
        attributes = self._attributes(order)
        attributes |= {"http.request.method": request.method, "url.path": request.path}
        span = self._span(operation, caller, fresh, attributes, began_ns)
        if span is None:
            return
        for fact in fresh:
            span.add_event(fact.kind, {"sandbox.entity": fact.entity}, began_ns)
        ended(span, status, end_ns=end_ns)

    def happened(self, fact: Fact) -> None:
        """A fact that no call made: goods were shipped, a clerk has decided."""
        trace = fact.trace
        if trace is None or not is_trace(trace):
            return
        attributes = {**self._attributes(fact.order), "sandbox.entity": fact.entity}
        now_ns = time.time_ns()
        if fact.kind in BIRTHS:
            self._traces.born(fact.kind, trace, SpanKind.INTERNAL, attributes, now_ns).end(now_ns)
        else:
            self._traces.happened(fact.kind, trace, attributes, now_ns)

    def sending(self, request: Request, headers: dict[str, str]) -> Callable[[int | None], None] | None:
        """A webhook goes out; its `traceparent` becomes the span's."""
        caller = traceparent_in(headers)
        if caller is None:
            return None
        data = request.body.get("data")
        attributes = self._attributes(data.get("order") if isinstance(data, dict) else None)
        attributes |= {"http.request.method": "POST", "url.full": request.path}
        attributes["sandbox.webhook"] = headers.get("webhook-id", "")
        span = self._traces.done(f"webhook {request.body.get('type')}", caller[3:35], SpanKind.CLIENT, attributes)
        headers["traceparent"] = traceparent_of(span)
        return lambda status: ended(span, status, error_from=300)

    def _span(
        self, name: str, caller: str | None, fresh: Sequence[Fact], attributes: dict[str, Any], began_ns: int
    ) -> Span | None:
        traces = self._traces
        trace = next((fact.trace for fact in fresh if fact.trace is not None and is_trace(fact.trace)), None)
        if trace is not None and any(fact.kind in BIRTHS and fact.trace == trace for fact in fresh):
            return traces.born(name, trace, SpanKind.SERVER, attributes, began_ns, caller)
        if caller is not None and (trace is None or caller[3:35] == trace):
            trace = caller[3:35]
            span = traces.heard(name, caller, SpanKind.SERVER, attributes, began_ns)
        elif trace is not None:
            span = traces.done(name, trace, SpanKind.SERVER, attributes, began_ns)
        else:
            return None
        traces.came_of(trace, span)
        return span

    def _attributes(self, order: str | None) -> dict[str, Any]:
        attributes = {"sandbox.system": self._system}
        if order is not None:
            attributes["sandbox.order"] = order
        return attributes
