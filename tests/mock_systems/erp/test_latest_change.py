"""A sales order tells when anything about it changed last: who polls knows what to read again."""

from __future__ import annotations

from typing import Any

from mock_systems.kit.physics import HOUR
from tests.mock_systems.erp.caller import MONDAY_9_US, SHIP_TO, Caller, line


def times(erp: Caller, number: str = "SO-000001") -> tuple[int, int]:
    """Hours after Monday 09:00 at which it was created, and at which it changed last."""
    shown: dict[str, Any] = erp.get(f"/sales-orders/{number}")
    return (shown["created_at_us"] - MONDAY_9_US) // HOUR, (shown["changed_at_us"] - MONDAY_9_US) // HOUR


def test_each_step_of_an_order_is_its_latest_change() -> None:
    erp = Caller()
    erp.order()
    erp.wait(HOUR)
    assert times(erp) == (0, 0)
    changed = {"revision": 1, "ship_to": {**SHIP_TO, "postcode": "LS2"}, "lines": [line(1, "MUG", 8, 500)]}
    assert erp.call("PUT", "/sales-orders/SO-000001", changed).status == 200
    assert times(erp) == (0, 1)
    assert erp.get("/sales-orders/SO-000001")["ship_to"]["postcode"] == "LS2"
    erp.wait(HOUR)
    posted = {"sales_order": "SO-000001", "shipment": "OUT-1", "lines": [line(1, "MUG", 8)]}
    erp.post("/goods-issues", {**posted, "site": "LDS"})
    assert times(erp) == (0, 2)
    erp.wait(HOUR)
    erp.post("/invoices", posted)
    assert times(erp) == (0, 3)


def test_so_are_its_cancellation_and_the_credit_desks_decision() -> None:
    erp = Caller()
    erp.order()
    erp.wait(HOUR)
    erp.post("/sales-orders/SO-000001/cancellation", {"reason": "shopper"})
    assert times(erp) == (0, 1)
    assert erp.order(customer="C-BAD", ref="W-000002")["status"] == "on_hold"
    erp.wait(3 * HOUR)
    assert erp.get("/sales-orders/SO-000002")["status"] == "rejected"
    decided = next(fact for fact in erp.facts("sales_order.rejected"))
    assert erp.get("/sales-orders/SO-000002")["changed_at_us"] == decided.at_us
