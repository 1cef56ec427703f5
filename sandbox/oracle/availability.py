"""Available to promise, from the books of both sides: what the channel sells now, and what it ought to."""

from __future__ import annotations

from collections.abc import Callable

from mock_systems.kit.ledger import Fact

Compared = Callable[[str, bool, int], None]
"""`compared(sku, agrees, at_us)`: whether the two numbers agree after a change."""


class Availability:
    """Two numbers for each listed item.

    *Told*: the published quantity, less accepted, uncancelled orders beyond its watermark. *True*: stock that is
    neither shipped nor reserved, less accepted, uncancelled orders that no reservation covers yet, less the safety
    stock. Neither is below zero.
    """

    def __init__(self, safety_stock: int, compared: Compared) -> None:
        self._safety_stock = safety_stock
        self._compared = compared
        self._told: dict[str, int] = {}
        self._watermark: dict[str, int] = {}
        self._free: dict[str, int] = {}
        self._uncovered: dict[str, int] = {}
        self._needed: dict[tuple[str, str], int] = {}
        self._cancelled: set[str] = set()
        self._changed: dict[str, None] = {}
        self._counted: dict[str, tuple[int, int]] = {}
        self._totals = (0, 0)

    def of(self, sku: str) -> tuple[int, int]:
        """What is told, and what is true."""
        true = self._free.get(sku, 0) - self._uncovered.get(sku, 0) - self._safety_stock
        return max(0, self._told[sku]), max(0, true)

    def totals(self) -> tuple[int, int]:
        """What is told and what is true of all items together; only what changed since the last call is counted."""
        told_sum, true_sum = self._totals
        for sku in self._changed:
            told, true = self.of(sku)
            old_told, old_true = self._counted.get(sku, (0, 0))
            told_sum, true_sum = told_sum + told - old_told, true_sum + true - old_true
            self._counted[sku] = (told, true)
        self._changed.clear()
        self._totals = (told_sum, true_sum)
        return self._totals

    def listed(self, fact: Fact) -> None:
        """The channel begins to show an item."""
        self._told.setdefault(fact.entity, 0)
        self._compare(fact.entity, fact.at_us)

    def published(self, fact: Fact) -> None:
        """The channel is told a quantity."""
        sku = fact.entity
        self._told[sku] = fact.data["available"]
        self._watermark[sku] = fact.data["watermark"]
        self._compare(sku, fact.at_us)

    def accepted(self, fact: Fact) -> None:
        """The channel has sold."""
        seq = fact.data["seq"]
        for line in fact.data["lines"]:
            sku, quantity = line["sku"], line["quantity"]
            self._sell(sku, seq, quantity)
            self._need(fact.entity, sku, quantity)
            self._compare(sku, fact.at_us)

    def cancelled(self, fact: Fact, accepted: Fact | None) -> None:
        """The channel has given up an order."""
        order = fact.entity
        if accepted is None or order in self._cancelled:
            return
        seq = accepted.data["seq"]
        lines = accepted.data["lines"]
        for sku in dict.fromkeys([line["sku"] for line in lines]):
            self._uncovered[sku] -= max(0, self._needed.get((order, sku), 0))
        self._cancelled.add(order)
        for line in lines:
            self._sell(line["sku"], seq, -line["quantity"])
            self._compare(line["sku"], fact.at_us)

    def stocked(self, fact: Fact) -> None:
        """Stock is opened, counted or received. What is shipped was reserved before, and changes nothing."""
        data = fact.data
        if data.get("reason") != "ship":
            sku = data["sku"]
            self._free[sku] = self._free.get(sku, 0) + data["quantity"]
            self._compare(sku, fact.at_us)

    def reserved(self, fact: Fact, sign: int) -> None:
        """Stock is kept for an order (`sign` 1) or given free (-1)."""
        free = self._free
        order = fact.order or ""
        for line in fact.data["lines"]:
            sku, quantity = line["sku"], sign * line["quantity"]
            free[sku] = free.get(sku, 0) - quantity
            self._need(order, sku, -quantity)
            self._compare(sku, fact.at_us)

    def _sell(self, sku: str, seq: int, quantity: int) -> None:
        if seq > self._watermark.get(sku, 0):
            self._told[sku] = self._told.get(sku, 0) - quantity

    def _need(self, order: str, sku: str, quantity: int) -> None:
        key = (order, sku)
        before = self._needed.get(key, 0)
        after = self._needed[key] = before + quantity
        if order in self._cancelled:
            return
        change = (after if after > 0 else 0) - (before if before > 0 else 0)
        if change:
            self._uncovered[sku] = self._uncovered.get(sku, 0) + change

    def _compare(self, sku: str, at_us: int) -> None:
        told = self._told.get(sku)
        if told is None:
            return
        self._changed[sku] = None
        true = self._free.get(sku, 0) - self._uncovered.get(sku, 0) - self._safety_stock
        self._compared(sku, told == true or (told if told > 0 else 0) == (true if true > 0 else 0), at_us)
