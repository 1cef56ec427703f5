"""All cases by order number. Only facts write them."""

from __future__ import annotations

from collections.abc import Iterable

from mock_systems.kit.ledger import Fact
from sandbox.oracle.availability import Availability
from sandbox.oracle.calls import Calls
from sandbox.oracle.case import Case, Line
from sandbox.oracle.dispatch import Watcher, on


class Cases(Watcher):
    """Made when a number is first seen; heard before any monitor hears the fact.

    `availability` hears each fact before that, so that it sees an order as it was before an edit. `calls` are those
    that the systems' doors saw, `surfaced` the open exceptions by the subject that they name, an order or not.
    """

    def __init__(self, safety_stock: int = 0) -> None:
        self.by_order: dict[str, Case] = {}
        self.availability = Availability(safety_stock, self.by_order)
        self.calls = Calls()
        self.surfaced: dict[str, list[str]] = {}
        self._released: dict[str, int] = {}
        self._labelled: dict[str, str] = {}
        self._unlabelled: set[str] = set()
        self._subjects: dict[str, str] = {}

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
        data = fact.data
        case.accepted = fact
        case.card = data["payment"] == "card"
        case.agreed = {}
        _agree(case, data["lines"])
        case.ship_to = data["ship_to"]
        case.total_minor = data["total_minor"]

    @on("commerce order.edited")
    def _edited(self, fact: Fact) -> None:
        case = self._touched(fact)
        _agree(case, fact.data["lines"])
        case.ship_to = fact.data["ship_to"]
        case.total_minor = fact.data["total_minor"]
        case.revision = fact.data["revision"]

    @on("commerce order.cancelled")
    def _cancelled(self, fact: Fact) -> None:
        self._touched(fact).cancelled_us = fact.at_us

    @on("commerce order.status")
    def _told(self, fact: Fact) -> None:
        if fact.data["status"] == "backordered":
            self._touched(fact).backordered = True

    @on("commerce payment.authorised")
    def _authorised(self, fact: Fact) -> None:
        self.of(fact).authorised_minor += fact.data["amount_minor"]

    @on("commerce payment.reduced")
    def _reduced(self, fact: Fact) -> None:
        self.of(fact).authorised_minor -= fact.data["amount_minor"]

    @on("commerce payment.voided")
    def _voided_payment(self, fact: Fact) -> None:
        # What was captured before stays captured; nothing more may follow.
        case = self.of(fact)
        case.authorised_minor = case.captured_minor

    @on("commerce payment.captured")
    def _captured(self, fact: Fact) -> None:
        self._touched(fact).captured_minor += fact.data["amount_minor"]

    @on("commerce payment.refunded")
    def _refunded(self, fact: Fact) -> None:
        self._touched(fact).refunded_minor += fact.data["amount_minor"]

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
        case.invoiced_units += _units(data["lines"])

    @on("erp credit_note.posted")
    def _credited(self, fact: Fact) -> None:
        self._touched(fact).credited_minor += fact.data["total_minor"]

    @on("wms reservation.made")
    def _reserved(self, fact: Fact) -> None:
        self.of(fact).reservations.append(fact.entity)

    @on("wms reservation.released")
    def _unreserved(self, fact: Fact) -> None:
        _remove(self.of(fact).reservations, fact.entity)

    @on("wms outbound.received")
    def _received(self, fact: Fact) -> None:
        case = self._touched(fact)
        units = self._released[fact.entity] = _units(fact.data["lines"])
        case.released_units += units
        case.outbounds.append(fact.entity)

    @on("wms short_pick.reported")
    def _short(self, fact: Fact) -> None:
        missing = _units(fact.data["lines"])
        if fact.entity in self._released:
            self._released[fact.entity] -= missing
            self._touched(fact).released_units -= missing

    @on("wms outbound.cancelled")
    def _outbound_cancelled(self, fact: Fact) -> None:
        case = self._touched(fact)
        case.released_units -= self._released.pop(fact.entity, 0)
        _remove(case.outbounds, fact.entity)
        self._needs_no_label(fact, case)

    @on("wms outbound.packed")
    def _packed(self, fact: Fact) -> None:
        case = self._touched(fact)
        if fact.entity not in self._labelled and fact.entity not in self._unlabelled:
            self._unlabelled.add(fact.entity)
            case.unlabelled += 1

    @on("wms outbound.labelled")
    def _label(self, fact: Fact) -> None:
        self._labelled[fact.entity] = fact.data["label"]
        self._needs_no_label(fact, self._touched(fact))

    def _needs_no_label(self, fact: Fact, case: Case) -> None:
        if fact.entity in self._unlabelled:
            self._unlabelled.discard(fact.entity)
            case.unlabelled -= 1

    @on("wms outbound.shipped")
    def _shipped(self, fact: Fact) -> None:
        case = self._touched(fact)
        data = fact.data
        shipped = case.shipped
        for line in data["lines"]:
            number, quantity = line["line"], line["quantity"]
            shipped[number] = shipped.get(number, 0) + quantity
            case.shipped_units += quantity
        _remove(case.outbounds, fact.entity)
        _remove(case.reservations, data["reservation"])
        _remove(case.labels, data["label"])

    @on("carrier label.bought")
    def _label_bought(self, fact: Fact) -> None:
        self.of(fact).labels.append(fact.entity)

    @on("carrier label.voided")
    def _label_voided(self, fact: Fact) -> None:
        _remove(self.of(fact).labels, fact.entity)

    @on("desk exception.opened")
    def _surfaced(self, fact: Fact) -> None:
        # Opening is idempotent at the desk: a number that is open stays open once.
        exceptions = self._touched(fact).exceptions
        if fact.entity not in exceptions:
            exceptions.append(fact.entity)
            subject = self._subjects[fact.entity] = fact.data["subject"]
            self.surfaced.setdefault(subject, []).append(fact.entity)

    @on("desk exception.closed")
    def _closed(self, fact: Fact) -> None:
        _remove(self._touched(fact).exceptions, fact.entity)
        subject = self._subjects.pop(fact.entity, None)
        if subject is not None:
            _remove(self.surfaced[subject], fact.entity)


def _agree(case: Case, lines: Iterable[Line]) -> None:
    case.lines = {line["line"]: line for line in lines}
    case.agreed.update(case.lines)
    case.ordered_units = _units(case.lines.values())


def _units(lines: Iterable[Line]) -> int:
    return sum([line["quantity"] for line in lines])


def _remove(entities: list[str], entity: str | None) -> None:
    if entity in entities:
        entities.remove(entity)
