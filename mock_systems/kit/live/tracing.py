"""Spans of one live process (OpenTelemetry): what it is called for, what it calls, and what happens in between.

Much of what a process does for a trace has no call above it: an order waits in a queue, a parcel for its truck. The
parent of such a span is the latest thing that this process did or heard in the same trace: its cause, as far as one
can tell from outside. Of a trace that it has not met yet, the parent is where the trace was born.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from mock_systems.kit.live.span_ids import ChosenIds

Attributes = Mapping[str, Any]
_KNOWN_MOST: Final = 10_000
_TRACEPARENT: Final = re.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_TRACE: Final = re.compile("(?!0{32})[0-9a-f]{32}")
_LOW: Final = (1 << 64) - 1
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
_CURRENT: ContextVar[SpanContext | None] = ContextVar("current span", default=None)


class Traces:
    """Makes the spans of a process. `trace` is a W3C trace id (32 hex digits), times are nanoseconds since 1970."""

    def __init__(self, provider: TracerProvider, ids: ChosenIds, close: Callable[[], None]) -> None:
        self._close = close
        self._ids = ids
        self._tracer = provider.get_tracer("sandbox")
        self._causes: OrderedDict[str, SpanContext] = OrderedDict()

    def heard(
        self, name: str, traceparent: str, kind: SpanKind, attributes: Attributes, start_ns: int | None = None
    ) -> Span:
        """A span whose parent is in another process: a call that has come, or an event."""
        return self._tracer.start_span(name, _under(_remote(traceparent)), kind, attributes, start_time=start_ns)

    def done(self, name: str, trace: str, kind: SpanKind, attributes: Attributes, start_ns: int | None = None) -> Span:
        """A span of this process's own accord in a trace: a call to another one, say."""
        return self._tracer.start_span(name, _under(self._parent(trace)), kind, attributes, start_time=start_ns)

    def happened(self, name: str, trace: str, attributes: Attributes, start_ns: int) -> None:
        """Something happened here at one moment; what follows in this trace comes of it."""
        span = self.done(name, trace, SpanKind.INTERNAL, attributes, start_ns)
        self.came_of(trace, span)
        span.end(start_ns)

    def born(
        self, name: str, trace: str, kind: SpanKind, attributes: Attributes, start_ns: int, caller: str | None = None
    ) -> Span:
        """The first span of a trace that begins here; linked to the caller's own traceparent, if it had one."""
        links = [] if caller is None else [Link(_remote(caller))]
        self._ids.begin(int(trace, 16))
        span = self._tracer.start_span(name, Context(), kind, attributes, links, start_ns)
        self.came_of(trace, span)
        return span

    @contextmanager
    def within(self, span: Span) -> Iterator[None]:
        """What is done in this block, and in tasks begun in it, comes of this span."""
        token = _CURRENT.set(span.get_span_context())
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def close(self) -> None:
        """Send what is left; no more spans after this."""
        self._close()

    def _parent(self, trace: str) -> SpanContext:
        current = _CURRENT.get()
        if current is not None and current.trace_id == int(trace, 16):
            return current
        return self._causes.get(trace) or _birth(trace)

    def came_of(self, trace: str, span: Span) -> None:
        """What follows in this trace comes of this span."""
        causes = self._causes
        causes[trace] = span.get_span_context()
        causes.move_to_end(trace)
        if len(causes) > _KNOWN_MOST:
            causes.popitem(last=False)


def traceparent_in(headers: Mapping[str, str]) -> str | None:
    """The caller's W3C traceparent; None where there is none, or something else."""
    given = headers.get("traceparent")
    return given if given is not None and _TRACEPARENT.fullmatch(given) else None


def is_trace(trace: str | None) -> bool:
    """Whether that is a W3C trace id."""
    return trace is not None and _TRACE.fullmatch(trace) is not None


def traceparent_of(span: Span) -> str:
    """The W3C traceparent by which another process goes on from this span."""
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def ended(span: Span, status: int | None, error_from: int = 500, end_ns: int | None = None) -> None:
    """End a call's span with the HTTP status that it came to, None for no answer."""
    if status is not None:
        span.set_attribute("http.response.status_code", status)
    if status is None or status >= error_from:
        span.set_attribute("error.type", "no-answer" if status is None else str(status))
        span.set_status(Status(StatusCode.ERROR))
    span.end(end_ns)


def _remote(traceparent: str) -> SpanContext:
    flags = TraceFlags(int(traceparent[53:55], 16))
    return SpanContext(int(traceparent[3:35], 16), int(traceparent[36:52], 16), True, flags)


def _birth(trace: str) -> SpanContext:
    number = int(trace, 16)
    return SpanContext(number, number & _LOW, True, _SAMPLED)


def _under(parent: SpanContext) -> Context:
    return set_span_in_context(NonRecordingSpan(parent), Context())
