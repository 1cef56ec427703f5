"""Known floors: what the ERP has quoted before, so that an order that keeps to it needs no quote of its own."""

from __future__ import annotations

from sandbox.core.model.order import Order, OrderLine
from sandbox.core.processes.parts import Parts
from sandbox.core.systems.erp import QuotedPrice


class KnownFloors:
    """Floors by item and terms of sale, where checks are made in batch; else nothing is known.

    They can clear an order, never stop one: a price below what is known is the ERP's to judge. The runs drop what has
    changed.
    """

    def __init__(self, parts: Parts) -> None:
        self._floors = parts.floors
        self._are_kept = parts.design.flows.checks.refresh is not None

    def clear(self, order: Order) -> bool:
        """Whether every line is known to be sold at no less than its floor."""
        return self._are_kept and all(self._clears(order, line) for line in order.lines)

    def learn(self, order: Order, quoted: list[QuotedPrice]) -> None:
        """Keep what the ERP quoted for the order's lines, as far as it holds for every buyer."""
        if not self._are_kept:
            return
        for line, quote in zip(order.lines, quoted, strict=True):
            # A floor at the price asked may come of a price agreed with this account. One unit more: both are rounded.
            if quote.price_minor > quote.floor_minor + 1:
                known = self._floors.get(line.sku) or {}
                self._floors.put(line.sku, {**known, _terms(order, line): quote.floor_minor})

    def _clears(self, order: Order, line: OrderLine) -> bool:
        floor_minor = (self._floors.get(line.sku) or {}).get(_terms(order, line))
        return floor_minor is not None and line.price_minor >= floor_minor


def _terms(order: Order, line: OrderLine) -> tuple[str, int]:
    """What an item's floor hangs on, whoever buys: the currency, and the case."""
    return order.currency, line.pack
