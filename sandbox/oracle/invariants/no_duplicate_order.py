"""I2: a business order stands at most once in the ERP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor


class NoDuplicateOrder(Monitor):
    """At all times at most one ERP sales order that is not voided. One that is voided later is told as transient."""

    id = "I2"
    name = "No order is entered twice"
    parts: ClassVar[Mapping[str, str]] = {"single": "no sales order was created"}
    ledgers = ("erp",)

    def prepare(self) -> None:
        self._open: dict[str, tuple[int, Fact]] = {}

    @on("erp sales_order.created")
    def _created(self, fact: Fact) -> None:
        self.checks["single"] += 1
        order = fact.order
        if order is None:
            return
        standing = self.cases.by_order[order].sales_orders
        if len(standing) > 1:
            self._open.setdefault(order, (len(self.findings), fact))
            self.report("single", fact, f"{order} stands {len(standing)} times in the ERP: {', '.join(standing)}")

    @on("erp sales_order.rejected", "erp sales_order.cancelled")
    def _voided(self, fact: Fact) -> None:
        order = fact.order
        if order in self._open and len(self.cases.by_order[order].sales_orders) <= 1:
            at, since = self._open.pop(order)
            seconds = (fact.at_us - since.at_us) / 1_000_000
            message = f"{order} stood more than once in the ERP, for {seconds:.0f} seconds"
            self.findings[at] = self.finding("transient", order, since.entity, since.at_us, message, since, fact)
