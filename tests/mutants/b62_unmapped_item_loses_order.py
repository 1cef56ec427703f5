"""B62: an order with an item that can't be resolved is stored nowhere.

The line is looked up before the order is kept; the job that fails on it is given up, and the order counts as seen.
Minimal: one webhook that names an item nobody knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.core.hub import Hub
from sandbox.core.model.order import Order
from sandbox.hunt.mutant import Mutant
from tests.mutants.planting import plant, planted

MUTANT = Mutant(
    number="B62",
    source="openlinker#235: an order with an unmapped item was in no table; fixed with the state awaiting_mapping",
    invariants=("I1", "I10"),
)
MINIMAL = {
    "faults": [
        {
            "webhook_poisoned": {
                "system": "commerce",
                "topic": "order.created",
                "order": "W-000006",
                "poison": "unknown_item",
            }
        }
    ]
}

Admit = Callable[[Order], Awaitable[None]]


@planted
def core(hub: Hub) -> None:
    """What can't be resolved is dropped, and never looked at again."""
    known, watermark = hub.parts.sellable.available, hub.parts.watermark

    async def believed(order: Order) -> Order:
        return order

    def resolving(admit: Admit) -> Admit:
        async def admit_resolved(order: Order) -> None:
            if all(line.sku in known for line in order.lines):
                await admit(order)
            else:
                watermark.know(order.seq)

        return admit_resolved

    plant(hub, "_intake._believed", lambda _: believed)
    plant(hub, "_intake._admit", resolving)
