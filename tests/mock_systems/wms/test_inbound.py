"""Inbound orders: what was announced, what a truck brought, and what lies on the shelf then."""

from __future__ import annotations

from typing import Any

import pytest

from mock_systems.kit.consignment import ConsignedLine, Consignment
from mock_systems.kit.wire import Reply
from tests.mock_systems.wms.warehouse import Warehouse, line


def announce(house: Warehouse, asn: str = "ASN-1", *lines: dict[str, Any], key: str | None = None) -> Reply:
    """Announce a delivery to Leeds; by default ten cups and five jars."""
    body = {"asn": asn, "purchase_order": "PO-1", "site": "LDS", "lines": list(lines) or TOLD, "traceparent": None}
    return house.call("POST", "/inbound-orders", body, key=key)


def truck(*lines: tuple[int, str, int, int], asn: str = "ASN-1") -> Consignment:
    """A truck for Leeds with these goods: line, item, good and damaged ones."""
    return Consignment(asn, "PO-1", "LDS", tuple(ConsignedLine(*goods) for goods in lines))


TOLD = [line(1, "CUP", 10), line(2, "JAR", 5)]


def test_what_really_came_is_booked_over_and_under_the_notice() -> None:
    house = Warehouse()
    number = announce(house).body["inbound_order"]
    house.wms.deliver(truck((1, "CUP", 12, 0), (2, "JAR", 3, 1)), house.now_us)
    house.run_until(12)
    inbound = house.call("GET", f"/inbound-orders/{number}").body
    assert inbound["state"] == "received"
    assert inbound["received"] == [
        {"line": 1, "sku": "CUP", "quantity": 12, "announced": 10, "damaged": 0},
        {"line": 2, "sku": "JAR", "quantity": 3, "announced": 5, "damaged": 1},
    ]
    assert house.stock("LDS", "CUP") == (112, 0, 1)
    assert house.stock("LDS", "JAR") == (103, 0, 1)
    assert [topic for topic, _, _ in house.heard] == ["inbound.received", "stock.moved"]
    (received,) = house.facts("inbound.received")
    assert received.data["lines"] == inbound["received"]
    assert [f.data["reason"] for f in house.facts("stock.moved")] == ["receipt", "receipt"]


def test_goods_that_nobody_announced_wait_in_the_yard() -> None:
    house = Warehouse()
    house.wms.deliver(truck((1, "CUP", 10, 0)), house.now_us)
    house.run_until(12)
    assert house.facts("inbound.received") == []
    assert house.stock("LDS", "CUP") == (100, 0, 0)
    announce(house, "ASN-2")
    house.run_until(13)
    assert house.facts("inbound.received") == []
    announce(house)
    house.run_until(15)
    (received,) = house.facts("inbound.received")
    assert [(x["announced"], x["quantity"]) for x in received.data["lines"]] == [(10, 10), (5, 0)]
    assert house.stock("LDS", "CUP") == (110, 0, 1)


def test_a_second_announcement_without_a_key_is_a_delivery_that_never_comes() -> None:
    house = Warehouse()
    first = announce(house, key="k").body["inbound_order"]
    assert announce(house, key="k").body["inbound_order"] == first
    second = announce(house).body["inbound_order"]
    house.wms.deliver(truck((1, "CUP", 10, 0)), house.now_us)
    house.run_until(18)
    found = house.call("GET", "/inbound-orders", asn="ASN-1").body["items"]
    assert [(x["inbound_order"], x["state"]) for x in found] == [(first, "received"), (second, "announced")]
    assert house.stock("LDS", "CUP") == (110, 0, 1)


def test_nobody_unloads_at_night_and_a_poller_sees_each_change() -> None:
    house = Warehouse()
    announce(house)
    page = house.call("GET", "/inbound-orders").body
    assert [x["state"] for x in page["items"]] == ["announced"]
    house.run_until(20.5)
    house.wms.deliver(truck((1, "CUP", 10, 0)), house.now_us)
    house.run_until(5, day=1)
    assert house.facts("inbound.received") == []
    house.run_until(9, day=1)
    page = house.call("GET", "/inbound-orders", cursor=page["next_cursor"]).body
    assert [x["state"] for x in page["items"]] == ["received"]
    assert house.call("GET", "/inbound-orders", cursor=page["next_cursor"]).body["items"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [({"site": "XXX"}, "unknown-site"), ({"lines": [line(1, "PEN", 1)]}, "unknown-item")],
)
def test_an_announcement_that_fits_nothing_is_refused(body: dict[str, Any], code: str) -> None:
    house = Warehouse()
    good = {"asn": "ASN-1", "purchase_order": "PO-1", "site": "LDS", "lines": TOLD, "traceparent": None}
    reply = house.call("POST", "/inbound-orders", {**good, **body})
    assert (reply.status, reply.body["type"]) == (422, f"urn:problem:{code}")
    assert house.facts() == []


def test_all_moves_but_shipments_are_listed_as_booked() -> None:
    house = Warehouse()
    house.label_when_packed()
    house.send_out("W-000001", "LDS", line(1, "CUP", 4))
    house.wms.adjust("BHM", "TIN", -3)
    announce(house)
    house.wms.deliver(truck((1, "CUP", 10, 0)), house.now_us)
    house.run_until(20)
    first = house.call("GET", "/stock-movements", limit="1").body
    assert [(x["reason"], x["quantity"]) for x in first["items"]] == [("adjust", -3)]
    assert first["has_more"]
    rest = house.call("GET", "/stock-movements", cursor=first["next_cursor"]).body
    assert [(x["reason"], x["quantity"]) for x in rest["items"]] == [("receipt", 10)]
    assert not rest["has_more"]
    assert house.call("GET", "/stock-movements", cursor=rest["next_cursor"]).body["items"] == []
