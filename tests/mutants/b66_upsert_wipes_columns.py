"""B66: an order that comes again is written over the one that is known, with nothing in what it does not bring.

A row from the shop has no trace, so the trace of the order is gone. Minimal: one webhook comes twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sandbox.core.hub import Hub
from sandbox.core.model.errand import Errand
from sandbox.core.model.order import Order
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B66",
    source="openlinker#2140: a full-row upsert wiped the columns that others had set",
    invariants=("I11", "I19"),
)
MINIMAL = {
    "faults": [
        {"webhook_doubled": {"system": "commerce", "topic": "order.created", "order": "W-000003", "after": "5m"}}
    ]
}

Absorb = Callable[[Order], None]


@planted
def core(hub: Hub) -> None:
    """A duplicate is an update of the whole row."""
    under_way, leases = hub.order_to_cash._states, hub.parts.records.leases

    def upserting(absorb: Absorb) -> Absorb:
        def absorbed(order: Order) -> None:
            absorb(order)
            state = under_way.get(order.order)
            if state is not None:
                state.order = replace(order, traceparent=None)
                state.errand = Errand.for_order(state.saga, None, leases.token(state.saga))

        return absorbed

    plant(hub, "_intake._absorbed", upserting)
