"""The ERP's own problem codes, by HTTP status: part of its contract (see kit/problems.py)."""

from __future__ import annotations

from typing import Final

from mock_systems.erp.purchasing_wire import Overage
from mock_systems.kit.problems import Codes, Members

PROBLEMS: Final[Codes] = {
    404: (
        "unknown-credit-note",
        "unknown-customer",
        "unknown-goods-issue",
        "unknown-goods-receipt",
        "unknown-goods-return",
        "unknown-invoice",
        "unknown-item",
        "unknown-payment",
        "unknown-purchase-order",
        "unknown-refund-posting",
        "unknown-sales-order",
        "unknown-stock-adjustment",
    ),
    409: (
        "already-invoiced",
        "approval-required",
        "goods-issued",
        "on-hold",
        "over-credited",
        "over-receipt",
        "over-returned",
        "purchase-order-closed",
        "sales-order-closed",
        "stale-revision",
    ),
    422: (
        "duplicate-line",
        "nothing-to-adjust",
        "over-quantity",
        "tax-mismatch",
        "unit-and-pack",
        "unknown-credit-note",
        "unknown-customer",
        "unknown-invoice",
        "unknown-item",
        "unknown-line",
        "unknown-purchase-order",
        "unknown-sales-order",
        "unknown-site",
        "wrong-currency",
        "wrong-site",
    ),
}

MEMBERS: Final[Members] = {"over-receipt": Overage}
