"""I6: invoices follow shipments: never ahead of them, never twice, and none is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import Case
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor
from sandbox.oracle.timers import Debt


class InvoicesFollowShipments(Monitor):
    """By line, invoiced and issued never exceed shipped; in time all that was shipped is invoiced, once by shipment."""

    id = "I6"
    name = "Invoices follow shipments"
    parts: ClassVar[Mapping[str, str]] = {
        "ahead": "no invoice was posted",
        "issued": "no goods issue was posted",
        "once": "no invoice was posted",
        "owed": "nothing was shipped",
    }
    ledgers = ("wms", "erp")

    def prepare(self) -> None:
        self._invoiced: dict[str, dict[int, int]] = {}
        self._issued: dict[str, dict[int, int]] = {}
        self._by_shipment: dict[str, Fact] = {}
        self._shipments: dict[tuple[str, int], Fact] = {}
        self._owed = Debt(self.deadline(self.context.deadlines.invoice_us, self._late, "erp", "wms"))

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        case = self.cases.of(fact)
        self.checks["owed"] += 1
        self._owed.owe(case.order, case.shipped_units, fact.at_us)
        self._owed.pay(case.order, case.invoiced_units)
        self._shipments[case.order, case.shipped_units] = fact

    @on("erp goods_issue.posted")
    def _goods_issued(self, fact: Fact) -> None:
        self._compare("issued", self._issued, fact, self.cases.of(fact))

    @on("erp invoice.posted")
    def _posted(self, fact: Fact) -> None:
        case = self.cases.of(fact)
        self._compare("ahead", self._invoiced, fact, case)
        self._owed.pay(case.order, case.invoiced_units)
        self.checks["once"] += 1
        shipment = fact.data["shipment"]
        earlier = self._by_shipment.setdefault(shipment, fact)
        if earlier is not fact:
            message = f"shipment {shipment} is invoiced twice: {earlier.entity} and {fact.entity}"
            self.report("once", fact, message, earlier)

    def _compare(self, role: str, book: dict[str, dict[int, int]], fact: Fact, case: Case) -> None:
        done = book.get(case.order)
        if done is None:
            done = book[case.order] = {}
        shipped: Mapping[int, int] = case.shipped
        for line in fact.data["lines"]:
            self.checks[role] += 1
            number = line["line"]
            total = done[number] = done.get(number, 0) + line["quantity"]
            if total > shipped.get(number, 0):
                did = "invoiced" if role == "ahead" else "issued in the ERP"
                message = f"{fact.order} line {number}: {total} {did}, {shipped.get(number, 0)} shipped"
                self.report(role, fact, message)

    def _late(self, key: tuple[str, int], since_us: int, due_us: int) -> int | None:
        order, shipped = key
        case = self.cases.by_order[order]
        if case.exceptions:
            self.excuse(OPEN_EXCEPTION, key)
            return due_us
        message = f"{order}: {shipped} units shipped, {case.invoiced_units} invoiced"
        fact = self._shipments[key]
        self.findings.append(self.finding("owed", order, fact.entity, due_us, message, fact))
        return None
