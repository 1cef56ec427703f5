"""B40: an order of which a part has left counts as complete.

The header's status comes from any shipment: once one is invoiced, nothing is left to be billed. Minimal: an order
of two sites.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.core.hub import Hub
from sandbox.core.model.shipment import Shipment
from sandbox.core.processes.order_state import OrderState
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B40",
    source="erpnext_shopify#191 and its like: any fulfilment made the whole order complete; OCA/wms#48",
    invariants=("I12", "I6"),
)
MINIMAL: dict[str, Any] = {"faults": []}

IsBilled = Callable[[OrderState, Shipment], bool]


def _by_any(is_billed: IsBilled) -> IsBilled:
    def _is_billed(state: OrderState, shipment: Shipment) -> bool:
        return any(is_billed(state, part) for part in state.shipments)

    return _is_billed


@planted
def core(hub: Hub) -> None:
    """One shipment billed, all billed."""
    plant(hub.order_to_cash, "_billing.is_billed", _by_any)
