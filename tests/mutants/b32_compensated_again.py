"""B32: whoever asks to cancel has the stock of the order put back, also when it was cancelled before, or has left.

Minimal: no fault at all. A customer asks to cancel what the warehouse's floor has already, and the ERP's stock grows.
"""

from __future__ import annotations

from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B32",
    source="magento inventory#1878, #1849; hipay#161: a cancellation after the shipment puts stock back once more",
    invariants=("I8",),
)
MINIMAL: dict[str, Any] = {}


@planted
def core(hub: Hub) -> None:
    """Compensate first, and then see what came of the request."""
    erp = hub.parts.systems.erp_supply

    def put_back_first(cancel: Any) -> Any:
        async def cancel_order(state: OrderState, request: ChangeRequest) -> None:
            for shipment in state.shipments:
                for line, sku, quantity in shipment.lines:
                    name = f"{request.request}/{shipment.reference}/{line}"
                    await erp.adjust_stock((shipment.site, sku), quantity, name, state.key(name), state.errand)
            await cancel(state, request)

        return cancel_order

    plant(hub, "order_to_cash._changes._cancel", put_back_first)
