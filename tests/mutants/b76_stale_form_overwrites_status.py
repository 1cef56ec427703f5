"""B76: a form that was opened before a shipment left is saved after it, with the status that it was opened with.

Only edits raise the number that the form is held against, shipments do not. Minimal: an edit is asked for while the
floor has the order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.change_request import ChangeRequest
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B76",
    source="etendo_core#1148: a stale form overwrote the delivered flag; the lock's column was not touched by shipping",
    invariants=("I11",),
    overrides={"demand": {"changes": {"cancel": "25%", "edit": "20%", "within": "30m"}}},
)
MINIMAL: dict[str, Any] = {"faults": []}

Edit = Callable[[OrderState, ChangeRequest], Awaitable[None]]
Step = Callable[[OrderState], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """Forms of orders on the floor are saved once all has left."""
    forms: dict[str, tuple[int, str | None]] = {}

    def opening(edit: Edit) -> Edit:
        async def edit_in_form(state: OrderState, request: ChangeRequest) -> None:
            if any(shipment.is_beyond_recall for shipment in state.shipments):
                forms[state.saga] = state.order.revision, state.milestone
            await edit(state, request)

        return edit_in_form

    def saving(ship: Step) -> Step:
        async def save_and_ship(state: OrderState) -> None:
            revision, status = forms.get(state.saga, (-1, None))
            if status is not None and all(shipment.has_reached("shipped") for shipment in state.shipments):
                del forms[state.saga]
                if state.order.revision == revision:
                    state.reach(status)
            await ship(state)

        return save_and_ship

    plant(hub.order_to_cash, "_changes._edit", opening)
    plant(hub.order_to_cash, "_ship", saving)
