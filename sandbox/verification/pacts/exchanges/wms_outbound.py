"""What the core asks of the warehouses about stock, reservations and outbound orders."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sandbox.core.model.inventory import SiteStock
from sandbox.core.model.shipment import OUTBOUND_STATES, Outbound
from sandbox.core.systems.wms import WmsApi, outbound_from_wire
from sandbox.verification.pacts.exchanges.examples import (
    LINES_SENT,
    NUMBER,
    ORDER,
    SHIP_TO,
    SHIPMENT,
    SHIPMENT_REF,
    SITE,
    SKU,
    TRACEPARENT,
)
from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, Given, OneOf, Refused, State, asks, problem

_ABOUT: Final = {"order": NUMBER, "reference": SHIPMENT_REF, "site": SITE}
_STOCKED: Final = State("an item is in stock", {"site": SITE, "sku": SKU})
_RESERVED: Final = State("a shipment is reserved", _ABOUT, {"reservation": "RSV-000001"})
_NUMBER: Final = {"outbound_order": "OUT-LDS-000001"}
RELEASED: Final = State("a shipment is released", _ABOUT, {**_NUMBER, "reservation": "RSV-000001"})
PACKED: Final = State("a shipment is packed", _ABOUT, _NUMBER)
_RELEASED_SHIPMENT: Final = replace(SHIPMENT, reservation="RSV-000001")
_PACKED_SHIPMENT: Final = replace(SHIPMENT, outbound="OUT-LDS-000001", label="LBL-000001", tracking="TRK-000001")


def outbound_shown(*states: str, **changed: Any) -> dict[str, Any]:
    """An outbound order, as far as the core reads it, in one of these states."""
    return {
        "outbound_order": "OUT-LDS-000001",
        "reference": SHIPMENT_REF,
        "order": NUMBER,
        "state": OneOf(states),
        "weight_g": None,
        "label": None,
        "tracking": None,
        "lines": LINES_SENT,
        "short": Exactly([]),
        **changed,
    }


def outbound_read(state: str, weight_g: int = 0, label: str | None = None, tracking: str | None = None) -> Outbound:
    """What the core makes of it."""
    lines = ((1, SKU, 2),)
    return Outbound("OUT-LDS-000001", SHIPMENT_REF, NUMBER, state, weight_g, label, tracking, lines)


EXCHANGES: Final = (
    Exchange(
        system="wms",
        does="take a snapshot of all stock",
        asked=asks(WmsApi.stock),
        state=_STOCKED,
        method="GET",
        path="/stock",
        query={"limit": "500"},
        answer={
            "items": [{"site": SITE, "sku": SKU, "on_hand": 100, "reserved": 0, "sequence": 1, "blocked": 0}],
            "next_cursor": None,
        },
        comes_to=[SiteStock(SITE, SKU, 100, 0, 1, 0)],
    ),
    Exchange(
        system="wms",
        does="reserve a shipment",
        asked=asks(WmsApi.reserve, NUMBER, SHIPMENT, "W-000001:reserve"),
        state=_STOCKED,
        method="POST",
        path="/reservations",
        key="W-000001:reserve",
        body={"reference": SHIPMENT_REF, "order": NUMBER, "site": SITE, "lines": LINES_SENT},
        status=201,
        answer={"reservation": "RSV-000001"},
        comes_to="RSV-000001",
    ),
    Exchange(
        system="wms",
        does="reserve more than there is",
        asked=asks(WmsApi.reserve, NUMBER, SHIPMENT, "W-000001:short"),
        state=State("an item is out of stock", {"site": SITE, "sku": SKU}),
        method="POST",
        path="/reservations",
        key="W-000001:short",
        body={"reference": SHIPMENT_REF, "order": NUMBER, "site": SITE, "lines": LINES_SENT},
        status=409,
        answer=problem(409, "insufficient-stock", short=[{"sku": SKU, "available": 0}]),
        comes_to=Refused(409, "insufficient-stock", {"short": [{"sku": SKU, "available": 0}]}),
    ),
    Exchange(
        system="wms",
        does="find the reservation of a shipment",
        asked=asks(WmsApi.reservation_of, SHIPMENT_REF),
        state=_RESERVED,
        method="GET",
        path="/reservations",
        query={"reference": SHIPMENT_REF},
        answer={"items": [{"reservation": "RSV-000001", "state": Exactly("open")}]},
        comes_to="RSV-000001",
    ),
    Exchange(
        system="wms",
        does="release a reservation",
        asked=asks(WmsApi.release_reservation, "RSV-000001", "cancelled"),
        state=_RESERVED,
        method="POST",
        path="/reservations/{reservation}/release",
        body={"reason": "cancelled"},
        answer={},
    ),
    Exchange(
        system="wms",
        does="release a reservation that the floor holds",
        asked=asks(WmsApi.release_reservation, "RSV-000001", "cancelled"),
        state=RELEASED,
        method="POST",
        path="/reservations/{reservation}/release",
        body={"reason": "cancelled"},
        status=409,
        answer=problem(409, "in-use"),
        comes_to=Refused(409, "in-use"),
    ),
    Exchange(
        system="wms",
        does="release a shipment to the floor",
        asked=asks(WmsApi.release_outbound, ORDER, _RELEASED_SHIPMENT, "W-000001:release"),
        state=_RESERVED,
        method="POST",
        path="/outbound-orders",
        key="W-000001:release",
        body={
            "reservation": Given("reservation"),
            "reference": SHIPMENT_REF,
            "order": NUMBER,
            "ship_to": SHIP_TO,
            "traceparent": TRACEPARENT,
        },
        status=201,
        answer={"outbound_order": "OUT-LDS-000001"},
        comes_to="OUT-LDS-000001",
    ),
    Exchange(
        system="wms",
        does="find the outbound order of a shipment",
        asked=asks(WmsApi.outbound_of, SHIPMENT_REF),
        state=RELEASED,
        method="GET",
        path="/outbound-orders",
        query={"reference": SHIPMENT_REF},
        answer={"items": [{"outbound_order": "OUT-LDS-000001"}]},
        comes_to="OUT-LDS-000001",
    ),
    Exchange(
        system="wms",
        does="read an outbound order",
        asked=asks(WmsApi.outbound, "OUT-LDS-000001"),
        state=RELEASED,
        method="GET",
        path="/outbound-orders/{outbound_order}",
        answer=outbound_shown(*OUTBOUND_STATES),
        reads=outbound_from_wire,
        comes_to=outbound_read("received"),
    ),
    Exchange(
        system="wms",
        does="read an outbound order that was packed",
        asked=asks(WmsApi.outbound, "OUT-LDS-000001"),
        state=PACKED,
        method="GET",
        path="/outbound-orders/{outbound_order}",
        answer=outbound_shown("packed", weight_g=650),
        reads=outbound_from_wire,
        comes_to=outbound_read("packed", 650),
    ),
    Exchange(
        system="wms",
        does="list outbound orders",
        asked=asks(WmsApi.outbound_after, "", 100),
        state=RELEASED,
        method="GET",
        path="/outbound-orders",
        query={"limit": "100"},
        answer={"items": [outbound_shown(*OUTBOUND_STATES)], "next_cursor": "1", "has_more": False},
        reads=lambda page: (outbound_from_wire(page[0][0]), *page[1:]),
        comes_to=(outbound_read("received"), "1", False),
    ),
    Exchange(
        system="wms",
        does="cancel an outbound order",
        asked=asks(WmsApi.cancel_outbound, "OUT-LDS-000001", "cancelled"),
        state=RELEASED,
        method="POST",
        path="/outbound-orders/{outbound_order}/cancellation",
        body={"reason": "cancelled"},
        answer=outbound_shown("cancelled"),
        comes_to=outbound_read("cancelled"),
    ),
    Exchange(
        system="wms",
        does="cancel an outbound order that the floor has",
        asked=asks(WmsApi.cancel_outbound, "OUT-LDS-000001", "cancelled"),
        state=PACKED,
        method="POST",
        path="/outbound-orders/{outbound_order}/cancellation",
        body={"reason": "cancelled"},
        status=409,
        answer=problem(409, "after-release", state=OneOf(("packed",))),
        comes_to=Refused(409, "after-release", {"state": "packed"}),
    ),
    Exchange(
        system="wms",
        does="attach a label",
        asked=asks(WmsApi.attach_label, _PACKED_SHIPMENT),
        state=PACKED,
        method="POST",
        path="/outbound-orders/{outbound_order}/label",
        body={"label": "LBL-000001", "tracking": "TRK-000001"},
        answer={},
    ),
)
