"""B20: the channel is told each milestone when its event comes: one that comes late sets the order back.

Minimal: the event that a shipment has left comes three days late, when its parcel has been delivered.
"""

from __future__ import annotations

from sandbox.core.hub import Hub
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import planted
from tests.mutants.trusting_teller import trust_the_order_of_events

MUTANT = Mutant(
    number="B20",
    source="nearmerch#214; mollie/WooCommerce#1252: a late event reopens what had been closed",
    invariants=("I11",),
)
MINIMAL = {
    "faults": [
        {"bus_delayed": {"only": "order.milestone", "order": "W-000003", "occurrence": 3, "by": "3d"}},
    ]
}


@planted
def core(hub: Hub) -> None:
    """No look at what was told already."""
    trust_the_order_of_events(hub)
