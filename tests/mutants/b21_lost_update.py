"""B21: stock is read, and later written less what was taken: of two at once, the one that writes last wins.

Minimal: no fault at all. Two customers order an item at the same moment; the shop goes on to sell what one of them has.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.shipment import Shipment
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

_SKU = "SKU-0008"
MUTANT = Mutant(
    number="B21",
    source="vendure#4930; saleor#543; magento2#6363: two deltas at once, of which one is lost",
    invariants=("I3", "I8"),
    overrides={
        "demand": {
            "opening": {"stock": {_SKU: {"BHM": 8}}},
            "orders": [
                {"at": "8:05", "lines": [{"sku": _SKU, "quantity": 3}]},
                {"at": "8:05", "lines": [{"sku": _SKU, "quantity": 3}]},
                {"at": "11:00", "lines": [{"sku": _SKU, "quantity": 5}]},
            ],
        }
    },
    design="tests/mutants/designs/seldom_reconciled.yaml",
)
MINIMAL: dict[str, Any] = {}
_TRANSACTION_S = 300.0


@planted
def core(hub: Hub) -> None:
    """A shipment's stock is taken off at the end of its transaction, from what was there at the beginning."""
    sellable = hub.parts.sellable

    def at_the_end(hold: Any) -> Any:
        def take(shipment: Shipment, now_us: int) -> None:
            read = {sku: sellable.available[sku][shipment.site] for _, sku, _ in shipment.lines}
            hold(shipment, now_us)
            written = {sku: sellable.available[sku][shipment.site] for sku in read}

            def write() -> None:
                for sku, available in written.items():
                    sellable.available[sku][shipment.site] = available
                sellable.soil(written)

            for sku, available in read.items():
                sellable.available[sku][shipment.site] = available
            asyncio.get_running_loop().call_later(_TRANSACTION_S, write)

        return take

    plant(sellable, "hold", at_the_end)
