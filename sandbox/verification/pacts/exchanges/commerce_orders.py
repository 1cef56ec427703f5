"""What the core asks of the shop about orders and their changes."""

from __future__ import annotations

from typing import Any, Final

from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.model.order import Order, OrderLine
from sandbox.core.systems.commerce import CommerceApi, change_request_from_wire, order_from_wire
from sandbox.verification.pacts.exchanges.examples import (
    LINES_SENT,
    SHIPMENT_REF,
    SKU,
    SUBSTITUTE,
    TRACEPARENT,
)
from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, OneOf, Refused, State, asks, problem

NUMBER: Final = "W-000001"
PLACED: Final = State("a guest has ordered", {"sku": SKU, "quantity": 2}, {"order": NUMBER})
TAKES_SUBSTITUTES: Final = State(
    "a guest has ordered who takes substitutes", {"sku": SKU, "substitute": SUBSTITUTE}, {"order": NUMBER}
)
STOP_ASKED: Final = State(
    "a shopper wants to cancel", {"sku": SKU, "quantity": 2}, {"order": NUMBER, "request": "CXR-000001"}
)
EDIT_ASKED: Final = State(
    "a shopper wants less", {"sku": SKU, "quantity": 1}, {"order": NUMBER, "request": "EDT-000001"}
)
_EDIT_LATE: Final = State("a shopper wanted less of an order that was cancelled", EDIT_ASKED.params, EDIT_ASKED.gives)
_LINE: Final = {"line": 1, "sku": SKU, "quantity": 2, "price_minor": 500}
ORDER_SHOWN: Final[dict[str, Any]] = {
    "order": NUMBER,
    "seq": 1,
    "customer": None,
    "payment": OneOf(("card", "account")),
    "currency": "GBP",
    "ship_to": {"country": "GB"},
    "lines": [_LINE],
    "total_minor": 1_000,
    "traceparent": TRACEPARENT,
}
_LISTED: Final = {**ORDER_SHOWN, "state": OneOf(("open", "cancelled"))}
ORDER_READ: Final = Order(
    NUMBER, 1, None, "card", "GBP", {"country": "GB"}, (OrderLine(1, SKU, 2, 500),), 1_000, TRACEPARENT
)
_EDIT: Final[dict[str, Any]] = {
    "request": "EDT-000001",
    "kind": Exactly("edit"),
    "lines": [{**_LINE, "quantity": 1}],
    "ship_to": {"country": "GB"},
    "total_minor": 500,
    "revision": 1,
}
EDIT_SHOWN: Final = {**_EDIT, "order": NUMBER}
EDIT_READ: Final = ChangeRequest("EDT-000001", "edit", "", (OrderLine(1, SKU, 1, 500),), {"country": "GB"}, 500, 1)
STOP_SHOWN: Final[dict[str, Any]] = {
    "request": "CXR-000001",
    "kind": Exactly("cancellation"),
    "order": NUMBER,
    "reason": "changed my mind",
}
STOP_READ: Final = ChangeRequest("CXR-000001", "cancellation", "changed my mind")


def listed_order(wire: dict[str, Any]) -> Order:
    """As the core's intake does: an order is open or closed."""
    assert wire["state"] in ("open", "cancelled")
    return order_from_wire(wire)


def asked_changes(wire: dict[str, Any]) -> list[ChangeRequest]:
    """As the core's intake does: what is open of what the shopper asked."""
    return [change_request_from_wire(one) for one in wire["requests"] if one["state"] == "open"]


EXCHANGES: Final = (
    Exchange(
        system="commerce",
        does="list orders",
        asked=asks(CommerceApi.orders_after, "", 100),
        state=PLACED,
        method="GET",
        path="/orders",
        query={"limit": "100"},
        answer={"items": [_LISTED], "next_cursor": "1", "has_more": False},
        reads=lambda page: (listed_order(page[0][0]), *page[1:]),
        comes_to=(ORDER_READ, "1", False),
    ),
    Exchange(
        system="commerce",
        does="list an order that its shopper wants to have changed",
        asked=asks(CommerceApi.orders_after, "", 100),
        state=EDIT_ASKED,
        method="GET",
        path="/orders",
        query={"limit": "100"},
        answer={
            "items": [{**_LISTED, "requests": [{**_EDIT, "state": Exactly("open")}]}],
            "next_cursor": "2",
            "has_more": False,
        },
        reads=lambda page: (listed_order(page[0][0]), asked_changes(page[0][0]), *page[1:]),
        comes_to=(ORDER_READ, [EDIT_READ], "2", False),
    ),
    Exchange(
        system="commerce",
        does="read an order",
        asked=asks(CommerceApi.order, NUMBER),
        state=PLACED,
        method="GET",
        path="/orders/{order}",
        answer=ORDER_SHOWN,
        reads=order_from_wire,
        comes_to=ORDER_READ,
    ),
    Exchange(
        system="commerce",
        does="read an order that is not there",
        asked=asks(CommerceApi.order, "W-NONE"),
        state=State("an order is not there", {"order": "W-NONE"}),
        method="GET",
        path="/orders/W-NONE",
        status=404,
        answer=problem(404, "unknown-order"),
        comes_to=Refused(404, "unknown-order"),
    ),
    Exchange(
        system="commerce",
        does="read an order that was edited meanwhile",
        asked=asks(CommerceApi.order_since, NUMBER, 0),
        state=State("an order was edited", EDIT_ASKED.params, {"order": NUMBER}),
        method="GET",
        path="/orders/{order}",
        answer={**ORDER_SHOWN, "lines": [{**_LINE, "quantity": 1}], "total_minor": 500, "revision": 1},
        reads=lambda order: (order.revision, order.lines, order.total_minor),
        comes_to=(1, (OrderLine(1, SKU, 1, 500),), 500),
    ),
    Exchange(
        system="commerce",
        does="tell how far an order is",
        asked=asks(CommerceApi.tell_status, NUMBER, "accepted", 2, "W-000001:accepted"),
        state=PLACED,
        method="POST",
        path="/orders/{order}/status",
        key="W-000001:accepted",
        body={"status": "accepted", "version": 2},
        answer={},
    ),
    Exchange(
        system="commerce",
        does="cancel an order",
        asked=asks(CommerceApi.cancel, NUMBER, "rejected by the credit desk"),
        state=PLACED,
        method="POST",
        path="/orders/{order}/cancellation",
        body={"reason": "rejected by the credit desk"},
        answer={},
    ),
    Exchange(
        system="commerce",
        does="refuse a cancellation",
        asked=asks(CommerceApi.refuse, NUMBER, "cancellation", "CXR-000001", "it has left"),
        state=STOP_ASKED,
        method="POST",
        path="/orders/{order}/cancellation-requests/{request}/refusal",
        body={"reason": "it has left"},
        answer={},
    ),
    Exchange(
        system="commerce",
        does="refuse an edit",
        asked=asks(CommerceApi.refuse, NUMBER, "edit", "EDT-000001", "it has left"),
        state=EDIT_ASKED,
        method="POST",
        path="/orders/{order}/edits/{request}/refusal",
        body={"reason": "it has left"},
        answer={},
    ),
    Exchange(
        system="commerce",
        does="accept an edit",
        asked=asks(CommerceApi.accept_edit, NUMBER, "EDT-000001"),
        state=EDIT_ASKED,
        method="POST",
        path="/orders/{order}/edits/{request}/acceptance",
        answer={},
    ),
    Exchange(
        system="commerce",
        does="accept an edit of an order that was cancelled",
        asked=asks(CommerceApi.accept_edit, NUMBER, "EDT-000001"),
        state=_EDIT_LATE,
        method="POST",
        path="/orders/{order}/edits/{request}/acceptance",
        status=409,
        answer=problem(409, "already-refused"),
        comes_to=Refused(409, "already-refused"),
    ),
    Exchange(
        system="commerce",
        does="serve a line with a substitute",
        asked=asks(CommerceApi.substitute, NUMBER, OrderLine(1, SKU, 1, 500), SUBSTITUTE, "W-000001:substitute"),
        state=TAKES_SUBSTITUTES,
        method="POST",
        path="/orders/{order}/substitutions",
        key="W-000001:substitute",
        body={"line": 1, "quantity": 1, "substitute": SUBSTITUTE},
        answer={**ORDER_SHOWN, "substitutes": True, "revision": 1},
        reads=lambda order: (order.substitutes, order.revision, order.lines),
        comes_to=(True, 1, (OrderLine(1, SKU, 2, 500),)),
    ),
    Exchange(
        system="commerce",
        does="serve a line with a substitute that the shopper does not take",
        asked=asks(CommerceApi.substitute, NUMBER, OrderLine(1, SKU, 1, 500), SUBSTITUTE, "W-000001:no-substitute"),
        state=PLACED,
        method="POST",
        path="/orders/{order}/substitutions",
        key="W-000001:no-substitute",
        body={"line": 1, "quantity": 1, "substitute": SUBSTITUTE},
        status=409,
        answer=problem(409, "no-substitutes"),
        comes_to=Refused(409, "no-substitutes"),
    ),
    Exchange(
        system="commerce",
        does="tell what has left",
        asked=asks(
            CommerceApi.add_fulfilment,
            NUMBER,
            {"reference": SHIPMENT_REF, "tracking": "TRK-000001", "lines": LINES_SENT, "site": "LDS"},
            "W-000001:fulfilment",
        ),
        state=PLACED,
        method="POST",
        path="/orders/{order}/fulfilments",
        key="W-000001:fulfilment",
        body={"reference": SHIPMENT_REF, "tracking": "TRK-000001", "lines": LINES_SENT},
        status=201,
        answer={},
    ),
    Exchange(
        system="commerce",
        does="ask whether the shop knows that a shipment has left",
        asked=asks(CommerceApi.has_fulfilment, NUMBER, SHIPMENT_REF),
        state=State("a shipment was told", {"sku": SKU, "reference": SHIPMENT_REF}, {"order": NUMBER}),
        method="GET",
        path="/orders/{order}/fulfilments",
        answer={"items": [{"reference": Exactly(SHIPMENT_REF)}]},
        comes_to=True,
    ),
)
