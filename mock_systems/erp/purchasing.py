"""The purchasing book: purchase orders, what is on order of each item, and the suppliers' ship notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_systems.erp.purchasing_wire import PurchaseLine, PurchaseStatus
from mock_systems.erp.wire import Line
from mock_systems.kit.listing import Changes

Key = tuple[str, str]
"""Site and item."""


@dataclass(slots=True)
class PurchaseOrder:
    """A purchase order for one site. `received` counts eaches by line, `claimed` what a refused receipt wanted to."""

    purchase_order: str
    supplier: str
    site: str
    lines: Sequence[PurchaseLine]
    traceparent: str
    status: PurchaseStatus = "open"
    received: dict[int, int] = field(default_factory=dict)
    claimed: dict[int, int] = field(default_factory=dict)

    @property
    def trace(self) -> str:
        """The trace id that all that follows from the order bears."""
        return self.traceparent[3:35]

    def outstanding(self) -> list[Line]:
        """What is still to come, whether or not anybody waits for it."""
        left = [(line, line["quantity"] - self.received.get(line["line"], 0)) for line in self.lines]
        return [{"line": x["line"], "sku": x["sku"], "quantity": quantity} for x, quantity in left if quantity > 0]

    def view(self) -> dict[str, Any]:
        """The purchase order as the API and the webhooks show it now."""
        return {
            "purchase_order": self.purchase_order,
            "supplier": self.supplier,
            "site": self.site,
            "lines": self.lines,
            "status": self.status,
            "outstanding": self.outstanding(),
            "traceparent": self.traceparent,
        }


class Purchasing:
    """All purchase orders and ship notices. `on_order` is what open orders will still bring, by site and item.

    `ask_buyer` hears of each order of which a receipt was refused; `short` collects what was closed short, for the
    planner. More than `tolerance_percent` above the ordered quantity of a line is refused.
    """

    def __init__(self, tolerance_percent: int = 10) -> None:
        self.tolerance_percent = tolerance_percent
        self.orders: dict[str, PurchaseOrder] = {}
        self.notices: list[Mapping[str, Any]] = []
        self.changes = Changes()
        self.on_order: dict[Key, int] = {}
        self.short: dict[Key, None] = {}
        self.ask_buyer: Callable[[PurchaseOrder], None] = _nobody_buys

    def add(self, order: PurchaseOrder) -> None:
        """Keep a new one."""
        self.orders[order.purchase_order] = order
        self._count(order, 1)
        self.changes.note(order.purchase_order)

    def change(self, order: PurchaseOrder, act: Callable[[], None]) -> None:
        """Do what changes an order, and keep the figures of what is on order with it."""
        self._count(order, -1)
        act()
        self._count(order, 1)
        self.changes.note(order.purchase_order)

    def most(self, line: PurchaseLine) -> int:
        """What may be received of a line in all."""
        return line["quantity"] * (100 + self.tolerance_percent) // 100

    def _count(self, order: PurchaseOrder, sign: int) -> None:
        if order.status == "open":
            for line in order.outstanding():
                key = (order.site, line["sku"])
                self.on_order[key] = self.on_order.get(key, 0) + sign * line["quantity"]


def _nobody_buys(order: PurchaseOrder) -> None:
    """Before the buyers come to work."""
