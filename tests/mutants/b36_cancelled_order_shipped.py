"""B36: a cancellation between the taking of an order and the work on it stops nothing.

Where the ERP has no order yet there is nothing to take back, so only the shop is told; the job that waits in the queue
looks at no cancellation when its turn comes. Minimal: an order is cancelled while it waits for the ERP.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.hub import Hub
from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.processes.order_changes import OrderChanges
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B36",
    source="openlinker#2284: an order that was cancelled between its import and its job was still created",
    invariants=("I5",),
)
MINIMAL = {
    "faults": [{"error": {"system": "erp", "operation": "createSalesOrder", "at": "12:15", "for": "50m"}}],
}

Cancel = Callable[[OrderState, ChangeRequest], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """A cancellation before the ERP order is told to the shop alone."""
    commerce = hub.parts.systems.commerce

    def unheeded(cancel: Cancel) -> Cancel:
        async def _cancel(state: OrderState, request: ChangeRequest) -> None:
            if state.sales_order is not None:
                await cancel(state, request)
                return
            await commerce.cancel(state.order.order, request.reason, state.errand)
            OrderChanges._settle(state, request)

        return _cancel

    plant(hub.order_to_cash, "_changes._cancel", unheeded)
