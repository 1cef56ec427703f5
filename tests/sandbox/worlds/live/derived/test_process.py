"""Facts at the proxy's admin API while its process is killed, and while the system is away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_systems.blueprints import ErpBlueprint
from mock_systems.kit.door import DoorConfig
from tests.mock_systems.erp.caller import OPENING, SHIP_TO
from tests.mock_systems.live.served import Served, eventually, serving
from tests.sandbox.worlds.live.proxy.before import Proxy, proxying

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
LINES = [{"line": 1, "sku": "MUG", "quantity": 2}]


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Served]:
    blueprint = ErpBlueprint(door=DoorConfig(service_ms=1, service_sigma=0))
    with serving(tmp_path, blueprint, OPENING) as served:
        yield served


@pytest.fixture
def proxy(erp: Served, tmp_path: Path) -> Iterator[Proxy]:
    with proxying(tmp_path / "proxy", erp.url, OPENING, facts="erp", read_every="50ms") as standing:
        yield standing


def order(proxy: Proxy, ref: str) -> None:
    priced = [{**line, "price_minor": 500} for line in LINES]
    body = {"external_ref": ref, "customer": None, "currency": "GBP", "ship_to": SHIP_TO, "lines": priced}
    headers = {
        "authorization": "Bearer core",
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
        "x-fencing-token": "7",
    }
    assert proxy.http.post("/sales-orders", json=body, headers=headers).status_code == 201


def facts(proxy: Proxy) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = proxy.admin("GET", "/facts?limit=10000")["items"]
    return items


def kinds(proxy: Proxy) -> list[str]:
    return [fact["kind"] for fact in facts(proxy) if not fact["kind"].endswith(".opened")]


def test_facts_bear_the_trace_and_fence_of_the_call_that_made_them_and_survive_a_kill(
    erp: Served, proxy: Proxy
) -> None:
    order(proxy, "W-1")
    eventually(lambda: "sales_order.created" in kinds(proxy))
    (created,) = [fact for fact in facts(proxy) if fact["kind"] == "sales_order.created"]
    (own,) = [fact for fact in erp.facts() if fact["kind"] == "sales_order.created"]
    assert {**created, "seq": own["seq"]} == own, "the order, its data, its time, its trace and its fence"
    assert (created["trace"], created["fence"]) == (TRACE, 7)
    before = facts(proxy)
    proxy.end(signal.SIGKILL)
    posted = {"sales_order": "SO-000001", "shipment": "OUT-1", "lines": LINES}
    assert erp.call("POST", "/invoices", posted).status_code == 201
    proxy.start()
    eventually(lambda: "invoice.posted" in kinds(proxy))
    assert facts(proxy)[: len(before)] == before
    assert kinds(proxy) == ["gl.posted", "sales_order.created", "invoice.posted", "gl.posted"]


def test_while_the_system_is_away_nothing_is_claimed_to_be_complete(erp: Served, proxy: Proxy) -> None:
    def complete_us() -> int:
        told: int = proxy.admin("GET", "/facts?limit=1")["now_us"]
        return told

    before_us = complete_us()
    eventually(lambda: complete_us() > before_us)
    erp.kill()
    eventually(lambda: "the books are not read" in proxy.log.read_text())
    stood_us = complete_us()
    assert proxy.admin("GET", "/clock")["now_us"] > stood_us
    assert complete_us() == stood_us
    erp.start()
    eventually(lambda: complete_us() > stood_us)


def test_a_run_that_begins_later_has_its_balances_at_its_beginning(erp: Served, tmp_path: Path) -> None:
    reply = erp.call(
        "POST", "/stock-adjustments", {"site": "LDS", "sku": "MUG", "quantity": 5, "reason": "adjust", "reference": "R"}
    )
    assert reply.status_code == 201
    now = erp.admin("GET", "/clock")
    later = {**now["anchor"], "wall_us": now["anchor"]["wall_us"] + 3_600_000_000, "now_us": now["now_us"] + 1}
    with proxying(tmp_path / "later", erp.url, OPENING, facts="erp", read_every="50ms", clock=later) as proxy:
        assert facts(proxy) == []
        begins = {
            **later,
            "wall_us": now["anchor"]["wall_us"],
            "now_us": proxy.admin("GET", "/clock")["now_us"] + 9_000_000_000,
        }
        proxy.admin("PUT", "/clock", begins)
        eventually(lambda: facts(proxy))
        stock = {fact["entity"]: fact["data"]["quantity"] for fact in facts(proxy) if fact["kind"] == "stock.opened"}
        assert stock["LDS/MUG"] == sum(s.quantity for s in OPENING.stock if (s.site, s.sku) == ("LDS", "MUG")) + 5
        assert {fact["at_us"] for fact in facts(proxy)} == {begins["now_us"]}
        assert kinds(proxy) == ["gl.posted"], "what was posted before is in the balances"
