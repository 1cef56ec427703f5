"""Each fault before a system that knows nothing of it: what reaches the system, and what the caller sees."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.mock_systems.live.served import eventually
from tests.sandbox.worlds.live.proxy.before import Counting, Proxy, proxying, refused

BILL = {"sales_order": "SO-000001", "shipment": "OUT-1", "lines": []}


@pytest.fixture
def proxy(standing: Proxy, system: Counting) -> Iterator[Proxy]:
    system.again()
    yield standing
    standing.admin("DELETE", "/faults")
    eventually(lambda: not refused(standing.port))


def bill(proxy: Proxy, timeout_s: float = 3, **given: Any) -> httpx.Response:
    return proxy.http.post("/invoices", json={**BILL, **given}, timeout=timeout_s)


def test_without_faults_a_call_goes_on_as_it_came_and_its_answer_comes_back(proxy: Proxy, system: Counting) -> None:
    headers = {"idempotency-key": "k", "authorization": "Bearer core", "connection": "keep-alive"}
    reply = proxy.http.post("/invoices?dry=a%20b", json=BILL, headers=headers)
    ((method, target, seen, raw),) = system.heard
    assert (method, target, json.loads(raw)) == ("POST", "/api/invoices?dry=a%20b", BILL)
    assert (seen["idempotency-key"], seen["authorization"]) == ("k", "Bearer core")
    assert seen["host"] in system.url, "the host is the system's own"
    assert (reply.status_code, reply.json()) == (201, {"invoice": "INV-000001"})
    assert reply.headers["location"] == "/invoices/INV-000001", "where the caller finds it: here"


def test_an_outage_refuses_the_connection_before_anything_is_sent(proxy: Proxy, system: Counting) -> None:
    bill(proxy)  # its connection is kept, and must not serve as a way in
    proxy.arm("refuse")
    eventually(lambda: refused(proxy.port))
    with pytest.raises(httpx.ConnectError):
        bill(proxy)
    assert len(system.heard) == 1
    assert proxy.struck() == 1
    proxy.admin("DELETE", "/faults")
    eventually(lambda: not refused(proxy.port))
    assert bill(proxy).status_code == 201


def test_an_outage_begins_and_ends_by_itself(proxy: Proxy) -> None:
    now_us = proxy.admin("GET", "/clock")["now_us"]
    proxy.arm("refuse", from_us=now_us + 300_000, until_us=now_us + 800_000)
    assert bill(proxy).status_code == 201
    eventually(lambda: refused(proxy.port), 2)
    eventually(lambda: not refused(proxy.port), 2)


def test_who_waits_for_an_answer_when_an_outage_begins_still_gets_it(proxy: Proxy, system: Counting) -> None:
    system.delay_s = 0.5
    now_us = proxy.admin("GET", "/clock")["now_us"]
    proxy.arm("refuse", from_us=now_us + 150_000)
    assert bill(proxy).status_code == 201
    assert refused(proxy.port)


def test_an_outage_of_one_operation_breaks_its_calls_without_effect(proxy: Proxy, system: Counting) -> None:
    proxy.arm("refuse", operation="postInvoice")
    with pytest.raises(httpx.TransportError):
        bill(proxy)
    assert proxy.http.get("/items").status_code == 201
    assert [target for _, target, _, _ in system.heard] == ["/api/items"]


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        ({"kind": "error", "status": 504}, 504, None),
        ({"kind": "throttle", "retry_after_s": 7}, 429, "7"),
        ({"kind": "error", "html": True}, 503, None),
    ],
)
def test_no_answer_of_ours_has_an_effect(
    proxy: Proxy, system: Counting, fault: dict[str, Any], status: int, retry_after: str | None
) -> None:
    proxy.arm(**fault)
    reply = bill(proxy)
    assert (reply.status_code, reply.headers.get("retry-after")) == (status, retry_after)
    assert system.heard == []


@pytest.mark.parametrize(("kind", "effects"), [("lost_request", 0), ("lost_reply", 1)])
def test_a_lost_request_has_no_effect_and_a_lost_reply_has_one(
    proxy: Proxy, system: Counting, kind: str, effects: int
) -> None:
    proxy.arm(kind)
    with pytest.raises(httpx.ReadTimeout):
        bill(proxy, timeout_s=0.3)
    assert len(system.heard) == effects
    proxy.arm(kind, reset=True)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        bill(proxy)
    assert len(system.heard) == 2 * effects


def test_a_broken_connection_is_reset_before_a_byte_of_an_answer(proxy: Proxy) -> None:
    proxy.arm("lost_reply", reset=True)
    with socket.create_connection(("127.0.0.1", proxy.port), 3) as raw:
        raw.sendall(b"GET /items HTTP/1.1\r\nhost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            raw.recv(100)


def test_a_late_commit_comes_when_the_caller_has_gone(proxy: Proxy, system: Counting) -> None:
    proxy.arm("late_commit", delay_us=600_000)
    with pytest.raises(httpx.ReadTimeout):
        bill(proxy, timeout_s=0.2)
    assert system.heard == []
    proxy.admin("DELETE", "/faults")
    eventually(lambda: len(system.heard) == 1, 2)
    assert json.loads(system.heard[0][3]) == BILL


def test_a_duplicate_reaches_the_system_twice_and_its_second_answer_goes_out(proxy: Proxy, system: Counting) -> None:
    proxy.arm("duplicate", occurrence=1)
    assert bill(proxy).json() == {"invoice": "INV-000002"}
    assert [raw for *_, raw in system.heard] == [system.heard[0][3]] * 2
    assert bill(proxy).json() == {"invoice": "INV-000003"}


def test_a_slow_answer_comes_after_the_effect(proxy: Proxy, system: Counting) -> None:
    proxy.arm("slow", delay_us=400_000)
    began = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        bill(proxy, timeout_s=0.2)
    assert len(system.heard) == 1
    assert bill(proxy).status_code == 201
    assert time.monotonic() - began > 0.6


@pytest.mark.parametrize("kind", ["malformed", "partial"])
def test_an_answer_that_says_nothing_comes_after_the_effect(proxy: Proxy, system: Counting, kind: str) -> None:
    proxy.arm(kind)
    reply = bill(proxy)
    with pytest.raises(ValueError):
        reply.json()
    assert (reply.status_code, len(system.heard)) == (201, 1)


def test_rows_of_a_list_come_spoiled(proxy: Proxy, system: Counting) -> None:
    rows = [{"sku": "MUG", "status": "open"}, {"sku": "JAR", "status": "open"}]
    system.reply = (200, {"content-type": "application/json"}, json.dumps({"items": rows}).encode())
    proxy.arm("poisoned", poison="unknown_status")
    assert [row["status"] for row in proxy.http.get("/items").json()["items"]] == ["quarantined"] * 2
    assert proxy.struck() == 1


def test_a_read_is_answered_from_the_past_and_no_older(proxy: Proxy, system: Counting) -> None:
    def shown(text: str) -> Any:
        system.reply = (200, {"content-type": "application/json"}, json.dumps(text).encode())
        return proxy.http.get("/stock").json()

    proxy.arm("stale_read", delay_us=500_000)
    assert shown("first") == "first"
    assert shown("second") == "first"
    time.sleep(0.55)
    assert shown("third") == "third"
    assert proxy.http.post("/stock", json={}).json() == "third", "writes are done as ever"


def test_faults_mean_operations_orders_and_shares_as_they_do_at_a_mocks_door(proxy: Proxy, system: Counting) -> None:
    system.reply = (201, {"content-type": "application/json"}, b'{"sales_order": "SO-000009", "external_ref": "W-9"}')
    proxy.http.post("/sales-orders", json={"external_ref": "W-9"})
    proxy.arm("error", order="W-9", operation="postInvoice")
    assert bill(proxy, sales_order="SO-000009").status_code == 503, "its sales order was seen to belong to it"
    assert bill(proxy, sales_order="SO-000008").status_code == 201
    proxy.arm("error", share=0.5)
    statuses = [bill(proxy).status_code for _ in range(40)]
    assert 8 < statuses.count(503) < 32


def test_what_a_proxy_cannot_do_is_said_when_it_is_armed(proxy: Proxy) -> None:
    for fault in ({"kind": "late_index", "delay_us": 5}, {"kind": "page_drift"}, {"kind": "outage"}):
        reply = proxy.asked("PUT", "/faults", {"calls": [{"id": "F", **fault}]})
        assert reply.status_code == 422, fault
    assert "a proxy does not know" in proxy.asked("PUT", "/faults", {"calls": [{"id": "F", "kind": "page_drift"}]}).text
    webhooks = {"webhooks": [{"id": "W", "kind": "lost"}]}
    assert "its webhooks do not come this way" in proxy.asked("PUT", "/faults", webhooks).text
    assert proxy.asked("POST", "/reset", {}).status_code == 501


def test_commits_that_are_late_on_purpose_are_not_lost_when_the_proxy_stops(tmp_path: Path, system: Counting) -> None:
    system.again()
    with proxying(tmp_path, system.url) as proxy:
        proxy.arm("late_commit", delay_us=60_000_000, reset=True)
        with pytest.raises(httpx.TransportError):
            bill(proxy)
        assert proxy.end(signal.SIGTERM) == 0
    assert len(system.heard) == 1
