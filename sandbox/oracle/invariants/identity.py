"""I13: one thing is one thing: numbers of all systems lead to one business order each, and mean the same content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import ClassVar

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import Line
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import Monitor
from sandbox.oracle.verdict import Finding

Register = dict[str, "str | None"]


class Identity(Monitor):
    """No number is given twice, no document hangs on two orders, and the ERP's order says what the customer ordered."""

    id = "I13"
    name = "Identities are one to one"
    parts: ClassVar[Mapping[str, str]] = {
        "sales_order": "no sales order was created",
        "outbound": "no outbound order was received",
        "label": "no label was bought",
        "invoice": "no invoice was posted",
    }
    flows: ClassVar[Mapping[str, str]] = {
        "return": "nothing was credited or taken back",
        "delivery": "no delivery was announced or posted",
    }
    ledgers = ("commerce", "erp", "wms", "carrier")

    def prepare(self) -> None:
        self._documents: dict[tuple[str, str], Fact] = {}
        self._accepted: Register = {}
        self._sales_orders: Register = {}
        self._reservations: Register = {}
        self._outbounds: Register = {}
        self._labels: Register = {}
        self._invoices: Register = {}
        self._numbers: Register = {}
        self._label_references: Register = {}
        self._shipments: Register = {}
        self._parcels: Register = {}
        self._labelled: dict[str, Fact] = {}
        self._released: dict[str, str] = {}
        self._takes: dict[str, str] = {}
        self._parts_of_returns: dict[str, int] = {}
        self._credit_notes: dict[str, list[Fact]] = {}
        self._came: dict[str, Counter[int]] = {}
        self._posted: dict[str, list[Fact]] = {}

    @on("commerce order.accepted")
    def _order(self, fact: Fact) -> None:
        self._new("sales_order", self._accepted, fact)

    @on("erp sales_order.created")
    def _sales_order(self, fact: Fact) -> None:
        self.checks["sales_order"] += 1
        self._new("sales_order", self._sales_orders, fact)
        accepted = self.cases.of(fact).accepted
        if accepted is None:
            self.report("sales_order", fact, f"{fact.entity} is for {fact.order}, which the channel never took")
        elif (differs := self._difference(fact, accepted)) is not None:
            self.report("content", fact, f"{fact.entity} and {fact.order} differ in {differs}", accepted)

    def _difference(self, fact: Fact, accepted: Fact) -> str | None:
        entered, ordered = fact.data, accepted.data
        # As accepted, or as edited before the ERP heard of it; that it follows later edits is I17's.
        agreed = self.cases.of(fact).lines.values()
        if entered["lines"] != ordered["lines"] and _by_line(entered["lines"]) not in (
            _by_line(ordered["lines"]),
            _by_line(agreed),
        ):
            return "their lines"
        customer = ordered["customer"]
        if entered["customer"] != customer and not (
            customer is None and entered["customer"] == self.context.cash_customer
        ):
            return "the customer"
        return "the currency" if entered["currency"] != ordered["currency"] else None

    @on("wms reservation.made")
    def _reservation(self, fact: Fact) -> None:
        self._new("outbound", self._reservations, fact)
        self._check_items(fact)

    @on("wms outbound.received")
    def _outbound(self, fact: Fact) -> None:
        self.checks["outbound"] += 1
        self._new("outbound", self._outbounds, fact)
        self._check_items(fact)
        reservation = fact.data["reservation"]
        self._leads_back("outbound", self._reservations, reservation, fact)
        self._takes[fact.entity] = reservation
        earlier = self._released.setdefault(reservation, fact.entity)
        if earlier != fact.entity:
            self.report("outbound", fact, f"reservation {reservation} is shipped by {earlier} and by {fact.entity}")

    @on("wms outbound.cancelled")
    def _outbound_cancelled(self, fact: Fact) -> None:
        self._released.pop(self._takes.pop(fact.entity, ""), None)

    def _check_items(self, fact: Fact) -> None:
        ordered = self.cases.of(fact).lines
        for line in fact.data["lines"]:
            agreed = ordered.get(line["line"])
            if agreed is None or agreed["sku"] != line["sku"]:
                message = f"{fact.entity} has {line['sku']} on line {line['line']}, where {fact.order} has none of it"
                self.report("content", fact, message, self.cases.of(fact).accepted)

    @on("carrier label.bought")
    def _label(self, fact: Fact) -> None:
        self.checks["label"] += 1
        self._new("label", self._labels, fact)
        self._claim("label", self._label_references, fact.data["reference"], fact)
        self._claim("label", self._parcels, fact.data["tracking"], fact)

    @on("wms outbound.labelled")
    def _attached(self, fact: Fact) -> None:
        label = fact.data["label"]
        self._leads_back("label", self._labels, label, fact)
        earlier = self._labelled.setdefault(label, fact)
        if earlier.entity != fact.entity:
            self.report("label", fact, f"label {label} is on {earlier.entity} and on {fact.entity}", earlier)

    @on("erp goods_issue.posted")
    def _goods_issue(self, fact: Fact) -> None:
        self._new("invoice", self._numbers, fact)
        self._claim("invoice", self._shipments, fact.data["shipment"], fact)
        self._leads_back("invoice", self._sales_orders, fact.data["sales_order"], fact)

    @on("erp invoice.posted")
    def _invoice(self, fact: Fact) -> None:
        self.checks["invoice"] += 1
        self._new("invoice", self._invoices, fact)
        self._claim("invoice", self._shipments, fact.data["shipment"], fact)
        self._leads_back("invoice", self._sales_orders, fact.data["sales_order"], fact)

    @on("commerce payment.captured")
    def _capture(self, fact: Fact) -> None:
        self._new("payment", self._numbers, fact)
        self._leads_back("payment", self._invoices, fact.data["reference"], fact)

    @on("erp payment.posted")
    def _payment(self, fact: Fact) -> None:
        self._new("payment", self._numbers, fact)
        self._leads_back("payment", self._invoices, fact.data["invoice"], fact)

    @on("erp credit_note.posted")
    def _credit_note(self, fact: Fact) -> None:
        self.checks["return"] += 1
        self._new("return", self._numbers, fact)
        self._credited_once(fact)
        self._leads_back("return", self._sales_orders, fact.data["sales_order"], fact)

    @on("erp goods_return.posted")
    def _goods_return(self, fact: Fact) -> None:
        self.checks["return"] += 1
        self._new("return", self._numbers, fact)
        self._once("return", ("goods", f"{fact.data['return']} at {fact.data['site']}"), fact)
        self._leads_back("return", self._sales_orders, fact.data["sales_order"], fact)

    @on("wms return.expected")
    def _return_expected(self, fact: Fact) -> None:
        rma = fact.data["rma"]
        self._once("return", ("expected", f"{rma} at {fact.data['site']}"), fact)
        self._parts_of_returns[rma] = self._parts_of_returns.get(rma, 0) + 1

    @on("wms inbound.announced")
    def _delivery(self, fact: Fact) -> None:
        self.checks["delivery"] += 1
        self._once("delivery", ("announced", fact.data["asn"]), fact)

    @on("erp goods_receipt.posted")
    def _receipt(self, fact: Fact) -> None:
        self.checks["delivery"] += 1
        self._posted.setdefault(fact.data["receipt"], []).append(fact)

    @on("wms inbound.received")
    def _counted(self, fact: Fact) -> None:
        self._came[fact.entity] = _by_number(fact)

    def settle(self, now_us: int) -> list[Finding]:
        """Deliveries of which several goods receipts post more than came; a surplus may have one of its own."""
        return [
            self._posted_twice(receipt, posted)
            for receipt, posted in self._posted.items()
            if len(posted) > 1 and not _total(posted) <= self._came.get(receipt, Counter())
        ]

    def _posted_twice(self, receipt: str, posted: list[Fact]) -> Finding:
        first, last = posted[0], posted[-1]
        told = f"{receipt} has {' and '.join(fact.entity for fact in posted)} (goods_receipt.posted), more than came"
        return self.finding("delivery", last.order, last.entity, last.at_us, told, first, last)

    def _credited_once(self, fact: Fact) -> None:
        """A return has a part at each site that takes some of it back, and each part one credit note."""
        rma = fact.data["return"]
        notes = self._credit_notes.setdefault(rma, [])
        notes.append(fact)
        if len(notes) > max(1, self._parts_of_returns.get(rma, 0)):
            earlier = notes[-2]
            self.report("return", fact, f"{rma} has {earlier.entity} and {fact.entity} ({fact.kind})", earlier)

    def _once(self, role: str, key: tuple[str, str], fact: Fact) -> None:
        """One thing has one document of a kind."""
        earlier = self._documents.setdefault(key, fact)
        if earlier is not fact:
            self.report(role, fact, f"{key[1]} has {earlier.entity} and {fact.entity} ({fact.kind})", earlier)

    def _new(self, role: str, register: Register, fact: Fact) -> None:
        if fact.entity in register:
            self.report(role, fact, f"{fact.kind} {fact.entity} happened twice")
        else:
            register[fact.entity] = fact.order

    def _claim(self, role: str, register: Register, reference: str, fact: Fact) -> None:
        owner = register.setdefault(reference, fact.order)
        if owner != fact.order:
            self.report(role, fact, f"{reference} belongs to {owner}, and {fact.entity} of {fact.order} uses it")

    def _leads_back(self, role: str, register: Register, number: str, fact: Fact) -> None:
        if number not in register:
            self.report(role, fact, f"{fact.kind} {fact.entity} names {number}, which is unknown")
        elif (owner := register[number]) != fact.order and owner is not None:
            self.report(role, fact, f"{fact.kind} {fact.entity} of {fact.order} names {number} of {owner}")


def _by_number(fact: Fact) -> Counter[int]:
    """Eaches by line number."""
    told: Counter[int] = Counter()
    for line in fact.data["lines"]:
        told[line["line"]] += line["quantity"]
    return told


def _total(posted: Iterable[Fact]) -> Counter[int]:
    return sum(map(_by_number, posted), Counter())


def _by_line(lines: Iterable[Line]) -> list[tuple[int, str, int]]:
    return sorted((line["line"], line["sku"], line["quantity"]) for line in lines)
