"""B10: all writes about a sales order go under one key; the ERP's word that it knows the key is taken for done.

Minimal: no fault at all. Customers edit orders that are entered already, and the ERP never hears what they changed.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.core.systems.client import SystemRefused
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B10",
    source="idempotency4j#12; ACP#120: the same key came with another payload and got the old answer",
    invariants=("I17",),
    overrides={"demand": {"changes": {"edit": "40%", "within": "10m"}}},
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """An edit goes under the key of the order's creation."""

    def under_old_key(change: Any) -> Any:
        async def change_sales_order(sales_order: str, order: Order, key: str, errand: Errand) -> None:
            try:
                await change(sales_order, order, f"{order.order}/sales-order", errand)
            except SystemRefused as refusal:
                if refusal.code != "idempotency-key-reused":
                    raise

        return change_sales_order

    plant(hub, "parts.systems.erp.change_sales_order", under_old_key)
