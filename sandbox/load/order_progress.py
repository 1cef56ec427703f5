"""What becomes of the orders of a loaded run, by the facts of the systems' books."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from mock_systems.kit.ledger import Fact
from sandbox.records.load_result import OrdersResult

_EXAMPLES: Final = 10


class OrderProgress:
    """A listener of facts."""

    def __init__(self) -> None:
        self._accepted: dict[str, int] = {}
        self._open_units: dict[str, int] = {}
        self._at_erp: dict[str, None] = {}
        self._invoiced: dict[str, int] = {}
        self._cancelled: dict[str, None] = {}
        self._held: dict[str, None] = {}
        self._exceptions: dict[str, str | None] = {}

    def observe(self, fact: Fact) -> None:
        """Hear one fact."""
        order = fact.order
        if fact.system == "desk":
            if fact.kind == "exception.opened":
                self._exceptions[fact.entity] = order
            elif fact.kind == "exception.closed":
                self._exceptions.pop(fact.entity, None)
        elif order is None:
            return
        elif fact.kind == "order.accepted":
            units = sum(line["quantity"] for line in fact.data["lines"])
            self._accepted[order] = self._open_units[order] = units
        elif fact.kind == "sales_order.created":
            self._at_erp[order] = None
        elif fact.kind == "outbound.shipped":
            self._open_units[order] -= sum(line["quantity"] for line in fact.data["lines"])
        elif fact.kind == "invoice.posted":
            invoiced = sum(line["quantity"] for line in fact.data["lines"])
            self._invoiced[order] = self._invoiced.get(order, 0) + invoiced
        elif fact.kind in ("order.cancelled", "sales_order.rejected"):
            self._cancelled[order] = None
            self._held.pop(order, None)
        elif fact.kind == "sales_order.held":
            self._held[order] = None
        elif fact.kind == "sales_order.released":
            self._held.pop(order, None)

    @property
    def is_idle(self) -> bool:
        """Whether each order has been invoiced wholly, cancelled, or waits for a person: a clerk, or the desk."""
        ended = {*self._cancelled, *self._held, *filter(None, self._exceptions.values())}
        return all(self._is_invoiced(order) or order in ended for order in self._accepted)

    @property
    def open_orders(self) -> int:
        """How many are neither invoiced wholly nor cancelled."""
        return sum(not self._is_invoiced(order) and order not in self._cancelled for order in self._accepted)

    def result(self, confirmed: Collection[str]) -> OrdersResult:
        """How things stand. `confirmed`: the orders that the shop told its buyers it had taken."""
        excepted = set(filter(None, self._exceptions.values()))
        forgotten = sorted(set(confirmed) - self._accepted.keys())
        lost = [
            order
            for order in self._accepted
            if order not in self._at_erp and order not in self._cancelled and order not in excepted
        ]
        return OrdersResult(
            confirmed=len(set(confirmed)),
            accepted=len(self._accepted),
            forgotten=len(forgotten),
            at_erp=len(self._at_erp),
            shipped=sum(units <= 0 for units in self._open_units.values()),
            invoiced=sum(self._is_invoiced(order) for order in self._accepted),
            cancelled=len(self._cancelled),
            held=len(self._held),
            excepted=len(excepted),
            lost=len(lost),
            examples=[*forgotten, *lost][:_EXAMPLES],
        )

    def _is_invoiced(self, order: str) -> bool:
        return self._invoiced.get(order, 0) >= self._accepted[order]
