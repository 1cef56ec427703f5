"""WMS and carrier on one clock, called through their doors: what the trucks take is what is delivered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy

from mock_systems.carrier.system import build_carrier
from mock_systems.kit.opening import Item, Opening, Site, Stock
from mock_systems.kit.physics import DAY, HOUR, SECOND
from mock_systems.kit.streams import Streams
from mock_systems.kit.system import MockSystem
from mock_systems.kit.wire import Reply, Request
from mock_systems.wms.system import build_wms

MONDAY_US = 15_292 * DAY
OPENING = Opening("GBP", (Item("CUP", "Cup", 5, 4, 3),), (), (Site("LDS", "Leeds"),), (Stock("LDS", "CUP", 500),))
SHIP_TO = {"name": "Anna Field", "country": "FR", "postcode": "75001"}
LINES = [{"line": 1, "sku": "CUP", "quantity": 2}]


class Shift:
    """Sends orders out and labels each parcel as it is packed."""

    def __init__(self) -> None:
        self.env = simpy.Environment(initial_time=MONDAY_US + 5 * HOUR)
        self.wms = build_wms(OPENING, Streams(3))
        self.carrier = build_carrier(OPENING, Streams(3))
        self.wms.on_departure.append(self.carrier.collect)
        self.wms.webhooks.transport = self._packed
        self.wms.webhooks.subscribe("/webhooks/wms", ["outbound.packed"])
        self.wms.start(self.env)
        self.carrier.start(self.env)

    def post(self, system: MockSystem, path: str, body: dict[str, Any], order: str) -> Reply:
        """A call of the integration that must succeed."""
        trace = order.encode().hex().ljust(32, "0")[:32]
        headers = {
            "authorization": f"Bearer core-{system.name}",
            "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
            "x-fencing-token": "4",
        }
        reply = system.receive(Request("POST", path, {}, headers, body), int(self.env.now)).reply
        assert reply is not None
        assert reply.status < 300, reply.body
        return reply

    def send_out(self, order: str) -> None:
        """Reserve and release."""
        body = {"reference": order, "order": order, "site": "LDS", "lines": LINES}
        reservation = self.post(self.wms, "/reservations", body, order).body["reservation"]
        parent = f"00-{order.encode().hex().ljust(32, '0')[:32]}-00f067aa0ba902b7-01"
        outbound = {"reservation": reservation, "reference": order, "order": order, "ship_to": SHIP_TO}
        self.post(self.wms, "/outbound-orders", {**outbound, "traceparent": parent}, order)

    def _packed(self, url: str, request: Request, done: Callable[[int | None], None]) -> None:
        done(204)
        packed = request.body["data"]
        order, number = packed["order"], packed["outbound_order"]
        purchase = {
            "reference": packed["reference"],
            "order": order,
            "service": "economy",
            "from_site": packed["site"],
            "to_country": SHIP_TO["country"],
            "weight_g": packed["weight_g"],
        }
        label = self.post(self.carrier, "/labels", purchase, order).body
        attached = {"label": label["label"], "tracking": label["tracking"]}
        self.post(self.wms, f"/outbound-orders/{number}/label", attached, order)


def test_all_that_is_sent_out_is_delivered_under_its_trace() -> None:
    shift = Shift()
    orders = [f"W-{number:06d}" for number in range(1, 61)]
    for order in orders:
        shift.env.run(until=shift.env.now + SECOND)  # the WMS grants 30 calls at once
        shift.send_out(order)
    shift.env.run(until=MONDAY_US + 8 * DAY)
    shipped = [fact for fact in shift.wms.ledger.facts if fact.kind == "outbound.shipped"]
    scans = [fact for fact in shift.carrier.ledger.facts if fact.kind == "parcel.scanned"]
    delivered = [fact for fact in scans if fact.data["status"] == "delivered"]
    assert sorted(fact.order or "" for fact in shipped) == orders
    assert sorted(fact.entity for fact in delivered) == sorted(fact.data["tracking"] for fact in shipped)
    assert {(fact.order, fact.trace) for fact in delivered} == {(fact.order, fact.trace) for fact in shipped}
    assert len({fact.trace for fact in delivered}) == 60
    calls = [f for f in shift.wms.ledger.facts if f.kind in ("reservation.made", "outbound.labelled")]
    assert {fact.fence for fact in calls} == {4}
    assert not [fact for fact in shift.carrier.ledger.facts if fact.kind == "parcel.refused"]
