"""I1: no accepted order gets lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import Case
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor


class NoLostOrder(Monitor):
    """In time, each accepted order stands exactly once in the ERP, is cancelled, or has an open exception."""

    id = "I1"
    name = "No order is lost"
    parts: ClassVar[Mapping[str, str]] = {"accounted": "no order was accepted"}
    ledgers = ("commerce", "erp")

    def prepare(self) -> None:
        limit_us = self.context.deadlines.order_us
        self._lost = self.deadline(limit_us, self._late, "commerce", "erp", "wms", "desk")

    @on("commerce order.accepted")
    def _accepted(self, fact: Fact) -> None:
        self.checks["accounted"] += 1
        self._look(fact)

    @on(
        "commerce order.cancelled",
        "erp sales_order.created",
        "erp sales_order.cancelled",
        "erp sales_order.rejected",
        "desk exception.opened",
        "desk exception.closed",
    )
    def _look(self, fact: Fact) -> None:
        order = fact.order
        if order is None:
            return
        case = self.cases.by_order[order]
        if is_accounted_for(case):
            self._lost.cool(order)
        elif case.accepted is not None:
            self._lost.heat(order, fact.at_us)

    def _late(self, order: str, since_us: int, due_us: int) -> None:
        case = self.cases.by_order[order]
        found = f"has {len(case.sales_orders)} ERP orders" if case.sales_orders else "reached no ERP order"
        message = f"{order} {found}, was not cancelled and nobody was told"
        self.findings.append(self.finding("accounted", order, order, due_us, message, case.accepted))


def is_accounted_for(case: Case) -> bool:
    """Whether somebody answers for the order: one ERP order, its cancellation, or an open exception."""
    return len(case.sales_orders) == 1 or case.cancelled_us is not None or bool(case.exceptions)
