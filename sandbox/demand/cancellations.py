"""A history's cancellations, replayed as returns: each finds the purchases that it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sandbox.demand.orders import DemandLine, DemandReturn

REASON = "cancelled in the history"


class Bought(Protocol):
    """An order of the history, as far as it is needed here."""

    @property
    def reference(self) -> str:
        """Its id."""

    @property
    def at_us(self) -> int:
        """When it was placed."""

    @property
    def customer(self) -> str | None:
        """Who bought."""

    @property
    def lines(self) -> list[DemandLine]:
        """What was bought."""


class GivenBack(NamedTuple):
    """A line of a cancellation: so many eaches of an item."""

    reference: str
    at_us: int
    customer: str
    sku: str
    quantity: int


@dataclass(slots=True)
class _Purchase:
    order: Bought
    position: int
    left: int


@dataclass(slots=True)
class Cancellations:
    """Matches cancellations with the same customer's earlier purchases of the same item, the latest first.

    A line that gives back more than is left of them matches nothing. `returns` are by the order's reference.
    """

    orders: Iterable[Bought]
    _purchases: dict[tuple[str, str], list[_Purchase]] = field(default_factory=dict)
    _lines: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    _at_us: dict[tuple[str, str], int] = field(default_factory=dict)

    def match(self, lines: list[GivenBack]) -> list[bool]:
        """Whether each line gives back what was bought before; asked once, with all lines."""
        self._purchases = {(line.customer, line.sku): [] for line in lines}
        self._find_purchases()
        matched = [False] * len(lines)
        for number in sorted(range(len(lines)), key=lambda at: (lines[at].at_us, at)):
            matched[number] = self._take(lines[number])
        return matched

    def returns(self, spread_us: Callable[[str], int]) -> dict[str, tuple[DemandReturn, ...]]:
        """What is given back of each order; `spread_us` is by how much later than the history says, by reference."""
        found: dict[str, list[DemandReturn]] = {}
        for (order, cancellation), lines in self._lines.items():
            at_us = self._at_us[order, cancellation] + spread_us(cancellation)
            reference = f"{cancellation}/{order}"[:64]
            found.setdefault(order, []).append(DemandReturn(at_us, reference, tuple(lines.items()), REASON))
        return {order: tuple(returns) for order, returns in found.items()}

    def _find_purchases(self) -> None:
        wanted = self._purchases
        customers = {customer for customer, _ in wanted}
        for order in self.orders:
            if order.customer in customers:
                for position, line in enumerate(order.lines):
                    if (known := wanted.get((order.customer, line.sku))) is not None:
                        known.append(_Purchase(order, position, line.quantity))
        for purchases in wanted.values():
            purchases.sort(key=lambda purchase: -purchase.order.at_us)

    def _take(self, line: GivenBack) -> bool:
        earlier = [p for p in self._purchases[line.customer, line.sku] if p.left and p.order.at_us <= line.at_us]
        if sum(purchase.left for purchase in earlier) < line.quantity:
            return False
        open_quantity = line.quantity
        for purchase in earlier:
            quantity = min(open_quantity, purchase.left)
            purchase.left -= quantity
            open_quantity -= quantity
            key = (purchase.order.reference, line.reference)
            lines = self._lines.setdefault(key, {})
            lines[purchase.position] = lines.get(purchase.position, 0) + quantity
            self._at_us.setdefault(key, line.at_us)
            if not open_quantity:
                break
        return True
