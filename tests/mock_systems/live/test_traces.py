"""Spans of a system's process: where a trace begins, what comes of what, and whether anybody wants to know."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.trace import SpanKind

from mock_systems.blueprints import CommerceBlueprint
from mock_systems.kit.ledger import Fact
from mock_systems.kit.live import trace_export
from mock_systems.kit.live.call_spans import SystemSpans
from mock_systems.kit.live.trace_export import TraceExportError, is_wanted, open_traces
from mock_systems.kit.wire import Request
from tests.mock_systems.live.served import Served, free_port
from tests.mock_systems.shop import opening
from tests.sandbox.worlds.live.observability.kept_spans import KeptSpans

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
OWN = "0af7651916cd43dd8448eb211c80319c"
SHOPPERS = f"00-{OWN}-b7ad6b7169203331-01"


def fact(kind: str, trace: str | None = TRACE) -> Fact:
    return Fact(1, 0, "erp", kind, "X-1", "W-7", {}, trace, None)


def served(spans: SystemSpans, facts: list[Fact], traceparent: str | None = None, status: int | None = 200) -> None:
    headers = {} if traceparent is None else {"traceparent": traceparent}
    spans.served("anOperation", Request("POST", "/x", {}, headers), status, facts, "W-7", 1_000, 2_000)


def test_a_trace_begins_with_the_call_that_its_order_is_born_in() -> None:
    kept = KeptSpans()
    spans = SystemSpans("commerce", kept.traces)
    served(spans, [fact("order.accepted")], SHOPPERS)
    (root,) = kept.ended()
    assert (root.trace, root.span, root.parent, root.links) == (TRACE, TRACE[16:], "", [OWN])


def test_what_follows_comes_of_the_latest_call_or_fact_of_its_trace() -> None:
    kept = KeptSpans()
    spans = SystemSpans("wms", kept.traces)
    served(spans, [fact("outbound.received")], f"00-{TRACE}-00f067aa0ba902b7-01")
    spans.happened(fact("outbound.shipped"))
    headers = {"traceparent": f"00-{TRACE}-00000000000000ff-01", "webhook-id": "msg_1"}
    request = Request("POST", "http://core/webhooks/wms", {}, headers, {"type": "outbound.shipped", "data": {}})
    sent = dict(headers)
    ended = spans.sending(request, sent)
    assert ended is not None
    ended(503)
    call, shipped, webhook = kept.ended()
    assert [call.parent, shipped.parent, webhook.parent] == ["00f067aa0ba902b7", call.span, shipped.span]
    assert sent["traceparent"] == f"00-{TRACE}-{webhook.span}-01"
    assert webhook.is_error


def test_of_a_trace_not_met_before_the_parent_is_where_it_was_born() -> None:
    kept = KeptSpans()
    spans = SystemSpans("erp", kept.traces)
    spans.happened(fact("purchase_order.created"))
    spans.happened(fact("sales_order.released", OWN))
    born, met = kept.ended()
    assert (born.span, born.parent, met.parent) == (TRACE[16:], "", OWN[16:])


@pytest.mark.parametrize("trace", [None, "no trace", "0" * 32])
def test_what_belongs_to_no_trace_has_no_span(trace: str | None) -> None:
    kept = KeptSpans()
    spans = SystemSpans("erp", kept.traces)
    spans.happened(fact("stock.moved", trace))
    served(spans, [fact("stock.moved", trace)])
    served(spans, [], f"00-{trace}-1")
    assert not kept.ended()
    assert spans.sending(Request("POST", "u", {}, {}, {"type": "x"}), {}) is None


def test_work_within_a_span_comes_of_it_in_its_own_trace_alone() -> None:
    kept = KeptSpans()
    outer = kept.traces.heard("outer", f"00-{TRACE}-00f067aa0ba902b7-01", SpanKind.SERVER, {})
    with kept.traces.within(outer):
        kept.traces.done("inner", TRACE, SpanKind.CLIENT, {}).end()
        kept.traces.done("other", OWN, SpanKind.CLIENT, {}).end()
    outer.end()
    inner, other, whole = kept.ended()
    assert (inner.parent, other.parent) == (whole.span, OWN[16:])


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_spans_are_exported_where_the_standard_variables_say_so(environment: dict[str, str], wanted: bool) -> None:
    assert is_wanted(environment) is wanted


@pytest.mark.parametrize(
    "more",
    [{"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, {"OTEL_TRACES_EXPORTER": "zipkin"}],
    ids=lambda more: next(iter(more)),
)
def test_what_cannot_be_done_is_refused_before_anything_is_served(more: dict[str, str], tmp_path: Path) -> None:
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", **more}
    with pytest.raises(TraceExportError, match=next(iter(more))):
        is_wanted(environment)
    shop = Served(tmp_path, CommerceBlueprint(), opening())
    shop.environment.update(environment)
    try:
        assert shop.launch().wait(8) == 2
    finally:
        shop.close()
    assert shop.log.read_text().startswith(next(iter(more)))


def test_a_receiver_that_is_away_does_not_keep_a_process_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_export, "_ENDS_WITHIN_S", 0.2)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    traces = open_traces("erp", "erp", {"OTEL_EXPORTER_OTLP_ENDPOINT": "set"})
    assert traces is not None
    traces.done("call", TRACE, SpanKind.CLIENT, {}).end()
    began_s = time.monotonic()
    traces.close()
    assert time.monotonic() - began_s < 1


def test_without_the_extra_all_else_works_and_the_message_says_what_to_install() -> None:
    said = run_without_opentelemetry("import mock_systems.process, sandbox.worlds.live.core_process")
    assert said == ""
    wanted = "{'OTEL_TRACES_EXPORTER': 'otlp'}"
    said = run_without_opentelemetry(
        f"from mock_systems.kit.live.trace_export import open_traces; open_traces('erp', 'erp', {wanted})"
    )
    assert "pip install 'distribution-erp-sandbox[otel]'" in said


def run_without_opentelemetry(code: str) -> Any:
    absent = ("opentelemetry.sdk", "opentelemetry.exporter")  # FastAPI brings the API of it with it
    blocked = f"import sys; sys.modules.update(dict.fromkeys({absent})); {code}"
    return subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, check=False).stderr
