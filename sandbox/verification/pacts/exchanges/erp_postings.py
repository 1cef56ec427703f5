"""What the core posts at the ERP once goods have moved: issues, invoices, payments, and what customers give back."""

from __future__ import annotations

from typing import Final

from sandbox.core.systems.erp import ErpApi, Invoice
from sandbox.core.systems.erp_returns import CreditNote, ErpReturnsApi
from sandbox.verification.pacts.exchanges.erp_sales import ENTERED, ISSUED
from sandbox.verification.pacts.exchanges.examples import (
    LINES_SENT,
    NUMBER,
    RETURNED,
    RMA,
    SHIPMENT,
    SHIPMENT_REF,
    SITE,
    SKU,
)
from sandbox.verification.pacts.exchanges.words import Exactly, Exchange, Given, Refused, State, asks, problem

_SHIPPED: Final = {"external_ref": NUMBER, "shipment": SHIPMENT_REF}
_INVOICED: Final = State("a shipment is invoiced", _SHIPPED, {"sales_order": "SO-000001", "invoice": "INV-000001"})
_PAID: Final = State("an invoice is paid", {**_SHIPPED, "reference": "CAP-000001"}, {"payment": "PAY-000001"})
_RETURN: Final = {**_SHIPPED, "return": RMA, "site": SITE}
_CAME_BACK: Final = State("goods of a return were posted", _RETURN, {"sales_order": "SO-000001"})
_CREDITED: Final = State("a return is credited", _RETURN, {"sales_order": "SO-000001", "credit_note": "CRN-000001"})
_BACK: Final = [{"line": 1, "sku": SKU, "quantity": 1}]
_ISSUE: Final = {
    "sales_order": Given("sales_order"),
    "site": SITE,
    "shipment": SHIPMENT_REF,
    "lines": LINES_SENT,
}

EXCHANGES: Final = (
    Exchange(
        system="erp",
        does="post a goods issue",
        asked=asks(ErpApi.post_goods_issue, "SO-000001", SHIPMENT, "W-000001:issue"),
        state=ENTERED,
        method="POST",
        path="/goods-issues",
        key="W-000001:issue",
        body=_ISSUE,
        status=201,
        answer={"goods_issue": "GI-000001"},
        comes_to="GI-000001",
    ),
    Exchange(
        system="erp",
        does="post a goods issue for a cancelled sales order",
        asked=asks(ErpApi.post_goods_issue, "SO-000001", SHIPMENT, "W-000001:issue-late"),
        state=State("a sales order is cancelled", {"external_ref": NUMBER}, {"sales_order": "SO-000001"}),
        method="POST",
        path="/goods-issues",
        key="W-000001:issue-late",
        body=_ISSUE,
        status=409,
        answer=problem(409, "sales-order-closed"),
        comes_to=Refused(409, "sales-order-closed"),
    ),
    Exchange(
        system="erp",
        does="find the goods issue of a shipment",
        asked=asks(ErpApi.goods_issue_of, SHIPMENT_REF),
        state=State("goods of a shipment have left", _SHIPPED),
        method="GET",
        path="/goods-issues",
        query={"shipment": SHIPMENT_REF},
        answer={"items": [{"goods_issue": "GI-000001"}]},
        comes_to="GI-000001",
    ),
    Exchange(
        system="erp",
        does="find no goods issue of a shipment",
        asked=asks(ErpApi.goods_issue_of, "W-NONE-LDS"),
        state=State("nothing of a shipment has left", {"shipment": "W-NONE-LDS"}),
        method="GET",
        path="/goods-issues",
        query={"shipment": "W-NONE-LDS"},
        answer={"items": Exactly([])},
    ),
    Exchange(
        system="erp",
        does="post an invoice",
        asked=asks(ErpApi.post_invoice, "SO-000001", SHIPMENT, "W-000001:invoice"),
        state=ISSUED,
        method="POST",
        path="/invoices",
        key="W-000001:invoice",
        body={"sales_order": Given("sales_order"), "shipment": SHIPMENT_REF, "lines": LINES_SENT},
        status=201,
        answer={"invoice": "INV-000001", "total_minor": 1_000},
        comes_to=Invoice("INV-000001", 1_000),
    ),
    Exchange(
        system="erp",
        does="find the invoice of a shipment",
        asked=asks(ErpApi.invoice_of, SHIPMENT_REF),
        state=_INVOICED,
        method="GET",
        path="/invoices",
        query={"shipment": SHIPMENT_REF},
        answer={"items": [{"invoice": "INV-000001", "total_minor": 1_000}]},
        comes_to=Invoice("INV-000001", 1_000),
    ),
    Exchange(
        system="erp",
        does="post a payment",
        asked=asks(ErpApi.post_payment, "INV-000001", 1_000, "CAP-000001", "W-000001:payment"),
        state=_INVOICED,
        method="POST",
        path="/payments",
        key="W-000001:payment",
        body={"invoice": Given("invoice"), "amount_minor": 1_000, "reference": "CAP-000001"},
        status=201,
        answer={"payment": "PAY-000001"},
        comes_to="PAY-000001",
    ),
    Exchange(
        system="erp",
        does="find the payment of a capture",
        asked=asks(ErpApi.payment_of, "CAP-000001"),
        state=_PAID,
        method="GET",
        path="/payments",
        query={"reference": "CAP-000001"},
        answer={"items": [{"payment": "PAY-000001"}]},
        comes_to="PAY-000001",
    ),
    Exchange(
        system="erp",
        does="post a goods return",
        asked=asks(ErpReturnsApi.post_goods_return, "SO-000001", RETURNED, "RMA-000001:goods"),
        state=_INVOICED,
        method="POST",
        path="/goods-returns",
        key="RMA-000001:goods",
        body={
            "sales_order": Given("sales_order"),
            "return": RMA,
            "site": SITE,
            "lines": [{"line": 1, "sku": SKU, "quantity": 1, "disposition": "restock"}],
        },
        status=201,
        answer={"goods_return": "GR-000001"},
        comes_to="GR-000001",
    ),
    Exchange(
        system="erp",
        does="find the goods return of a receipt",
        asked=asks(ErpReturnsApi.goods_return_of, RETURNED),
        state=_CAME_BACK,
        method="GET",
        path="/goods-returns",
        query={"return": RMA},
        answer={"items": [{"goods_return": "GR-000001", "site": Exactly(SITE)}]},
        comes_to="GR-000001",
    ),
    Exchange(
        system="erp",
        does="post a credit note",
        asked=asks(ErpReturnsApi.post_credit_note, "SO-000001", RETURNED, "RMA-000001:credit"),
        state=_CAME_BACK,
        method="POST",
        path="/credit-notes",
        key="RMA-000001:credit",
        body={"sales_order": Given("sales_order"), "return": RMA, "lines": _BACK},
        status=201,
        answer={"credit_note": "CRN-000001", "total_minor": 500},
        comes_to=CreditNote("CRN-000001", 500),
    ),
    Exchange(
        system="erp",
        does="credit more than was invoiced",
        asked=asks(ErpReturnsApi.post_credit_note, "SO-000001", RETURNED, "RMA-000001:over"),
        state=ISSUED,
        method="POST",
        path="/credit-notes",
        key="RMA-000001:over",
        body={"sales_order": Given("sales_order"), "return": RMA, "lines": _BACK},
        status=409,
        answer=problem(409, "over-credited"),
        comes_to=Refused(409, "over-credited"),
    ),
    Exchange(
        system="erp",
        does="find the credit note of a receipt",
        asked=asks(ErpReturnsApi.credit_note_of, RETURNED, ()),
        state=_CREDITED,
        method="GET",
        path="/credit-notes",
        query={"return": RMA},
        answer={
            "items": [
                {
                    "credit_note": "CRN-000001",
                    "total_minor": 500,
                    "lines": [{"line": Exactly(1), "sku": Exactly(SKU), "quantity": Exactly(1)}],
                }
            ]
        },
        comes_to=CreditNote("CRN-000001", 500),
    ),
    Exchange(
        system="erp",
        does="post a refund",
        asked=asks(ErpReturnsApi.post_refund, "CRN-000001", 500, "REF-000001", "RMA-000001:refund"),
        state=_CREDITED,
        method="POST",
        path="/refund-postings",
        key="RMA-000001:refund",
        body={"credit_note": Given("credit_note"), "amount_minor": 500, "reference": "REF-000001"},
        status=201,
        answer={"refund_posting": "RFP-000001"},
        comes_to="RFP-000001",
    ),
    Exchange(
        system="erp",
        does="find the posting of a refund",
        asked=asks(ErpReturnsApi.refund_of, "REF-000001"),
        state=State("a refund is posted", {**_RETURN, "reference": "REF-000001"}),
        method="GET",
        path="/refund-postings",
        query={"reference": "REF-000001"},
        answer={"items": [{"refund_posting": "RFP-000001"}]},
        comes_to="RFP-000001",
    ),
)
