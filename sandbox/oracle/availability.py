"""Available to promise, from the books of both sides: what the channel sells now, and what it ought to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import Watcher, on

if TYPE_CHECKING:
    from sandbox.oracle.case import Case

Compared = Callable[[str, bool, int], None]
"""`compared(sku, agrees, at_us)`: whether the two numbers agree after a change."""
Oversold = Callable[[Fact, str, int, int], None]
"""`oversold(fact, sku, units, since_us)`: an order took eaches that nobody has; since when too many were shown."""


class Availability(Watcher):
    """Two numbers for each listed item.

    *Told*: the published quantity, less accepted, uncancelled orders beyond its watermark. *True*: stock that is
    neither shipped nor reserved, less accepted, uncancelled orders that no reservation covers yet, less the safety
    stock. Neither is below zero. It is heard before the cases change: `cases` are as they were before the fact.
    """

    def __init__(self, safety_stock: int, cases: Mapping[str, Case]) -> None:
        self.compared: list[Compared] = []
        self.oversold: list[Oversold] = []
        self._safety_stock = safety_stock
        self._cases = cases
        self._told: dict[str, int] = {}
        self._watermark: dict[str, int] = {}
        self._free: dict[str, int] = {}
        self._uncovered: dict[str, int] = {}
        self._needed: dict[tuple[str, str], int] = {}
        self._cancelled: set[str] = set()
        self._too_many: dict[str, int] = {}
        self._blocked: dict[str, int] = {}
        self._changed: dict[str, None] = {}
        self._counted: dict[str, tuple[int, int]] = {}
        self._totals = (0, 0)

    def of(self, sku: str) -> tuple[int, int]:
        """What is told, and what is true."""
        true = self._free.get(sku, 0) - self._uncovered.get(sku, 0) - self._safety_stock
        return max(0, self._told[sku]), max(0, true)

    def free(self, sku: str) -> int:
        """What lies on all shelves and is not reserved."""
        return self._free.get(sku, 0)

    def needed(self, order: str, sku: str) -> int:
        """What an order needs of an item beyond what is reserved for it or has left."""
        return 0 if order in self._cancelled else max(0, self._needed.get((order, sku), 0))

    def surplus(self, order: str, sku: str) -> int:
        """What is reserved for an order, or has left for it, beyond what it asks for."""
        return max(0, -self._needed.get((order, sku), 0))

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

    @on("commerce item.listed")
    def _listed(self, fact: Fact) -> None:
        self._told.setdefault(fact.entity, 0)
        self._compare(fact.entity, fact.at_us)

    @on("commerce stock.published")
    def _published(self, fact: Fact) -> None:
        sku = fact.entity
        self._told[sku] = fact.data["available"]
        self._watermark[sku] = fact.data["watermark"]
        self._compare(sku, fact.at_us)

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        seq = fact.data["seq"]
        for line in fact.data["lines"]:
            sku, quantity = line["sku"], line["quantity"]
            self._sell(sku, seq, quantity)
            self._need(fact.entity, sku, quantity)
            missing = self._uncovered.get(sku, 0) - self._free.get(sku, 0)
            if missing > 0:
                since_us = self._too_many.get(sku, fact.at_us)
                for heard in self.oversold:
                    heard(fact, sku, min(missing, quantity), since_us)
            self._compare(sku, fact.at_us)

    @on("commerce order.edited")
    def _edited(self, fact: Fact) -> None:
        case = self._cases.get(fact.order or "")
        if case is None or case.accepted is None:
            return
        seq = case.accepted.data["seq"]
        wanted, sold = _by_sku(fact.data["lines"]), _by_sku(case.lines.values())
        for sku in dict.fromkeys((*sold, *wanted)):
            change = wanted.get(sku, 0) - sold.get(sku, 0)
            if change and case.order not in self._cancelled:
                self._sell(sku, seq, change)
                self._need(case.order, sku, change)
                self._compare(sku, fact.at_us)

    @on("commerce order.cancelled")
    def _cancel(self, fact: Fact) -> None:
        order = fact.entity
        case = self._cases.get(order)
        if case is None or case.accepted is None or order in self._cancelled:
            return
        seq = case.accepted.data["seq"]
        sold = _by_sku(case.lines.values())
        for sku in sold:
            self._uncovered[sku] -= max(0, self._needed.get((order, sku), 0))
        self._cancelled.add(order)
        for sku, quantity in sold.items():
            self._sell(sku, seq, -quantity)
            self._compare(sku, fact.at_us)

    @on("wms stock.opened", "wms stock.moved")
    def _stocked(self, fact: Fact) -> None:
        # What is shipped was reserved before, and changes nothing.
        data = fact.data
        if data.get("reason") != "ship":
            sku = data["sku"]
            self._free[sku] = self._free.get(sku, 0) + data["quantity"]
            self._compare(sku, fact.at_us)

    @on("wms reservation.made")
    def _reserved(self, fact: Fact) -> None:
        self._keep(fact, 1)

    @on("wms reservation.released", "wms short_pick.reported")
    def _given_free(self, fact: Fact) -> None:
        # What a picker does not find leaves its reservation; the move that takes it off the shelf is told as well.
        self._keep(fact, -1)

    @on("wms count.recorded")
    def _count_recorded(self, fact: Fact) -> None:
        # What a counter did not find may not be promised until somebody has decided about the count.
        data = fact.data
        self._blocked[fact.entity] = missing = max(0, data["book"] - data["counted"])
        self._block(data["sku"], missing, fact.at_us)

    @on("wms count.approved", "wms count.rejected")
    def _count_decided(self, fact: Fact) -> None:
        self._block(fact.data["sku"], -self._blocked.pop(fact.entity, 0), fact.at_us)

    def _block(self, sku: str, quantity: int, at_us: int) -> None:
        if quantity:
            self._free[sku] = self._free.get(sku, 0) - quantity
            self._compare(sku, at_us)

    def _keep(self, fact: Fact, sign: int) -> None:
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
        agrees = told == true or (told if told > 0 else 0) == (true if true > 0 else 0)
        if not agrees and told > true:
            self._too_many.setdefault(sku, at_us)
        elif self._too_many:
            self._too_many.pop(sku, None)
        for heard in self.compared:
            heard(sku, agrees, at_us)


def _by_sku(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line["sku"]] = wanted.get(line["sku"], 0) + line["quantity"]
    return wanted
