"""Orders that wait for stock, and whether there is some for them."""

from __future__ import annotations

from collections.abc import Callable

from mock_systems.kit.ledger import Fact
from sandbox.oracle.cases import Cases

Waits = Callable[[str, Fact, int], None]
Done = Callable[[str], None]


class Backorders:
    """Backordered orders in the order in which they were told so.

    One can be served when what lies free on all shelves suffices for it and for all that waited longer for the same
    items. `waits(order, fact, at_us)` is called when that begins, `done(order)` when it is over.
    """

    def __init__(self, cases: Cases, waits: Waits, done: Done) -> None:
        self._cases = cases
        self._waits = waits
        self._done = done
        self._waiting: dict[str, Fact] = {}
        self._by_sku: dict[str, dict[str, None]] = {}

    def told(self, fact: Fact) -> None:
        """The channel was told that the order waits."""
        self._waiting.setdefault(fact.entity, fact)
        self.changed(fact)

    def changed(self, fact: Fact) -> None:
        """The order may want something else now."""
        order = fact.entity
        if order not in self._waiting:
            return
        for orders in self._by_sku.values():
            orders.pop(order, None)
        skus = dict.fromkeys(line["sku"] for line in self._cases.by_order[order].lines.values())
        for sku in skus:
            self._by_sku.setdefault(sku, {})[order] = None
        for sku in skus:
            self.look(sku, True, fact.at_us)

    def over(self, order: str) -> None:
        """The order waits no more: it has all it needs, or needs nothing. Told again, it waits again."""
        if self._waiting.pop(order, None) is not None:
            for orders in self._by_sku.values():
                orders.pop(order, None)
            self._done(order)

    def look(self, sku: str, agrees: bool, at_us: int) -> None:
        """Stock of an item has changed."""
        orders = self._by_sku.get(sku)
        if not orders:
            return
        for order in list(orders):
            wanted = [other for other in self._skus(order) if self._cases.availability.needed(order, other)]
            if not wanted:
                self.over(order)
            elif all(self._suffices(other, order) for other in wanted):
                self._waits(order, self._waiting[order], at_us)
            else:
                self._done(order)

    def _skus(self, order: str) -> list[str]:
        return [sku for sku, orders in self._by_sku.items() if order in orders]

    def _suffices(self, sku: str, order: str) -> bool:
        """Whether the free stock is enough for this order and for all that waited longer."""
        availability = self._cases.availability
        free = availability.free(sku)
        for other in self._by_sku[sku]:
            free -= availability.needed(other, sku)
            if other == order:
                break
        return free >= 0
