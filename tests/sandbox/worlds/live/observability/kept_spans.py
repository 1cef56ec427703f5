"""Traces whose spans stay in memory, for tests."""

from __future__ import annotations

from typing import Any, NamedTuple

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from mock_systems.kit.live.span_ids import ChosenIds
from mock_systems.kit.live.tracing import Traces


class Kept(NamedTuple):
    """One span; ids are hex, `parent` is empty for a root."""

    name: str
    trace: str
    span: str
    parent: str
    status: Any
    is_error: bool
    links: list[str]


class KeptSpans:
    """`traces` for whoever makes spans; `ended()` are those that have ended, in that order."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        ids = ChosenIds()
        provider = TracerProvider(id_generator=ids, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.traces = Traces(provider, ids, provider.shutdown)

    def ended(self) -> list[Kept]:
        kept = []
        for span in self._exporter.get_finished_spans():
            assert span.context is not None
            assert span.attributes is not None
            kept.append(
                Kept(
                    span.name,
                    f"{span.context.trace_id:032x}",
                    f"{span.context.span_id:016x}",
                    "" if span.parent is None else f"{span.parent.span_id:016x}",
                    span.attributes.get("http.response.status_code"),
                    span.status.status_code == StatusCode.ERROR,
                    [f"{link.context.trace_id:032x}" for link in span.links],
                )
            )
        return kept
