"""B12: the ERP makes the order, and its number is bound in a transaction of later; nothing else would find it again.

The reference asks under a key that is the same for every incarnation; here the key is made in the run and forgotten
with it. Minimal: the core loses power when the ERP has made the order, before it is written down.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.systems.erp import SalesOrder
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B12",
    source="nuobit/odoo-addons#893, #895: a rollback lost the binding of what SAP had made",
    invariants=("I2", "I13"),
)
MINIMAL = {
    "faults": [
        {"core_crash": {"system": "erp", "operation": "createSalesOrder", "order": "W-000003", "down_for": "1m"}},
    ]
}


@planted
def core(hub: Hub) -> None:
    """Keys hold for one life of the core."""
    life = hub.parts.ports.ids.new("life")

    def of_this_life(create: Any) -> Any:
        async def create_sales_order(order: Order, key: str, errand: Errand) -> SalesOrder:
            made: SalesOrder = await create(order, f"{key}/{life}", errand)
            return made

        return create_sales_order

    plant(hub, "parts.systems.erp.create_sales_order", of_this_life)
