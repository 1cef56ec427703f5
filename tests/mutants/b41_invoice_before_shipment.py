"""B41: a shipment is invoiced when it is packed, before it has left.

The trigger is the wrong event: the label. Minimal: any order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.shipment import Shipment
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B41",
    source="etendo_core#724: what was invoiced before delivery no longer agreed with its partial deliveries",
    invariants=("I6",),
)
MINIMAL: dict[str, Any] = {"faults": []}

Label = Callable[[OrderState, Shipment], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """The label is the trigger of the invoice."""

    def invoicing(label: Label) -> Label:
        async def label_and_bill(state: OrderState, shipment: Shipment) -> None:
            await label(state, shipment)
            await hub.order_to_cash._billing.bill(state, shipment)

        return label_and_bill

    plant(hub.order_to_cash, "_fulfilment.label", invoicing)
