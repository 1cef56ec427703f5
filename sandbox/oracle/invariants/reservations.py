"""Open reservations, as the warehouse's facts tell them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mock_systems.kit.ledger import Fact


class Reservations:
    """Those made and neither released nor consumed, by number and by order."""

    def __init__(self) -> None:
        self.open: dict[str, Fact] = {}
        self._by_order: dict[str, list[str]] = {}
        self._short: dict[tuple[str, str], int] = {}

    def made(self, fact: Fact) -> bool:
        """One more; False when its number is open already."""
        if fact.entity in self.open:
            return False
        self.open[fact.entity] = fact
        self._by_order.setdefault(fact.order or "", []).append(fact.entity)
        return True

    def ended(self, reservation: str) -> bool:
        """Released or consumed; False when it was not open."""
        made = self.open.pop(reservation, None)
        if made is None:
            return False
        self._by_order[made.order or ""].remove(reservation)
        return True

    def shortened(self, reservation: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """A picker found less than is kept."""
        for line in lines:
            key = (reservation, line["sku"])
            self._short[key] = self._short.get(key, 0) + line["quantity"]

    def of_order(self, order: str | None) -> Sequence[str]:
        """The open reservations for an order."""
        return self._by_order.get(order or "", ())

    def units(self) -> dict[tuple[str, str], int]:
        """What is kept of each item at each site, in eaches."""
        kept: dict[tuple[str, str], int] = {}
        for made in self.open.values():
            site = made.data["site"]
            for line in made.data["lines"]:
                kept[site, line["sku"]] = kept.get((site, line["sku"]), 0) + line["quantity"]
        for (reservation, sku), missing in self._short.items():
            if reservation in self.open:
                kept[self.open[reservation].data["site"], sku] -= missing
        return kept
