"""Purchase to receipt in the ERP: planner, suppliers, receipts over and under, and the buyer who amends."""

from __future__ import annotations

from typing import Any

import pytest
import simpy

from mock_systems.erp.replenishment_config import ReplenishmentConfig
from mock_systems.erp.system import build_erp
from mock_systems.kit.consignment import Consignment
from mock_systems.kit.physics import DAY, HOUR
from mock_systems.kit.streams import Streams
from tests.mock_systems.erp.caller import MONDAY_9_US, OPENING, Caller, line

CAREFUL: dict[str, Any] = {
    "over_share": 0.0,
    "under_share": 0.0,
    "mispacked_share": 0.0,
    "damaged_share": 0.0,
    "late_notice_share": 0.0,
}


class Company(Caller):
    """A caller of an ERP with a planner; `trucks` are the consignments that arrived, with their times."""

    def __init__(self, seed: int = 7, **settings: Any) -> None:
        super().__init__(seed=seed)
        config = ReplenishmentConfig(**{**CAREFUL, **settings})
        self.erp = build_erp(OPENING, Streams(seed), replenishment=config)
        self.env = simpy.Environment(initial_time=MONDAY_9_US)
        self.trucks: list[tuple[Consignment, int]] = []
        self.erp.on_delivery.append(lambda consignment, now_us: self.trucks.append((consignment, now_us)))
        self.erp.webhooks.send = lambda notice, now_us: self.notices.append(notice)  # type: ignore[method-assign]
        self.erp.start(self.env)

    def sell(self, quantity: int, sku: str = "MUG", ref: str = "W-000001", site: str = "LDS") -> None:
        """An order that leaves at once."""
        order = self.order(line(1, sku, quantity, 500), ref=ref)["sales_order"]
        body = {"sales_order": order, "site": site, "shipment": ref, "lines": [line(1, sku, quantity)]}
        self.post("/goods-issues", body)

    def purchase(self, quantity: int = 60) -> dict[str, Any]:
        """The purchase order that follows from selling so many mugs."""
        self.sell(quantity)
        self.wait(20 * HOUR)
        (order,) = self.get("/purchase-orders")["items"]
        return dict(order)

    def receipt(self, order: dict[str, Any], quantity: int, receipt: str = "INB-1", **options: Any) -> Any:
        """Post a receipt of the order's only line."""
        lines = [line(1, "MUG", quantity)]
        body = {"purchase_order": order["purchase_order"], "asn": "ASN-1", "receipt": receipt, "site": "LDS"}
        return self.call("POST", "/goods-receipts", {**body, "lines": lines}, **options)

    def mugs(self) -> int:
        """Financial stock of mugs in Leeds."""
        return int(next(x for x in self.get("/stock")["items"] if (x["site"], x["sku"]) == ("LDS", "MUG"))["quantity"])


def test_nothing_is_ordered_without_a_planner_or_above_the_reorder_point() -> None:
    idle = Caller()
    idle.wait(5 * DAY)
    assert idle.facts("purchase_order.created") == []
    company = Company()
    company.sell(20)
    company.wait(3 * DAY)
    assert company.facts("purchase_order.created") == []


def test_below_the_reorder_point_it_orders_up_to_the_target_and_a_truck_comes_after_its_notice() -> None:
    company = Company(cover_days=1, lookback_days=1, lead_days=2, lead_spread_days=1)
    order = company.purchase(60)
    ordered = order["lines"][0]
    target = 60 * (1 + 2 + 1)
    assert (ordered["sku"], ordered["quantity"], ordered["cost_minor"]) == ("MUG", target - 40, 250)
    company.wait(5 * DAY)
    assert len(company.facts("purchase_order.created")) == 1, "what is on order is reckoned with"
    (notice,) = company.get("/ship-notices")["items"]
    ((truck, arrived_us),) = company.trucks
    assert notice["lines"] == [line(1, "MUG", target - 40)]
    assert (truck.asn, arrived_us) == (notice["asn"], notice["arrives_at_us"])
    assert [(x.quantity, x.damaged) for x in truck.lines] == [(target - 40, 0)]
    sent = company.facts("asn.sent")[0]
    assert sent.at_us < arrived_us
    assert sent.trace == company.facts("purchase_order.created")[0].trace
    assert [n.topic for n in company.notices] == ["purchase_order.created", "asn.received"]


def test_customers_orders_that_no_stock_covers_are_ordered_for() -> None:
    company = Company()
    company.order(line(1, "JAR", 500, 1999))
    company.wait(20 * HOUR)
    (order,) = company.get("/purchase-orders")["items"]
    assert [(x["sku"], x["quantity"]) for x in order["lines"]] == [("JAR", 490)]


def test_a_receipt_enters_stock_and_ledger_and_closes_the_order_when_all_has_come() -> None:
    company = Company()
    order = company.purchase()
    ordered = order["lines"][0]["quantity"]
    first = company.receipt(order, ordered - 10, key="a")
    assert first.status == 201
    assert company.receipt(order, ordered - 10, key="a").body == first.body
    assert first.body["outstanding"] == [line(1, "MUG", 10)]
    assert company.mugs() == 40 + ordered - 10
    assert company.receipt(order, 10, "INB-2").body["outstanding"] == []
    assert company.get(f"/purchase-orders/{order['purchase_order']}")["status"] == "closed"
    (closed,) = company.facts("purchase_order.closed")
    assert closed.data["reason"] == "received"
    accounts = {x["account"]: x for x in company.get("/trial-balance")["accounts"]}
    assert accounts["goods_received_not_invoiced"]["credit_minor"] == 250 * ordered
    assert [x["receipt"] for x in company.get("/goods-receipts", receipt="INB-2")["items"]] == ["INB-2"]


def test_more_than_the_tolerance_is_refused_until_a_buyer_has_amended_the_order() -> None:
    company = Company()
    order = company.purchase()
    too_many = order["lines"][0]["quantity"] * 5 // 4
    refused = company.receipt(order, too_many)
    assert (refused.status, refused.body["type"]) == (409, "urn:problem:over-receipt")
    assert company.mugs() == 40
    company.wait(DAY)
    (changed,) = company.facts("purchase_order.changed")
    assert changed.data["lines"][0]["quantity"] == too_many
    assert company.notices[-1].topic == "purchase_order.changed"
    assert company.receipt(order, too_many).status == 201
    assert company.mugs() == 40 + too_many


def test_a_receipt_may_bring_what_is_covered_first_and_the_surplus_once_the_order_was_amended() -> None:
    company = Company()
    order = company.purchase()
    too_many = order["lines"][0]["quantity"] * 5 // 4
    (over,) = company.receipt(order, too_many).body["over"]
    surplus = over["received"] - over["most"]
    assert company.receipt(order, too_many - surplus).status == 201
    assert company.get(f"/purchase-orders/{order['purchase_order']}")["status"] == "closed"
    assert company.receipt(order, surplus).body["over"] == [over]
    company.wait(DAY)
    assert company.facts("purchase_order.changed")[0].data["lines"][0]["quantity"] == too_many
    assert company.receipt(order, surplus).body["outstanding"] == []
    assert company.mugs() == 40 + too_many


def test_what_was_given_up_is_not_on_order_again_when_a_buyer_opens_the_order_for_a_late_delivery() -> None:
    company = Company()
    order = company.purchase()
    company.receipt(order, 5)
    company.post(f"/purchase-orders/{order['purchase_order']}/closure", {"reason": "short"})
    company.receipt(order, 2, "INB-2")
    company.wait(5 * HOUR)
    assert company.facts("purchase_order.changed")[0].data["lines"][0]["quantity"] == 7
    assert company.receipt(order, 2, "INB-2").body["outstanding"] == []


def test_closing_short_lets_the_planner_order_again() -> None:
    company = Company()
    order = company.purchase()
    company.receipt(order, 1)
    for _ in range(2):
        company.post(f"/purchase-orders/{order['purchase_order']}/closure", {"reason": "short"})
    assert len(company.facts("purchase_order.closed")) == 1
    company.wait(DAY)
    again = [x for x in company.get("/purchase-orders")["items"] if x["purchase_order"] != order["purchase_order"]]
    assert again[0]["lines"][0]["quantity"] > 0


def test_goods_for_a_closed_order_are_refused_until_a_buyer_has_opened_it_again() -> None:
    company = Company()
    order = company.purchase()
    company.post(f"/purchase-orders/{order['purchase_order']}/closure", {"reason": "short"})
    assert company.receipt(order, 1).body["type"] == "urn:problem:purchase-order-closed"
    company.wait(8 * HOUR)
    assert company.receipt(order, 1).status == 201


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"purchase_order": "PO-9"}, "unknown-purchase-order"),
        ({"site": "BHM"}, "wrong-site"),
        ({"lines": [line(2, "MUG", 1)]}, "unknown-line"),
        ({"lines": [line(1, "MUG", 1), line(1, "MUG", 1)]}, "duplicate-line"),
    ],
)
def test_a_receipt_that_fits_no_order_is_refused(wrong: dict[str, Any], code: str) -> None:
    company = Company()
    order = company.purchase()
    body = {"purchase_order": order["purchase_order"], "asn": "A", "receipt": "R", "site": "LDS"}
    reply = company.call("POST", "/goods-receipts", {**body, "lines": [line(1, "MUG", 1)], **wrong})
    assert (reply.status, reply.body["type"]) == (422, f"urn:problem:{code}")
    assert company.facts("goods_receipt.posted") == []


def test_suppliers_send_over_and_under_mispack_damage_and_make_up_for_it() -> None:
    seen: set[str] = set()
    for seed in range(12):
        company = Company(seed, over_share=0.3, under_share=0.5, mispacked_share=0.4, damaged_share=0.4)
        order = company.purchase()
        company.wait(14 * DAY)
        ordered = order["lines"][0]["quantity"]
        notices = company.get("/ship-notices")["items"]
        told = [notice["lines"][0]["quantity"] for notice in notices]
        seen.add("over" if told[0] > ordered else "under" if told[0] < ordered else "even")
        assert notices[0]["more_to_follow"] == (len(notices) == 2)
        if len(notices) == 2:
            seen.add("rest")
            assert sum(told) == ordered
        came = [truck.lines[0] for truck, _ in company.trucks]
        seen.update("damaged" for x in came if x.damaged)
        seen.update("mispacked" for x, t in zip(came, told, strict=True) if x.quantity + x.damaged != t)
    assert seen == {"over", "under", "even", "rest", "damaged", "mispacked"}


@pytest.mark.parametrize("wrong", [{"hour": 24}, {"lead_days": 0}, {"suppliers": 0}, {"over_share": 1.5}])
def test_a_replenishment_that_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ReplenishmentConfig(**wrong)
