"""Cases: what the books of all systems say, so far, about each business order. Only facts write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import Watcher, on

Line = Mapping[str, Any]


class Case:
    """One business order.

    `lines` holds the accepted priced lines by number; `sales_orders` the ERP's numbers that are not voided, `held`
    those at the credit desk; `released_units` went to a warehouse floor, `unlabelled` parcels are packed and have
    no label; `exceptions` are open; `touched_us` is the last effect for it in any system.
    """

    __slots__ = (
        "accepted",
        "cancelled_us",
        "captured_minor",
        "card",
        "exceptions",
        "held",
        "invoiced_minor",
        "invoiced_units",
        "lines",
        "order",
        "ordered_units",
        "released_units",
        "sales_orders",
        "shipped",
        "shipped_units",
        "touched_us",
        "unlabelled",
    )

    def __init__(self, order: str) -> None:
        self.order = order
        self.accepted: Fact | None = None
        self.cancelled_us: int | None = None
        self.card = False
        self.lines: dict[int, Line] = {}
        self.ordered_units = self.released_units = self.shipped_units = self.invoiced_units = 0
        self.invoiced_minor = self.captured_minor = 0
        self.unlabelled = 0
        self.touched_us = 0
        self.shipped: dict[int, int] = {}
        self.sales_orders: list[str] = []
        self.held: list[str] = []
        self.exceptions: list[str] = []

    @property
    def wholly_shipped(self) -> bool:
        """Whether all that was ordered has left."""
        return self.accepted is not None and self.shipped_units >= self.ordered_units

    @property
    def ended_well(self) -> bool:
        """Shipped in full, invoiced in full and, where a card pays, captured in full."""
        return (
            self.wholly_shipped
            and self.invoiced_units == self.shipped_units
            and (not self.card or self.captured_minor == self.invoiced_minor)
        )

    def next_step_of_core(self) -> str | None:
        """What the core has to do next for this order; None while others have it, or nothing is left to do."""
        if self.accepted is None or self.cancelled_us is not None:
            return None
        if not self.sales_orders:
            return "enter it in the ERP, or cancel it"
        if self.released_units < self.ordered_units and not self.held:
            return "release all of it to the warehouses"
        if self.unlabelled > 0:
            return "label a packed parcel"
        if self.invoiced_units < self.shipped_units:
            return "invoice what was shipped"
        if self.card and self.captured_minor < self.invoiced_minor:
            return "capture what was invoiced"
        return None


class Cases(Watcher):
    """All cases by order number, made when a number is first seen; heard before any monitor hears the fact."""

    def __init__(self) -> None:
        self.by_order: dict[str, Case] = {}
        self._released: dict[str, int] = {}
        self._labelled: set[str] = set()
        self._unlabelled: set[str] = set()

    def of(self, fact: Fact) -> Case:
        """The case that a fact belongs to. What names no order is gathered under an empty number."""
        order = fact.order or ""
        case = self.by_order.get(order)
        if case is None:
            case = self.by_order[order] = Case(order)
        return case

    def _touched(self, fact: Fact) -> Case:
        case = self.of(fact)
        case.touched_us = fact.at_us
        return case

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        case = self._touched(fact)
        case.accepted = fact
        case.card = fact.data["payment"] == "card"
        lines = fact.data["lines"]
        case.lines = {line["line"]: line for line in lines}
        case.ordered_units = sum([line["quantity"] for line in lines])

    @on("commerce order.cancelled")
    def _cancelled(self, fact: Fact) -> None:
        self._touched(fact).cancelled_us = fact.at_us

    @on("commerce payment.captured")
    def _captured(self, fact: Fact) -> None:
        self._touched(fact).captured_minor += fact.data["amount_minor"]

    @on("erp sales_order.created")
    def _entered(self, fact: Fact) -> None:
        case = self._touched(fact)
        case.sales_orders.append(fact.entity)
        if fact.data["status"] == "on_hold":
            case.held.append(fact.entity)

    @on("erp sales_order.released")
    def _released_by_credit(self, fact: Fact) -> None:
        _remove(self._touched(fact).held, fact.entity)

    @on("erp sales_order.rejected", "erp sales_order.cancelled")
    def _voided(self, fact: Fact) -> None:
        case = self._touched(fact)
        _remove(case.sales_orders, fact.entity)
        _remove(case.held, fact.entity)

    @on("erp invoice.posted")
    def _invoiced(self, fact: Fact) -> None:
        case = self._touched(fact)
        data = fact.data
        case.invoiced_minor += data["total_minor"]
        case.invoiced_units += sum([line["quantity"] for line in data["lines"]])

    @on("wms outbound.received")
    def _received(self, fact: Fact) -> None:
        units = self._released[fact.entity] = sum([line["quantity"] for line in fact.data["lines"]])
        self._touched(fact).released_units += units

    @on("wms outbound.cancelled")
    def _outbound_cancelled(self, fact: Fact) -> None:
        case = self._touched(fact)
        case.released_units -= self._released.pop(fact.entity, 0)
        self._needs_no_label(fact, case)

    @on("wms outbound.packed")
    def _packed(self, fact: Fact) -> None:
        case = self._touched(fact)
        if fact.entity not in self._labelled and fact.entity not in self._unlabelled:
            self._unlabelled.add(fact.entity)
            case.unlabelled += 1

    @on("wms outbound.labelled")
    def _label(self, fact: Fact) -> None:
        self._labelled.add(fact.entity)
        self._needs_no_label(fact, self._touched(fact))

    def _needs_no_label(self, fact: Fact, case: Case) -> None:
        if fact.entity in self._unlabelled:
            self._unlabelled.discard(fact.entity)
            case.unlabelled -= 1

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        case = self._touched(fact)
        shipped = case.shipped
        for line in fact.data["lines"]:
            number, quantity = line["line"], line["quantity"]
            shipped[number] = shipped.get(number, 0) + quantity
            case.shipped_units += quantity

    @on("desk exception.opened")
    def _surfaced(self, fact: Fact) -> None:
        # Opening is idempotent at the desk: a number that is open stays open once.
        exceptions = self._touched(fact).exceptions
        if fact.entity not in exceptions:
            exceptions.append(fact.entity)

    @on("desk exception.closed")
    def _closed(self, fact: Fact) -> None:
        _remove(self._touched(fact).exceptions, fact.entity)


def _remove(entities: list[str], entity: str) -> None:
    if entity in entities:
        entities.remove(entity)
