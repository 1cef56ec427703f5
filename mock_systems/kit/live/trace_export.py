"""Where the spans of a live process go: an OTLP receiver, by OpenTelemetry's own environment variables.

Without them there is none. `pip install 'distribution-erp-sandbox[otel]'` has what it takes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from mock_systems.kit.live.tracing import Traces

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_EXPORTER: Final = "OTEL_TRACES_EXPORTER"
_OURS: Final = "http/protobuf"
_ENDS_WITHIN_S: Final = 3.0


class TraceExportError(Exception):
    """The variables ask for what is not there; the message says what to do about it."""


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment says that spans are to be exported. Raises TraceExportError for what we can't do."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environment.get(_EXPORTER, "")
    if exporter == "none" or not (exporter or any(environment.get(name) for name in _ENDPOINTS)):
        return False
    if exporter not in ("", "otlp"):
        raise TraceExportError(f"{_EXPORTER}={exporter}: spans go out as otlp, or not at all with none")
    for name in _PROTOCOLS:
        if environment.get(name, _OURS) != _OURS:
            raise TraceExportError(f"{name}={environment[name]}: spans go out as {_OURS} (port 4318, as a rule)")
    return True


def open_traces(service: str, instance: str, environment: Mapping[str, str]) -> Traces | None:
    """The traces of a process, exported in batches; None where nobody wants them. Raises TraceExportError.

    The service is `sandbox-SERVICE`, unless OTEL_SERVICE_NAME says otherwise. Endpoint, headers, sampler and batches
    are those of the `OTEL_` variables.
    """
    if not is_wanted(environment):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise TraceExportError(
            "OTEL_ variables ask for spans, but OpenTelemetry is not installed:"
            " pip install 'distribution-erp-sandbox[otel]'"
        ) from None
    from mock_systems.kit.live.span_ids import ChosenIds
    from mock_systems.kit.live.tracing import Traces

    own = {"service.namespace": "sandbox", "service.instance.id": instance}
    if not _names_a_service(environment):
        own["service.name"] = f"sandbox-{service}"
    ids = ChosenIds()
    provider = TracerProvider(resource=Resource.create(own), id_generator=ids, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider, ids, lambda: _close(provider))


def _close(provider: TracerProvider) -> None:
    """Send what is left, for so many seconds at most: a receiver that is away must not keep a process alive."""
    closing = threading.Thread(target=provider.shutdown, daemon=True, name="last spans")
    closing.start()
    closing.join(_ENDS_WITHIN_S)


def _names_a_service(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("OTEL_SERVICE_NAME")) or "service.name=" in environment.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
