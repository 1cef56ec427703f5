"""Small correct histories, written by hand: a world of three ledgers' worth of good manners, without a simulator.

`history.order("A", 2).erp().reserve("LDS").release().pack().label().ship().issue().invoice().capture().pay()` makes the
facts that systems would write; `history.publish()` tells the channel what may be promised now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from mock_systems.kit.ledger import Fact
from tests.sandbox.oracle.order_steps import COSTS, PRICES, Order

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
START_US = 1_321_228_800_000_000
SITES = ("BHM", "LDS")
SKUS = ("A", "B", "C")


# What a core does itself, under the lease that it holds.
FENCED = frozenset(
    (
        *("order.status", "order.fulfilled", "order.cancelled", "payment.captured", "payment.refunded", "item.changed"),
        *("sales_order.created", "sales_order.changed", "sales_order.cancelled", "goods_issue.posted"),
        *("invoice.posted", "payment.posted", "goods_return.posted", "credit_note.posted", "refund.posted"),
        *("reservation.made", "reservation.released", "outbound.received", "outbound.labelled", "label.bought"),
        "label.voided",
    )
)


class History:
    """The books of all systems, and the clock. `stock` eaches of each item lie at each site in the beginning."""

    def __init__(self, stock: int = 20, *, traced: bool = True) -> None:
        self.facts: list[Fact] = []
        self.now_us = START_US
        self.traced = traced
        self.fence = 1
        self.orders: list[Order] = []
        self.on_hand = {(site, sku): stock for site in SITES for sku in SKUS}
        self.reserved: Counter[tuple[str, str]] = Counter()
        self.sequence: Counter[tuple[str, str]] = Counter()
        self.numbers: Counter[str] = Counter()
        self.available: dict[str, int] = {}
        self.watermark = dict.fromkeys(SKUS, 0)
        self._open()

    def _open(self) -> None:
        for sku in SKUS:
            self.add("commerce", "item.listed", sku, None, {"name": sku, "price_minor": PRICES[sku]})
            self.add("erp", "item.opened", sku, None, {"cost_minor": COSTS[sku]})
        for (site, sku), quantity in self.on_hand.items():
            opened = {"site": site, "sku": sku, "quantity": quantity}
            self.add("wms", "stock.opened", f"{site}/{sku}", None, opened)
            self.add("erp", "stock.opened", f"{site}/{sku}", None, {**opened, "cost_minor": COSTS[sku]})
        self.publish()

    def add(
        self, system: str, kind: str, entity: str, order: str | None, data: Mapping[str, Any], trace: str | None = None
    ) -> Fact:
        """Write one fact, now."""
        self.numbers[system] += 1
        paid_on_terms = kind == "payment.posted" and "customer" in data
        fence = self.fence if kind in FENCED and not paid_on_terms else None
        trace = trace if self.traced else None
        fact = Fact(self.numbers[system], self.now_us, system, kind, entity, order, data, trace, fence)
        self.facts.append(fact)
        return fact

    def wait(self, minutes: float) -> History:
        """Let time pass."""
        self.now_us += round(minutes * MINUTE_US)
        return self

    def take_over(self) -> History:
        """Another core takes the leases."""
        self.fence += 1
        return self

    def number(self, prefix: str) -> str:
        """The next number of its kind."""
        self.numbers[prefix] += 1
        return f"{prefix}-{self.numbers[prefix]:06d}"

    def promise(self, sku: str) -> int:
        """What the channel may sell."""
        free = sum(self.on_hand[site, sku] - self.reserved[site, sku] for site in SITES)
        uncovered = sum(order.uncovered(sku) for order in self.orders)
        return max(0, free - uncovered)

    def publish(self) -> History:
        """Tell the channel each number that is not right there."""
        for sku in SKUS:
            promise = self.promise(sku)
            if max(0, self.available.get(sku, -1)) == promise and sku in self.available:
                continue
            self.available[sku] = promise
            self.watermark[sku] = len(self.orders)
            self.numbers["version/" + sku] += 1
            data = {"quantity": promise, "available": promise, "version": self.numbers["version/" + sku]}
            self.add("commerce", "stock.published", sku, None, {**data, "watermark": len(self.orders)})
        return self

    def adjust(self, site: str, sku: str, quantity: int, *, followed: bool = True) -> History:
        """The warehouse finds more or less than its books say; the ERP follows."""
        reference = self.number("ADJ")
        self.move(site, sku, quantity, "adjust", reference, None)
        if followed:
            self.follow(site, sku, quantity, reference)
        return self

    def follow(self, site: str, sku: str, quantity: int, reference: str) -> History:
        """The ERP adjusts its stock."""
        number, cost_minor = self.number("SA"), quantity * COSTS[sku]
        data = {"site": site, "sku": sku, "quantity": quantity, "reason": "adjust", "reference": reference}
        self.add("erp", "stock_adjustment.posted", number, None, {**data, "cost_minor": cost_minor})
        amount_minor = abs(cost_minor)
        entries = [
            {"account": "debit", "debit_minor": amount_minor, "credit_minor": 0},
            {"account": "credit", "debit_minor": 0, "credit_minor": amount_minor},
        ]
        self.add("erp", "gl.posted", self.number("JE"), None, {"document": number, "entries": entries})
        return self

    def move(self, site: str, sku: str, quantity: int, reason: str, reference: str, order: str | None) -> None:
        """Stock moves."""
        self.on_hand[site, sku] += quantity
        self.sequence[site, sku] += 1
        data = {
            "site": site,
            "sku": sku,
            "quantity": quantity,
            "reason": reason,
            "sequence": self.sequence[site, sku],
            "on_hand": self.on_hand[site, sku],
            "reserved": self.reserved[site, sku],
            "reference": reference,
        }
        self.add("wms", "stock.moved", f"{site}/{sku}", order, data)

    def order(self, *basket: str | int, payment: str = "card", customer: str | None = None) -> Order:
        """The channel takes an order: `order("A", 2, "B", 1)`."""
        lines = list(zip(basket[::2], basket[1::2], strict=True))
        order = Order(self, [(str(sku), int(quantity)) for sku, quantity in lines], payment, customer)
        self.orders.append(order)
        return order

    def refuse(self, sku: str, quantity: int) -> History:
        """The channel sends a shopper away."""
        lines = [{"line": 1, "sku": sku, "quantity": quantity}]
        self.add("commerce", "order.refused", self.number("REF"), None, {"reason": "sold-out", "lines": lines})
        return self
