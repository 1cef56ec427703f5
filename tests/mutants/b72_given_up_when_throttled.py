"""B72: an order whose call was refused for load four times is given up, and never queued again.

Minimal: a time of throttling that is longer than the attempts of a call.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B72",
    source="woocommerce-square#559: the rate limit used up the retries, and the synchronisation was abandoned",
    invariants=("I12", "I10"),
)
MINIMAL = {
    "faults": [
        {
            "throttle": {
                "system": "erp",
                "operation": "createSalesOrder",
                "order": "W-000006",
                "at": "10:30",
                "for": "10m",
            }
        }
    ]
}

Park = Callable[..., None]


def _forgetting(park: Park) -> Park:
    def park_or_forget(saga: str, due_at_us: int, system: str | None = None) -> None:
        if system is None:
            park(saga, due_at_us)

    return park_or_forget


@planted
def core(hub: Hub) -> None:
    """Who waits for a system is not called any more."""
    plant(hub.order_to_cash, "lanes.park", _forgetting)
