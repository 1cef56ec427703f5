"""What the core asks of the shop about money, returns, its catalogue and the stock that it shows."""

from __future__ import annotations

from typing import Final

from sandbox.core.model.item import Item, ListedItem
from sandbox.core.model.returned import Return
from sandbox.core.systems.commerce import CommerceApi
from sandbox.core.systems.commerce_returns import CommerceReturnsApi, return_from_wire
from sandbox.verification.pacts.exchanges.commerce_orders import NUMBER, PLACED
from sandbox.verification.pacts.exchanges.examples import RMA, SHIPMENT_REF, SKU, TRACEPARENT
from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, OneOf, Refused, State, asks, problem

_CAPTURED: Final = State(
    "a payment was captured", {"sku": SKU, "amount_minor": 1_000, "reference": "INV-000001"}, {"order": NUMBER}
)
REFUNDED: Final = State(
    "a payment was refunded",
    {"sku": SKU, "amount_minor": 500, "reference": "CRN-000001"},
    {"order": NUMBER},
)
RETURN_ASKED: Final = State(
    "a shopper returns goods", {"sku": SKU, "quantity": 1, "shipment": SHIPMENT_REF}, {"order": NUMBER, "rma": RMA}
)
_RECEIVED: Final = State("a return was told to be received", RETURN_ASKED.params, RETURN_ASKED.gives)
_LISTED: Final = State("the shop lists an item", {"sku": SKU})
_ITEM: Final = Item(SKU, 7, "Blue mug", 550, 400, "EA", 12, True)
_REQUESTED_AT_US: Final = 1_321_265_000_000_000
RETURN_SHOWN: Final = {
    "rma": RMA,
    "order": NUMBER,
    "lines": [{"shipment": SHIPMENT_REF, "line": 1, "sku": SKU, "quantity": 1}],
    "requested_at_us": _REQUESTED_AT_US,
    "status": OneOf(("requested", "received", "credited", "refused", "expired")),
    "traceparent": TRACEPARENT,
}
RETURN_READ: Final = Return(RMA, NUMBER, ((SHIPMENT_REF, 1, SKU, 1),), _REQUESTED_AT_US, "requested", TRACEPARENT)

EXCHANGES: Final = (
    Exchange(
        system="commerce",
        does="capture a payment",
        asked=asks(CommerceApi.capture, NUMBER, 1_000, "INV-000001", "W-000001:capture"),
        state=PLACED,
        method="POST",
        path="/orders/{order}/captures",
        key="W-000001:capture",
        body={"amount_minor": 1_000, "reference": "INV-000001"},
        status=201,
        answer={"capture": "CAP-000001"},
        comes_to="CAP-000001",
    ),
    Exchange(
        system="commerce",
        does="capture more than was authorised",
        asked=asks(CommerceApi.capture, NUMBER, 100_000, "INV-000001", "W-000001:capture-over"),
        state=PLACED,
        method="POST",
        path="/orders/{order}/captures",
        key="W-000001:capture-over",
        body={"amount_minor": 100_000, "reference": "INV-000001"},
        status=409,
        answer=problem(409, "over-authorised"),
        comes_to=Refused(409, "over-authorised"),
    ),
    Exchange(
        system="commerce",
        does="find the capture for an invoice",
        asked=asks(CommerceApi.capture_of, NUMBER, "INV-000001"),
        state=_CAPTURED,
        method="GET",
        path="/orders/{order}/captures",
        answer={"items": [{"capture": "CAP-000001", "reference": Exactly("INV-000001")}]},
        comes_to="CAP-000001",
    ),
    Exchange(
        system="commerce",
        does="give money back",
        asked=asks(CommerceReturnsApi.refund, NUMBER, 500, "CRN-000001", "RMA-000001:refund"),
        state=_CAPTURED,
        method="POST",
        path="/orders/{order}/refunds",
        key="RMA-000001:refund",
        body={"amount_minor": 500, "reference": "CRN-000001"},
        status=201,
        answer={"refund": "REF-000001"},
        comes_to="REF-000001",
    ),
    Exchange(
        system="commerce",
        does="give more money back than was captured",
        asked=asks(CommerceReturnsApi.refund, NUMBER, 500, "CRN-000001", "RMA-000001:refund-over"),
        state=PLACED,
        method="POST",
        path="/orders/{order}/refunds",
        key="RMA-000001:refund-over",
        body={"amount_minor": 500, "reference": "CRN-000001"},
        status=409,
        answer=problem(409, "over-captured"),
        comes_to=Refused(409, "over-captured"),
    ),
    Exchange(
        system="commerce",
        does="find the refund for a credit note",
        asked=asks(CommerceReturnsApi.refund_of, NUMBER, "CRN-000001"),
        state=REFUNDED,
        method="GET",
        path="/orders/{order}/refunds",
        answer={"items": [{"refund": "REF-000001", "reference": Exactly("CRN-000001")}]},
        comes_to="REF-000001",
    ),
    Exchange(
        system="commerce",
        does="list returns",
        asked=asks(CommerceReturnsApi.returns_after, "", 100),
        state=RETURN_ASKED,
        method="GET",
        path="/returns",
        query={"limit": "100"},
        answer={"items": [RETURN_SHOWN], "next_cursor": "1", "has_more": False},
        reads=lambda page: (return_from_wire(page[0][0]), *page[1:]),
        comes_to=(RETURN_READ, "1", False),
    ),
    Exchange(
        system="commerce",
        does="tell how far a return is",
        asked=asks(CommerceReturnsApi.tell, RMA, "received", 2, "RMA-000001:received"),
        state=RETURN_ASKED,
        method="POST",
        path="/returns/{rma}/status",
        key="RMA-000001:received",
        body={"status": "received", "version": 2},
        answer={},
    ),
    Exchange(
        system="commerce",
        does="ask how far the shop shows a return to be",
        asked=asks(CommerceReturnsApi.shows, RMA, "received"),
        state=_RECEIVED,
        method="GET",
        path="/returns/{rma}",
        answer={"status": Exactly("received")},
        comes_to=True,
    ),
    Exchange(
        system="commerce",
        does="ask how the shop shows an item",
        asked=asks(CommerceApi.listed_item, SKU),
        state=_LISTED,
        method="GET",
        path=f"/catalogue/{SKU}",
        answer={"version": 1, "name": "Mug", "price_minor": 500, "pack": 12, "listed": True},
        comes_to=ListedItem(1, "Mug", 500, 12, True),
    ),
    Exchange(
        system="commerce",
        does="ask how the shop shows an item that it does not know",
        asked=asks(CommerceApi.listed_item, "NONE"),
        state=State("the shop does not list an item", {"sku": "NONE"}),
        method="GET",
        path="/catalogue/NONE",
        status=404,
        answer={},
        comes_to=None,
    ),
    Exchange(
        system="commerce",
        does="have an item shown as it is now",
        asked=asks(CommerceApi.change_item, _ITEM),
        state=_LISTED,
        method="PUT",
        path=f"/catalogue/{SKU}",
        body={"version": 7, "name": "Blue mug", "price_minor": 550, "pack": 12, "listed": True},
        answer={},
    ),
    Exchange(
        system="commerce",
        does="publish stock",
        asked=asks(CommerceApi.publish_stock, ((SKU, 98),), 5, 1),
        state=_LISTED,
        method="POST",
        path="/stock",
        body={"watermark": 1, "items": [{"sku": SKU, "quantity": 98, "version": 5}]},
        answer={"items": [{"sku": SKU, "status": "ok"}]},
        comes_to={SKU: "ok"},
    ),
    Exchange(
        system="commerce",
        does="read the published stock",
        asked=asks(CommerceApi.stock),
        state=_LISTED,
        method="GET",
        path="/stock",
        query={"limit": "500"},
        answer={"items": [{"sku": SKU, "quantity": 100}], "next_cursor": None},
        comes_to={SKU: 100},
    ),
)
