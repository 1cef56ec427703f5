"""What shoppers see: the shop's prices of the moment, where they have moved since demand was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mock_systems.kit.opening import Item, Opening
from sandbox.demand import DemandLine, DemandOrder


class ShopPrices:
    """Puts the prices and case sizes of the moment into orders; discounts keep their share of the price.

    `shown` are the shop's items, which change while the run goes on.
    """

    def __init__(self, opening: Opening, shown: Mapping[str, Item]) -> None:
        self._first = {item.sku: item for item in opening.items}
        self._shown = shown

    def of_today(self, order: DemandOrder) -> DemandOrder:
        """The order as its shopper would place it now."""
        if all(self._shown.get(line.sku) is self._first.get(line.sku) for line in order.lines):
            return order
        return replace(order, lines=tuple(self._line(line) for line in order.lines))

    def _line(self, line: DemandLine) -> DemandLine:
        first, shown = self._first.get(line.sku), self._shown.get(line.sku)
        if first is None or shown is None or shown is first or not first.price_minor:
            return line
        pack = shown.pack if line.pack > 1 else 1
        now, then = shown.price_minor * pack, first.price_minor * line.pack
        return DemandLine(line.sku, line.units * pack, (2 * line.price_minor * now + then) // (2 * then), pack)
