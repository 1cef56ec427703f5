"""The states of the ERP's purchasing, and of its stock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mock_systems.blueprints import ErpBlueprint
from mock_systems.erp.books import Books
from mock_systems.erp.purchasing import PurchaseOrder
from mock_systems.erp.replenishment_config import ReplenishmentConfig
from mock_systems.erp.suppliers import Suppliers
from mock_systems.erp.system import Erp
from mock_systems.kit.births import born_traceparent
from sandbox.verification.pacts.providers.bench import Bench, StateFailed, States

Params = Mapping[str, Any]
Found = tuple[Bench, Mapping[str, Any]]
_NUMBER, _ASN = "PO-000001", "ASN-000001-1"
# Suppliers that send what was ordered, and say so in time.
_RELIABLE: Final = ReplenishmentConfig(
    over_share=0, under_share=0, mispacked_share=0, damaged_share=0, late_notice_share=0
)


def erp_supply_states(erp: ErpBlueprint) -> States:
    """All of them, for the system that the blueprint builds."""

    def ordered(params: Params) -> Found:
        bench = Bench(erp)
        _order(bench, params)
        return bench, {"purchase_order": _NUMBER, "asn": _ASN}

    def noticed(params: Params) -> Found:
        bench, given = ordered(params)
        system = bench.system
        if not isinstance(system, Erp):
            raise StateFailed(f"{system.name} is no ERP")
        Suppliers(system, _RELIABLE).place(system.books.purchasing.orders[_NUMBER])
        bench.wait_for("asn.received")
        return bench, given

    def closed(params: Params) -> Found:
        bench, given = ordered(params)
        bench.call("POST", f"/purchase-orders/{_NUMBER}/closure", {"reason": "the rest never came"})
        return bench, given

    def received(params: Params) -> Found:
        bench, given = ordered(params)
        bench.call("POST", "/goods-receipts", _receipt(params, int(params["quantity"]), params["receipt"]))
        return bench, given

    def amended(params: Params) -> Found:
        """A receipt is refused for being too much, and a buyer sees to it."""
        bench, given = ordered(params)
        try:
            bench.call("POST", "/goods-receipts", _receipt(params, 80, "INB-LDS-000001"))
        except StateFailed:
            bench.wait_for("purchase_order.changed")
            return bench, given
        raise StateFailed("the ERP takes more than was ordered")

    def adjusted(params: Params) -> Found:
        bench = Bench(erp)
        body = {"site": params["site"], "sku": params["sku"], "quantity": -1, "reason": "adjust"}
        bench.call("POST", "/stock-adjustments", {**body, "reference": params["reference"]})
        return bench, {}

    return {
        "goods are on order": ordered,
        "a ship notice has come": noticed,
        "a purchase order is closed": closed,
        "a goods receipt is posted": received,
        "a purchase order was amended": amended,
        "stock was adjusted": adjusted,
    }


def _order(bench: Bench, params: Params) -> None:
    books: Books = bench.system.books
    line = {"line": 1, "sku": params["sku"], "quantity": int(params.get("quantity", 40)), "cost_minor": 250}
    parent = born_traceparent(bench.system.streams, "purchase-order", _NUMBER)
    books.purchasing.add(PurchaseOrder(_NUMBER, "SUP-1", params["site"], [line], parent))  # type: ignore[list-item]


def _receipt(params: Params, quantity: int, receipt: str) -> dict[str, Any]:
    lines = [{"line": 1, "sku": params["sku"], "quantity": quantity}]
    return {"purchase_order": _NUMBER, "asn": _ASN, "receipt": receipt, "site": params["site"], "lines": lines}
