"""Money: revenue, what shipping cost, and how long invoices took."""

from __future__ import annotations

from collections import deque

from mock_systems.kit.ledger import Fact
from sandbox.oracle.cases import Cases
from sandbox.oracle.dispatch import Watcher, on
from sandbox.oracle.figures.figure import MINUTE_US, Figure, spread


class MoneyFigures(Watcher):
    """Adds up money. `to_invoice` shipments wait for an invoice, `to_capture` minor units for a capture."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases
        self.to_invoice = 0
        self.to_capture = 0
        self._currency = ""
        self._invoiced_minor = 0
        self._captured_minor = 0
        self._on_terms_minor = 0
        self._labels = 0
        self._voided = 0
        self._label_cost_minor = 0
        self._shipped_us: dict[str, deque[int]] = {}
        self._delays_us: list[int] = []

    @on("wms outbound.shipped")
    def _ship(self, fact: Fact) -> None:
        self.to_invoice += 1
        self._shipped_us.setdefault(fact.order or "", deque()).append(fact.at_us)

    @on("erp invoice.posted")
    def _invoice(self, fact: Fact) -> None:
        data = fact.data
        if "base_minor" not in data:
            self._currency = data["currency"]
        self._invoiced_minor += data.get("base_minor", data["total_minor"])
        if self._cases.of(fact).card:
            self.to_capture += data["total_minor"]
        # An order's shipments are invoiced in the order in which they left.
        if waiting := self._shipped_us.get(fact.order or ""):
            self.to_invoice -= 1
            self._delays_us.append(fact.at_us - waiting.popleft())

    @on("commerce payment.captured")
    def _capture(self, fact: Fact) -> None:
        self._captured_minor += fact.data.get("base_minor", fact.data["amount_minor"])
        self.to_capture -= fact.data["amount_minor"]

    @on("erp payment.posted")
    def _pay(self, fact: Fact) -> None:
        if "customer" in fact.data:
            self._on_terms_minor += fact.data.get("base_minor", fact.data["amount_minor"])

    @on("carrier label.bought")
    def _buy_label(self, fact: Fact) -> None:
        self._labels += 1
        self._label_cost_minor += fact.data["cost_minor"]

    @on("carrier label.voided")
    def _void_label(self, fact: Fact) -> None:
        self._voided += 1
        self._label_cost_minor -= fact.data["cost_minor"]

    def figures(self) -> list[Figure]:
        """What came in and what it cost."""
        minor = f"{self._currency} minor units".strip()
        return [
            Figure("revenue", self._invoiced_minor, minor, "invoiced in the ERP, with tax, in the base currency"),
            Figure("captured", self._captured_minor, minor, "taken from shoppers' cards, in the base currency"),
            Figure("paid on terms", self._on_terms_minor, minor, "by customers on account, in the base currency"),
            *spread("invoice delay", self._delays_us, "min", MINUTE_US, "shipment until its invoice was posted"),
            Figure("labels bought", self._labels, "labels", "paid at the carrier"),
            Figure("labels voided", self._voided, "labels", "given back to the carrier"),
            Figure("label cost", self._label_cost_minor, minor, "labels bought less labels voided"),
        ]
