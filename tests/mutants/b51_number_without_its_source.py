"""B51: documents are known by their number alone, although each warehouse counts its own from 1.

The estate has one shop and one ERP; its three warehouses are the sources whose numbers are alike. The second outbound
order of a number is taken for the first. Minimal: two orders at two sites, and a label that is late, so that the other
order's goes on its parcel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.model.shipment import Shipment
from sandbox.core.ports import Transaction
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B51",
    source="retailcrm#125: orders of two shops with the same number became one; magento2#33457",
    invariants=("I13", "I1"),
    overrides={
        "demand": {
            "orders": [
                {"at": "8:05", "lines": [{"sku": "SKU-0007", "quantity": 1}]},
                {"at": "8:06", "lines": [{"sku": "SKU-0008", "quantity": 1}]},
            ],
            "opening": {"stock": {"SKU-0007": {"BHM": 40}, "SKU-0008": {"LDS": 40}}},
        }
    },
)
MINIMAL: dict[str, Any] = {
    "faults": [
        {"error": {"system": "carrier", "operation": "buyLabel", "order": "W-000001", "at": "8:00", "for": "3h"}}
    ]
}

Release = Callable[[Order, Shipment, str, Errand], Awaitable[str]]
Bind = Callable[[Transaction, str, str, str], Awaitable[None]]


def _first_of_the_number(release: Release) -> Release:
    known: dict[str, str] = {}

    async def release_outbound(order: Order, shipment: Shipment, key: str, errand: Errand) -> str:
        outbound = await release(order, shipment, key, errand)
        return known.setdefault(outbound.rpartition("-")[2], outbound)

    return release_outbound


def _unchecked(bind: Bind) -> Bind:
    async def bind_others(tx: Transaction, system: str, external_id: str, internal_id: str) -> None:
        if system != "wms.outbound":
            await bind(tx, system, external_id, internal_id)

    return bind_others


@planted
def core(hub: Hub) -> None:
    """The site is no part of an outbound order's number."""
    plant(hub, "parts.systems.wms.release_outbound", _first_of_the_number)
    plant(hub, "parts.records.identities.bind", _unchecked)
