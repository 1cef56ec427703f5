"""I14: what an order needs no longer is taken back, all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import Case
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor


class CompensationComplete(Monitor):
    """In time after a change of mind, nothing stands that the order does not need any more, or people were told."""

    id = "I14"
    name = "What is not needed is taken back"
    parts: ClassVar[Mapping[str, str]] = {"cancelled": "nothing was cancelled"}
    flows: ClassVar[Mapping[str, str]] = {"edited": "no order was edited"}
    ledgers = ("commerce", "erp", "wms", "carrier")

    def prepare(self) -> None:
        limit_us = self.context.deadlines.compensation_us
        self._owed = self.deadline(limit_us, self._look, "commerce", "erp", "wms", "carrier")
        self._changed: dict[str, Fact] = {}

    @on("commerce order.cancelled")
    def _cancelled(self, fact: Fact) -> None:
        self.checks["cancelled"] += 1
        self._change(fact)

    @on("commerce order.edited")
    def _edited(self, fact: Fact) -> None:
        self.checks["edited"] += 1
        self._change(fact)

    @on("erp sales_order.created", "wms reservation.made", "wms outbound.received", "carrier label.bought")
    def _effect(self, fact: Fact) -> None:
        # An effect for an order that has changed its mind: it, too, may have to be taken back.
        if fact[5] in self._changed:
            self._change(fact)

    def _change(self, fact: Fact) -> None:
        order = fact.order or ""
        self._changed[order] = fact
        self._owed.heat(order, fact.at_us)

    def _look(self, order: str, since_us: int, due_us: int) -> int | None:
        fact = self._changed[order]
        left = list(self._left(self.cases.by_order[order]))
        if not left:
            self._owed.cool(order)
            return None
        if fact.at_us > since_us:
            return fact.at_us
        if self.is_surfaced(order):
            self.excuse(OPEN_EXCEPTION, order)
            return due_us
        role = "cancelled" if self.cases.by_order[order].cancelled_us is not None else "edited"
        message = f"{order} was {role}, but {', '.join(left)}"
        self.findings.append(self.finding(role, order, order, due_us, message, fact))
        return None

    def _left(self, case: Case) -> Iterator[str]:
        """What stands and should not."""
        if case.cancelled_us is None:
            yield from self._too_much(case)
            return
        if case.sales_orders and not case.shipped_units:
            yield f"{' and '.join(case.sales_orders)} stands in the ERP"
        if case.outbounds:
            yield f"{' and '.join(case.outbounds)} is with the warehouse"
        if case.reservations:
            yield f"{' and '.join(case.reservations)} keeps stock"
        if case.labels:
            yield f"label {' and '.join(case.labels)} is paid"
        if case.authorised_minor > case.captured_minor:
            yield f"{case.authorised_minor - case.captured_minor} may still be taken from the card"

    def _too_much(self, case: Case) -> Iterator[str]:
        """What is kept for an order that lives, beyond what it asks for now."""
        for sku in dict.fromkeys(line["sku"] for line in case.agreed.values()):
            surplus = self.cases.availability.surplus(case.order, sku)
            if surplus:
                yield f"{surplus} of {sku} are kept for it beyond what it asks for"
        if case.card and case.authorised_minor > max(case.total_minor, case.captured_minor):
            yield f"{case.authorised_minor} may be taken from the card for an order of {case.total_minor}"
