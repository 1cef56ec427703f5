"""I17: every system means the same by an order and by an item, at its latest version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from mock_systems.kit.ledger import Fact
from sandbox.oracle.case import Case, Line
from sandbox.oracle.dispatch import on
from sandbox.oracle.monitor import OPEN_EXCEPTION, Monitor

_COMPARED: Final = ("line", "sku", "quantity", "price_minor", "uom", "pack", "tax_minor")


class ContentFidelity(Monitor):
    """Lines, units, prices, tax, currency and address are those of the latest edit; the shop's items are the ERP's."""

    id = "I17"
    name = "All systems mean the same"
    parts: ClassVar[Mapping[str, str]] = {
        "order": "no sales order was created",
        "address": "nothing was shipped",
        "parcel": "the channel was told of no shipment",
    }
    flows: ClassVar[Mapping[str, str]] = {
        "edited": "no order was edited",
        "country": "no label told its country",
        "catalogue": "no item changed in the ERP",
    }
    ledgers = ("commerce", "erp", "wms", "carrier")

    def prepare(self) -> None:
        self._entered: dict[str, Fact] = {}
        self._addresses: dict[str, Fact] = {}
        self._shipped: dict[str, Fact] = {}
        self._told: dict[str, Fact] = {}
        self._items: dict[str, Fact] = {}
        self._shown: dict[str, Fact] = {}
        self._asked: dict[str, str] = {}
        limit_us = self.context.deadlines.content_us
        self._apart = self.deadline(limit_us, self._order_differs, "commerce", "erp", "wms")
        self._behind = self.deadline(limit_us, self._item_differs, "commerce", "erp", "desk")

    @on("erp sales_order.created", "erp sales_order.changed")
    def _entry(self, fact: Fact) -> None:
        self.checks["order"] += 1
        self._entered[fact.order or ""] = fact
        self._compare(fact)

    @on("commerce order.edited")
    def _edited(self, fact: Fact) -> None:
        self.checks["edited"] += 1
        self._compare(fact)

    @on("commerce order.cancelled", "erp sales_order.cancelled", "erp sales_order.rejected")
    def _ended(self, fact: Fact) -> None:
        self._compare(fact)

    def _compare(self, fact: Fact) -> None:
        order = fact.order or ""
        if self._difference(order) is None:
            self._apart.cool(order)
        else:
            self._apart.heat(order, fact.at_us)

    def _difference(self, order: str) -> str | None:
        """In what the ERP's order differs from the channel's; None where there is nothing to compare any more."""
        case, entered = self.cases.by_order[order], self._entered.get(order)
        if entered is None or case.accepted is None or case.cancelled_us is not None or not case.sales_orders:
            return None
        return difference(entered.data, case)

    @on("wms outbound.received")
    def _released(self, fact: Fact) -> None:
        self._addresses[fact.entity] = fact

    @on("wms outbound.shipped")
    def _ship(self, fact: Fact) -> None:
        self._shipped[fact.data["tracking"] or ""] = fact
        released, case = self._addresses.pop(fact.entity, None), self.cases.of(fact)
        if released is None or case.accepted is None:
            return
        self.checks["address"] += 1
        if released.data["ship_to"] != case.ship_to:
            message = f"{fact.entity} left for another address than {fact.order} asks for"
            self.report("address", fact, message, released, case.accepted)

    @on("carrier label.bought")
    def _label(self, fact: Fact) -> None:
        country, case = fact.data.get("to_country"), self.cases.of(fact)
        if country is None or case.accepted is None:
            return
        self.checks["country"] += 1
        if country != case.ship_to.get("country"):
            message = f"label {fact.entity} is for {country}, {fact.order} goes to {case.ship_to.get('country')}"
            self.report("country", fact, message, case.accepted)

    @on("commerce order.fulfilled")
    def _parcel(self, fact: Fact) -> None:
        self.checks["parcel"] += 1
        tracking = fact.data["tracking"] or ""
        shipped, earlier = self._shipped.get(tracking), self._told.setdefault(tracking, fact)
        if shipped is None:
            self.report("parcel", fact, f"{fact.order} was told of parcel {tracking}, which never left")
        elif earlier is not fact:
            self.report(
                "parcel", fact, f"{fact.order} was told of parcel {tracking} again, as if more had left", earlier
            )
        elif _units(shipped.data["lines"]) != _units(fact.data["lines"]):
            message = f"{fact.order} was told that {tracking} holds something else than left"
            self.report("parcel", fact, message, shipped)

    @on("erp item.changed")
    def _new_version(self, fact: Fact) -> None:
        self.checks["catalogue"] += 1
        self._items[fact.entity] = fact
        self._compare_item(fact)

    @on("commerce item.changed")
    def _shown_version(self, fact: Fact) -> None:
        self._shown[fact.entity] = fact
        self._compare_item(fact)

    def _compare_item(self, fact: Fact) -> None:
        sku = fact.entity
        item, shown = self._items.get(sku), self._shown.get(sku)
        if item is None or (shown is not None and _is_shown(item.data, shown.data)):
            self._behind.cool(sku)
        else:
            self._behind.heat(sku, fact.at_us)

    @on("desk exception.opened")
    def _ask(self, fact: Fact) -> None:
        if fact.data.get("asks") and fact.data["subject"] in self._items:
            self._asked[fact.entity] = fact.data["subject"]

    @on("desk exception.decided")
    def _decide(self, fact: Fact) -> None:
        # A version that a clerk has rejected is not owed to the channel; the next one is.
        sku = self._asked.pop(fact.entity, None)
        if sku is not None and fact.data["decision"] == "rejected":
            self._behind.cool(sku)

    def _order_differs(self, order: str, since_us: int, due_us: int) -> int | None:
        if self.is_surfaced(order):
            self.excuse(OPEN_EXCEPTION, order)
            return due_us
        fact = self._entered[order]
        message = f"{fact.entity} and {order} differ in {self._difference(order)}"
        accepted = self.cases.by_order[order].accepted
        self.findings.append(self.finding("order", order, fact.entity, due_us, message, fact, accepted))
        return None

    def _item_differs(self, sku: str, since_us: int, due_us: int) -> int | None:
        if self.is_surfaced(None, sku):
            self.excuse(OPEN_EXCEPTION, sku)
            return due_us
        item = self._items[sku]
        message = f"the shop does not show version {item.data['version']} of {sku}"
        self.findings.append(self.finding("catalogue", None, sku, due_us, message, item, self._shown.get(sku)))
        return None


def difference(entered: Mapping[str, Any], case: Case) -> str | None:
    """In what an ERP order's content differs from what the channel agreed last; None where it does not."""
    if _compared(entered["lines"]) != _compared(case.lines.values()):
        return "their lines"
    if entered["total_minor"] != case.total_minor:
        return "what they come to"
    currency = entered.get("currency")
    if currency is not None and case.accepted is not None and currency != case.accepted.data["currency"]:
        return "the currency"
    return "the address" if entered["ship_to"] != case.ship_to else None


def _compared(lines: Iterable[Line]) -> list[tuple[Any, ...]]:
    return sorted(tuple(line.get(name) or 0 for name in _COMPARED) for line in lines)


def _units(lines: Iterable[Line]) -> dict[tuple[int, str], int]:
    units: dict[tuple[int, str], int] = {}
    for line in lines:
        key = (line["line"], line["sku"])
        units[key] = units.get(key, 0) + line["quantity"]
    return units


def _is_shown(item: Mapping[str, Any], shown: Mapping[str, Any]) -> bool:
    same = all(item.get(name) == shown.get(name) for name in ("name", "price_minor", "pack"))
    return same and item.get("active", True) == shown.get("listed", True)
