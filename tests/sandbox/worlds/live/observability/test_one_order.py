"""One order in a real landscape, found again in the spans, the logs and the metrics of all its processes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.sandbox.cli.test_up import Up, eventually, free_base, place_order
from tests.sandbox.worlds.live.observability.otlp_receiver import Received, receiving

ORDER = "W-000001"
SYSTEMS = ("commerce", "erp", "wms", "carrier")


class Seen(NamedTuple):
    """What a landscape left of its one order."""

    trace: str
    spans: list[Received]
    logs: dict[str, list[dict[str, Any]]]
    metrics: dict[str, dict[str, float]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    with receiving() as receiver:
        options = ("--port-base", str(free_base()), "--speed", "1000", "--start", "2011-11-14T08:00", "--seed", "3")
        told = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        running = Up(tmp_path_factory.mktemp("one_order") / "live", *options, environment=told)
        try:
            place_order(running)
            eventually(lambda: is_invoiced(running))
            metrics = {name: page_of(running, name) for name in ("core", *SYSTEMS)}
            trace = next(fact["trace"] for fact in facts_of(running, "commerce") if fact["kind"] == "order.accepted")
            assert running.end(15)[0] == 0
        finally:
            running.close()
        logs = {name: lines_of(running.folder, name) for name in ("core", *SYSTEMS)}
        yield Seen(trace, receiver.of(trace), logs, metrics)


def facts_of(running: Up, system: str) -> list[dict[str, Any]]:
    return [fact for fact in running.admin(system, "/facts?limit=10000")["items"] if fact["order"] == ORDER]


def is_invoiced(running: Up) -> bool:
    return "payment.posted" in [fact["kind"] for fact in facts_of(running, "erp")]


def page_of(running: Up, name: str) -> dict[str, float]:
    """The samples of a metrics page, by name and labels as they are written."""
    if name == "core":
        url, token = running.told["core"]["metrics"], running.tokens["SANDBOX_TOKEN_CORE"]
    else:
        url, token = running.systems[name]["metrics"], running.tokens["SANDBOX_TOKEN_ADMIN"]
    assert running.http.get(url).status_code == 401
    reply = running.http.get(url, headers={"authorization": f"Bearer {token}"})
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        "|".join([sample.name, *(f"{key}={value}" for key, value in sorted(sample.labels.items()))]): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def lines_of(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "logs" / f"{name}.log").read_text().splitlines()]


def test_the_order_is_one_tree_of_spans_from_the_channel_to_the_invoice(seen: Seen) -> None:
    spans = {span.span: span for span in seen.spans}
    assert len(spans) == len(seen.spans), "each span has an id of its own"
    assert [span.name for span in seen.spans if not span.parent] == ["placeOrder"]
    lost = [f"{span.service} {span.name}" for span in seen.spans if span.parent and span.parent not in spans]
    assert not lost, "every parent was told, too"
    assert {span.service for span in seen.spans} == {"sandbox-core", *(f"sandbox-{name}" for name in SYSTEMS)}
    invoice = next(span for span in seen.spans if "invoice.posted" in span.events)
    way = []
    while invoice.parent:
        way.append(f"{invoice.service.removeprefix('sandbox-')} {invoice.name}")
        invoice = spans[invoice.parent]
    assert way[0] == "erp postInvoice"
    assert way[1] == "core POST erp /invoices"
    assert "wms outbound.shipped" in way, "what the floor did is in the chain of causes"
    assert way[-2:] == ["core webhook order.created", "commerce webhook order.created"]


def test_every_call_of_the_core_is_the_parent_of_what_the_system_served(seen: Seen) -> None:
    spans = {span.span: span for span in seen.spans}
    served = [span for span in seen.spans if span.kind == 2 and span.service not in ("sandbox-core",)]
    parents = {spans[span.parent].service for span in served if span.parent}
    assert parents == {"sandbox-core"}
    assert {span.attributes["sandbox.order"] for span in served if "sandbox.order" in span.attributes} == {ORDER}


def test_one_id_finds_the_order_in_the_logs_of_all_processes(seen: Seen) -> None:
    found = {name: [line for line in lines if line.get("trace") == seen.trace] for name, lines in seen.logs.items()}
    assert all(found.values()), {name: len(lines) for name, lines in found.items()}
    core = Counter(line["kind"] for line in found["core"])
    assert core["webhook.answered"] >= 3
    assert core["request.answered"] >= 8
    served = [line for line in found["erp"] if line["message"] == "call served"]
    assert "invoice.posted" in " ".join(fact for line in served for fact in line.get("facts", ()))
    assert [line["status"] for line in found["commerce"] if line.get("topic") == "order.created"] == [200]
    named = [line for lines in found.values() for line in lines if line.get("order") == ORDER]
    assert len(named) > 15, "and by the order's number"
    assert {line["process"] for line in named} == {"core-1", *SYSTEMS}
    assert not [line for lines in found.values() for line in lines if "at" not in line or "wall" not in line]


def test_the_core_tells_its_business_and_its_policies(seen: Seen) -> None:
    core = seen.metrics["core"]
    assert core["sandbox_core_orders_accepted_total"] == 1
    assert core["sandbox_core_orders_stuck"] == 0
    assert sum(value for name, value in core.items() if name.startswith("sandbox_core_orders_under_way|")) == 1
    assert core["sandbox_core_webhooks_total|status=200|system=commerce|topic=order.created"] == 1
    assert core["sandbox_core_sync_lag_seconds_count|system=commerce"] == 1
    assert core["sandbox_core_sync_lag_seconds_sum|system=commerce"] > 0
    assert core["sandbox_core_breaker_state|system=erp"] == 0
    assert core["sandbox_core_calls_total|method=POST|status=201|system=erp"] >= 4
    assert core["sandbox_core_ready"] == core["sandbox_core_journal_answers"] == 1
    assert core["sandbox_core_bus_events_total|what=published"] >= 3
    assert core["process_resident_memory_bytes"] > 10_000_000


def test_systems_tell_their_calls_facts_and_webhooks(seen: Seen) -> None:
    commerce, erp = seen.metrics["commerce"], seen.metrics["erp"]
    assert commerce["sandbox_system_calls_total|operation=placeOrder|status=201|system=commerce"] == 1
    assert commerce["sandbox_system_facts_total|kind=order.accepted|system=commerce"] == 1
    told = "sandbox_system_webhooks_total|outcome=acknowledged|system=commerce|topic=order.created"
    assert commerce[told] == 1
    assert erp["sandbox_system_facts_total|kind=invoice.posted|system=erp"] == 1
    assert erp["sandbox_system_clock_speed|system=erp"] == 1000
