"""I7: money is conserved, to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.dispatch import on
from sandbox.oracle.invariants.billing import Billing
from sandbox.oracle.invariants.postings import Postings
from sandbox.oracle.invariants.refunds import Refunds
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor
from sandbox.oracle.timers import Debt
from sandbox.oracle.verdict import Finding


class MoneyConserved(Monitor):
    """Invoices add up as agreed, captures come to the invoices, refunds to the credits, and the books balance."""

    id = "I7"
    name = "Money is conserved"
    parts: ClassVar[Mapping[str, str]] = {
        "captures": "no card payment was captured",
        "amounts": "no invoice was posted",
        "payments": "no captured payment was booked",
        "ledger": "nothing was posted to the general ledger",
    }
    flows: ClassVar[Mapping[str, str]] = {"credits": "nothing was credited", "refunds": "nothing was refunded"}
    ledgers = ("commerce", "erp")

    def prepare(self) -> None:
        self._billing = Billing()
        self._refunds = Refunds()
        self._captures: dict[str, Fact] = {}
        self._paid: dict[str, Fact] = {}
        self._invoices: dict[str, Fact] = {}
        self._paid_minor: dict[str, int] = {}
        self._postings = Postings()
        limit_us = self.context.deadlines.money_us
        self._to_capture = Debt(self.deadline(limit_us, self._not_captured, "commerce", "erp"))
        self._to_invoice = Debt(self.deadline(limit_us, self._not_invoiced, "commerce", "erp"))
        self._to_post = self.deadline(limit_us, self._not_posted, "commerce", "erp")
        self._to_refund = Debt(self.deadline(limit_us, self._not_refunded, "commerce", "erp"))
        self._to_book = self.deadline(limit_us, self._refund_not_booked, "commerce", "erp")

    @on("commerce payment.captured")
    def _captured(self, fact: Fact) -> None:
        self.checks["captures"] += 1
        case = self.cases.of(fact)
        authorised = case.authorised_minor
        if case.captured_minor > authorised:
            message = f"{fact.order}: {case.captured_minor} captured, {authorised} authorised"
            self.report("captures", fact, message, case.accepted)
        self._captures[fact.entity] = fact
        self._to_post.heat(fact.entity, fact.at_us)
        if case.captured_minor > case.invoiced_minor:
            self._to_invoice.owe(case.order, case.captured_minor, fact.at_us)
        self._to_capture.pay(case.order, case.captured_minor)

    @on("erp invoice.posted")
    def _invoiced(self, fact: Fact) -> None:
        self._invoices[fact.entity] = fact
        case = self.cases.of(fact)
        self.checks["amounts"] += 1
        for role, wrong in self._billing.wrong(fact.data, case):
            self.report(role, fact, f"{fact.entity} {wrong}", case.accepted if role == "prices" else None)
        self._document(fact, fact.data["total_minor"])
        if case.card and case.invoiced_minor > case.captured_minor:
            self._to_capture.owe(case.order, case.invoiced_minor, fact.at_us)
        self._to_invoice.pay(case.order, case.invoiced_minor)

    @on("erp payment.posted")
    def _payment(self, fact: Fact) -> None:
        data = fact.data
        if "customer" not in data:
            self._booked(fact)
        invoice = self._invoices.get(data["invoice"])
        paid = self._paid_minor[data["invoice"]] = self._paid_minor.get(data["invoice"], 0) + data["amount_minor"]
        if invoice is None or paid > invoice.data["total_minor"]:
            self.report("payments", fact, f"{data['invoice']}: {paid} paid, more than it asks for", invoice)
        self._document(fact, data["amount_minor"])

    def _booked(self, fact: Fact) -> None:
        """A payment that the core booked; one that a customer made on terms has no capture."""
        self.checks["payments"] += 1
        reference = fact.data["reference"]
        capture = self._captures.get(reference)
        if capture is not None:
            self._check_capture(fact, capture)
        else:
            self.report("payments", fact, f"{fact.entity} books capture {reference}, which never was")

    def _check_capture(self, fact: Fact, capture: Fact) -> None:
        self._to_post.cool(capture.entity)
        earlier = self._paid.setdefault(capture.entity, fact)
        if earlier is not fact:
            message = f"capture {capture.entity} is booked twice: {earlier.entity} and {fact.entity}"
            self.report("payments", fact, message, capture, earlier)
        told, taken = fact.data, capture.data
        if told["amount_minor"] != taken["amount_minor"] or told["invoice"] != taken["reference"]:
            message = (
                f"{fact.entity} books {told['amount_minor']} on {told['invoice']}, but {capture.entity} took "
                f"{taken['amount_minor']} for {taken['reference']}"
            )
            self.report("payments", fact, message, capture)

    @on("erp goods_issue.posted", "erp goods_receipt.posted", "erp goods_return.posted", "erp stock_adjustment.posted")
    def _at_cost(self, fact: Fact) -> None:
        # Stock that shrinks has a negative cost; its entry has the accounts the other way round.
        self._document(fact, abs(fact.data["cost_minor"]))

    @on("wms return.received")
    def _came_back(self, fact: Fact) -> None:
        self._refunds.came_back(fact)

    @on("erp credit_note.posted")
    def _credit(self, fact: Fact) -> None:
        self.checks["credits"] += 1
        case = self.cases.of(fact)
        for wrong, evidence in self._refunds.credit(fact, case):
            self.report("credits", fact, wrong, *evidence)
        self._document(fact, fact.data["total_minor"])
        if case.card:
            self._to_refund.owe(case.order, case.credited_minor, fact.at_us)
            self._to_refund.pay(case.order, case.refunded_minor)

    @on("commerce payment.refunded")
    def _refund(self, fact: Fact) -> None:
        self.checks["refunds"] += 1
        case = self.cases.of(fact)
        for wrong, evidence in self._refunds.refund(fact, case):
            self.report("refunds", fact, wrong, *evidence)
        self._to_refund.pay(case.order, case.refunded_minor)
        self._to_book.heat(fact.entity, fact.at_us)

    @on("erp refund.posted")
    def _refund_booked(self, fact: Fact) -> None:
        for wrong, evidence in self._refunds.book(fact, self._to_book.cool):
            self.report("refunds", fact, wrong, *evidence)
        self._document(fact, fact.data["amount_minor"])

    def _document(self, fact: Fact, amount_minor: int) -> None:
        if wrong := self._postings.document(fact, amount_minor):
            self.report("ledger", fact, wrong)

    @on("erp gl.posted")
    def _posted(self, fact: Fact) -> None:
        self.checks["ledger"] += 1
        if wrong := self._postings.entry(fact):
            self.report("ledger", fact, wrong)

    def settle(self, now_us: int) -> list[Finding]:
        """Documents that never reached the general ledger."""
        return [
            self.finding("ledger", fact.order, fact.entity, fact.at_us, f"{fact.entity} is not in the ledger", fact)
            for fact in self._postings.unposted()
        ]

    def _not_captured(self, key: tuple[str, int], since_us: int, due_us: int) -> int | None:
        order, owed_minor = key
        return self._unequal(order, due_us, f"{owed_minor} invoiced")

    def _not_invoiced(self, key: tuple[str, int], since_us: int, due_us: int) -> int | None:
        order, owed_minor = key
        return self._unequal(order, due_us, f"{owed_minor} captured")

    def _unequal(self, order: str, due_us: int, what: str) -> int | None:
        case = self.cases.by_order[order]
        if case.exceptions:
            self.excuse(OPEN_EXCEPTION, order)
            return due_us
        message = f"{order}: {what}; by now {case.captured_minor} captured, {case.invoiced_minor} invoiced"
        self.findings.append(self.finding("captures", order, order, due_us, message, case.accepted))
        return None

    def _not_refunded(self, key: tuple[str, int], since_us: int, due_us: int) -> int | None:
        order, owed_minor = key
        case = self.cases.by_order[order]
        if case.exceptions:
            self.excuse(OPEN_EXCEPTION, key)
            return due_us
        message = f"{order}: {owed_minor} credited; by now {case.refunded_minor} refunded"
        self.findings.append(self.finding("refunds", order, order, due_us, message, case.accepted))
        return None

    def _refund_not_booked(self, refund: str, since_us: int, due_us: int) -> int | None:
        fact = self._refunds.refunds[refund].refunded
        if self.cases.of(fact).exceptions:
            self.excuse(OPEN_EXCEPTION, refund)
            return due_us
        message = f"refund {refund} of {fact.data['amount_minor']} is not booked in the ERP"
        self.findings.append(self.finding("refunds", fact.order, refund, due_us, message, fact))
        return None

    def _not_posted(self, capture: str, since_us: int, due_us: int) -> int | None:
        fact = self._captures[capture]
        if self.cases.of(fact).exceptions:
            self.excuse(OPEN_EXCEPTION, capture)
            return due_us
        message = f"capture {capture} of {fact.data['amount_minor']} is not booked in the ERP"
        self.findings.append(self.finding("payments", fact.order, capture, due_us, message, fact))
        return None
