"""B18: an order that comes again is written over the one that is known, and the ERP told, whichever is the newer.

Minimal: the shop's first message of an order comes once more after its customer has edited it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B18",
    source="mirakl-hyperwallet#35; shopify-app-js#603: a snapshot is applied without a look at its version",
    invariants=("I11", "I17"),
    overrides={"demand": {"changes": {"edit": "60%", "within": "90s"}}},
)
MINIMAL = {
    "faults": [
        {"webhook_doubled": {"system": "commerce", "topic": "order.created", "order": "W-000001", "after": "2m"}},
    ]
}


@planted
def core(hub: Hub) -> None:
    """Whatever comes is an update."""
    erp, order_to_cash = hub.parts.systems.erp, hub.order_to_cash

    def or_update(admit: Any) -> Any:
        async def admit_here(saga: str, order: Order) -> None:
            state = order_to_cash._states.get(saga)
            if state is None or state.sales_order is None or state.order.lines == order.lines:
                await admit(saga, order)
                return
            number = state.order.revision + 1  # our own count of updates
            state.change_order(replace(order, revision=number))
            key = state.key("update", number)
            await erp.change_sales_order(state.sales_order, state.order, key, state.errand)
            order_to_cash.lanes.wake(saga)

        return admit_here

    plant(hub, "_intake._admit_here", or_update)
