"""The spans of a core: webhooks that it takes, calls that it makes, events that it publishes and hears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from mock_systems.kit.live.tracing import Traces, ended, traceparent_in, traceparent_of
from sandbox.core.ports import HttpRequest


class CallSpan:
    """One call under way; `traceparent` is what it shall carry."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.traceparent = traceparent_of(span)

    def ended(self, status: int | None) -> None:
        """It has ended with this HTTP status, or without an answer."""
        ended(self._span, status, error_from=400)


class CoreSpans:
    """Makes them. What carries no traceparent has none: polls, stock, the core's own housekeeping."""

    def __init__(self, traces: Traces) -> None:
        self._traces = traces

    def calling(self, system: str, request: HttpRequest, trace: str) -> CallSpan:
        """A call begins."""
        place = request.path.split("/")[1]
        attributes = {"http.request.method": request.method, "url.path": request.path, "peer.service": system}
        name = f"{request.method} {system} /{place}"
        return CallSpan(self._traces.done(name, trace, SpanKind.CLIENT, attributes))

    @contextmanager
    def taking(self, headers: Mapping[str, str], system: str, topic: str, order: str | None) -> Iterator[list[int]]:
        """A webhook is taken in the block, which leaves the status of the answer in the list."""
        caller, statuses = traceparent_in(headers), list[int]()
        if caller is None:
            yield statuses
            return
        attributes = {"sandbox.system": system, "sandbox.webhook": headers.get("webhook-id", "")}
        if order is not None:
            attributes["sandbox.order"] = order
        span = self._traces.heard(f"webhook {topic}", caller, SpanKind.SERVER, attributes)
        self._traces.came_of(caller[3:35], span)
        with self._traces.within(span):
            try:
                yield statuses
            finally:
                ended(span, statuses[0] if statuses else None)

    @contextmanager
    def publishing(self, topic: str, event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """An event is published in the block: the same, with the span's traceparent."""
        caller = _traceparent_of(event)
        if caller is None:
            yield event
            return
        span = self._traces.done(f"publish {topic}", caller[3:35], SpanKind.PRODUCER, _about(topic, event))
        with _failing(span):
            yield {**event, "traceparent": traceparent_of(span)}

    @contextmanager
    def hearing(self, consumer: str, event: Mapping[str, Any], attempt: int) -> Iterator[None]:
        """A consumer hears an event in the block."""
        caller = _traceparent_of(event)
        if caller is None:
            yield
            return
        topic = str(event.get("type", "event"))
        attributes = {**_about(topic, event), "messaging.consumer.group.name": consumer, "sandbox.attempt": attempt}
        span = self._traces.heard(f"{consumer} {topic}", caller, SpanKind.CONSUMER, attributes)
        with self._traces.within(span), _failing(span):
            yield


@contextmanager
def _failing(span: Span) -> Iterator[None]:
    """End the span with the block; what that raises is told."""
    try:
        yield
    except BaseException as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(Status(StatusCode.ERROR, str(error)))
        raise
    finally:
        span.end()


def _traceparent_of(event: Mapping[str, Any]) -> str | None:
    given = event.get("traceparent")
    return traceparent_in({"traceparent": given}) if isinstance(given, str) else None


def _about(topic: str, event: Mapping[str, Any]) -> dict[str, Any]:
    about = {"messaging.system": "sandbox", "messaging.destination.name": topic}
    return about | {"messaging.message.id": str(event.get("id", "")), "sandbox.order": str(event.get("subject", ""))}
