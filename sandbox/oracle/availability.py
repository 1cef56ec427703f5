"""Available to promise, from the books of both sides: what the channel sells now, and what it ought to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import Handler, Watcher, on
from sandbox.stock_promise import HEARD, Lines, StockPromise

if TYPE_CHECKING:
    from sandbox.oracle.case import Case

Compared = Callable[[str, bool, int], None]
"""`compared(sku, agrees, at_us)`: whether the two numbers agree after a change."""
Oversold = Callable[[Fact, str, int, int], None]
"""`oversold(fact, sku, units, since_us)`: an order took eaches that nobody has; since when too many were shown."""


class Availability(StockPromise[Fact], Watcher):
    """Both numbers of each listed item, compared whenever one of them changes.

    It is heard before the cases change: `cases` are as they were before the fact.
    """

    def __init__(self, safety_stock: int, cases: Mapping[str, Case]) -> None:
        super().__init__(safety_stock)
        self.compared: list[Compared] = []
        self.oversold: list[Oversold] = []
        self._cases = cases
        self._too_many: dict[str, int] = {}
        self._changed: dict[str, None] = {}
        self._counted: dict[str, tuple[int, int]] = {}
        self._totals = (0, 0)

    def handlers(self) -> list[tuple[str, str, Handler]]:
        """System, kind and the bound method that hears them."""
        parts = ((*watched.partition(" "), getattr(self, name)) for watched, name in HEARD.items())
        return super().handlers() + [(system, kind, handler) for system, _, kind, handler in parts]

    def sold(self, order: str) -> tuple[int, Lines] | None:
        """As the order's case has it."""
        case = self._cases.get(order)
        if case is None or case.accepted is None:
            return None
        return case.accepted.data["seq"], case.lines.values()

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
        self.changed(fact.entity, fact.at_us)

    def taken(self, fact: Fact, sku: str, quantity: int) -> None:
        """Whether an order took what nobody has."""
        missing = self._uncovered.get(sku, 0) - self._free.get(sku, 0)
        if missing > 0:
            since_us = self._too_many.get(sku, fact.at_us)
            for heard in self.oversold:
                heard(fact, sku, min(missing, quantity), since_us)

    def changed(self, sku: str, at_us: int) -> None:
        """Compare an item's numbers."""
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
