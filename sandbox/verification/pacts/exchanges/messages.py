"""The webhooks that the core reads, each with its reader."""

from __future__ import annotations

from typing import Final

from sandbox.core.model.shipment import Outbound
from sandbox.core.systems.commerce import change_request_from_wire, order_from_wire
from sandbox.core.systems.commerce_returns import return_from_wire
from sandbox.core.systems.erp import SalesOrder, sales_order_from_wire
from sandbox.core.systems.erp_supply import notice_from_wire
from sandbox.core.systems.wms import movement_from_wire, outbound_from_wire
from sandbox.core.systems.wms_returns import receipt_from_wire
from sandbox.core.systems.wms_supply import inbound_from_wire
from sandbox.verification.pacts.exchanges import commerce_money, commerce_orders, ears, wms_supply
from sandbox.verification.pacts.exchanges.erp_supply import NOTICE_SHOWN
from sandbox.verification.pacts.exchanges.every_system import TOPICS
from sandbox.verification.pacts.exchanges.examples import (
    CUSTOMER,
    NOTICE,
    NUMBER,
    PURCHASE_ORDER,
    RETURNED,
    SHIPMENT_REF,
    SITE,
    SKU,
    WEBHOOK_URL,
)
from sandbox.verification.pacts.exchanges.wms_outbound import outbound_read, outbound_shown
from sandbox.verification.pacts.exchanges.words import Exactly, Message, OneOf, State

_HELD: Final = {"external_ref": NUMBER}
_SHIPPED: Final = {"order": NUMBER, "reference": SHIPMENT_REF, "site": SITE}
_SHORT: Final = outbound_shown(
    "received",
    "waved",
    "picked",
    "packed",
    lines=[{"line": 1, "sku": SKU, "quantity": 1}],
    short=[{"line": 1, "sku": SKU, "quantity": 1}],
)
_DECIDED: Final = OneOf(("approved", "rejected"))


def _sales_order(topic: str, status: str, does: str, state: str) -> Message:
    return Message(
        system="erp",
        topic=topic,
        does=does,
        state=State(state, _HELD),
        data={"sales_order": "SO-000001", "external_ref": NUMBER, "status": Exactly(status)},
        reads=sales_order_from_wire,
        comes_to=SalesOrder("SO-000001", NUMBER, status),
    )


def _validation(system: str) -> Message:
    topic = TOPICS[system]
    return Message(
        system=system,
        topic="subscription.validation",
        does="a subscription wants its token back",
        state=State(
            "a subscription waits for its token",
            {"subscription": "core", "url": f"{WEBHOOK_URL}{system}", "topics": [topic]},
        ),
        data={"subscription": "core", "token": "val_0001"},
        reads=ears.read_validation,
        comes_to=[("core", "val_0001", None)],
    )


MESSAGES: Final = (
    Message(
        system="commerce",
        topic="order.created",
        does="a shopper has ordered",
        state=commerce_orders.PLACED,
        data=commerce_orders.ORDER_SHOWN,
        reads=order_from_wire,
        comes_to=commerce_orders.ORDER_READ,
    ),
    Message(
        system="commerce",
        topic="order.cancellation_requested",
        does="a shopper asks to cancel",
        state=commerce_orders.STOP_ASKED,
        data=commerce_orders.STOP_SHOWN,
        reads=lambda data: (str(data["order"]), change_request_from_wire(data)),
        comes_to=(NUMBER, commerce_orders.STOP_READ),
    ),
    Message(
        system="commerce",
        topic="order.edit_requested",
        does="a shopper asks for less",
        state=commerce_orders.EDIT_ASKED,
        data=commerce_orders.EDIT_SHOWN,
        reads=lambda data: (str(data["order"]), change_request_from_wire(data)),
        comes_to=(NUMBER, commerce_orders.EDIT_READ),
    ),
    Message(
        system="commerce",
        topic="return.requested",
        does="a shopper sends goods back",
        state=commerce_money.RETURN_ASKED,
        data=commerce_money.RETURN_SHOWN,
        reads=return_from_wire,
        comes_to=commerce_money.RETURN_READ,
    ),
    Message(
        system="commerce",
        topic="payment.refunded",
        does="the shop has given money back",
        state=commerce_money.REFUNDED,
        data={"refund": "REF-000001", "reference": "CRN-000001"},
        reads=ears.read_refund,
        comes_to=[("refunded", {"reference": "CRN-000001", "refund": "REF-000001"})],
    ),
    _sales_order("sales_order.released", "open", "the credit desk has released an order", "a held order is released"),
    _sales_order(
        "sales_order.rejected", "rejected", "the credit desk has rejected an order", "a held order is rejected"
    ),
    Message(
        system="erp",
        topic="asn.received",
        does="a supplier has sent a ship notice",
        state=State("a ship notice has come", {"site": SITE, "sku": SKU}),
        data=NOTICE_SHOWN,
        reads=notice_from_wire,
        comes_to=NOTICE,
    ),
    Message(
        system="erp",
        topic="purchase_order.changed",
        does="a buyer has amended a purchase order",
        state=State("a purchase order was amended", {"site": SITE, "sku": SKU}),
        data={"purchase_order": PURCHASE_ORDER},
        reads=ears.read_purchase_order,
        comes_to=[{"purchase_order": PURCHASE_ORDER}],
    ),
    Message(
        system="erp",
        topic="customer.changed",
        does="a customer has changed",
        state=State("a customer has changed", {"customer": CUSTOMER}),
        data={"customer": CUSTOMER},
        reads=ears.read_customer,
        comes_to=[CUSTOMER],
    ),
    Message(
        system="wms",
        topic="outbound.packed",
        does="a shipment is packed",
        state=State("a shipment is packed", _SHIPPED),
        data=outbound_shown("packed", weight_g=650),
        reads=outbound_from_wire,
        comes_to=outbound_read("packed", 650),
    ),
    Message(
        system="wms",
        topic="outbound.shipped",
        does="a shipment has left",
        state=State("a shipment has left", {**_SHIPPED, "label": "LBL-000001", "tracking": "TRK-000001"}),
        data=outbound_shown("shipped", weight_g=650, label="LBL-000001", tracking="TRK-000001"),
        reads=outbound_from_wire,
        comes_to=outbound_read("shipped", 650, "LBL-000001", "TRK-000001"),
    ),
    Message(
        system="wms",
        topic="short_pick.reported",
        does="a picker has found less than the books say",
        state=State("a shipment was picked short", _SHIPPED),
        data=_SHORT,
        reads=outbound_from_wire,
        comes_to=Outbound(
            "OUT-LDS-000001",
            SHIPMENT_REF,
            NUMBER,
            "received",
            0,
            None,
            None,
            ((1, SKU, 1),),
            ((1, SKU, 1),),
        ),
    ),
    Message(
        system="wms",
        topic="stock.moved",
        does="stock has moved",
        state=wms_supply.ADJUSTED,
        data={"moves": [wms_supply.MOVE_SHOWN]},
        reads=lambda data: [movement_from_wire(move) for move in data["moves"]],
        comes_to=[wms_supply.MOVE_READ],
    ),
    Message(
        system="wms",
        topic="inbound.received",
        does="a delivery was received",
        state=wms_supply.RECEIVED,
        data=wms_supply.INBOUND_SHOWN,
        reads=inbound_from_wire,
        comes_to=wms_supply.INBOUND_READ,
    ),
    Message(
        system="wms",
        topic="count.recorded",
        does="an item was counted",
        state=wms_supply.COUNTED,
        data=wms_supply.COUNT_SHOWN,
        reads=wms_supply.count_read,
        comes_to=wms_supply.COUNT_READ,
    ),
    Message(
        system="wms",
        topic="return.received",
        does="a return was received",
        state=wms_supply.CAME_BACK,
        data=wms_supply.RETURN_SHOWN,
        reads=receipt_from_wire,
        comes_to=RETURNED,
    ),
    Message(
        system="carrier",
        topic="tracking.updated",
        does="a parcel has arrived",
        state=State("a parcel has arrived", {"reference": SHIPMENT_REF, "order": NUMBER, "site": SITE}),
        data={"reference": SHIPMENT_REF, "status": Exactly("delivered"), "sequence": 3},
        reads=ears.read_tracking,
        comes_to=[
            (
                NUMBER,
                f"tracking|{SHIPMENT_REF}|3",
                {"kind": "tracking", "reference": SHIPMENT_REF, "status": "delivered"},
                "msg-1",
            )
        ],
    ),
    Message(
        system="desk",
        topic="exception.decided",
        does="a clerk has decided",
        state=State("a clerk has decided", {"exception": "EXC-000001", "order": NUMBER}),
        data={"exception": "EXC-000001", "decision": _DECIDED, "decided_by": "desk-clerk-1"},
        reads=ears.read_decision,
        comes_to=[("EXC-000001", "approved", "desk-clerk-1")],
    ),
    *(_validation(system) for system in TOPICS),
)
