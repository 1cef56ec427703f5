"""The steps of a business whose progress is compared: which fact tells that one was taken, of what, and how far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mock_systems.kit.ledger import Fact

Measure = Literal["once", "units", "amount_minor", "total_minor"]
ORDER = "order"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a flow. `key` says what takes it: an order, or a field of the fact's data (`entity`: its own id).

    `measure` says how far it is: done or not (`once`), by units of goods, or by money. With `by_volume` single things
    cannot be compared from run to run, only how many there are.
    """

    flow: str
    name: str
    fact: str
    measure: Measure = "once"
    key: str = ORDER
    by_volume: bool = False

    def key_of(self, fact: Fact) -> str | None:
        """What took the step; None where the fact does not say."""
        if self.key == ORDER:
            return fact.order
        return fact.entity if self.key == "entity" else str(fact.data.get(self.key))

    def amount_of(self, fact: Fact) -> int:
        """How far the fact brings it."""
        if self.measure == "once" or self.by_volume:
            return 1
        if self.measure == "units":
            return sum(line["quantity"] for line in _lines(fact.data))
        return int(fact.data[self.measure])


def _lines(data: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    lines: Iterable[Mapping[str, Any]] = data["lines"]
    return lines


_CASH, _CHANGES, _RETURNS = "order to cash", "changes of mind", "returns"
_STOCK, _SUPPLY, _MASTER = "inventory sync", "procurement", "master data"

STEPS: tuple[Step, ...] = (
    Step(_CASH, "accepted by the shop", "commerce order.accepted"),
    Step(_CASH, "entered in the ERP", "erp sales_order.created"),
    Step(_CASH, "stock reserved", "wms reservation.made", "units"),
    Step(_CASH, "released to the warehouse", "wms outbound.received", "units"),
    Step(_CASH, "picked", "wms outbound.picked", "units"),
    Step(_CASH, "labelled", "wms outbound.labelled"),
    Step(_CASH, "shipped", "wms outbound.shipped", "units"),
    Step(_CASH, "goods issue posted", "erp goods_issue.posted", "units"),
    Step(_CASH, "invoiced", "erp invoice.posted", "total_minor"),
    Step(_CASH, "payment captured", "commerce payment.captured", "amount_minor"),
    Step(_CASH, "payment posted", "erp payment.posted", "amount_minor"),
    Step(_CASH, "shipment told to the shop", "commerce order.fulfilled", "units"),
    Step(_CHANGES, "edited in the shop", "commerce order.edited"),
    Step(_CHANGES, "edited in the ERP", "erp sales_order.changed"),
    Step(_CHANGES, "cancelled in the shop", "commerce order.cancelled"),
    Step(_CHANGES, "cancelled in the ERP", "erp sales_order.cancelled"),
    Step(_RETURNS, "announced to the warehouse", "wms return.expected"),
    Step(_RETURNS, "received", "wms return.received", "units"),
    Step(_RETURNS, "goods return posted", "erp goods_return.posted", "units"),
    Step(_RETURNS, "credited", "erp credit_note.posted", "total_minor"),
    Step(_RETURNS, "refunded", "commerce payment.refunded", "amount_minor"),
    Step(_RETURNS, "refund posted", "erp refund.posted", "amount_minor"),
    Step(_SUPPLY, "announced to the warehouse", "wms inbound.announced", key="asn"),
    Step(_SUPPLY, "received", "wms inbound.received", key="asn"),
    Step(_SUPPLY, "receipt posted", "erp goods_receipt.posted", key="asn"),
    Step(_STOCK, "published to the shop", "commerce stock.published", key="entity", by_volume=True),
    Step(_STOCK, "adjustment posted", "erp stock_adjustment.posted", key="reference"),
    Step(_MASTER, "item changed in the shop", "commerce item.changed", key="entity", by_volume=True),
)
