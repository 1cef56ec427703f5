"""B31: a reservation is written down with the release that follows it: what was reserved just before is forgotten.

Minimal: the core loses power when the warehouse has reserved. It plans the order anew, and nobody gives the first
reservation back.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B31",
    source="hipay#163; saleor#5334; aimeos#208: what was reserved for an order that failed is never given back",
    invariants=("I8", "I14"),
)
MINIMAL = {
    "faults": [{"core_crash": {"system": "wms", "operation": "reserve", "order": "W-000003", "down_for": "1m"}}],
}


@planted
def core(hub: Hub) -> None:
    """Take an order up without the shipments that no journal says are reserved."""

    def without_plans(begin: Any) -> Any:
        def take_up(state: OrderState) -> None:
            if state.recovered:
                state.shipments = [shipment for shipment in state.shipments if shipment.reservation is not None]
            begin(state)

        return take_up

    plant(hub, "order_to_cash.begin", without_plans)
