"""What the core asks of the warehouses about goods that come in or back, counts, and other movements."""

from __future__ import annotations

from typing import Any, Final

from sandbox.core.model.inventory import Movement
from sandbox.core.model.supply import Count, Inbound
from sandbox.core.systems.wms import movement_from_wire
from sandbox.core.systems.wms_returns import WmsReturnsApi, receipt_from_wire
from sandbox.core.systems.wms_supply import WmsSupplyApi, count_from_wire, inbound_from_wire
from sandbox.verification.pacts.exchanges.examples import (
    ASN,
    NOTICE,
    NUMBER,
    PURCHASE_ORDER,
    RETURNED,
    RMA,
    SITE,
    SKU,
    TRACEPARENT,
)
from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, Refused, State, asks, problem

_INBOUND: Final = "INB-LDS-000001"
_COUNT: Final = "CNT-LDS-000001"
_LINES: Final = [{"line": 1, "sku": SKU, "quantity": 40}]
_COMING: Final = {"asn": ASN, "purchase_order": PURCHASE_ORDER, "site": SITE, "lines": _LINES}
_ANNOUNCED: Final = State("a delivery is announced", _COMING, {"inbound_order": _INBOUND})
RECEIVED: Final = State("a delivery is received", _COMING, {"inbound_order": _INBOUND})
COUNTED: Final = State("an item was counted, and one is missing", {"site": SITE, "sku": SKU}, {"count": _COUNT})
ADJUSTED: Final = State("stock was adjusted by one", {"site": SITE, "sku": SKU})
_BACK: Final = [{"line": 1, "sku": SKU, "quantity": 1}]
_SENT_BACK: Final = {"rma": RMA, "order": NUMBER, "site": SITE, "lines": _BACK}
_EXPECTED: Final = State("a return is announced", _SENT_BACK)
CAME_BACK: Final = State("a return is received", _SENT_BACK)

INBOUND_SHOWN: Final = {
    "inbound_order": _INBOUND,
    "asn": ASN,
    "state": Exactly("received"),
    "received": [{"line": 1, "sku": SKU, "quantity": 40}],
}
INBOUND_READ: Final = Inbound(_INBOUND, ASN, ((1, SKU, 40),))
COUNT_SHOWN: Final = {
    "count": _COUNT,
    "site": SITE,
    "sku": SKU,
    "state": Exactly("recorded"),
    "counted": 99,
    "book": 100,
    "as_of": 1,
    "traceparent": TRACEPARENT,
}
COUNT_READ: Final = Count(_COUNT, SITE, SKU, 99, 100, 1, TRACEPARENT)
MOVE_SHOWN: Final = {"site": SITE, "sku": SKU, "quantity": -1, "reason": "adjust", "sequence": 2}
MOVE_READ: Final = Movement(SITE, SKU, -1, "adjust", 2)
RETURN_SHOWN: Final = {
    "return_order": RETURNED.return_order,
    "rma": RMA,
    "site": SITE,
    "state": Exactly("received"),
    "received": [{"line": 1, "sku": SKU, "quantity": 1, "disposition": "restock"}],
}


def count_read(wire: dict[str, Any]) -> Count | None:
    """As the core's news do: a count that is decided is none."""
    return count_from_wire(wire) if wire["state"] == "recorded" else None


EXCHANGES: Final = (
    Exchange(
        system="wms",
        does="announce a delivery",
        asked=asks(WmsSupplyApi.announce, NOTICE, f"{ASN}:announce"),
        state=State("an item is in stock", {"site": SITE, "sku": SKU}),
        method="POST",
        path="/inbound-orders",
        key=f"{ASN}:announce",
        body={**_COMING, "traceparent": TRACEPARENT},
        status=201,
        answer={"inbound_order": _INBOUND},
        comes_to=_INBOUND,
    ),
    Exchange(
        system="wms",
        does="find the inbound order of a ship notice",
        asked=asks(WmsSupplyApi.announced, ASN),
        state=_ANNOUNCED,
        method="GET",
        path="/inbound-orders",
        query={"asn": ASN},
        answer={"items": [{"inbound_order": _INBOUND}]},
        comes_to=_INBOUND,
    ),
    Exchange(
        system="wms",
        does="read an inbound order that has not come",
        asked=asks(WmsSupplyApi.inbound, _INBOUND),
        state=_ANNOUNCED,
        method="GET",
        path="/inbound-orders/{inbound_order}",
        answer={"inbound_order": _INBOUND, "asn": ASN, "state": "announced"},
        comes_to=Inbound(_INBOUND, ASN, None),
    ),
    Exchange(
        system="wms",
        does="read an inbound order that was received",
        asked=asks(WmsSupplyApi.inbound, _INBOUND),
        state=RECEIVED,
        method="GET",
        path="/inbound-orders/{inbound_order}",
        answer=INBOUND_SHOWN,
        comes_to=INBOUND_READ,
    ),
    Exchange(
        system="wms",
        does="list inbound orders",
        asked=asks(WmsSupplyApi.inbound_after, "", 100),
        state=RECEIVED,
        method="GET",
        path="/inbound-orders",
        query={"limit": "100"},
        answer={"items": [INBOUND_SHOWN], "next_cursor": "1", "has_more": False},
        reads=lambda page: (inbound_from_wire(page[0][0]), *page[1:]),
        comes_to=(INBOUND_READ, "1", False),
    ),
    Exchange(
        system="wms",
        does="list movements",
        asked=asks(WmsSupplyApi.movements_after, "", 100),
        state=ADJUSTED,
        method="GET",
        path="/stock-movements",
        query={"limit": "100"},
        answer={"items": [MOVE_SHOWN], "next_cursor": "1", "has_more": False},
        reads=lambda page: (movement_from_wire(page[0][0]), *page[1:]),
        comes_to=(MOVE_READ, "1", False),
    ),
    Exchange(
        system="wms",
        does="list counts",
        asked=asks(WmsSupplyApi.counts_after, "", 100),
        state=COUNTED,
        method="GET",
        path="/counts",
        query={"limit": "100"},
        answer={"items": [COUNT_SHOWN], "next_cursor": "1", "has_more": False},
        reads=lambda page: (count_read(page[0][0]), *page[1:]),
        comes_to=(COUNT_READ, "1", False),
    ),
    Exchange(
        system="wms",
        does="approve a count",
        asked=asks(WmsSupplyApi.approve_count, _COUNT, -1),
        state=COUNTED,
        method="POST",
        path="/counts/{count}/approval",
        body={"quantity": -1},
        answer={},
    ),
    Exchange(
        system="wms",
        does="approve a count that was rejected",
        asked=asks(WmsSupplyApi.approve_count, _COUNT, -1),
        state=State("a count is rejected", {"site": SITE, "sku": SKU}, {"count": _COUNT}),
        method="POST",
        path="/counts/{count}/approval",
        body={"quantity": -1},
        status=409,
        answer=problem(409, "already-decided"),
        comes_to=Refused(409, "already-decided"),
    ),
    Exchange(
        system="wms",
        does="reject a count",
        asked=asks(WmsSupplyApi.reject_count, _COUNT, "rejected by clerk-1"),
        state=COUNTED,
        method="POST",
        path="/counts/{count}/rejection",
        body={"reason": "rejected by clerk-1"},
        answer={},
    ),
    Exchange(
        system="wms",
        does="announce a return",
        asked=asks(WmsReturnsApi.announce, RMA, NUMBER, SITE, _BACK, TRACEPARENT, f"{RMA}:announce"),
        state=State("an item is in stock", {"site": SITE, "sku": SKU}),
        method="POST",
        path="/returns",
        key=f"{RMA}:announce",
        body={**_SENT_BACK, "traceparent": TRACEPARENT},
        status=201,
        answer={"return_order": RETURNED.return_order},
        comes_to=RETURNED.return_order,
    ),
    Exchange(
        system="wms",
        does="find the return order of a return",
        asked=asks(WmsReturnsApi.announced, RMA, SITE),
        state=_EXPECTED,
        method="GET",
        path="/returns",
        query={"rma": RMA},
        answer={"items": [{"return_order": RETURNED.return_order, "site": Exactly(SITE)}]},
        comes_to=RETURNED.return_order,
    ),
    Exchange(
        system="wms",
        does="list return orders",
        asked=asks(WmsReturnsApi.returns_after, "", 100),
        state=CAME_BACK,
        method="GET",
        path="/returns",
        query={"limit": "100"},
        answer={"items": [RETURN_SHOWN], "next_cursor": "1", "has_more": False},
        reads=lambda page: (receipt_from_wire(page[0][0]), *page[1:]),
        comes_to=(RETURNED, "1", False),
    ),
    Exchange(
        system="wms",
        does="read what has come back of a return",
        asked=asks(WmsReturnsApi.receipts_of, RMA),
        state=CAME_BACK,
        method="GET",
        path="/returns",
        query={"rma": RMA},
        answer={"items": [RETURN_SHOWN]},
        comes_to=[RETURNED],
    ),
)
