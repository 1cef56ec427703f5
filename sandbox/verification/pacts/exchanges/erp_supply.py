"""What the core asks of the ERP about goods that come in, and about stock that differs."""

from __future__ import annotations

from typing import Final

from sandbox.core.systems.erp_supply import ErpSupplyApi, notice_from_wire
from sandbox.verification.pacts.exchanges.examples import ASN, NOTICE, PURCHASE_ORDER, SITE, SKU, TRACEPARENT
from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, Given, Refused, State, asks, problem

_GIVES: Final = {"purchase_order": PURCHASE_ORDER, "asn": ASN}
_ORDERED: Final = State("goods are on order", {"site": SITE, "sku": SKU, "quantity": 40}, _GIVES)
_LINES: Final = [{"line": 1, "sku": SKU, "quantity": 40}]
NOTICE_SHOWN: Final = {
    "asn": ASN,
    "purchase_order": PURCHASE_ORDER,
    "site": SITE,
    "lines": _LINES,
    "arrives_at_us": NOTICE.arrives_at_us,
    "more_to_follow": False,
    "traceparent": TRACEPARENT,
}
RECEIPT: Final = "INB-LDS-000001"
_RECEIPT_BODY: Final = {
    "purchase_order": Given("purchase_order"),
    "asn": Given("asn"),
    "receipt": RECEIPT,
    "site": SITE,
    "lines": _LINES,
}
_OVER: Final = ((1, SKU, 80),)
_OVER_BODY: Final = {**_RECEIPT_BODY, "lines": [{"line": 1, "sku": SKU, "quantity": 80}]}
_ADJUST: Final = {"site": SITE, "sku": SKU, "quantity": -1}

EXCHANGES: Final = (
    Exchange(
        system="erp",
        does="list ship notices",
        asked=asks(ErpSupplyApi.notices_after, "", 100),
        state=State("a ship notice has come", {"site": SITE, "sku": SKU}),
        method="GET",
        path="/ship-notices",
        query={"limit": "100"},
        answer={"items": [NOTICE_SHOWN], "next_cursor": "1", "has_more": False},
        reads=lambda page: (notice_from_wire(page[0][0]), *page[1:]),
        comes_to=(NOTICE, "1", False),
    ),
    Exchange(
        system="erp",
        does="post a goods receipt",
        asked=asks(ErpSupplyApi.post_receipt, NOTICE, RECEIPT, NOTICE.lines, f"{ASN}:receipt"),
        state=_ORDERED,
        method="POST",
        path="/goods-receipts",
        key=f"{ASN}:receipt",
        body=_RECEIPT_BODY,
        status=201,
        answer={"goods_receipt": "GRN-000001", "outstanding": Exactly([])},
        comes_to=("GRN-000001", False),
    ),
    Exchange(
        system="erp",
        does="post a goods receipt of more than was ordered",
        asked=asks(ErpSupplyApi.post_receipt, NOTICE, RECEIPT, _OVER, f"{ASN}:over"),
        state=_ORDERED,
        method="POST",
        path="/goods-receipts",
        key=f"{ASN}:over",
        body=_OVER_BODY,
        status=409,
        answer=problem(409, "over-receipt", over=[{"line": 1, "received": 80, "most": 44}]),
        comes_to=Refused(409, "over-receipt", {"over": [{"line": 1, "received": 80, "most": 44}]}),
    ),
    Exchange(
        system="erp",
        does="post a goods receipt for a closed purchase order",
        asked=asks(ErpSupplyApi.post_receipt, NOTICE, RECEIPT, NOTICE.lines, f"{ASN}:closed"),
        state=State("a purchase order is closed", {"site": SITE, "sku": SKU, "quantity": 40}, _GIVES),
        method="POST",
        path="/goods-receipts",
        key=f"{ASN}:closed",
        body=_RECEIPT_BODY,
        status=409,
        answer=problem(409, "purchase-order-closed"),
        comes_to=Refused(409, "purchase-order-closed"),
    ),
    Exchange(
        system="erp",
        does="find the goods receipt of a receipt",
        asked=asks(ErpSupplyApi.receipt_of, RECEIPT, 0),
        state=State("a goods receipt is posted", {"site": SITE, "sku": SKU, "quantity": 40, "receipt": RECEIPT}),
        method="GET",
        path="/goods-receipts",
        query={"receipt": RECEIPT},
        answer={"items": [{"goods_receipt": "GRN-000001", "outstanding": Exactly([])}]},
        comes_to=("GRN-000001", False),
    ),
    Exchange(
        system="erp",
        does="close a purchase order",
        asked=asks(ErpSupplyApi.close_purchase_order, PURCHASE_ORDER, "the rest never came"),
        state=_ORDERED,
        method="POST",
        path="/purchase-orders/{purchase_order}/closure",
        body={"reason": "the rest never came"},
        answer={},
    ),
    Exchange(
        system="erp",
        does="adjust stock",
        asked=asks(ErpSupplyApi.adjust_stock, (SITE, SKU), -1, "LDS/MUG/7", "LDS/MUG/7:adjust"),
        state=State("an item is in stock", {"site": SITE, "sku": SKU}),
        method="POST",
        path="/stock-adjustments",
        key="LDS/MUG/7:adjust",
        body={**_ADJUST, "reason": "adjust", "reference": "LDS/MUG/7", "approved_by": None},
        status=201,
        answer={"stock_adjustment": "ADJ-000001"},
        comes_to="ADJ-000001",
    ),
    Exchange(
        system="erp",
        does="post a count's variance",
        asked=asks(ErpSupplyApi.post_variance, (SITE, SKU), -1, "CNT-LDS-000001", "clerk-1", "CNT-LDS-000001:post"),
        state=State("an item is in stock", {"site": SITE, "sku": SKU}),
        method="POST",
        path="/stock-adjustments",
        key="CNT-LDS-000001:post",
        body={**_ADJUST, "reason": "count", "reference": "CNT-LDS-000001", "approved_by": "clerk-1"},
        status=201,
        answer={"stock_adjustment": "ADJ-000001"},
        comes_to="ADJ-000001",
    ),
    Exchange(
        system="erp",
        does="post a large variance for which nobody answers",
        asked=asks(ErpSupplyApi.post_variance, (SITE, SKU), -9_000, "CNT-LDS-000001", None, "CNT-LDS-000001:large"),
        state=State("an item is in stock", {"site": SITE, "sku": SKU}),
        method="POST",
        path="/stock-adjustments",
        key="CNT-LDS-000001:large",
        body={**_ADJUST, "quantity": -9_000, "reason": "count", "reference": "CNT-LDS-000001", "approved_by": None},
        status=409,
        answer=problem(409, "approval-required"),
        comes_to=Refused(409, "approval-required"),
    ),
    Exchange(
        system="erp",
        does="find the adjustment of a movement",
        asked=asks(ErpSupplyApi.adjustment_of, "LDS/MUG/7"),
        state=State("stock was adjusted", {"site": SITE, "sku": SKU, "reference": "LDS/MUG/7"}),
        method="GET",
        path="/stock-adjustments",
        query={"reference": "LDS/MUG/7"},
        answer={"items": [{"stock_adjustment": "ADJ-000001"}]},
        comes_to="ADJ-000001",
    ),
)
