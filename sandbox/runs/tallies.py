"""Running counts for the progress bar and the backlog: orders accepted, and those not yet at their end."""

from __future__ import annotations

from mock_systems.kit.ledger import Fact


class Tallies:
    """`accepted` orders so far; `unfinished` ones have neither shipped wholly nor been cancelled."""

    def __init__(self) -> None:
        self.accepted = 0
        self._open: dict[str, int] = {}

    @property
    def unfinished(self) -> int:
        """Orders under way."""
        return len(self._open)

    def observe(self, fact: Fact) -> None:
        """Hear one fact."""
        kind, order = fact.kind, fact.order
        if order is None:
            return
        if kind == "order.accepted":
            self.accepted += 1
            self._open[order] = sum(line["quantity"] for line in fact.data["lines"])
        elif kind == "outbound.shipped" and order in self._open:
            self._open[order] -= sum(line["quantity"] for line in fact.data["lines"])
            if self._open[order] <= 0:
                del self._open[order]
        elif kind == "order.cancelled":
            self._open.pop(order, None)
