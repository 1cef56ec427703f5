"""B42: an order in parts is invoiced by shipment, and once more as a whole when its last part has left.

Minimal: an order of two sites.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.shipment import Shipment
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B42",
    source="dolibarr#17696: what was invoiced by order could be invoiced by shipment once more",
    invariants=("I6",),
)
MINIMAL: dict[str, Any] = {"faults": []}

Bill = Callable[[OrderState, Shipment], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """One invoice more, for the whole order."""
    erp = hub.parts.systems.erp

    def twice(bill: Bill) -> Bill:
        async def by_shipment_and_order(state: OrderState, shipment: Shipment) -> None:
            await bill(state, shipment)
            parts = state.shipments
            if len(parts) > 1 and state.sales_order and all(part.invoice is not None for part in parts):
                lines = tuple((line.line, line.sku, line.quantity) for line in state.order.lines)
                whole = replace(shipment, reference=state.saga, lines=lines)
                await erp.post_invoice(state.sales_order, whole, state.key("invoice"), state.errand)

        return by_shipment_and_order

    plant(hub.order_to_cash, "_billing.bill", twice)
