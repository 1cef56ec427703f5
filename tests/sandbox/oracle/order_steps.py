"""An order of a hand-made history, and the steps that it may take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.sandbox.oracle.history import History

PRICES = {"A": 1250, "B": 399, "C": 7999}
COSTS = {"A": 700, "B": 200, "C": 5000}


class Shipment:
    """What one site ships of an order."""

    def __init__(self, site: str, reference: str, lines: list[dict[str, Any]]) -> None:
        self.site, self.reference, self.lines = site, reference, lines
        self.reservation = self.outbound = self.label = self.tracking = self.invoice = self.capture = ""
        self.total_minor = 0


class Order:
    """One order on its way; each method is a step, and steps may be left out to tell a bad story."""

    def __init__(self, history: History, basket: list[tuple[str, int]], payment: str, customer: str | None) -> None:
        self.history = history
        self.seq = len(history.orders) + 1
        self.order = f"W-{self.seq:06d}"
        self.trace = f"{self.seq:032x}"
        self.payment, self.customer = payment, customer
        self.lines = [
            {"line": number, "sku": sku, "quantity": quantity, "price_minor": PRICES[sku]}
            for number, (sku, quantity) in enumerate(basket, start=1)
        ]
        self.total_minor = sum(line["quantity"] * line["price_minor"] for line in self.lines)
        self.cancelled = False
        self.covered: Counter[str] = Counter()
        self.shipments: list[Shipment] = []
        self.sales_order = self.exception = self.authorisation = ""
        self.version = 0
        self._accept()

    def _add(self, system: str, kind: str, entity: str, data: Mapping[str, Any]) -> Order:
        self.history.add(system, kind, entity, self.order, data, self.trace)
        return self

    def _accept(self) -> None:
        for line in self.lines:
            self.history.available[line["sku"]] -= line["quantity"]
        data = {"seq": self.seq, "customer": self.customer, "payment": self.payment, "currency": "GBP"}
        data.update(lines=self.lines, total_minor=self.total_minor, ship_to={"country": "GB"})
        self._add("commerce", "order.accepted", self.order, data)
        if self.payment == "card":
            self.authorisation = self.history.number("AUT")
            self._add("commerce", "payment.authorised", self.authorisation, {"amount_minor": self.total_minor})

    def uncovered(self, sku: str) -> int:
        """What of it no reservation covers."""
        ordered = sum(line["quantity"] for line in self.lines if line["sku"] == sku)
        return 0 if self.cancelled else max(0, ordered - self.covered[sku])

    def erp(self, status: str = "open") -> Order:
        """It is entered in the ERP, `on_hold` perhaps."""
        self.sales_order = self.history.number("SO")
        data = {"customer": self.customer or "C-CASH", "currency": "GBP", "lines": self.lines, "status": status}
        data["ship_to"] = {"country": "GB"}
        self._add("erp", "sales_order.created", self.sales_order, {**data, "total_minor": self.total_minor})
        if status == "on_hold":
            self._add("erp", "sales_order.held", self.sales_order, {"reason": "credit-limit", "over_minor": 1})
        return self

    def credit(self, decision: str) -> Order:
        """A clerk has `released` or `rejected` it."""
        return self._add("erp", f"sales_order.{decision}", self.sales_order, {"by": "clerk-1", "reason": "credit"})

    def void(self) -> Order:
        """The ERP's order is cancelled."""
        return self._add("erp", "sales_order.cancelled", self.sales_order, {"reason": "duplicate"})

    def cancel(self) -> Order:
        """The channel gives it up."""
        self.cancelled = True
        for line in self.lines:
            if self.seq > self.history.watermark[line["sku"]]:
                self.history.available[line["sku"]] += line["quantity"]
        self._add("commerce", "order.cancelled", self.order, {"reason": "credit-rejected"})
        if self.payment == "card":
            self._add("commerce", "payment.voided", self.authorisation, {"amount_minor": self.total_minor})
        return self

    def surface(self, cause: str = "no-stock") -> Order:
        """The core tells the desk."""
        self.exception = self.history.number("EXC")
        return self._add(
            "desk", "exception.opened", self.exception, {"cause": cause, "subject": self.order, "message": cause}
        )

    def close(self) -> Order:
        """The exception is over."""
        return self._add("desk", "exception.closed", self.exception, {"resolution": "went on"})

    def tell(self, status: str) -> Order:
        """The channel hears how far it is."""
        self.version += 1
        return self._add("commerce", "order.status", self.order, {"status": status, "version": self.version})

    def plan(self, *sites: str) -> list[Shipment]:
        """What each site ships: lines go to sites in turn, split where one is given more than one site."""
        planned = []
        for at, site in enumerate(sites):
            lines = []
            for line in self.lines:
                share, rest = divmod(line["quantity"], len(sites))
                quantity = share + (rest if at == 0 else 0)
                if quantity:
                    lines.append({"line": line["line"], "sku": line["sku"], "quantity": quantity})
            if lines:
                planned.append(Shipment(site, f"{self.order}-{at + 1}", lines))
        return planned

    def reserve(self, *sites: str) -> Order:
        """Stock is kept for it at these sites."""
        for shipment in self.plan(*sites):
            shipment.reservation = self.history.number(f"RES-{shipment.site}")
            self.shipments.append(shipment)
            self._cover(shipment, 1)
            data = {"site": shipment.site, "lines": shipment.lines}
            self._add("wms", "reservation.made", shipment.reservation, data)
        return self

    def unreserve(self) -> Order:
        """What was kept for it is given free."""
        for shipment in self.shipments:
            self._cover(shipment, -1)
            data = {"site": shipment.site, "lines": shipment.lines, "reason": "replanned"}
            self._add("wms", "reservation.released", shipment.reservation, data)
        self.shipments = []
        return self

    def _cover(self, shipment: Shipment, sign: int) -> None:
        for line in shipment.lines:
            self.history.reserved[shipment.site, line["sku"]] += sign * line["quantity"]
            self.covered[line["sku"]] += sign * line["quantity"]

    def release(self) -> Order:
        """The warehouses are told to ship."""
        for shipment in self.shipments:
            shipment.outbound = self.history.number(f"OUT-{shipment.site}")
            data = {"site": shipment.site, "reservation": shipment.reservation, "lines": shipment.lines}
            self._add("wms", "outbound.received", shipment.outbound, {**data, "ship_to": {"country": "GB"}})
        return self

    def pack(self) -> Order:
        """Picked and packed."""
        for shipment in self.shipments:
            self._add("wms", "outbound.picked", shipment.outbound, {"lines": shipment.lines})
            parcels = [{"parcel": shipment.outbound + "/1", "weight_g": 500}]
            self._add("wms", "outbound.packed", shipment.outbound, {"parcels": parcels})
        return self

    def buy_label(self, shipment: Shipment) -> str:
        """The carrier sells a label."""
        label = self.history.number("LBL")
        data = {"tracking": label.replace("LBL", "TRK"), "reference": shipment.reference, "service": "standard"}
        self._add("carrier", "label.bought", label, {**data, "cost_minor": 450, "weight_g": 500})
        return label

    def void_label(self, label: str) -> Order:
        """The carrier takes a label back."""
        data = {"tracking": label.replace("LBL", "TRK"), "cost_minor": 450}
        return self._add("carrier", "label.voided", label, data)

    def label(self) -> Order:
        """Each parcel gets its label."""
        for shipment in self.shipments:
            shipment.label = self.buy_label(shipment)
            shipment.tracking = shipment.label.replace("LBL", "TRK")
            data = {"label": shipment.label, "tracking": shipment.tracking}
            self._add("wms", "outbound.labelled", shipment.outbound, data)
        return self

    def ship(self, *which: int) -> Order:
        """The truck leaves with these shipments, or with all."""
        for shipment in self._these(which):
            data = {"site": shipment.site, "lines": shipment.lines, "reservation": shipment.reservation}
            told = {**data, "label": shipment.label, "tracking": shipment.tracking}
            self._add("wms", "outbound.shipped", shipment.outbound, told)
            for line in shipment.lines:
                site, sku, quantity = shipment.site, line["sku"], line["quantity"]
                self.history.reserved[site, sku] -= quantity
                self.history.move(site, sku, -quantity, "ship", shipment.reference, self.order)
        return self

    def fulfil(self, *which: int) -> Order:
        """The channel hears what is on its way."""
        for shipment in self._these(which):
            told = {"reference": shipment.reference, "tracking": shipment.tracking, "lines": shipment.lines}
            self._add("commerce", "order.fulfilled", self.order, told)
        return self

    def scan(self, *statuses: str) -> Order:
        """The carrier scans its parcels."""
        for shipment in self.shipments:
            for sequence, status in enumerate(statuses, start=1):
                data = {"status": status, "label": shipment.label, "sequence": sequence}
                self._add("carrier", "parcel.scanned", shipment.tracking, data)
        return self

    def issue(self, *which: int) -> Order:
        """The ERP takes them off its stock."""
        for shipment in self._these(which):
            number = self.history.number("GI")
            cost_minor = sum(COSTS[line["sku"]] * line["quantity"] for line in shipment.lines)
            data = {"sales_order": self.sales_order, "site": shipment.site, "shipment": shipment.reference}
            self._add("erp", "goods_issue.posted", number, {**data, "lines": shipment.lines, "cost_minor": cost_minor})
            self._book(number, cost_minor)
        return self

    def invoice(self, *which: int) -> Order:
        """The ERP invoices them."""
        prices = {line["line"]: line["price_minor"] for line in self.lines}
        for shipment in self._these(which):
            shipment.invoice = self.history.number("INV")
            lines = [
                {**line, "price_minor": prices[line["line"]], "amount_minor": line["quantity"] * prices[line["line"]]}
                for line in shipment.lines
            ]
            shipment.total_minor = sum(line["amount_minor"] for line in lines)
            data = {"sales_order": self.sales_order, "shipment": shipment.reference, "currency": "GBP"}
            told = {**data, "lines": lines, "total_minor": shipment.total_minor}
            self._add("erp", "invoice.posted", shipment.invoice, told)
            self._book(shipment.invoice, shipment.total_minor)
        return self

    def capture(self, *which: int) -> Order:
        """The channel takes the money."""
        for shipment in self._these(which) if self.payment == "card" else ():
            shipment.capture = self.history.number("CAP")
            data = {"amount_minor": shipment.total_minor, "reference": shipment.invoice}
            self._add("commerce", "payment.captured", shipment.capture, data)
        return self

    def pay(self, *which: int) -> Order:
        """The ERP books the money."""
        for shipment in self._these(which) if self.payment == "card" else ():
            number = self.history.number("PAY")
            data = {"invoice": shipment.invoice, "amount_minor": shipment.total_minor, "reference": shipment.capture}
            self._add("erp", "payment.posted", number, data)
            self._book(number, shipment.total_minor)
        return self

    def remit(self, *which: int) -> Order:
        """A customer on account pays by themselves, and no core has a part in it."""
        for shipment in self._these(which) if self.payment == "account" else ():
            number = self.history.number("PAY")
            data = {"invoice": shipment.invoice, "amount_minor": shipment.total_minor, "reference": shipment.invoice}
            self._add("erp", "payment.posted", number, {**data, "customer": self.customer})
            self._book(number, shipment.total_minor)
        return self

    def bill(self, *which: int) -> Order:
        """Issue, invoice, capture and payment."""
        return self.issue(*which).invoice(*which).capture(*which).pay(*which)

    def to_the_dock(self, *sites: str) -> Order:
        """All steps until labelled parcels wait for the truck."""
        return self.tell("accepted").reserve(*sites).tell("allocated").release().tell("released").pack().label()

    def to_cash(self, *sites: str) -> Order:
        """The whole way, minutes apart."""
        self.history.wait(1)
        self.erp().to_the_dock(*sites)
        self.history.wait(60)
        self.ship().fulfil().tell("shipped")
        self.history.wait(1)
        return self.bill().tell("invoiced")

    def _book(self, document: str, amount_minor: int) -> None:
        entries = [
            {"account": "debit", "debit_minor": amount_minor, "credit_minor": 0},
            {"account": "credit", "debit_minor": 0, "credit_minor": amount_minor},
        ]
        self._add("erp", "gl.posted", self.history.number("JE"), {"document": document, "entries": entries})

    def _these(self, which: tuple[int, ...]) -> list[Shipment]:
        return [self.shipments[at] for at in which] if which else self.shipments
