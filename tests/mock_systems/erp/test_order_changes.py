"""Sales orders change: other lines, another address, and never less than what is done."""

from __future__ import annotations

from typing import Any

from mock_systems.kit.wire import Reply
from tests.mock_systems.erp.caller import SHIP_TO, Caller, line


def change(erp: Caller, revision: int, *lines: dict[str, Any], number: str = "SO-000001", **more: Any) -> Reply:
    body = {"revision": revision, "ship_to": SHIP_TO, "lines": list(lines), **more}
    return erp.call("PUT", f"/sales-orders/{number}", body)


def test_a_change_replaces_lines_and_total_and_lowers_the_exposure() -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 10, 499), line(2, "JAR", 3, 1999), customer="C-ACC")
    reply = change(erp, 1, line(1, "MUG", 4, 499))
    assert (reply.body["total_minor"], reply.body["revision"], reply.body["status"]) == (1996, 1, "open")
    assert erp.exposure("C-ACC") == 1996
    (fact,) = erp.facts("sales_order.changed")
    assert (fact.data["revision"], fact.data["total_minor"]) == (1, 1996)
    again = change(erp, 1, line(1, "MUG", 4, 499))
    assert (again.status, len(erp.facts("sales_order.changed"))) == (200, 1)
    assert change(erp, 1, line(1, "MUG", 5, 499)).body["type"] == "urn:problem:stale-revision"


def test_what_has_left_stays_in_the_order_and_the_rest_may_go() -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 10, 499), line(2, "JAR", 3, 1999))
    issue = {"sales_order": "SO-000001", "site": "LDS", "shipment": "S-1", "lines": [line(1, "MUG", 6)]}
    erp.post("/goods-issues", issue)
    assert change(erp, 1, line(1, "MUG", 5, 499)).body["type"] == "urn:problem:goods-issued"
    assert change(erp, 1, line(2, "JAR", 3, 1999)).body["type"] == "urn:problem:goods-issued"
    assert change(erp, 1, line(1, "MUG", 6, 499)).body["status"] == "shipped"
    erp.post("/invoices", {"sales_order": "SO-000001", "shipment": "S-1", "lines": [line(1, "MUG", 6)]})
    assert erp.get("/sales-orders/SO-000001")["status"] == "invoiced"
    assert change(erp, 2, line(1, "MUG", 6, 499), line(3, "TIN", 1, 100)).body["status"] == "open"


def test_a_closed_order_and_unknown_items_are_refused() -> None:
    erp = Caller()
    erp.order(line(1, "MUG", 10, 499))
    assert change(erp, 1, line(1, "NONE", 1, 499)).body["type"] == "urn:problem:unknown-item"
    assert change(erp, 1, line(1, "MUG", 1, 499), line(1, "JAR", 1, 499)).body["type"] == "urn:problem:duplicate-line"
    erp.post("/sales-orders/SO-000001/cancellation", {"reason": "x"})
    assert change(erp, 1, line(1, "MUG", 1, 499)).body["type"] == "urn:problem:sales-order-closed"


def test_an_item_tells_what_may_be_sent_in_its_place() -> None:
    erp = Caller()
    assert erp.get("/items/MUG")["substitute"] is None
    assert erp.call("GET", "/items/NONE").body["type"] == "urn:problem:unknown-item"
